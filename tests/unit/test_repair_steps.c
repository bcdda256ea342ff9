/* SPDX-License-Identifier: MIT */
#include "gossip/repair.h"

#include "repair_bench.h"

START_TEST(a_second_difference_in_a_row_is_told_by_a_sketch)
{
	struct message message;

	look_twice(2, other_state());
	ck_assert_uint_eq(opened(), 0);
	ck_assert_uint_eq(sketched(0), 1);
	message = sent_message(sent, MESSAGE_SKETCH, 2);
	ck_assert_uint_eq(message.sketch.count, SYMBOL_COUNT_MIN);
	ck_assert_mem_eq(message.sketch.symbols, bench.node->store.sketch.symbols,
		SYMBOL_COUNT_MIN * sizeof(struct symbol));
}
END_TEST

START_TEST(a_sketch_has_two_symbols_more_for_each_record_more)
{
	look_twice(2, state_with(5, 1));
	ck_assert_uint_eq(sent_message(sent, MESSAGE_SKETCH, 2).sketch.count,
		SYMBOL_COUNT_MIN + 5 * SYMBOL_COUNT_EACH);
	look_twice(3, state_with((uint64_t)-3, 1));
	ck_assert_uint_eq(sent_message(sent, MESSAGE_SKETCH, 3).sketch.count,
		SYMBOL_COUNT_MIN + 3 * SYMBOL_COUNT_EACH);
	look_twice(4, state_with(MORE_MAX, 1));
	ck_assert_uint_eq(sent_message(sent, MESSAGE_SKETCH, 4).sketch.count,
		WIRE_SYMBOL_COUNT_MAX);
}
END_TEST

START_TEST(a_larger_difference_in_number_starts_an_exchange)
{
	struct address address = sample_address(2);

	look_twice(2, far_state());
	ck_assert_uint_eq(sketched(0), 0);
	ck_assert_uint_eq(opened(), 1);
	ck_assert(address_equal(
		&sent_output(sent, OUTPUT_STREAM_OPEN)->address, &address));
}
END_TEST

START_TEST(so_does_any_other_number)
{
	static const uint64_t counts[] = {
		0, 100, 1000000, UINT64_C(1) << 31, UINT64_C(1) << 63, UINT64_MAX};

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		struct state_summary state = other_state();

		state.record_count = counts[i];
		bench.time_us += EXCHANGE_INTERVAL_US;
		look_twice(2, state);
		ck_assert_uint_eq(sketched(0), counts[i] == 0 ? 1 : 0);
		ck_assert_uint_eq(opened(), counts[i] == 0 ? 0 : 1);
		if (counts[i] != 0)
			fail_stream();
		compare(2, PROBE_ROUND, own_state());
	}
}
END_TEST

START_TEST(smaller_packets_hold_smaller_sketches)
{
	size_t symbol_count;

	bench_fini(&bench);
	set_up_with(512);
	symbol_count = difference_symbols_max(&bench.node->difference);
	ck_assert_uint_eq(symbol_count, 28);
	look_twice(2, state_with((symbol_count - SYMBOL_COUNT_MIN) / 2, 1));
	ck_assert_uint_eq(
		sent_message(sent, MESSAGE_SKETCH, 2).sketch.count, symbol_count);
	look_twice(3, state_with((symbol_count - SYMBOL_COUNT_MIN) / 2 + 1, 1));
	ck_assert_uint_eq(sketched(3), 0);
	ck_assert_uint_eq(opened(), 1);
}
END_TEST

/* The first symbols of one who has so many records that this node lacks. */
static void
tell_sketch(size_t more, size_t symbol_count)
{
	struct sketch sketch = bench.node->store.sketch;
	struct message message = {.type = MESSAGE_SKETCH, .sketch.count = symbol_count};

	for (uint64_t i = 1; i <= more; i++)
		sketch_add(&sketch, i * UINT64_C(0x9e3779b97f4a7c15));
	memcpy(message.sketch.symbols, sketch.symbols,
		symbol_count * sizeof(struct symbol));
	bench_tell(&bench, 2, &message);
}

START_TEST(too_few_symbols_are_answered_with_all)
{
	tell_sketch(30, SYMBOL_COUNT_MIN);
	ck_assert_uint_eq(sent_message(sent, MESSAGE_SKETCH, 2).sketch.count,
		WIRE_SYMBOL_COUNT_MAX);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_WANT, 0), 0);
	ck_assert_uint_eq(opened(), 0);
	tell_sketch(100, WIRE_SYMBOL_COUNT_MAX - 1);
	ck_assert_uint_eq(sketched(2), 1);
	ck_assert_uint_eq(opened(), 0);
}
END_TEST

START_TEST(all_symbols_that_are_too_few_start_an_exchange)
{
	tell_sketch(100, WIRE_SYMBOL_COUNT_MAX);
	ck_assert_uint_eq(sketched(0), 0);
	ck_assert_uint_eq(opened(), 1);
	fail_stream();
	bench.time_us += EXCHANGE_INTERVAL_US - 1;
	tell_sketch(100, WIRE_SYMBOL_COUNT_MAX);
	ck_assert_uint_eq(opened(), 0);
	bench.time_us += 1;
	tell_sketch(100, WIRE_SYMBOL_COUNT_MAX);
	ck_assert_uint_eq(opened(), 1);
}
END_TEST

START_TEST(symbols_that_do_are_answered_with_questions)
{
	tell_sketch(3, SYMBOL_COUNT_MIN);
	ck_assert_uint_eq(sent_message(sent, MESSAGE_WANT, 2).digest.count, 3);
	ck_assert_uint_eq(sketched(0), 0);
	ck_assert_uint_eq(opened(), 0);
}
END_TEST

START_TEST(after_two_sketches_comes_an_exchange)
{
	look_twice_at(2, other_state(), SECOND_US);
	ck_assert_uint_eq(sketched(2), 1);
	look_twice_at(2, other_state(), 3 * SECOND_US);
	ck_assert_uint_eq(sketched(2), 1);
	look_twice_at(2, other_state(), 6 * SECOND_US);
	ck_assert_uint_eq(sketched(2), 0);
	ck_assert_uint_eq(opened(), 1);
}
END_TEST

START_TEST(who_comes_back_from_the_dead_is_reconciled_with_at_once)
{
	compare(2, PROBE_CONTACT, other_state());
	ck_assert_uint_eq(sketched(2), 1);
}
END_TEST

/* It would not take a sketch from a node that it holds for dead as well. */
START_TEST(with_who_is_dead_still_it_takes_an_exchange)
{
	bench_bury(&bench, 2, MEMBER_DEAD);
	compare(2, PROBE_CONTACT, other_state());
	ck_assert_uint_eq(sketched(2), 0);
	ck_assert_uint_eq(opened(), 1);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("repair steps");
	TCase *tcase = add_case(suite, "a sketch, all symbols, an exchange");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_second_difference_in_a_row_is_told_by_a_sketch);
	tcase_add_test(tcase, a_sketch_has_two_symbols_more_for_each_record_more);
	tcase_add_test(tcase, a_larger_difference_in_number_starts_an_exchange);
	tcase_add_test(tcase, so_does_any_other_number);
	tcase_add_test(tcase, smaller_packets_hold_smaller_sketches);
	tcase_add_test(tcase, too_few_symbols_are_answered_with_all);
	tcase_add_test(tcase, all_symbols_that_are_too_few_start_an_exchange);
	tcase_add_test(tcase, symbols_that_do_are_answered_with_questions);
	tcase_add_test(tcase, after_two_sketches_comes_an_exchange);
	tcase_add_test(tcase, who_comes_back_from_the_dead_is_reconciled_with_at_once);
	tcase_add_test(tcase, with_who_is_dead_still_it_takes_an_exchange);
	return run_suite(suite);
}
