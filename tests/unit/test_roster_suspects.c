/* SPDX-License-Identifier: MIT */
#include "lan.h"
#include "roster_bench.h"

/* Under which number others were asked to look at a suspect last. */
static uint32_t look;

/* A probe of the round has failed. */
static void
fail_round(unsigned target)
{
	struct probe_failure failure = {
		.kind = PROBE_ROUND,
		.target = sample_short_id(target),
		.sent_us = bench_now(&bench).mono_us,
	};

	roster_on_failed(roster, &failure, bench_now(&bench));
	bench_take(&bench);
}

static void
suspect(unsigned number)
{
	fail_round(number);
	look = sent_message(sent, MESSAGE_PING_REQ, 0).ping_req.probe;
}

/* Member `from` says how it went with the look at the suspect. */
static void
report(unsigned from, enum message_type type)
{
	struct message message = {.type = type, .answer = {.probe = look}};

	bench_tell(&bench, from, &message);
}

/* Any word, of which nothing follows. */
static void
speak(unsigned from)
{
	struct message message = {.type = MESSAGE_PRUNE};

	bench_tell(&bench, from, &message);
}

static const struct suspicion *
suspicion_of(unsigned number)
{
	return suspicions_find(&bench.node->suspicions, sample_short_id(number));
}

static uint64_t
time_left_us(void)
{
	return suspicions_deadline(&bench.node->suspicions) - bench_now(&bench).mono_us;
}

/* Up to the next verdict, and no later. */
static void
pass_to_verdict(void)
{
	bench.time_us += time_left_us();
	roster_tick(roster, bench_now(&bench));
	bench_take(&bench);
}

/* Each thing when it is due; how many messages of that type go out meanwhile. */
static size_t
pass_counting_us(uint64_t us, enum message_type type)
{
	uint64_t end_us = bench_now(&bench).mono_us + us;
	size_t count = 0;

	while (bench_now(&bench).mono_us < end_us) {
		uint64_t next_us = node_deadline(bench.node);

		next_us = next_us < end_us ? next_us : end_us;
		bench_pass_us(&bench, next_us - bench_now(&bench).mono_us);
		count += sent_count(sent, type, 0);
	}
	return count;
}

/* --- suspicions: SWIM, section 4.2 --- */

START_TEST(a_failed_probe_makes_suspect_here_alone)
{
	suspect(2);
	ck_assert_int_eq(state_of(2), MEMBER_SUSPECT);
	ck_assert_uint_eq(notices(NOTICE_MEMBER_SUSPECT, "n2"), 1);
	ck_assert_uint_eq(suspicion_of(2)->accuser_count, 1);
	ck_assert_uint_eq(suspicion_of(2)->accusers[0], sample_short_id(1));
	ck_assert_uint_eq(sent_count(sent, MESSAGE_SUSPECT, 0), 1);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_SUSPECT, 2), 1);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_RECORD, 0), 0);
	ck_assert_int_eq(held(2).claim, CLAIM_ALIVE);
}
END_TEST

START_TEST(a_suspect_is_looked_at_at_once_by_others_too)
{
	suspect(2);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_PING, 0), 1);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_PING, 2), 1);
	for (unsigned i = 3; i <= 1 + OTHER_COUNT; i++)
		ck_assert_uint_eq(sent_count(sent, MESSAGE_PING_REQ, i), 1);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_PING_REQ, 2), 0);
}
END_TEST

START_TEST(looking_goes_on_while_a_member_is_suspected)
{
	suspect(2);
	for (int i = 0; i < 8; i++) {
		ck_assert_uint_eq(pass_counting_us(roster->settings->probe_timeout_us,
					  MESSAGE_PING_REQ),
			OTHER_COUNT - 1);
		ck_assert_int_eq(state_of(2), MEMBER_SUSPECT);
	}
	pass_counting_us(4 * SECOND_US, MESSAGE_PING_REQ);
	ck_assert_int_eq(state_of(2), MEMBER_DEAD);
	ck_assert_uint_eq(pass_counting_us(4 * SECOND_US, MESSAGE_PING_REQ), 0);
}
END_TEST

START_TEST(the_next_probe_of_the_round_starts_no_second_look)
{
	suspect(2);
	fail_round(2);
	ck_assert_uint_eq(sent->packet_count, 0);
	ck_assert_uint_eq(notices(NOTICE_MEMBER_SUSPECT, "n2"), 0);
}
END_TEST

START_TEST(who_cannot_reach_it_either_confirms)
{
	uint64_t alone_us;

	suspect(2);
	alone_us = time_left_us();
	report(3, MESSAGE_NACK);
	ck_assert_uint_eq(suspicion_of(2)->accuser_count, 2);
	ck_assert_uint_eq(suspicion_of(2)->accusers[1], sample_short_id(3));
	ck_assert_uint_lt(time_left_us(), alone_us);
	report(4, MESSAGE_NACK);
	report(5, MESSAGE_NACK);
	ck_assert_uint_eq(time_left_us(), roster->settings->suspicion_min_us);
}
END_TEST

START_TEST(everybody_confirms_once)
{
	suspect(2);
	report(3, MESSAGE_NACK);
	report(3, MESSAGE_NACK);
	ck_assert_uint_eq(suspicion_of(2)->accuser_count, 2);
	pass_counting_us(roster->settings->probe_timeout_us - 1, MESSAGE_PING_REQ);
	bench_pass_us(&bench, 1);
	look = sent_message(sent, MESSAGE_PING_REQ, 0).ping_req.probe;
	report(3, MESSAGE_NACK);
	ck_assert_uint_eq(suspicion_of(2)->accuser_count, 2);
	report(4, MESSAGE_NACK);
	ck_assert_uint_eq(suspicion_of(2)->accuser_count, 3);
}
END_TEST

START_TEST(a_stranger_confirms_nothing)
{
	suspect(2);
	report(9, MESSAGE_NACK);
	ck_assert_uint_eq(suspicion_of(2)->accuser_count, 1);
	ck_assert_int_eq(state_of(2), MEMBER_SUSPECT);
}
END_TEST

/* Those asked by the probe of a round came before the suspicion. */
START_TEST(only_those_who_were_asked_to_verify_confirm)
{
	suspect(2);
	probes_start(&bench.node->probes, PROBE_ROUND, bench_member(&bench, 2),
		bench_now(&bench).mono_us);
	bench_take(&bench);
	look = sent_message(sent, MESSAGE_PING, 2).ping.probe;
	ck_assert_uint_gt(pass_counting_us(200 * MS_US, MESSAGE_PING_REQ), 0);
	report(3, MESSAGE_NACK);
	ck_assert_uint_eq(suspicion_of(2)->accuser_count, 1);
}
END_TEST

/* --- signs of life --- */

static void
expect_refuted(void)
{
	ck_assert_int_eq(state_of(2), MEMBER_ALIVE);
	ck_assert_uint_eq(notices(NOTICE_MEMBER_REFUTED, "n2"), 1);
	ck_assert_ptr_null(suspicion_of(2));
	ck_assert_uint_eq(suspicions_deadline(&bench.node->suspicions), DEADLINE_NONE);
}

START_TEST(any_word_of_the_suspect_ends_the_suspicion)
{
	suspect(2);
	speak(3);
	ck_assert_int_eq(state_of(2), MEMBER_SUSPECT);
	speak(2);
	expect_refuted();
}
END_TEST

START_TEST(its_answer_ends_the_suspicion_and_the_looking)
{
	struct message message = {.type = MESSAGE_ACK};

	suspect(2);
	message.ping.probe = look;
	message.ping.state = store_summary(&bench.node->store);
	bench_tell(&bench, 2, &message);
	expect_refuted();
	ck_assert_uint_eq(pass_counting_us(5 * SECOND_US, MESSAGE_PING), 0);
	ck_assert_int_eq(state_of(2), MEMBER_ALIVE);
}
END_TEST

START_TEST(who_reached_it_ends_the_suspicion_and_the_looking)
{
	suspect(2);
	report(3, MESSAGE_NACK);
	report(4, MESSAGE_RELAYED_ACK);
	expect_refuted();
	ck_assert_uint_eq(pass_counting_us(5 * SECOND_US, MESSAGE_PING), 0);
	ck_assert_int_eq(state_of(2), MEMBER_ALIVE);
}
END_TEST

START_TEST(once_it_was_heard_nobody_confirms_any_more)
{
	suspect(2);
	speak(2);
	report(3, MESSAGE_NACK);
	ck_assert_int_eq(state_of(2), MEMBER_ALIVE);
	ck_assert_ptr_null(suspicion_of(2));
}
END_TEST

/* What was sent before it was heard says less than what was heard since. */
START_TEST(a_look_that_outlives_its_suspicion_accuses_nobody)
{
	suspect(2);
	bench_pass_us(&bench, 10 * MS_US);
	speak(2);
	pass_counting_us(5 * SECOND_US, MESSAGE_PING);
	ck_assert_int_eq(state_of(2), MEMBER_ALIVE);
}
END_TEST

START_TEST(however_often_it_is_suspected_one_look_at_it_goes_on)
{
	for (int i = 0; i < 3; i++) {
		suspect(2);
		bench_pass_us(&bench, 10 * MS_US);
		speak(2);
	}
	suspect(2);
	pass_counting_us(roster->settings->probe_timeout_us, MESSAGE_PING_REQ);
	ck_assert_uint_eq(
		pass_counting_us(roster->settings->probe_timeout_us, MESSAGE_PING_REQ),
		OTHER_COUNT - 1);
}
END_TEST

START_TEST(higher_incarnation_refutes_suspicion)
{
	suspect(2);
	hear_alive(2, 1, 1);
	expect_refuted();
}
END_TEST

START_TEST(after_a_refutation_it_takes_a_new_failure)
{
	suspect(2);
	report(3, MESSAGE_NACK);
	speak(2);
	suspect(2);
	ck_assert_int_eq(state_of(2), MEMBER_SUSPECT);
	ck_assert_uint_eq(suspicion_of(2)->accuser_count, 1);
	ck_assert_uint_eq(suspicion_of(2)->start_us, bench_now(&bench).mono_us);
}
END_TEST

/* --- verdicts --- */

START_TEST(without_refutation_the_suspect_is_dead)
{
	suspect(2);
	pass_to_verdict();
	ck_assert_int_eq(state_of(2), MEMBER_DEAD);
	ck_assert_uint_eq(notices(NOTICE_MEMBER_DEAD, "n2"), 1);
	ck_assert_int_eq(held(2).claim, CLAIM_DEAD);
	ck_assert_int_eq(told(3).claim, CLAIM_DEAD);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_RECORD, 2), 0);
	ck_assert_ptr_null(suspicion_of(2));
}
END_TEST

START_TEST(a_node_that_did_not_run_gives_no_verdict_at_once)
{
	suspect(2);
	bench.time_us += 3600 * SECOND_US;
	roster_tick(roster, bench_now(&bench));
	ck_assert_int_eq(state_of(2), MEMBER_SUSPECT);
	ck_assert_uint_eq(time_left_us(), roster->settings->suspicion_min_us);
	pass_to_verdict();
	ck_assert_int_eq(state_of(2), MEMBER_DEAD);
}
END_TEST

/* It was due while the node did not run, but only just. */
START_TEST(a_stop_puts_verdicts_off_by_as_long)
{
	struct settings settings = sample_settings(1);
	uint64_t left_us;

	settings.probe_interval_us = 3600 * SECOND_US;
	tear_down();
	set_up_with(&settings);
	suspect(2);
	left_us = time_left_us();
	bench_pass_us(&bench, left_us + 100 * MS_US);
	ck_assert_int_eq(state_of(2), MEMBER_SUSPECT);
	ck_assert_uint_gt(time_left_us(), left_us / 2);
}
END_TEST

START_TEST(a_verdict_that_knows_nothing_of_a_refutation_is_void)
{
	hear_alive(2, 1, 1);
	hear_death(2, 0, 0);
	ck_assert_int_eq(state_of(2), MEMBER_ALIVE);
	ck_assert_uint_eq(notices(NOTICE_MEMBER_DEAD, "n2"), 0);
	ck_assert_int_eq(held(2).claim, CLAIM_ALIVE);
}
END_TEST

/* --- old news --- */

START_TEST(death_that_is_old_news_is_only_a_suspicion)
{
	hear_death(2, 0, DEATH_NEWS_MS + 1);
	ck_assert_int_eq(state_of(2), MEMBER_SUSPECT);
	ck_assert_uint_eq(notices(NOTICE_MEMBER_DEAD, "n2"), 0);
	ck_assert_uint_eq(notices(NOTICE_MEMBER_SUSPECT, "n2"), 1);
	ck_assert_uint_eq(suspicion_of(2)->accusers[0], sample_short_id(5));
	hear_alive(2, 1, 1);
	expect_refuted();
}
END_TEST

START_TEST(old_news_that_nobody_refutes_come_true_without_a_word)
{
	struct dot dot;

	hear_death(2, 0, DEATH_NEWS_MS + 1);
	dot = held_record(2)->dot;
	pass_to_verdict();
	ck_assert_int_eq(state_of(2), MEMBER_DEAD);
	ck_assert_uint_eq(notices(NOTICE_MEMBER_DEAD, "n2"), 1);
	ck_assert_uint_eq(sent->packet_count, 0);
	ck_assert_uint_eq(held_record(2)->dot.writer, dot.writer);
	ck_assert_uint_eq(held_record(2)->dot.seq, dot.seq);
}
END_TEST

START_TEST(who_speaks_against_old_news_lives_and_is_told_of_them)
{
	struct message message = {.type = MESSAGE_PING, .ping = {.probe = 1}};

	hear_death(2, 0, DEATH_NEWS_MS + 1);
	bench_tell(&bench, 2, &message);
	expect_refuted();
	ck_assert_int_eq(told(2).claim, CLAIM_DEAD);
}
END_TEST

START_TEST(whoever_is_drawn_looks_into_old_news)
{
	hear_death(2, 0, DEATH_NEWS_MS + 1);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_PING, 2), 1);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_SUSPECT, 2), 1);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_PING_REQ, 0), OTHER_COUNT - 1);
}
END_TEST

START_TEST(whoever_is_not_drawn_waits)
{
	struct settings settings = sample_settings(1);

	settings.verifier_count = 0;
	tear_down();
	set_up_with(&settings);
	hear_death(2, 0, DEATH_NEWS_MS + 1);
	ck_assert_int_eq(state_of(2), MEMBER_SUSPECT);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_PING, 0), 0);
	ck_assert_uint_eq(pass_counting_us(5 * SECOND_US, MESSAGE_PING), 0);
	ck_assert_int_eq(state_of(2), MEMBER_SUSPECT);
}
END_TEST

START_TEST(few_of_many_are_drawn)
{
	size_t drawn = 0;

	for (unsigned i = 7; i <= 60; i++)
		sample_join(bench.node, i, bench_now(&bench));
	for (unsigned i = 7; i <= 60; i++) {
		hear_death(i, 0, DEATH_NEWS_MS + 1);
		drawn += sent_count(sent, MESSAGE_PING, i);
	}
	ck_assert_uint_gt(drawn, 0);
	ck_assert_uint_lt(drawn, 27);
}
END_TEST

/* --- many nodes --- */

static void
start_lan(struct lan *lan, unsigned count)
{
	lan_init(lan);
	for (unsigned i = 1; i <= count; i++) {
		struct settings settings = sample_settings(i);

		lan_start(lan, i, &settings);
		if (i > 1)
			lan_join(lan, i, 1);
	}
	lan_run_ms(lan, 5000);
}

START_TEST(a_crash_is_known_to_all_soon)
{
	struct lan lan;

	start_lan(&lan, 6);
	lan_kill(&lan, 6);
	lan_run_ms(&lan, 4000);
	for (unsigned i = 1; i <= 5; i++) {
		for (unsigned j = 1; j <= 5; j++)
			ck_assert_int_eq(lan_state(&lan, i, j), MEMBER_ALIVE);
		ck_assert_int_eq(lan_state(&lan, i, 6), MEMBER_DEAD);
	}
	lan_expect_agreement(&lan);
	lan_fini(&lan);
}
END_TEST

static void
expect_alive_but(struct lan *lan, unsigned other)
{
	for (unsigned i = 1; i < other; i++) {
		for (unsigned j = 1; j < other; j++)
			ck_assert_int_ne(lan_state(lan, i, j), MEMBER_DEAD);
	}
}

/* It hears nothing, so it takes all others for dead, and says so. */
START_TEST(a_deaf_node_kills_nobody)
{
	struct lan lan;

	start_lan(&lan, 5);
	for (unsigned i = 1; i <= 4; i++)
		lan.cut[i][5] = true;
	for (int i = 0; i < 300; i++) {
		lan_run_ms(&lan, 100);
		expect_alive_but(&lan, 5);
	}
	for (unsigned i = 1; i <= 4; i++) {
		ck_assert_int_eq(lan_state(&lan, 5, i), MEMBER_DEAD);
		ck_assert_uint_eq(lan.notices[i][NOTICE_SELF_ACCUSED], 0);
		ck_assert_uint_ge(lan.nodes[i]->members.self->incarnation, 1);
	}
	lan_fini(&lan);
}
END_TEST

static void
add_suspicions(Suite *suite)
{
	TCase *tcase = add_case(suite, "suspicions");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_failed_probe_makes_suspect_here_alone);
	tcase_add_test(tcase, a_suspect_is_looked_at_at_once_by_others_too);
	tcase_add_test(tcase, looking_goes_on_while_a_member_is_suspected);
	tcase_add_test(tcase, the_next_probe_of_the_round_starts_no_second_look);
	tcase_add_test(tcase, who_cannot_reach_it_either_confirms);
	tcase_add_test(tcase, everybody_confirms_once);
	tcase_add_test(tcase, a_stranger_confirms_nothing);
	tcase_add_test(tcase, only_those_who_were_asked_to_verify_confirm);
	tcase_add_test(tcase, any_word_of_the_suspect_ends_the_suspicion);
	tcase_add_test(tcase, its_answer_ends_the_suspicion_and_the_looking);
	tcase_add_test(tcase, who_reached_it_ends_the_suspicion_and_the_looking);
	tcase_add_test(tcase, once_it_was_heard_nobody_confirms_any_more);
	tcase_add_test(tcase, a_look_that_outlives_its_suspicion_accuses_nobody);
	tcase_add_test(tcase, however_often_it_is_suspected_one_look_at_it_goes_on);
	tcase_add_test(tcase, higher_incarnation_refutes_suspicion);
	tcase_add_test(tcase, after_a_refutation_it_takes_a_new_failure);
}

static void
add_verdicts(Suite *suite)
{
	TCase *tcase = add_case(suite, "verdicts");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, without_refutation_the_suspect_is_dead);
	tcase_add_test(tcase, a_node_that_did_not_run_gives_no_verdict_at_once);
	tcase_add_test(tcase, a_stop_puts_verdicts_off_by_as_long);
	tcase_add_test(tcase, a_verdict_that_knows_nothing_of_a_refutation_is_void);
	tcase_add_test(tcase, death_that_is_old_news_is_only_a_suspicion);
	tcase_add_test(tcase, old_news_that_nobody_refutes_come_true_without_a_word);
	tcase_add_test(tcase, who_speaks_against_old_news_lives_and_is_told_of_them);
	tcase_add_test(tcase, whoever_is_drawn_looks_into_old_news);
	tcase_add_test(tcase, whoever_is_not_drawn_waits);
	tcase_add_test(tcase, few_of_many_are_drawn);
}

int
main(void)
{
	Suite *suite = suite_create("roster_suspects");
	TCase *many = add_case(suite, "many nodes");

	add_suspicions(suite);
	add_verdicts(suite);
	tcase_add_test(many, a_crash_is_known_to_all_soon);
	tcase_add_test(many, a_deaf_node_kills_nobody);
	return run_suite(suite);
}
