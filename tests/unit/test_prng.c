/* SPDX-License-Identifier: MIT */
#include "base/prng.h"

#include <signal.h>

#include "run.h"

START_TEST(the_sequence_is_that_of_the_reference)
{
	static const uint64_t expected[] = {11520, 0, 1509978240, 1215971899390074240,
		1216172134540287360, 607988272756665600, 16172922978634559625U,
		8476171486693032832, 10595114339597558777U, 2904607092377533576};
	struct prng prng = {{1, 2, 3, 4}};

	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		ck_assert_uint_eq(prng_next(&prng), expected[i]);
	}
}
END_TEST

START_TEST(the_seed_is_spread_over_the_state)
{
	struct prng prng;

	prng_init(&prng, 0);
	ck_assert_uint_eq(prng.state[0], 0xe220a8397b1dcdaf);
	ck_assert_uint_eq(prng.state[1], 0x6e789e6aa1b965f4);
	ck_assert_uint_eq(prng.state[2], 0x06c45d188009454f);
	ck_assert_uint_eq(prng.state[3], 0xf88bb8a8724c81ec);
}
END_TEST

START_TEST(a_seed_repeats_its_run)
{
	struct prng prng;

	prng_init(&prng, 42);
	ck_assert_uint_eq(prng_next(&prng), 0x15780b2e0c2ec716);
	ck_assert_uint_eq(prng_next(&prng), 0x6104d9866d113a7e);
	prng_init(&prng, UINT64_MAX);
	ck_assert_uint_eq(prng_next(&prng), 0x8f5520d52a7ead08);
	ck_assert_uint_eq(prng_next(&prng), 0xc476a018caa1802d);
}
END_TEST

START_TEST(numbers_below_a_bound_have_golden_values)
{
	static const uint64_t expected[] = {994, 674, 638, 664, 664, 721};
	struct prng prng;

	prng_init(&prng, 7);
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		ck_assert_uint_eq(prng_below(&prng, 1000), expected[i]);
	}
}
END_TEST

START_TEST(numbers_stay_below_any_bound)
{
	static const uint64_t bounds[] = {1, 2, 3, 1000, UINT64_C(1) << 32,
		UINT64_C(1) << 63, (UINT64_C(1) << 63) + 1, UINT64_MAX - 1, UINT64_MAX};
	struct prng prng;

	prng_init(&prng, 1);
	for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++) {
		for (size_t j = 0; j < 1000; j++) {
			ck_assert_uint_lt(prng_below(&prng, bounds[i]), bounds[i]);
		}
	}
}
END_TEST

/* A plain remainder would make the lower half of the range twice as likely as the
 * upper. */
START_TEST(no_number_below_a_bound_is_favoured)
{
	const uint64_t bound = (UINT64_C(1) << 63) + (UINT64_C(1) << 62);
	size_t lower_third = 0;
	struct prng prng;

	prng_init(&prng, 1);
	for (size_t i = 0; i < 30000; i++) {
		lower_third += prng_below(&prng, bound) < bound / 3;
	}
	ck_assert_uint_gt(lower_third, 9500);
	ck_assert_uint_lt(lower_third, 10500);
}
END_TEST

START_TEST(small_numbers_come_up_equally_often)
{
	size_t counts[6] = {0};
	struct prng prng;

	prng_init(&prng, 1);
	for (size_t i = 0; i < 60000; i++) {
		counts[prng_below(&prng, 6)]++;
	}
	for (size_t i = 0; i < 6; i++) {
		ck_assert_uint_gt(counts[i], 9500);
		ck_assert_uint_lt(counts[i], 10500);
	}
}
END_TEST

START_TEST(a_bound_of_zero_aborts)
{
	struct prng prng;

	prng_init(&prng, 1);
	prng_below(&prng, 0);
}
END_TEST

START_TEST(fractions_lie_from_zero_to_before_one)
{
	struct prng prng;
	double sum = 0;

	prng_init(&prng, 7);
	ck_assert_double_eq(prng_unit(&prng), 0.7005764821796896);
	ck_assert_double_eq(prng_unit(&prng), 0.2787512294737843);
	for (size_t i = 0; i < 10000; i++) {
		double unit = prng_unit(&prng);

		ck_assert_double_ge(unit, 0);
		ck_assert_double_lt(unit, 1);
		sum += unit;
	}
	ck_assert_double_eq_tol(sum / 10000, 0.5, 0.02);
}
END_TEST

/* Outputs of all ones, the largest there are. */
START_TEST(the_largest_fraction_is_below_one)
{
	struct prng prng = {{0}};
	const uint64_t inverse_of_9 = 0x8e38e38e38e38e39;
	const uint64_t inverse_of_5 = 0xcccccccccccccccd;
	uint64_t rotated = UINT64_MAX * inverse_of_9;

	prng.state[1] = (rotated >> 7 | rotated << 57) * inverse_of_5;
	ck_assert_double_lt(prng_unit(&prng), 1);
}
END_TEST

START_TEST(shuffling_keeps_every_item_once)
{
	static const size_t expected[] = {8, 3, 9, 0, 7, 2, 1, 6, 5, 4};
	char targets[10];
	void *items[10];
	struct prng prng;

	for (size_t i = 0; i < 10; i++) {
		items[i] = &targets[i];
	}
	prng_init(&prng, 7);
	prng_shuffle(&prng, items, 10);
	for (size_t i = 0; i < 10; i++) {
		ck_assert_ptr_eq(items[i], &targets[expected[i]]);
	}
}
END_TEST

START_TEST(every_item_comes_to_every_place_equally_often)
{
	char targets[4];
	size_t counts[4][4] = {{0}};
	struct prng prng;

	prng_init(&prng, 1);
	for (size_t round = 0; round < 40000; round++) {
		void *items[] = {&targets[0], &targets[1], &targets[2], &targets[3]};

		prng_shuffle(&prng, items, 4);
		for (size_t i = 0; i < 4; i++) {
			counts[i][(char *)items[i] - targets]++;
		}
	}
	for (size_t i = 0; i < 16; i++) {
		ck_assert_uint_gt(counts[i / 4][i % 4], 9500);
		ck_assert_uint_lt(counts[i / 4][i % 4], 10500);
	}
}
END_TEST

START_TEST(a_stride_visits_every_place)
{
	struct prng prng;

	prng_init(&prng, 1);
	for (size_t count = 1; count <= 64; count++) {
		size_t stride = prng_stride(&prng, count);
		uint64_t visited = 0;

		ck_assert_uint_ge(stride, 1);
		ck_assert_uint_le(stride, count);
		for (size_t i = 0; i < count; i++)
			visited |= UINT64_C(1) << (i * stride % count);
		ck_assert_uint_eq(visited, UINT64_MAX >> (64 - count));
	}
}
END_TEST

START_TEST(shuffling_one_item_or_none_does_nothing)
{
	char target;
	void *item = &target;
	struct prng prng;

	prng_init(&prng, 1);
	prng_shuffle(&prng, &item, 1);
	ck_assert_ptr_eq(item, &target);
	prng_shuffle(&prng, NULL, 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("prng");
	TCase *tcase = add_case(suite, "prng");

	tcase_add_test(tcase, the_sequence_is_that_of_the_reference);
	tcase_add_test(tcase, the_seed_is_spread_over_the_state);
	tcase_add_test(tcase, a_seed_repeats_its_run);
	tcase_add_test(tcase, numbers_below_a_bound_have_golden_values);
	tcase_add_test(tcase, numbers_stay_below_any_bound);
	tcase_add_test(tcase, no_number_below_a_bound_is_favoured);
	tcase_add_test(tcase, small_numbers_come_up_equally_often);
	tcase_add_test_raise_signal(tcase, a_bound_of_zero_aborts, SIGABRT);
	tcase_add_test(tcase, fractions_lie_from_zero_to_before_one);
	tcase_add_test(tcase, the_largest_fraction_is_below_one);
	tcase_add_test(tcase, shuffling_keeps_every_item_once);
	tcase_add_test(tcase, every_item_comes_to_every_place_equally_often);
	tcase_add_test(tcase, shuffling_one_item_or_none_does_nothing);
	tcase_add_test(tcase, a_stride_visits_every_place);
	return run_suite(suite);
}
