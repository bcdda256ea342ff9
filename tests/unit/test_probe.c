/* SPDX-License-Identifier: MIT */
#include "probe_bench.h"

/* --- the round: SWIM, sections 3.1 and 4.3 --- */

START_TEST(the_first_probe_comes_within_one_period)
{
	bench_join_up_to(&bench, 2);
	ck_assert_uint_ge(probes->round_at_us, at_us(0).mono_us);
	ck_assert_uint_lt(probes->round_at_us, at_us(INTERVAL_US).mono_us);
	ck_assert_uint_eq(next_round(2), 2);
}
END_TEST

START_TEST(a_lonely_node_pings_nobody)
{
	ck_assert_uint_eq(next_round(1), 0);
	ck_assert_uint_eq(next_round(1), 0);
	ck_assert_uint_eq(bench.sent.packet_count, 0);
}
END_TEST

START_TEST(each_period_pings_one_member)
{
	bench_join_up_to(&bench, 10);

	uint64_t last_us = 0;

	for (int i = 0; i < 30; i++) {
		unsigned target = next_round(10);

		ck_assert_uint_ge(target, 2);
		ck_assert_uint_eq(sent_count(&bench.sent, MESSAGE_PING, 0), 1);
		ck_assert(i == 0 || bench.time_us - last_us == INTERVAL_US);
		last_us = bench.time_us;
		ck_assert(ack(target, number_pinged(target)));
	}
}
END_TEST

/* Up to a period in which the order is drawn anew for so many others. */
static void
pass_to_new_order(uint64_t others)
{
	uint64_t period_ms = INTERVAL_US / MS_US;

	do
		bench.time_us += INTERVAL_US;
	while (bench_now(&bench).wall_ms / period_ms % others != 0);
	probes->round_at_us = bench_now(&bench).mono_us;
}

START_TEST(everybody_is_pinged_once_before_anybody_is_pinged_again)
{
	unsigned before[9] = {0};
	bool reordered = false;

	bench_join_up_to(&bench, 10);
	pass_to_new_order(9);
	for (int draw = 0; draw < 5; draw++) {
		unsigned counts[11] = {0};

		for (int i = 0; i < 9; i++) {
			unsigned target = next_round(10);

			ack(target, number_pinged(target));
			counts[target]++;
			reordered |= draw > 0 && before[i] != target;
			before[i] = target;
		}
		for (unsigned i = 2; i <= 10; i++)
			ck_assert_uint_eq(counts[i], 1);
	}
	ck_assert(reordered);
}
END_TEST

/* Whom each of the nodes pings in one period, all of them knowing each other. */
static void
count_targets(unsigned count, struct now now, size_t *counts)
{
	for (unsigned i = 1; i <= count; i++) {
		struct bench other;
		struct settings settings = sample_settings(i);

		bench_init(&other, &settings);
		for (unsigned j = 1; j <= count; j++) {
			if (j != i)
				sample_join(other.node, j, now);
		}
		other.node->probes.round_at_us = now.mono_us;
		probes_tick(&other.node->probes, now);
		bench_take(&other);
		for (unsigned j = 1; j <= count; j++)
			counts[j] += sent_count(&other.sent, MESSAGE_PING, j);
		bench_fini(&other);
	}
}

START_TEST(in_each_period_everybody_is_pinged_by_one_other)
{
	for (uint64_t period = 0; period < 20; period++) {
		size_t counts[14] = {0};

		count_targets(13, at_us(period * INTERVAL_US), counts);
		for (unsigned i = 1; i <= 13; i++)
			ck_assert_uint_eq(counts[i], 1);
	}
}
END_TEST

START_TEST(a_newcomer_is_pinged_before_two_rounds_are_over)
{
	bool seen = false;
	unsigned first;

	bench_join_up_to(&bench, 9);
	first = next_round(9);
	ack(first, number_pinged(first));
	sample_join(bench.node, 10, bench_now(&bench));
	for (int i = 0; i < 2 * 9 - 1; i++) {
		unsigned target = next_round(10);

		ack(target, number_pinged(target));
		seen |= target == 10;
	}
	ck_assert(seen);
}
END_TEST

START_TEST(the_dead_and_the_left_are_not_in_the_round)
{
	bench_join_up_to(&bench, 5);
	bench_bury(&bench, 2, MEMBER_DEAD);
	bench_bury(&bench, 3, MEMBER_LEFT);
	for (int i = 0; i < 10; i++) {
		unsigned target = next_round(5);

		ck_assert_uint_ge(target, 4);
		ack(target, number_pinged(target));
	}
}
END_TEST

START_TEST(who_dies_during_the_round_is_passed_over)
{
	bench_join_up_to(&bench, 3);

	unsigned first = next_round(3);
	unsigned second = 5 - first;

	ack(first, number_pinged(first));
	bench_bury(&bench, second, MEMBER_DEAD);
	ck_assert_uint_eq(next_round(3), first);
}
END_TEST

/* --- answers --- */

START_TEST(an_answer_in_time_ends_the_probe)
{
	bench_join_up_to(&bench, 6);

	unsigned target = next_round(6);
	uint32_t number = number_pinged(target);
	struct probe_answer answer = {0};

	bench.time_us += 1000;
	ck_assert(probes_on_ack(
		probes, sample_short_id(target), number, bench_now(&bench), &answer));
	ck_assert_int_eq(answer.kind, PROBE_ROUND);
	ck_assert(answer.reached);
	ck_assert_ptr_eq(answer.member, bench_member(&bench, target));
	pass_us(TIMEOUT_US);
	ck_assert_uint_eq(sent_count(&bench.sent, MESSAGE_PING_REQ, 0), 0);
	ck_assert(nothing_failed());
}
END_TEST

START_TEST(only_the_target_itself_can_answer)
{
	bench_join_up_to(&bench, 6);

	unsigned target = next_round(6);
	uint32_t number = number_pinged(target);
	unsigned other = target == 2 ? 3 : 2;

	ck_assert(!ack(other, number));
	ck_assert(!ack(target, number + 1));
	ck_assert(ack(target, number));
	ck_assert(!ack(target, number));
}
END_TEST

START_TEST(an_answer_gives_the_round_trip)
{
	bench_join_up_to(&bench, 2);
	next_round(2);

	uint32_t number = number_pinged(2);

	bench.time_us += 1234;
	ack(2, number);
	ck_assert_uint_eq(bench_member(&bench, 2)->rtt_us, 1234);
}
END_TEST

/* Karn and Partridge 1987: which of two pings was answered cannot be told. */
START_TEST(a_repeated_ping_measures_nothing)
{
	bench_join_up_to(&bench, 2);
	next_round(2);

	uint32_t number = number_pinged(2);

	pass_us(REPEAT_US);
	ck_assert(ack(2, number));
	ck_assert_uint_eq(bench_member(&bench, 2)->rtt_us, 0);
}
END_TEST

START_TEST(an_ack_tells_the_state_and_the_time)
{
	struct address address = sample_address(2);
	struct state_summary summary = store_summary(&bench.node->store);

	bench.time_us = 5000;
	probes_answer(probes, &address, 77, bench_now(&bench));
	bench_take(&bench);

	struct message message = sent_message(&bench.sent, MESSAGE_ACK, 2);

	ck_assert_uint_eq(message.ping.probe, 77);
	ck_assert_uint_eq(message.ping.wall_ms, bench_now(&bench).wall_ms);
	ck_assert_uint_eq(message.ping.state.fingerprint, summary.fingerprint);
	ck_assert_uint_eq(message.ping.state.record_count, summary.record_count);
	ck_assert_uint_eq(message.ping.state.context_sum, summary.context_sum);
}
END_TEST

START_TEST(a_ping_tells_the_state)
{
	struct state_summary summary;

	bench_join_up_to(&bench, 2);
	summary = store_summary(&bench.node->store);
	next_round(2);

	struct message message = sent_message(&bench.sent, MESSAGE_PING, 2);

	ck_assert_uint_eq(message.ping.state.fingerprint, summary.fingerprint);
	ck_assert_uint_eq(message.ping.state.record_count, summary.record_count);
}
END_TEST

/* --- time to answer --- */

START_TEST(an_unknown_member_gets_an_equal_share_of_the_time)
{
	bench_join_up_to(&bench, 6);
	next_round(6);
	pass_us(REPEAT_US - 1);
	ck_assert_uint_eq(sent_count(&bench.sent, MESSAGE_PING_REQ, 0), 0);
	pass_us(1);
	ck_assert_uint_eq(sent_count(&bench.sent, MESSAGE_PING_REQ, 0), INDIRECT_COUNT);
}
END_TEST

static void
expect_timeout(uint64_t rtt_us, uint64_t deviation_us, uint64_t timeout_us)
{
	bench_join_up_to(&bench, 6);
	for (unsigned i = 2; i <= 6; i++) {
		bench_member(&bench, i)->rtt_us = rtt_us;
		bench_member(&bench, i)->rtt_deviation_us = deviation_us;
	}
	next_round(6);
	pass_us(timeout_us - 1);
	ck_assert_uint_eq(sent_count(&bench.sent, MESSAGE_PING_REQ, 0), 0);
	pass_us(1);
	ck_assert_uint_eq(sent_count(&bench.sent, MESSAGE_PING_REQ, 0), INDIRECT_COUNT);
}

/* RFC 6298, section 2: the smoothed round trip and four deviations. */
START_TEST(a_known_member_gets_the_time_it_takes)
{
	expect_timeout(100 * MS_US, 20 * MS_US, 180 * MS_US);
}
END_TEST

START_TEST(nobody_gets_less_than_the_least_timeout)
{
	expect_timeout(300, 100, TIMEOUT_MIN_US);
}
END_TEST

START_TEST(nobody_gets_more_than_half_of_the_time)
{
	expect_timeout(600 * MS_US, 100 * MS_US, TIMEOUT_US / 2);
}
END_TEST

/* Lifeguard, section IV.A: local health stretches the period and the timeout. */
START_TEST(a_node_that_is_not_well_gives_more_time)
{
	bench_join_up_to(&bench, 6);
	health_worsen(&probes->health, 2);
	next_round(6);
	ck_assert_uint_eq(
		probes->round_at_us - bench_now(&bench).mono_us, 3 * INTERVAL_US);
	pass_us(3 * REPEAT_US - 1);
	ck_assert_uint_eq(sent_count(&bench.sent, MESSAGE_PING_REQ, 0), 0);
	pass_us(1);
	ck_assert_uint_eq(sent_count(&bench.sent, MESSAGE_PING_REQ, 0), INDIRECT_COUNT);
	pass_us(3 * TIMEOUT_US - 3 * REPEAT_US - 1);
	ck_assert(nothing_failed());
	pass_us(1);
	ck_assert(!nothing_failed());
}
END_TEST

/* --- when the node itself did not run --- */

START_TEST(a_node_that_did_not_run_fails_nobody)
{
	bench_join_up_to(&bench, 6);

	unsigned target = next_round(6);
	uint32_t number = number_pinged(target);

	tick_at(bench.time_us + 3600 * SECOND_US);
	ck_assert(nothing_failed());
	ck_assert(ack(target, number));
}
END_TEST

START_TEST(its_probes_go_on_where_they_were)
{
	bench_join_up_to(&bench, 6);
	next_round(6);
	tick_at(bench.time_us + 3600 * SECOND_US);
	probes->round_at_us = UINT64_MAX;
	pass_us(TIMEOUT_US - REPEAT_US - 1);
	ck_assert(nothing_failed());
	pass_us(REPEAT_US + 1);
	ck_assert(!nothing_failed());
}
END_TEST

START_TEST(a_node_that_did_not_run_is_not_well)
{
	bench_join_up_to(&bench, 6);
	next_round(6);
	tick_at(bench.time_us + 3600 * SECOND_US);
	ck_assert_uint_eq(probes->health.score, 1);
}
END_TEST

START_TEST(a_little_late_is_not_late)
{
	bench_join_up_to(&bench, 6);
	next_round(6);
	tick_at(bench.time_us + REPEAT_US + LATE_US);
	ck_assert_uint_eq(probes->health.score, 0);
	ck_assert_uint_eq(sent_count(&bench.sent, MESSAGE_PING_REQ, 0), INDIRECT_COUNT);
}
END_TEST

START_TEST(the_deadline_is_what_comes_first)
{
	bench_join_up_to(&bench, 3);
	ck_assert_uint_eq(probes_deadline(probes), probes->round_at_us);
	next_round(3);
	ck_assert_uint_eq(
		probes_deadline(probes), bench_now(&bench).mono_us + REPEAT_US);
	probes->round_at_us = bench_now(&bench).mono_us + 1;
	ck_assert_uint_eq(probes_deadline(probes), bench_now(&bench).mono_us + 1);
}
END_TEST

static void
add_round(Suite *suite)
{
	TCase *tcase = add_case(suite, "round");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, the_first_probe_comes_within_one_period);
	tcase_add_test(tcase, a_lonely_node_pings_nobody);
	tcase_add_test(tcase, each_period_pings_one_member);
	tcase_add_test(tcase, everybody_is_pinged_once_before_anybody_is_pinged_again);
	tcase_add_test(tcase, in_each_period_everybody_is_pinged_by_one_other);
	tcase_add_test(tcase, a_newcomer_is_pinged_before_two_rounds_are_over);
	tcase_add_test(tcase, the_dead_and_the_left_are_not_in_the_round);
	tcase_add_test(tcase, who_dies_during_the_round_is_passed_over);
	tcase_add_test(tcase, an_answer_in_time_ends_the_probe);
	tcase_add_test(tcase, only_the_target_itself_can_answer);
	tcase_add_test(tcase, an_answer_gives_the_round_trip);
	tcase_add_test(tcase, a_repeated_ping_measures_nothing);
	tcase_add_test(tcase, an_ack_tells_the_state_and_the_time);
	tcase_add_test(tcase, a_ping_tells_the_state);
}

static void
add_timeouts(Suite *suite)
{
	TCase *tcase = add_case(suite, "timeouts");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, an_unknown_member_gets_an_equal_share_of_the_time);
	tcase_add_test(tcase, a_known_member_gets_the_time_it_takes);
	tcase_add_test(tcase, nobody_gets_less_than_the_least_timeout);
	tcase_add_test(tcase, nobody_gets_more_than_half_of_the_time);
	tcase_add_test(tcase, a_node_that_is_not_well_gives_more_time);
	tcase_add_test(tcase, the_deadline_is_what_comes_first);
	tcase_add_test(tcase, a_node_that_did_not_run_fails_nobody);
	tcase_add_test(tcase, its_probes_go_on_where_they_were);
	tcase_add_test(tcase, a_node_that_did_not_run_is_not_well);
	tcase_add_test(tcase, a_little_late_is_not_late);
}

int
main(void)
{
	Suite *suite = suite_create("probe");

	add_round(suite);
	add_timeouts(suite);
	return run_suite(suite);
}
