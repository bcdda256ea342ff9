/* SPDX-License-Identifier: MIT */
#include "base/intervals.h"

#include <signal.h>

#include "base/prng.h"
#include "run.h"

static struct interval_set set;
static struct interval_set other;

static void
set_up(void)
{
	interval_set_init(&set);
	interval_set_init(&other);
}

static void
tear_down(void)
{
	interval_set_check(&set);
	interval_set_check(&other);
	interval_set_fini(&set);
	interval_set_fini(&other);
}

START_TEST(an_empty_set_has_nothing)
{
	ck_assert(!interval_set_contains(&set, 0));
	ck_assert(!interval_set_contains(&set, UINT64_MAX));
	ck_assert_uint_eq(interval_set_max(&set), 0);
	ck_assert(interval_set_covers(&set, &other));
	ck_assert(interval_set_equal(&set, &other));
}
END_TEST

START_TEST(numbers_in_a_row_cost_one_interval)
{
	for (uint64_t number = 1; number <= 1000; number++) {
		interval_set_add(&set, number, number);
	}
	ck_assert_uint_eq(set.count, 1);
	ck_assert_uint_eq(interval_set_max(&set), 1000);
	ck_assert(interval_set_contains(&set, 1));
	ck_assert(interval_set_contains(&set, 1000));
	ck_assert(!interval_set_contains(&set, 0));
	ck_assert(!interval_set_contains(&set, 1001));
}
END_TEST

START_TEST(a_gap_is_kept_until_it_is_filled)
{
	interval_set_add(&set, 1, 4);
	interval_set_add(&set, 6, 9);
	ck_assert_uint_eq(set.count, 2);
	ck_assert(!interval_set_contains(&set, 5));
	interval_set_add(&set, 5, 5);
	ck_assert_uint_eq(set.count, 1);
	ck_assert(interval_set_contains(&set, 5));
}
END_TEST

START_TEST(a_range_swallows_those_it_overlaps_or_touches)
{
	for (uint64_t first = 10; first <= 50; first += 10) {
		interval_set_add(&set, first, first + 1);
	}
	interval_set_add(&set, 22, 39);
	ck_assert_uint_eq(set.count, 3);
	ck_assert(interval_set_contains(&set, 20));
	ck_assert(interval_set_contains(&set, 41));
	ck_assert(!interval_set_contains(&set, 19));
	ck_assert(!interval_set_contains(&set, 42));
	interval_set_add(&set, 0, 100);
	ck_assert_uint_eq(set.count, 1);
	interval_set_add(&set, 30, 40);
	ck_assert_uint_eq(set.count, 1);
	ck_assert_uint_eq(interval_set_max(&set), 100);
}
END_TEST

START_TEST(the_ends_of_the_number_range_do_not_overflow)
{
	interval_set_add(&set, UINT64_MAX, UINT64_MAX);
	interval_set_add(&set, 0, 0);
	ck_assert_uint_eq(set.count, 2);
	ck_assert(interval_set_contains(&set, 0));
	ck_assert(!interval_set_contains(&set, 1));
	ck_assert(!interval_set_contains(&set, UINT64_MAX - 1));
	ck_assert(interval_set_contains(&set, UINT64_MAX));
	interval_set_add(&set, UINT64_MAX - 1, UINT64_MAX - 1);
	interval_set_add(&set, 1, 1);
	interval_set_check(&set);
	ck_assert_uint_eq(set.count, 2);
	ck_assert_uint_eq(interval_set_max(&set), UINT64_MAX);
	interval_set_add(&set, 0, UINT64_MAX);
	ck_assert_uint_eq(set.count, 1);
	interval_set_add(&set, 0, UINT64_MAX);
	interval_set_add(&set, 5, 6);
	ck_assert_uint_eq(set.count, 1);
	ck_assert(interval_set_covers(&set, &set));
}
END_TEST

START_TEST(zero_alone_is_not_the_empty_set)
{
	interval_set_add(&set, 0, 0);
	ck_assert_uint_eq(interval_set_max(&set), interval_set_max(&other));
	ck_assert(!interval_set_equal(&set, &other));
	ck_assert(interval_set_covers(&set, &other));
	ck_assert(!interval_set_covers(&other, &set));
}
END_TEST

START_TEST(a_range_across_a_gap_is_not_covered)
{
	interval_set_add(&set, 1, 4);
	interval_set_add(&set, 6, 9);
	interval_set_add(&other, 4, 4);
	interval_set_add(&other, 6, 8);
	ck_assert(interval_set_covers(&set, &other));
	ck_assert(!interval_set_covers(&other, &set));
	interval_set_add(&other, 5, 5);
	ck_assert(!interval_set_covers(&set, &other));
}
END_TEST

START_TEST(a_range_that_ends_before_it_starts_aborts)
{
	interval_set_add(&set, 2, 1);
}
END_TEST

#define UNIVERSE 100

/* A naive set: one mark for each number from `offset` on. */
struct model {
	uint64_t offset;
	bool is_in[UNIVERSE];
};

static void
add_to_both(struct model *model, struct interval_set *intervals, struct prng *prng)
{
	size_t first = prng_below(prng, UNIVERSE);
	size_t len = prng_below(prng, 4) == 0 ? 10 : 1;

	len = len < UNIVERSE - first ? len : UNIVERSE - first;
	for (size_t i = first; i < first + len; i++) {
		model->is_in[i] = true;
	}
	interval_set_add(
		intervals, model->offset + first, model->offset + first + len - 1);
	interval_set_check(intervals);
}

static bool
agrees(const struct model *model, const struct interval_set *intervals)
{
	size_t run_count = 0;
	uint64_t max = 0;

	for (size_t i = 0; i < UNIVERSE; i++) {
		uint64_t number = model->offset + i;

		if (interval_set_contains(intervals, number) != model->is_in[i]) {
			return false;
		}
		if (model->is_in[i]) {
			run_count += i == 0 || !model->is_in[i - 1];
			max = number;
		}
	}
	return intervals->count == run_count && interval_set_max(intervals) == max;
}

static bool
model_covers(const struct model *a, const struct model *b)
{
	for (size_t i = 0; i < UNIVERSE; i++) {
		if (b->is_in[i] && !a->is_in[i]) {
			return false;
		}
	}
	return true;
}

/* Each round fills two sets number by number until they are nearly full. */
static void
run_against_model(uint64_t offset)
{
	size_t wrong = 0;
	struct prng prng;

	prng_init(&prng, 1);
	for (size_t round = 0; round < 50; round++) {
		struct model set_model = {.offset = offset};
		struct model other_model = {.offset = offset};

		for (size_t step = 0; step < 100; step++) {
			bool covers = false;
			bool is_covered = false;

			add_to_both(&set_model, &set, &prng);
			if (step % 8 == 0) {
				add_to_both(&other_model, &other, &prng);
			}
			covers = model_covers(&set_model, &other_model);
			is_covered = model_covers(&other_model, &set_model);
			wrong += !agrees(&set_model, &set);
			wrong += !agrees(&other_model, &other);
			wrong += interval_set_covers(&set, &other) != covers;
			wrong += interval_set_covers(&other, &set) != is_covered;
			wrong += interval_set_equal(&set, &other) !=
				 (covers && is_covered);
		}
		interval_set_fini(&set);
		interval_set_fini(&other);
	}
	ck_assert_uint_eq(wrong, 0);
}

START_TEST(random_use_near_zero_agrees_with_a_naive_set)
{
	run_against_model(0);
}
END_TEST

START_TEST(random_use_near_the_largest_number_agrees_with_a_naive_set)
{
	run_against_model(UINT64_MAX - UNIVERSE + 1);
}
END_TEST

START_TEST(the_order_of_adding_does_not_matter)
{
	uint64_t numbers[500];
	void *order[500];
	struct prng prng;

	prng_init(&prng, 1);
	for (size_t i = 0; i < 500; i++) {
		numbers[i] = prng_below(&prng, 1000);
		order[i] = &numbers[i];
		interval_set_add(&set, numbers[i], numbers[i]);
	}
	prng_shuffle(&prng, order, 500);
	for (size_t i = 0; i < 500; i++) {
		const uint64_t *number = order[i];

		interval_set_add(&other, *number, *number);
	}
	ck_assert(interval_set_equal(&set, &other));
	ck_assert_uint_gt(set.count, 100);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("intervals");
	TCase *tcase = add_case(suite, "intervals");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, an_empty_set_has_nothing);
	tcase_add_test(tcase, numbers_in_a_row_cost_one_interval);
	tcase_add_test(tcase, a_gap_is_kept_until_it_is_filled);
	tcase_add_test(tcase, a_range_swallows_those_it_overlaps_or_touches);
	tcase_add_test(tcase, the_ends_of_the_number_range_do_not_overflow);
	tcase_add_test(tcase, zero_alone_is_not_the_empty_set);
	tcase_add_test(tcase, a_range_across_a_gap_is_not_covered);
	tcase_add_test_raise_signal(
		tcase, a_range_that_ends_before_it_starts_aborts, SIGABRT);
	tcase_add_test(tcase, random_use_near_zero_agrees_with_a_naive_set);
	tcase_add_test(
		tcase, random_use_near_the_largest_number_agrees_with_a_naive_set);
	tcase_add_test(tcase, the_order_of_adding_does_not_matter);
	return run_suite(suite);
}
