/* SPDX-License-Identifier: MIT */
#include "roster_bench.h"

/* How long an accused node leaves it to its answer, and when it has forgotten. */
#define ANSWERED_US (300 * MS_US)
#define ACCUSED_LATELY_US (5 * SECOND_US)

/* --- coming and going: SWIM, section 4.2 --- */

START_TEST(a_node_is_a_member_from_its_start)
{
	ck_assert_int_eq(state_of(1), MEMBER_ALIVE);
	ck_assert_int_eq(held(1).claim, CLAIM_ALIVE);
	ck_assert_uint_eq(held(1).generation, 1);
	ck_assert_uint_eq(held(1).incarnation, 0);
}
END_TEST

START_TEST(a_newcomer_is_alive_and_announced_once)
{
	hear_alive(7, 1, 0);
	ck_assert_int_eq(state_of(7), MEMBER_ALIVE);
	ck_assert_uint_eq(notices(NOTICE_MEMBER_JOINED, "n7"), 1);
	hear_alive(7, 1, 0);
	ck_assert_uint_eq(notices(NOTICE_MEMBER_JOINED, "n7"), 0);
}
END_TEST

START_TEST(a_member_that_leaves_has_left)
{
	hear((struct word){2, 2, 1, 0, CLAIM_LEFT, 0});
	ck_assert_int_eq(state_of(2), MEMBER_LEFT);
	ck_assert_uint_eq(notices(NOTICE_MEMBER_LEFT, "n2"), 1);
	ck_assert_ptr_null(overlay_find(&bench.node->overlay, sample_short_id(2)));
}
END_TEST

START_TEST(a_goodbye_is_believed_however_old)
{
	hear((struct word){2, 2, 1, 0, CLAIM_LEFT, 3600000});
	ck_assert_int_eq(state_of(2), MEMBER_LEFT);
}
END_TEST

START_TEST(the_fate_of_strangers_is_no_news)
{
	hear((struct word){7, 7, 1, 0, CLAIM_LEFT, 0});
	ck_assert_int_eq(state_of(7), MEMBER_LEFT);
	ck_assert_uint_eq(notices(NOTICE_MEMBER_LEFT, "n7"), 0);
	hear((struct word){8, 5, 1, 0, CLAIM_DEAD, 3600000});
	ck_assert_int_eq(state_of(8), MEMBER_DEAD);
	ck_assert_uint_eq(notices(NOTICE_MEMBER_DEAD, "n8"), 0);
}
END_TEST

START_TEST(a_restart_wins_over_death_and_leave)
{
	hear_death(2, 5, 0);
	ck_assert_int_eq(state_of(2), MEMBER_DEAD);
	hear_alive(2, 2, 0);
	ck_assert_int_eq(state_of(2), MEMBER_ALIVE);
	ck_assert_uint_eq(notices(NOTICE_MEMBER_JOINED, "n2"), 1);
	hear((struct word){3, 3, 1, 9, CLAIM_LEFT, 0});
	hear_alive(3, 2, 0);
	ck_assert_int_eq(state_of(3), MEMBER_ALIVE);
	ck_assert_ptr_nonnull(overlay_find(&bench.node->overlay, sample_short_id(3)));
}
END_TEST

START_TEST(words_of_a_former_life_do_not_count)
{
	hear_alive(2, 3, 0);
	hear((struct word){2, 5, 2, 9, CLAIM_DEAD, 0});
	ck_assert_int_eq(state_of(2), MEMBER_ALIVE);
	hear((struct word){2, 2, 2, 9, CLAIM_LEFT, 0});
	ck_assert_int_eq(state_of(2), MEMBER_ALIVE);
}
END_TEST

START_TEST(a_name_that_is_taken_is_told)
{
	struct member_space space;
	struct member_info info = sample_info(7);
	struct record_view view;

	info.name = bytes_of_string("n2");
	view = sample_member(
		(struct dot){info.writer, 1}, stamp_at_ms(0), 7, &info, &space);
	bench_tell_record(&bench, 7, &view);
	ck_assert_uint_eq(notices(NOTICE_NAME_CONFLICT, "n2"), 1);
	ck_assert_int_eq(state_of(2), MEMBER_ALIVE);
	ck_assert_int_eq(state_of(7), MEMBER_ALIVE);
}
END_TEST

START_TEST(a_death_that_is_news_is_believed)
{
	hear_death(2, 0, DEATH_NEWS_MS);
	ck_assert_int_eq(state_of(2), MEMBER_DEAD);
	ck_assert_uint_eq(notices(NOTICE_MEMBER_DEAD, "n2"), 1);
}
END_TEST

START_TEST(a_dead_member_that_speaks_is_told_of_its_death)
{
	struct message message = {.type = MESSAGE_PING, .ping = {.probe = 1}};

	hear_death(2, 3, 0);
	bench_tell(&bench, 2, &message);
	ck_assert_int_eq(told(2).claim, CLAIM_DEAD);
	ck_assert_uint_eq(told(2).incarnation, 3);
}
END_TEST

/* --- accusations --- */

/* Member `from` accuses the member. */
static void
hear_accusation_of(
	unsigned about, uint32_t generation, uint32_t incarnation, unsigned from)
{
	struct message message = {
		.type = MESSAGE_SUSPECT,
		.suspect = {.member = sample_short_id(about),
			.generation = generation,
			.incarnation = incarnation},
	};

	bench_tell(&bench, from, &message);
}

static void
hear_accusation(unsigned about, uint32_t incarnation, unsigned from)
{
	hear_accusation_of(about, 1, incarnation, from);
}

START_TEST(what_is_said_of_others_makes_nobody_suspect)
{
	for (int i = 0; i < 3; i++) {
		hear_accusation(2, 0, 3);
		ck_assert_int_eq(state_of(2), MEMBER_ALIVE);
		ck_assert_uint_eq(sent->packet_count, 0);
		bench.time_us += ANSWERED_US;
	}
	ck_assert_uint_eq(held(1).incarnation, 0);
}
END_TEST

START_TEST(an_outdated_accusation_is_corrected)
{
	hear_alive(2, 1, 4);
	hear_accusation(2, 3, 3);
	ck_assert_int_eq(state_of(2), MEMBER_ALIVE);
	ck_assert_uint_eq(sent->packet_count, 1);
	ck_assert_uint_eq(told(3).incarnation, 4);
}
END_TEST

START_TEST(who_accuses_the_dead_is_told_of_the_death)
{
	hear_death(2, 0, 0);
	hear_accusation(2, 0, 3);
	ck_assert_int_eq(state_of(2), MEMBER_DEAD);
	ck_assert_int_eq(told(3).claim, CLAIM_DEAD);
}
END_TEST

START_TEST(an_accusation_of_what_is_unknown_is_ignored)
{
	hear_accusation(9, 0, 3);
	ck_assert_uint_eq(sent->packet_count, 0);
	hear_accusation(2, 7, 3);
	ck_assert_uint_eq(sent->packet_count, 0);
	ck_assert_int_eq(state_of(2), MEMBER_ALIVE);
}
END_TEST

/* --- this node itself --- */

/* The ping that comes along is answered in any case. */
START_TEST(the_first_accusation_is_left_to_the_answer)
{
	hear_accusation(1, 0, 3);
	ck_assert_uint_eq(sent->packet_count, 0);
	ck_assert_int_eq(state_of(1), MEMBER_ALIVE);
	ck_assert_uint_eq(held(1).incarnation, 0);
}
END_TEST

START_TEST(whoever_goes_on_accusing_is_refuted_before_all)
{
	hear_accusation(1, 0, 3);
	bench.time_us += ANSWERED_US - 1;
	hear_accusation(1, 0, 3);
	ck_assert_uint_eq(sent->packet_count, 0);
	bench.time_us += 1;
	hear_accusation(1, 0, 3);
	ck_assert_int_eq(state_of(1), MEMBER_ALIVE);
	ck_assert_uint_eq(held(1).incarnation, 1);
	ck_assert_int_eq(held(1).claim, CLAIM_ALIVE);
	for (unsigned i = 2; i <= 1 + OTHER_COUNT; i++)
		ck_assert_uint_eq(sent_count(sent, MESSAGE_RECORD, i), 1);
	ck_assert_uint_eq(told(4).incarnation, 1);
}
END_TEST

START_TEST(one_refutation_answers_all_accusers)
{
	hear_accusation(1, 0, 3);
	bench.time_us += ANSWERED_US;
	hear_accusation(1, 0, 4);
	ck_assert_uint_eq(held(1).incarnation, 1);
	bench.time_us += ANSWERED_US;
	hear_accusation(1, 0, 3);
	bench.time_us += ANSWERED_US;
	hear_accusation(1, 0, 5);
	ck_assert_uint_eq(held(1).incarnation, 1);
	ck_assert_uint_eq(sent->packet_count, 1);
	ck_assert_uint_eq(told(5).incarnation, 1);
}
END_TEST

START_TEST(an_accusation_is_forgotten_in_time)
{
	hear_accusation(1, 0, 3);
	bench.time_us += ACCUSED_LATELY_US + 1;
	hear_accusation(1, 0, 3);
	ck_assert_uint_eq(held(1).incarnation, 0);
	bench.time_us += ACCUSED_LATELY_US;
	hear_accusation(1, 0, 3);
	ck_assert_uint_eq(held(1).incarnation, 1);
}
END_TEST

/* Lifeguard, section IV.A: to be accused is a sign of being unwell. */
START_TEST(an_accused_node_doubts_its_health_once)
{
	uint64_t before = bench.node->probes.health.score;

	hear_accusation(1, 0, 3);
	ck_assert_uint_eq(bench.node->probes.health.score, before + 1);
	hear_accusation(1, 0, 4);
	bench.time_us += ANSWERED_US;
	hear_accusation(1, 0, 5);
	ck_assert_uint_eq(bench.node->probes.health.score, before + 1);
}
END_TEST

START_TEST(an_accusation_of_a_later_incarnation_is_refuted_too)
{
	hear_accusation(1, 7, 3);
	bench.time_us += ANSWERED_US;
	hear_accusation(1, 7, 3);
	ck_assert_uint_eq(held(1).incarnation, 8);
}
END_TEST

START_TEST(an_accusation_of_another_life_is_not_refuted)
{
	for (int i = 0; i < 2; i++) {
		hear_accusation_of(1, 2, 0, 3);
		ck_assert_uint_eq(sent->packet_count, 0);
		hear_accusation_of(1, 0, 9, 3);
		ck_assert_uint_eq(told(3).generation, 1);
		bench.time_us += ANSWERED_US;
	}
	ck_assert_uint_eq(held(1).incarnation, 0);
}
END_TEST

START_TEST(beyond_the_last_incarnation_there_is_none)
{
	hear_accusation(1, UINT32_MAX, 3);
	bench.time_us += ANSWERED_US;
	hear_accusation(1, UINT32_MAX, 3);
	ck_assert_uint_eq(held(1).incarnation, 0);
	ck_assert_uint_eq(sent->packet_count, 0);
}
END_TEST

START_TEST(a_node_that_is_said_to_be_dead_refutes)
{
	hear((struct word){1, 3, 1, 0, CLAIM_DEAD, 0});
	ck_assert_int_eq(state_of(1), MEMBER_ALIVE);
	ck_assert_uint_eq(held(1).incarnation, 1);
	ck_assert_int_eq(held(1).claim, CLAIM_ALIVE);
	ck_assert_uint_eq(notices(NOTICE_SELF_ACCUSED, "n1"), 1);
	ck_assert_int_eq(told(3).claim, CLAIM_ALIVE);
}
END_TEST

START_TEST(nobody_else_takes_leave_for_a_node)
{
	hear((struct word){1, 3, 1, 0, CLAIM_LEFT, 0});
	ck_assert_int_eq(state_of(1), MEMBER_ALIVE);
	ck_assert_uint_eq(held(1).incarnation, 1);
	ck_assert_int_eq(held(1).claim, CLAIM_ALIVE);
}
END_TEST

START_TEST(words_about_its_former_lives_are_no_accusations)
{
	hear((struct word){1, 3, 0, 9, CLAIM_DEAD, 0});
	ck_assert_uint_eq(held(1).incarnation, 0);
	ck_assert_uint_eq(notices(NOTICE_SELF_ACCUSED, "n1"), 0);
}
END_TEST

START_TEST(the_last_incarnation_is_refuted_by_a_new_generation)
{
	hear((struct word){1, 3, 1, UINT32_MAX, CLAIM_DEAD, 0});
	ck_assert_int_eq(state_of(1), MEMBER_ALIVE);
	ck_assert_uint_eq(held(1).generation, 2);
	ck_assert_int_eq(held(1).claim, CLAIM_ALIVE);
}
END_TEST

START_TEST(another_process_with_its_id_is_outdone_and_told_of)
{
	hear((struct word){1, 9, 6, 2, CLAIM_ALIVE, 0});
	ck_assert_uint_eq(notices(NOTICE_IDENTITY_CONFLICT, "n1"), 1);
	ck_assert_uint_eq(held(1).generation, 6);
	ck_assert_uint_eq(held(1).incarnation, 3);
	ck_assert_uint_eq(held(1).writer, sample_writer(1));
}
END_TEST

static void
add_coming_and_going(Suite *suite)
{
	TCase *tcase = add_case(suite, "coming and going");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_node_is_a_member_from_its_start);
	tcase_add_test(tcase, a_newcomer_is_alive_and_announced_once);
	tcase_add_test(tcase, a_member_that_leaves_has_left);
	tcase_add_test(tcase, a_goodbye_is_believed_however_old);
	tcase_add_test(tcase, the_fate_of_strangers_is_no_news);
	tcase_add_test(tcase, a_restart_wins_over_death_and_leave);
	tcase_add_test(tcase, words_of_a_former_life_do_not_count);
	tcase_add_test(tcase, a_name_that_is_taken_is_told);
	tcase_add_test(tcase, a_death_that_is_news_is_believed);
	tcase_add_test(tcase, a_dead_member_that_speaks_is_told_of_its_death);
}

static void
add_accusations(Suite *suite)
{
	TCase *tcase = add_case(suite, "accusations");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, what_is_said_of_others_makes_nobody_suspect);
	tcase_add_test(tcase, an_outdated_accusation_is_corrected);
	tcase_add_test(tcase, who_accuses_the_dead_is_told_of_the_death);
	tcase_add_test(tcase, an_accusation_of_what_is_unknown_is_ignored);
}

static void
add_self(Suite *suite)
{
	TCase *tcase = add_case(suite, "the node itself");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, the_first_accusation_is_left_to_the_answer);
	tcase_add_test(tcase, whoever_goes_on_accusing_is_refuted_before_all);
	tcase_add_test(tcase, one_refutation_answers_all_accusers);
	tcase_add_test(tcase, an_accusation_is_forgotten_in_time);
	tcase_add_test(tcase, an_accused_node_doubts_its_health_once);
	tcase_add_test(tcase, an_accusation_of_a_later_incarnation_is_refuted_too);
	tcase_add_test(tcase, an_accusation_of_another_life_is_not_refuted);
	tcase_add_test(tcase, beyond_the_last_incarnation_there_is_none);
	tcase_add_test(tcase, a_node_that_is_said_to_be_dead_refutes);
	tcase_add_test(tcase, nobody_else_takes_leave_for_a_node);
	tcase_add_test(tcase, words_about_its_former_lives_are_no_accusations);
	tcase_add_test(tcase, the_last_incarnation_is_refuted_by_a_new_generation);
	tcase_add_test(tcase, another_process_with_its_id_is_outdone_and_told_of);
}

int
main(void)
{
	Suite *suite = suite_create("roster");

	add_coming_and_going(suite);
	add_accusations(suite);
	add_self(suite);
	return run_suite(suite);
}
