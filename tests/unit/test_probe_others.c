/* SPDX-License-Identifier: MIT */
#include "probe_bench.h"

static bool
say(enum message_type type, uint32_t number)
{
	struct message message = {.type = type, .answer = {.probe = number}};
	struct probe_answer answer;

	return probes_on_answer(probes, &message, &answer);
}

/* --- asking others: SWIM, section 4.1 --- */

START_TEST(a_few_others_are_asked_to_ping)
{
	size_t asked = 0;

	bench_join_up_to(&bench, 10);

	unsigned target = next_round(10);
	uint32_t number = number_pinged(target);
	struct address address = sample_address(target);

	pass_us(REPEAT_US);
	ck_assert_uint_eq(sent_count(&bench.sent, MESSAGE_PING_REQ, 0), INDIRECT_COUNT);
	ck_assert_uint_eq(sent_count(&bench.sent, MESSAGE_PING_REQ, target), 0);
	ck_assert_uint_eq(sent_count(&bench.sent, MESSAGE_PING_REQ, 1), 0);
	for (unsigned i = 2; i <= 10; i++)
		asked += sent_count(&bench.sent, MESSAGE_PING_REQ, i) == 1;
	ck_assert_uint_eq(asked, INDIRECT_COUNT);

	struct message request = sent_message(&bench.sent, MESSAGE_PING_REQ, 0);

	ck_assert_uint_eq(request.ping_req.probe, number);
	ck_assert_uint_eq(request.ping_req.target, sample_short_id(target));
	ck_assert(address_equal(&request.ping_req.address, &address));
}
END_TEST

START_TEST(the_target_is_pinged_again_and_again)
{
	bench_join_up_to(&bench, 6);

	unsigned target = next_round(6);
	uint32_t number = number_pinged(target);

	for (int i = 1; i < ATTEMPTS; i++) {
		pass_us(REPEAT_US - 1);
		ck_assert_uint_eq(sent_count(&bench.sent, MESSAGE_PING, 0), 0);
		pass_us(1);
		ck_assert_uint_eq(sent_count(&bench.sent, MESSAGE_PING, 0), 1);
		ck_assert_uint_eq(number_pinged(target), number);
		ck_assert_uint_eq(sent_count(&bench.sent, MESSAGE_PING_REQ, 0),
			i == 1 ? INDIRECT_COUNT : 0);
	}
	pass_us(REPEAT_US);
	ck_assert_uint_eq(sent_count(&bench.sent, MESSAGE_PING, 0), 0);
	ck_assert(!nothing_failed());
}
END_TEST

START_TEST(only_members_thought_alive_are_asked)
{
	bench_join_up_to(&bench, 6);
	for (unsigned i = 3; i <= 6; i++)
		bench_bury(&bench, i, MEMBER_DEAD);
	ck_assert_uint_eq(next_round(6), 2);
	pass_us(REPEAT_US);
	ck_assert_uint_eq(sent_count(&bench.sent, MESSAGE_PING_REQ, 0), 0);
}
END_TEST

START_TEST(everybody_may_be_asked_in_the_end)
{
	bool asked[11] = {false};

	bench_join_up_to(&bench, 10);
	for (int i = 0; i < 100; i++) {
		unsigned target = next_round(10);
		uint32_t number = number_pinged(target);

		pass_us(REPEAT_US);
		for (unsigned j = 2; j <= 10; j++)
			asked[j] |= sent_count(&bench.sent, MESSAGE_PING_REQ, j) > 0;
		ack(target, number);
	}
	for (unsigned j = 2; j <= 10; j++)
		ck_assert(asked[j]);
}
END_TEST

START_TEST(an_answer_through_another_is_an_answer)
{
	struct message message = {.type = MESSAGE_RELAYED_ACK};
	struct probe_answer answer = {0};

	bench_join_up_to(&bench, 6);

	unsigned target = next_round(6);

	message.answer.probe = number_pinged(target);
	pass_us(REPEAT_US);
	ck_assert(probes_on_answer(probes, &message, &answer));
	ck_assert_int_eq(answer.kind, PROBE_ROUND);
	ck_assert(answer.reached);
	ck_assert_ptr_eq(answer.member, bench_member(&bench, target));
	pass_us(INTERVAL_US);
	ck_assert(nothing_failed());
}
END_TEST

START_TEST(a_nack_says_who_could_not_be_reached)
{
	struct message message = {.type = MESSAGE_NACK};
	struct probe_answer answer = {.reached = true};

	bench_join_up_to(&bench, 6);

	unsigned target = next_round(6);

	message.answer.probe = number_pinged(target);
	pass_us(REPEAT_US);
	ck_assert(probes_on_answer(probes, &message, &answer));
	ck_assert_int_eq(answer.kind, PROBE_ROUND);
	ck_assert(!answer.reached);
	ck_assert_ptr_eq(answer.member, bench_member(&bench, target));
}
END_TEST

START_TEST(a_nack_does_not_end_the_probe)
{
	bench_join_up_to(&bench, 6);

	unsigned target = next_round(6);
	uint32_t number = number_pinged(target);

	pass_us(REPEAT_US);
	ck_assert(say(MESSAGE_NACK, number));
	ck_assert(ack(target, number));
	ck_assert(!say(MESSAGE_NACK, number));
}
END_TEST

START_TEST(nobody_answers_for_another_unasked)
{
	bench_join_up_to(&bench, 6);

	unsigned target = next_round(6);
	uint32_t number = number_pinged(target);

	ck_assert(!say(MESSAGE_RELAYED_ACK, number));
	ck_assert(!say(MESSAGE_NACK, number));
	ck_assert(ack(target, number));
}
END_TEST

START_TEST(without_any_answer_the_probe_fails_at_the_end_of_its_time)
{
	bench_join_up_to(&bench, 6);

	unsigned target = next_round(6);

	pass_us(TIMEOUT_US - 1);
	ck_assert(nothing_failed());
	pass_us(1);
	expect_failed(PROBE_ROUND, target);
}
END_TEST

START_TEST(an_answer_after_the_end_is_too_late)
{
	bench_join_up_to(&bench, 6);

	unsigned target = next_round(6);
	uint32_t number = number_pinged(target);

	pass_us(TIMEOUT_US);
	ck_assert(!ack(target, number));
	ck_assert(!say(MESSAGE_RELAYED_ACK, number));
}
END_TEST

/* --- local health: Lifeguard, section IV.A --- */

START_TEST(an_answered_probe_is_a_good_sign)
{
	bench_join_up_to(&bench, 2);
	health_worsen(&probes->health, 3);
	next_round(2);
	ack(2, number_pinged(2));
	ck_assert_uint_eq(probes->health.score, 2);
}
END_TEST

static void
fail_with_nacks(unsigned nacks)
{
	unsigned target = next_round(10);
	uint32_t number = number_pinged(target);

	pass_us(REPEAT_US);
	for (unsigned i = 0; i < nacks; i++)
		ck_assert(say(MESSAGE_NACK, number));
	pass_us(TIMEOUT_US - REPEAT_US);
	expect_failed(PROBE_ROUND, target);
}

START_TEST(each_missing_nack_is_a_bad_sign)
{
	bench_join_up_to(&bench, 10);
	fail_with_nacks(INDIRECT_COUNT - 2);
	ck_assert_uint_eq(probes->health.score, 2);
}
END_TEST

START_TEST(with_all_nacks_the_target_is_to_blame)
{
	bench_join_up_to(&bench, 10);
	fail_with_nacks(INDIRECT_COUNT);
	ck_assert_uint_eq(probes->health.score, 0);
}
END_TEST

START_TEST(with_nobody_to_ask_a_failure_is_a_bad_sign)
{
	bench_join_up_to(&bench, 2);
	next_round(2);
	pass_us(REPEAT_US);
	pass_us(TIMEOUT_US - REPEAT_US);
	ck_assert_uint_eq(probes->health.score, 1);
}
END_TEST

/* --- for others --- */

static void
ask_for(unsigned asker, unsigned target, uint32_t number)
{
	struct message request = {
		.type = MESSAGE_PING_REQ,
		.ping_req = {.probe = number,
			.target = sample_short_id(target),
			.address = sample_address(target)},
	};
	struct address address = sample_address(asker);

	probes_relay(probes, &address, &request, bench_now(&bench).mono_us);
	bench_take(&bench);
}

START_TEST(an_answer_is_relayed_to_who_asked)
{
	bench_join_up_to(&bench, 6);
	ask_for(2, 3, 99);
	ck_assert_uint_eq(sent_count(&bench.sent, MESSAGE_PING, 0), 1);

	uint32_t number = number_pinged(3);

	ck_assert(ack(3, number));
	bench_take(&bench);
	ck_assert_uint_eq(sent_count(&bench.sent, MESSAGE_RELAYED_ACK, 0), 1);
	ck_assert_uint_eq(
		sent_message(&bench.sent, MESSAGE_RELAYED_ACK, 2).answer.probe, 99);
}
END_TEST

START_TEST(silence_is_told_to_who_asked)
{
	bench_join_up_to(&bench, 6);
	ask_for(2, 3, 99);
	probes->round_at_us = UINT64_MAX;
	pass_us(NACK_US);
	ck_assert_uint_eq(sent_count(&bench.sent, MESSAGE_NACK, 0), 1);
	ck_assert_uint_eq(sent_message(&bench.sent, MESSAGE_NACK, 2).answer.probe, 99);
	ck_assert(nothing_failed());
	ck_assert_uint_eq(probes->health.score, 0);
}
END_TEST

START_TEST(silence_is_told_once_while_the_asker_still_waits)
{
	bench_join_up_to(&bench, 6);
	ask_for(2, 3, 99);
	probes->round_at_us = UINT64_MAX;
	ck_assert_uint_eq(pass_counting_us(NACK_US - 1, MESSAGE_NACK, 0), 0);
	ck_assert_uint_eq(pass_counting_us(1, MESSAGE_NACK, 0), 1);
	tick_at(bench.time_us + 3600 * SECOND_US);
	ck_assert_uint_eq(pass_counting_us(TIMEOUT_US, MESSAGE_NACK, 0), 0);
	ck_assert_uint_eq(table_count(&probes->by_number), 0);
}
END_TEST

START_TEST(a_relay_pings_three_times_before_it_tells_of_silence)
{
	bench_join_up_to(&bench, 6);
	probes->round_at_us = UINT64_MAX;
	ask_for(2, 3, 99);
	ck_assert_uint_eq(sent_count(&bench.sent, MESSAGE_PING, 3), 1);
	ck_assert_uint_eq(pass_counting_us(NACK_US / 2, MESSAGE_PING, 3), 1);
	ck_assert_uint_eq(pass_counting_us(NACK_US / 2, MESSAGE_PING, 3), 1);
	ck_assert_uint_eq(pass_counting_us(TIMEOUT_US, MESSAGE_PING, 0), 0);
}
END_TEST

START_TEST(a_relay_that_did_not_run_tells_of_no_silence_at_once)
{
	bench_join_up_to(&bench, 6);
	ask_for(2, 3, 99);
	probes->round_at_us = UINT64_MAX;
	tick_at(bench.time_us + 3600 * SECOND_US);
	ck_assert_uint_eq(pass_counting_us(NACK_US / 2, MESSAGE_NACK, 0), 0);
	ck_assert_uint_eq(pass_counting_us(NACK_US / 2, MESSAGE_NACK, 0), 1);
}
END_TEST

START_TEST(an_answer_to_a_later_ping_is_relayed)
{
	bench_join_up_to(&bench, 6);
	probes->round_at_us = UINT64_MAX;
	ask_for(2, 3, 99);

	uint32_t number = number_pinged(3);

	pass_us(probes_deadline(probes) - bench_now(&bench).mono_us);
	ck_assert_uint_eq(number_pinged(3), number);
	ck_assert(ack(3, number));
	bench_take(&bench);
	ck_assert_uint_eq(
		sent_message(&bench.sent, MESSAGE_RELAYED_ACK, 2).answer.probe, 99);
	ck_assert_uint_eq(pass_counting_us(TIMEOUT_US, MESSAGE_NACK, 0), 0);
}
END_TEST

START_TEST(an_answer_after_that_is_relayed_as_well)
{
	uint32_t number;

	bench_join_up_to(&bench, 6);
	probes->round_at_us = UINT64_MAX;
	ask_for(2, 3, 99);
	number = number_pinged(3);
	pass_us(TIMEOUT_US - 1);
	ck_assert(ack(3, number));
	bench_take(&bench);
	ck_assert_uint_eq(
		sent_message(&bench.sent, MESSAGE_RELAYED_ACK, 2).answer.probe, 99);
}
END_TEST

START_TEST(what_is_done_for_others_ends_with_its_time)
{
	bench_join_up_to(&bench, 6);
	probes->round_at_us = UINT64_MAX;
	ask_for(2, 3, 99);
	pass_us(TIMEOUT_US);
	ck_assert_uint_eq(bench.sent.packet_count, 0);
	ck_assert_uint_eq(table_count(&probes->by_number), 0);
	ck_assert(nothing_failed());
}
END_TEST

START_TEST(nobody_is_pinged_for_another_who_is_no_member)
{
	bench_join_up_to(&bench, 3);
	ask_for(2, 9, 99);
	ck_assert_uint_eq(bench.sent.packet_count, 0);
}
END_TEST

START_TEST(pings_for_others_are_limited)
{
	bench_join_up_to(&bench, 3);
	for (uint32_t i = 0; i < 4096; i++) {
		ask_for(2, 3, i);
		ck_assert_uint_eq(sent_count(&bench.sent, MESSAGE_PING, 3), 1);
	}
	ask_for(2, 3, 99);
	ck_assert_uint_eq(bench.sent.packet_count, 0);
}
END_TEST

/* --- the other kinds --- */

START_TEST(a_suspect_hears_of_it_with_each_ping)
{
	struct probe_failure failure = {
		.kind = PROBE_ROUND, .target = sample_short_id(2)};

	bench_join_up_to(&bench, 2);
	roster_on_failed(&bench.node->roster, &failure, bench_now(&bench));
	bench_take(&bench);
	probes->round_at_us = UINT64_MAX;
	for (int i = 0; i < ATTEMPTS; i++) {
		struct message message = sent_message(&bench.sent, MESSAGE_SUSPECT, 2);

		ck_assert_uint_eq(sent_count(&bench.sent, MESSAGE_PING, 2), 1);
		ck_assert_uint_eq(message.suspect.member, sample_short_id(2));
		ck_assert_uint_eq(message.suspect.generation, 1);
		ck_assert_uint_eq(message.suspect.incarnation, 0);
		ck_assert_uint_eq(bench.sent.packet_count, 1);
		pass_us(REPEAT_US);
	}
}
END_TEST

START_TEST(who_is_not_suspected_hears_of_nothing)
{
	bench_join_up_to(&bench, 2);
	next_round(2);
	ck_assert_uint_eq(sent_count(&bench.sent, MESSAGE_PING, 2), 1);
	ck_assert_uint_eq(sent_count(&bench.sent, MESSAGE_SUSPECT, 0), 0);
}
END_TEST

static void
start(enum probe_kind kind, unsigned target)
{
	probes_start(
		probes, kind, bench_member(&bench, target), bench_now(&bench).mono_us);
	bench_take(&bench);
}

START_TEST(to_verify_more_others_are_asked_at_once)
{
	uint32_t number;

	bench_join_up_to(&bench, 10);
	start(PROBE_VERIFY, 3);
	ck_assert_uint_eq(sent_count(&bench.sent, MESSAGE_PING, 3), 1);
	ck_assert_uint_eq(sent_count(&bench.sent, MESSAGE_PING_REQ, 0), VERIFIER_COUNT);
	ck_assert_uint_eq(sent_count(&bench.sent, MESSAGE_PING_REQ, 3), 0);
	number = number_pinged(3);

	struct message request = sent_message(&bench.sent, MESSAGE_PING_REQ, 0);

	ck_assert_uint_eq(request.ping_req.probe, number);
	ck_assert_uint_eq(request.ping_req.target, sample_short_id(3));
}
END_TEST

/* The shortest suspicion has time for two of them, however slow this node feels. */
START_TEST(a_verification_does_not_stretch_with_the_own_health)
{
	bench_join_up_to(&bench, 10);
	health_worsen(&probes->health, 3);
	start(PROBE_VERIFY, 3);
	probes->round_at_us = UINT64_MAX;
	for (int i = 1; i < ATTEMPTS; i++) {
		pass_us(REPEAT_US);
		ck_assert_uint_eq(sent_count(&bench.sent, MESSAGE_PING, 3), 1);
		ck_assert_uint_eq(sent_count(&bench.sent, MESSAGE_PING_REQ, 0), 0);
	}
	pass_us(REPEAT_US - 1);
	ck_assert(nothing_failed());
	pass_us(1);
	expect_failed(PROBE_VERIFY, 3);
	ck_assert_uint_eq(probes->health.score, 3);
}
END_TEST

START_TEST(those_asked_to_verify_may_answer_at_once)
{
	struct message message = {.type = MESSAGE_NACK};
	struct probe_answer answer = {.reached = true};

	bench_join_up_to(&bench, 6);
	start(PROBE_VERIFY, 3);
	message.answer.probe = number_pinged(3);
	ck_assert(probes_on_answer(probes, &message, &answer));
	ck_assert_int_eq(answer.kind, PROBE_VERIFY);
	ck_assert(!answer.reached);
	message.type = MESSAGE_RELAYED_ACK;
	ck_assert(probes_on_answer(probes, &message, &answer));
	ck_assert(answer.reached);
	ck_assert_ptr_eq(answer.member, bench_member(&bench, 3));
	ck_assert_uint_eq(table_count(&probes->by_number), 0);
}
END_TEST

START_TEST(only_rounds_and_verifications_accuse)
{
	static const enum probe_kind kinds[] = {
		PROBE_COMPARE, PROBE_CONTACT, PROBE_LEAVE};

	bench_join_up_to(&bench, 6);
	probes->round_at_us = UINT64_MAX;
	for (size_t i = 0; i < 3; i++) {
		start(kinds[i], 3);
		pass_us(REPEAT_US);
		ck_assert_uint_eq(sent_count(&bench.sent, MESSAGE_PING_REQ, 0), 0);
		pass_us(10 * INTERVAL_US);
		ck_assert(nothing_failed());
	}
	ck_assert_uint_eq(table_count(&probes->by_number), 0);
	ck_assert_uint_eq(probes->health.score, 0);
}
END_TEST

START_TEST(an_answer_tells_what_was_asked)
{
	struct probe_answer answer = {0};

	bench_join_up_to(&bench, 3);
	start(PROBE_COMPARE, 2);
	ck_assert(probes_on_ack(probes, sample_short_id(2), number_pinged(2),
		bench_now(&bench), &answer));
	ck_assert_int_eq(answer.kind, PROBE_COMPARE);
	ck_assert_ptr_eq(answer.member, bench_member(&bench, 2));
	ck_assert_uint_eq(probes->health.score, 0);
}
END_TEST

START_TEST(numbers_in_use_are_passed_over)
{
	bench_join_up_to(&bench, 3);
	probes->number_next = UINT32_MAX;
	start(PROBE_COMPARE, 2);

	uint32_t first = number_pinged(2);

	probes->number_next = first;
	start(PROBE_COMPARE, 3);
	ck_assert_uint_ne(number_pinged(3), first);
	ck_assert(ack(2, first));
}
END_TEST

static void
add_indirect(Suite *suite)
{
	TCase *tcase = add_case(suite, "through others");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_few_others_are_asked_to_ping);
	tcase_add_test(tcase, the_target_is_pinged_again_and_again);
	tcase_add_test(tcase, only_members_thought_alive_are_asked);
	tcase_add_test(tcase, everybody_may_be_asked_in_the_end);
	tcase_add_test(tcase, an_answer_through_another_is_an_answer);
	tcase_add_test(tcase, a_nack_says_who_could_not_be_reached);
	tcase_add_test(tcase, a_nack_does_not_end_the_probe);
	tcase_add_test(tcase, nobody_answers_for_another_unasked);
	tcase_add_test(
		tcase, without_any_answer_the_probe_fails_at_the_end_of_its_time);
	tcase_add_test(tcase, an_answer_after_the_end_is_too_late);
	tcase_add_test(tcase, an_answered_probe_is_a_good_sign);
	tcase_add_test(tcase, each_missing_nack_is_a_bad_sign);
	tcase_add_test(tcase, with_all_nacks_the_target_is_to_blame);
	tcase_add_test(tcase, with_nobody_to_ask_a_failure_is_a_bad_sign);
}

static void
add_others(Suite *suite)
{
	TCase *tcase = add_case(suite, "for others and other kinds");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, an_answer_is_relayed_to_who_asked);
	tcase_add_test(tcase, silence_is_told_to_who_asked);
	tcase_add_test(tcase, silence_is_told_once_while_the_asker_still_waits);
	tcase_add_test(tcase, a_relay_pings_three_times_before_it_tells_of_silence);
	tcase_add_test(tcase, a_relay_that_did_not_run_tells_of_no_silence_at_once);
	tcase_add_test(tcase, an_answer_to_a_later_ping_is_relayed);
	tcase_add_test(tcase, an_answer_after_that_is_relayed_as_well);
	tcase_add_test(tcase, what_is_done_for_others_ends_with_its_time);
	tcase_add_test(tcase, nobody_is_pinged_for_another_who_is_no_member);
	tcase_add_test(tcase, pings_for_others_are_limited);
	tcase_add_test(tcase, a_suspect_hears_of_it_with_each_ping);
	tcase_add_test(tcase, who_is_not_suspected_hears_of_nothing);
	tcase_add_test(tcase, to_verify_more_others_are_asked_at_once);
	tcase_add_test(tcase, a_verification_does_not_stretch_with_the_own_health);
	tcase_add_test(tcase, those_asked_to_verify_may_answer_at_once);
	tcase_add_test(tcase, only_rounds_and_verifications_accuse);
	tcase_add_test(tcase, an_answer_tells_what_was_asked);
	tcase_add_test(tcase, numbers_in_use_are_passed_over);
}

int
main(void)
{
	Suite *suite = suite_create("probe_others");

	add_indirect(suite);
	add_others(suite);
	return run_suite(suite);
}
