/* SPDX-License-Identifier: MIT */
#include "gossip/repair.h"

#include "repair_bench.h"

/* --- looking again --- */

START_TEST(a_first_difference_is_looked_at_again)
{
	compare(2, PROBE_ROUND, other_state());
	ck_assert_uint_eq(sketched(0), 0);
	ck_assert_uint_eq(repair_deadline(repair),
		bench_now(&bench).mono_us + REPAIR_INTERVAL_US);
	bench_pass_us(&bench, REPAIR_INTERVAL_US - 1);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_PING, 0), 0);
	bench_pass_us(&bench, 1);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_PING, 0), 1);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_PING, 2), 1);
	ck_assert_uint_eq(sketched(0), 0);
	ck_assert_uint_eq(opened(), 0);
}
END_TEST

START_TEST(a_difference_that_goes_away_starts_nothing)
{
	look(2, other_state());
	answer(2, own_state());
	ck_assert_uint_eq(sketched(0), 0);
	ck_assert_uint_eq(opened(), 0);
	compare(2, PROBE_ROUND, other_state());
	ck_assert_uint_eq(sketched(0), 0);
	ck_assert_uint_eq(opened(), 0);
}
END_TEST

START_TEST(a_member_that_agrees_meanwhile_is_not_asked_again)
{
	compare(2, PROBE_ROUND, other_state());
	compare(2, PROBE_ROUND, own_state());
	bench_pass_us(&bench, REPAIR_INTERVAL_US);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_PING, 0), 0);
	ck_assert_uint_eq(repair_deadline(repair), DEADLINE_NONE);
}
END_TEST

START_TEST(one_doubt_at_a_time_is_enough)
{
	compare(2, PROBE_ROUND, other_state());
	bench.time_us += REPAIR_INTERVAL_US / 2;
	compare(3, PROBE_ROUND, other_state());
	bench_pass_us(&bench, REPAIR_INTERVAL_US / 2);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_PING, 2), 1);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_PING, 3), 0);
}
END_TEST

START_TEST(an_answer_that_is_lost_stops_no_later_looks)
{
	look(2, other_state());
	ck_assert_uint_eq(sent_count(sent, MESSAGE_PING, 2), 1);
	ck_assert_uint_eq(repair_deadline(repair), DEADLINE_NONE);
	look_twice(3, other_state());
	ck_assert_uint_eq(sketched(3), 1);
	look_twice(2, other_state());
	ck_assert_uint_eq(sketched(2), 1);
}
END_TEST

START_TEST(who_asks_acts)
{
	struct message message = {
		.type = MESSAGE_PING,
		.ping = {.probe = 1, .state = other_state()},
	};

	for (int i = 0; i < 5; i++) {
		bench_tell(&bench, 2, &message);
		ck_assert_uint_eq(sketched(0), 0);
		ck_assert_uint_eq(opened(), 0);
		bench_pass_us(&bench, REPAIR_INTERVAL_US);
		ck_assert_uint_eq(sent_count(sent, MESSAGE_PING, 2), 0);
	}
	ck_assert(bench_member(&bench, 2)->agreement_known);
	ck_assert(!bench_member(&bench, 2)->agrees);
}
END_TEST

START_TEST(agreement_is_remembered)
{
	compare(2, PROBE_ROUND, own_state());
	ck_assert(bench_member(&bench, 2)->agreement_known);
	ck_assert(bench_member(&bench, 2)->agrees);
	ck_assert(!bench_member(&bench, 3)->agreement_known);
	compare(2, PROBE_ROUND, other_state());
	ck_assert(!bench_member(&bench, 2)->agrees);
}
END_TEST

/* --- differences that change --- */

START_TEST(a_difference_that_changes_is_told_by_a_sketch_nevertheless)
{
	look(2, state_with(1, 1));
	answer(2, state_with(1, 2));
	ck_assert_uint_eq(sketched(2), 1);
}
END_TEST

START_TEST(a_large_difference_that_changes_is_looked_at_four_times_more)
{
	look(2, state_with(MORE_MAX + 1, 1));
	for (uint64_t i = 2; i <= 4; i++) {
		answer(2, state_with(MORE_MAX + 1, i));
		ck_assert_uint_eq(opened(), 0);
		ck_assert_uint_eq(sketched(0), 0);
		bench_pass_us(&bench, REPAIR_INTERVAL_US);
		ck_assert_uint_eq(sent_count(sent, MESSAGE_PING, 2), 1);
	}
	answer(2, state_with(MORE_MAX + 1, 5));
	ck_assert_uint_eq(opened(), 1);
}
END_TEST

START_TEST(a_large_difference_that_stays_while_both_write_starts_an_exchange)
{
	compare(2, PROBE_ROUND, far_state());
	bench_set(&bench, "k", "v");
	bench_pass_us(&bench, REPAIR_INTERVAL_US);
	answer(2, far_state());
	ck_assert_uint_eq(opened(), 1);
}
END_TEST

START_TEST(a_large_difference_that_stays_at_the_third_look_starts_an_exchange)
{
	look(2, state_with(MORE_MAX + 1, 1));
	answer(2, state_with(MORE_MAX + 1, 2));
	ck_assert_uint_eq(opened(), 0);
	bench_pass_us(&bench, REPAIR_INTERVAL_US);
	answer(2, state_with(MORE_MAX + 1, 2));
	ck_assert_uint_eq(opened(), 1);
}
END_TEST

START_TEST(what_another_member_differs_in_says_nothing_about_this_one)
{
	struct message late = {.type = MESSAGE_ACK};

	look(2, state_with(MORE_MAX + 1, 1));
	late.ping.probe = sent_message(sent, MESSAGE_PING, 2).ping.probe;
	compare(3, PROBE_ROUND, state_with(MORE_MAX + 1, 2));
	late.ping.state = state_with(MORE_MAX + 1, 2);
	bench_tell(&bench, 2, &late);
	ck_assert_uint_eq(opened(), 0);
}
END_TEST

START_TEST(looks_at_another_member_count_anew)
{
	look(2, state_with(MORE_MAX + 1, 1));
	for (uint64_t i = 2; i <= 4; i++) {
		answer(2, state_with(MORE_MAX + 1, i));
		bench_pass_us(&bench, REPAIR_INTERVAL_US);
	}
	/* The last answer is lost. */
	look(3, state_with(MORE_MAX + 1, 1));
	answer(3, state_with(MORE_MAX + 1, 2));
	ck_assert_uint_eq(opened(), 0);
}
END_TEST

/* --- how often --- */

START_TEST(exchanges_keep_their_distance)
{
	look_twice(2, far_state());
	ck_assert_uint_eq(opened(), 1);
	fail_stream();
	look_twice_at(3, far_state(), bench.time_us + EXCHANGE_INTERVAL_US - 1);
	ck_assert_uint_eq(opened(), 0);
	look_twice(3, far_state());
	ck_assert_uint_eq(opened(), 1);
}
END_TEST

START_TEST(a_member_is_left_alone_for_half_a_second_after_a_sketch)
{
	look_twice(2, other_state());
	ck_assert_uint_eq(sketched(2), 1);
	look_twice_at(2, other_state(), bench.time_us + AGAIN_US - 1);
	ck_assert_uint_eq(sketched(2), 0);
	look_twice(2, other_state());
	ck_assert_uint_eq(sketched(2), 1);
}
END_TEST

/* A repair is due at this time, and none two looks before. */
static void
assert_repaired_at(unsigned number, uint64_t time_us)
{
	look_twice_at(number, other_state(), time_us - REPAIR_INTERVAL_US - 1);
	ck_assert_uint_eq(sketched(number) + opened(), 0);
	look_twice_at(number, other_state(), time_us);
	ck_assert_uint_eq(sketched(number) + opened(), 1);
	if (opened() > 0)
		fail_stream();
}

START_TEST(repairs_that_lead_nowhere_come_less_and_less)
{
	uint64_t wait_us = AGAIN_US;

	look_twice(2, other_state());
	for (int i = 0; i < 10; i++) {
		assert_repaired_at(2, bench.time_us + wait_us);
		wait_us = 2 * wait_us < AGAIN_MAX_US ? 2 * wait_us : AGAIN_MAX_US;
	}
	ck_assert_uint_eq(wait_us, AGAIN_MAX_US);
	assert_repaired_at(2, bench.time_us + AGAIN_MAX_US);
}
END_TEST

/* Five repairs that lead nowhere; the next one is far. */
static void
repair_in_vain(void)
{
	uint64_t wait_us = AGAIN_US;

	look_twice(2, other_state());
	for (int i = 0; i < 4; i++) {
		assert_repaired_at(2, bench.time_us + wait_us);
		wait_us *= 2;
	}
}

START_TEST(agreement_ends_the_patience)
{
	repair_in_vain();
	compare(2, PROBE_ROUND, own_state());
	look_twice(2, other_state());
	ck_assert_uint_eq(sketched(2), 1);
	assert_repaired_at(2, bench.time_us + AGAIN_US);
}
END_TEST

START_TEST(other_members_do_not_wait_for_the_one)
{
	repair_in_vain();
	look_twice(3, other_state());
	ck_assert_uint_eq(sketched(3), 1);
}
END_TEST

START_TEST(who_asks_for_a_large_record_does_not_wait)
{
	repair_in_vain();
	bench.time_us += EXCHANGE_INTERVAL_US;
	ck_assert(repair_with(repair, bench_member(&bench, 2), bench_now(&bench)));
}
END_TEST

static void
add_looks(Suite *suite)
{
	TCase *tcase = add_case(suite, "looking again");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_first_difference_is_looked_at_again);
	tcase_add_test(tcase, a_difference_that_goes_away_starts_nothing);
	tcase_add_test(tcase, a_member_that_agrees_meanwhile_is_not_asked_again);
	tcase_add_test(tcase, one_doubt_at_a_time_is_enough);
	tcase_add_test(tcase, an_answer_that_is_lost_stops_no_later_looks);
	tcase_add_test(tcase, who_asks_acts);
	tcase_add_test(tcase, agreement_is_remembered);
}

static void
add_changes(Suite *suite)
{
	TCase *tcase = add_case(suite, "differences that change");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(
		tcase, a_difference_that_changes_is_told_by_a_sketch_nevertheless);
	tcase_add_test(
		tcase, a_large_difference_that_changes_is_looked_at_four_times_more);
	tcase_add_test(tcase,
		a_large_difference_that_stays_while_both_write_starts_an_exchange);
	tcase_add_test(tcase,
		a_large_difference_that_stays_at_the_third_look_starts_an_exchange);
	tcase_add_test(
		tcase, what_another_member_differs_in_says_nothing_about_this_one);
	tcase_add_test(tcase, looks_at_another_member_count_anew);
}

static void
add_pace(Suite *suite)
{
	TCase *tcase = add_case(suite, "how often");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, exchanges_keep_their_distance);
	tcase_add_test(tcase, a_member_is_left_alone_for_half_a_second_after_a_sketch);
	tcase_add_test(tcase, repairs_that_lead_nowhere_come_less_and_less);
	tcase_add_test(tcase, agreement_ends_the_patience);
	tcase_add_test(tcase, other_members_do_not_wait_for_the_one);
	tcase_add_test(tcase, who_asks_for_a_large_record_does_not_wait);
}

int
main(void)
{
	Suite *suite = suite_create("repair");

	add_looks(suite);
	add_changes(suite);
	add_pace(suite);
	return run_suite(suite);
}
