/* SPDX-License-Identifier: MIT */
#include "gossip/roster.h"

#include "bench.h"
#include "run.h"

#define DEATH_NEWS_MS 5000

/* The node knows members 2 to 6. */
static struct bench bench;
static struct sent *sent = &bench.sent;
static struct roster *roster;

static void
set_up(void)
{
	bench_init(&bench, NULL);
	bench.node->probes.round_at_us = UINT64_MAX;
	bench_join_up_to(&bench, 6);
	bench_take(&bench);
	roster = &bench.node->roster;
}

static void
tear_down(void)
{
	bench_fini(&bench);
}

static enum member_state
state_of(unsigned number)
{
	return bench_member(&bench, number)->state;
}

/* What is said of a member, and when. */
struct word {
	unsigned about;
	unsigned by;
	uint32_t generation;
	uint32_t incarnation;
	enum member_claim claim;
	uint64_t age_ms;
};

/* A member record comes from member 6, who says what was said by whom. */
static void
hear(struct word word)
{
	static uint64_t seq = 1;
	struct member_space space;
	struct member_info info = sample_info(word.about);
	struct dot dot = {sample_writer(word.by), ++seq};

	info.generation = word.generation;
	info.incarnation = word.incarnation;
	info.claim = word.claim;

	struct record_view view =
		sample_member(dot, (bench_now(&bench).wall_ms - word.age_ms) << 16,
			word.about, &info, &space);

	bench_tell_record(&bench, 6, &view);
}

static void
hear_alive(unsigned about, uint32_t generation, uint32_t incarnation)
{
	hear((struct word){about, about, generation, incarnation, CLAIM_ALIVE, 0});
}

static void
hear_death(unsigned about, uint32_t incarnation, uint64_t age_ms)
{
	hear((struct word){about, 5, 1, incarnation, CLAIM_DEAD, age_ms});
}

/* Member `from` says that `accuser` accuses the member. */
static void
hear_accusation(unsigned about, uint32_t incarnation, unsigned accuser, unsigned from)
{
	struct message message = {
		.type = MESSAGE_SUSPECT,
		.suspect = {.member = sample_short_id(about),
			.generation = 1,
			.incarnation = incarnation,
			.accuser = sample_short_id(accuser)},
	};

	bench_tell(&bench, from, &message);
}

static void
accuse_self(unsigned about)
{
	roster_on_failed(roster, sample_short_id(about), bench_now(&bench));
	bench_take(&bench);
}

/* Up to the next verdict, and no later. */
static void
pass_to_verdict(void)
{
	bench.time_us += suspicions_deadline(&bench.node->suspicions) -
			 bench_now(&bench).mono_us;
	roster_tick(roster, bench_now(&bench));
	bench_take(&bench);
}

static size_t
notices(enum notice_kind kind, const char *member)
{
	return sent_notice_count(sent, kind, member);
}

/* What the record about the member says that was sent to another. */
static struct member_info
told(unsigned to)
{
	struct member_info info;

	ck_assert_int_eq(
		member_info_read(
			sent_message(sent, MESSAGE_RECORD, to).record.view.value,
			&info),
		ERR_OK);
	return info;
}

/* What the record about the member says that the node holds. */
static struct member_info
held(unsigned number)
{
	const struct member *member = bench_member(&bench, number);
	struct member_info info;

	ck_assert_int_eq(member_info_read(record_value(store_find(&bench.node->store,
						  SPACE_MEMBERS,
						  bytes_of(member->id, NODE_ID_SIZE))),
				 &info),
		ERR_OK);
	return info;
}

/* --- coming and going --- */

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

/* --- accusations: SWIM, section 4.2 --- */

START_TEST(a_failed_probe_accuses)
{
	accuse_self(2);
	ck_assert_int_eq(state_of(2), MEMBER_SUSPECT);
	ck_assert_uint_eq(notices(NOTICE_MEMBER_SUSPECT, "n2"), 1);
	for (unsigned i = 2; i <= 6; i++)
		ck_assert_uint_eq(sent_count(sent, MESSAGE_SUSPECT, i), 1);
	ck_assert_uint_eq(sent_message(sent, MESSAGE_SUSPECT, 3).suspect.accuser,
		sample_short_id(1));
}
END_TEST

START_TEST(an_accusation_is_passed_on_and_looked_into)
{
	hear_accusation(2, 0, 3, 3);
	ck_assert_int_eq(state_of(2), MEMBER_SUSPECT);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_PING, 2), 1);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_SUSPECT, 3), 0);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_SUSPECT, 4), 1);
	ck_assert_uint_eq(sent_message(sent, MESSAGE_SUSPECT, 4).suspect.accuser,
		sample_short_id(3));
}
END_TEST

START_TEST(each_accuser_is_passed_on_once)
{
	hear_accusation(2, 0, 3, 3);
	hear_accusation(2, 0, 4, 4);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_SUSPECT, 5), 1);
	ck_assert_uint_eq(notices(NOTICE_MEMBER_SUSPECT, "n2"), 0);
	hear_accusation(2, 0, 3, 5);
	hear_accusation(2, 0, 4, 3);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_SUSPECT, 0), 0);
}
END_TEST

START_TEST(an_outdated_accusation_is_corrected)
{
	hear_alive(2, 1, 4);
	hear_accusation(2, 3, 3, 3);
	ck_assert_int_eq(state_of(2), MEMBER_ALIVE);
	ck_assert_uint_eq(sent->packet_count, 1);
	ck_assert_uint_eq(told(3).incarnation, 4);
}
END_TEST

START_TEST(who_accuses_the_dead_is_told_of_the_death)
{
	hear_death(2, 0, 0);
	hear_accusation(2, 0, 3, 3);
	ck_assert_int_eq(state_of(2), MEMBER_DEAD);
	ck_assert_int_eq(told(3).claim, CLAIM_DEAD);
}
END_TEST

START_TEST(an_accusation_of_what_is_unknown_is_ignored)
{
	hear_accusation(9, 0, 3, 3);
	ck_assert_uint_eq(sent->packet_count, 0);
	hear_accusation(2, 7, 3, 3);
	ck_assert_uint_eq(sent->packet_count, 0);
	ck_assert_int_eq(state_of(2), MEMBER_ALIVE);
}
END_TEST

START_TEST(an_echo_of_its_own_accusation_is_none)
{
	hear_accusation(2, 0, 1, 3);
	ck_assert_int_eq(state_of(2), MEMBER_ALIVE);
	accuse_self(2);
	hear_accusation(2, 0, 1, 3);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_SUSPECT, 0), 0);
	ck_assert_int_eq(state_of(2), MEMBER_SUSPECT);
}
END_TEST

START_TEST(higher_incarnation_refutes_suspicion)
{
	hear_accusation(2, 0, 3, 3);
	hear_alive(2, 1, 1);
	ck_assert_int_eq(state_of(2), MEMBER_ALIVE);
	ck_assert_uint_eq(notices(NOTICE_MEMBER_REFUTED, "n2"), 1);
	ck_assert_ptr_null(
		suspicions_find(&bench.node->suspicions, sample_short_id(2)));
	ck_assert_uint_eq(suspicions_deadline(&bench.node->suspicions), DEADLINE_NONE);
}
END_TEST

START_TEST(after_a_refutation_it_takes_a_new_accusation)
{
	hear_accusation(2, 0, 3, 3);
	hear_alive(2, 1, 1);
	hear_accusation(2, 0, 4, 4);
	ck_assert_int_eq(state_of(2), MEMBER_ALIVE);
	hear_accusation(2, 1, 4, 4);
	ck_assert_int_eq(state_of(2), MEMBER_SUSPECT);
}
END_TEST

/* --- verdicts --- */

START_TEST(without_refutation_the_suspect_is_dead)
{
	accuse_self(2);
	pass_to_verdict();
	ck_assert_int_eq(state_of(2), MEMBER_DEAD);
	ck_assert_uint_eq(notices(NOTICE_MEMBER_DEAD, "n2"), 1);
	ck_assert_int_eq(held(2).claim, CLAIM_DEAD);
	ck_assert_int_eq(told(3).claim, CLAIM_DEAD);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_RECORD, 2), 0);
	ck_assert_ptr_null(
		suspicions_find(&bench.node->suspicions, sample_short_id(2)));
}
END_TEST

START_TEST(who_did_not_accuse_leaves_the_verdict_to_the_accuser)
{
	uint64_t accused_us = bench.time_us;
	uint64_t accuser_wait_us;

	hear_accusation(2, 0, 3, 3);
	bench.node->probes.round_at_us = UINT64_MAX;
	pass_to_verdict();
	accuser_wait_us = bench.time_us - accused_us;
	ck_assert_int_eq(state_of(2), MEMBER_SUSPECT);
	pass_to_verdict();
	ck_assert_int_eq(state_of(2), MEMBER_DEAD);
	ck_assert_uint_eq(
		bench.time_us - accused_us, accuser_wait_us + accuser_wait_us / 4);
}
END_TEST

START_TEST(who_was_heard_of_since_is_alive)
{
	struct message message = {.type = MESSAGE_PRUNE};

	hear_accusation(2, 0, 3, 3);
	bench.time_us += MS_US;
	bench_tell(&bench, 2, &message);
	pass_to_verdict();
	ck_assert_int_eq(state_of(2), MEMBER_ALIVE);
	ck_assert_uint_eq(notices(NOTICE_MEMBER_REFUTED, "n2"), 1);
}
END_TEST

START_TEST(a_node_that_did_not_run_gives_no_verdict_at_once)
{
	accuse_self(2);
	bench.time_us += 3600 * SECOND_US;
	roster_tick(roster, bench_now(&bench));
	ck_assert_int_eq(state_of(2), MEMBER_SUSPECT);
	pass_to_verdict();
	ck_assert_int_eq(state_of(2), MEMBER_DEAD);
}
END_TEST

START_TEST(a_death_that_is_news_is_believed)
{
	hear_death(2, 0, DEATH_NEWS_MS);
	ck_assert_int_eq(state_of(2), MEMBER_DEAD);
	ck_assert_uint_eq(notices(NOTICE_MEMBER_DEAD, "n2"), 1);
}
END_TEST

START_TEST(death_that_is_old_news_is_only_an_accusation)
{
	hear_death(2, 0, DEATH_NEWS_MS + 1);
	ck_assert_int_eq(state_of(2), MEMBER_SUSPECT);
	ck_assert_uint_eq(notices(NOTICE_MEMBER_DEAD, "n2"), 0);
	ck_assert_uint_eq(notices(NOTICE_MEMBER_SUSPECT, "n2"), 1);
	ck_assert_uint_ge(sent_count(sent, MESSAGE_SUSPECT, 2), 1);
	hear_alive(2, 1, 1);
	ck_assert_int_eq(state_of(2), MEMBER_ALIVE);
}
END_TEST

START_TEST(old_news_that_nobody_refutes_come_true)
{
	hear_death(2, 0, DEATH_NEWS_MS + 1);
	pass_to_verdict();
	pass_to_verdict();
	ck_assert_int_eq(state_of(2), MEMBER_DEAD);
	ck_assert_int_eq(held(2).claim, CLAIM_DEAD);
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

/* --- this node itself --- */

START_TEST(an_accused_node_refutes)
{
	hear_accusation(1, 0, 3, 3);
	ck_assert_int_eq(state_of(1), MEMBER_ALIVE);
	ck_assert_uint_eq(held(1).incarnation, 1);
	for (unsigned i = 2; i <= 6; i++)
		ck_assert_uint_eq(sent_count(sent, MESSAGE_RECORD, i), 1);
	ck_assert_uint_eq(told(3).incarnation, 1);
	ck_assert_int_eq(told(3).claim, CLAIM_ALIVE);
}
END_TEST

/* Lifeguard, section IV.A: to be accused is a sign of being unwell. */
START_TEST(an_accused_node_doubts_its_health)
{
	uint64_t before = bench.node->probes.health.score;

	hear_accusation(1, 0, 3, 3);
	ck_assert_uint_eq(bench.node->probes.health.score, before + 1);
}
END_TEST

START_TEST(one_refutation_answers_all_accusers)
{
	hear_accusation(1, 0, 3, 3);
	hear_accusation(1, 0, 4, 4);
	ck_assert_uint_eq(held(1).incarnation, 1);
	ck_assert_uint_eq(sent->packet_count, 1);
	ck_assert_uint_eq(told(4).incarnation, 1);
}
END_TEST

START_TEST(an_accusation_of_a_later_incarnation_is_refuted_too)
{
	hear_accusation(1, 7, 3, 3);
	ck_assert_uint_eq(held(1).incarnation, 8);
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
}

static void
add_accusations(Suite *suite)
{
	TCase *tcase = add_case(suite, "accusations");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_failed_probe_accuses);
	tcase_add_test(tcase, an_accusation_is_passed_on_and_looked_into);
	tcase_add_test(tcase, each_accuser_is_passed_on_once);
	tcase_add_test(tcase, an_outdated_accusation_is_corrected);
	tcase_add_test(tcase, who_accuses_the_dead_is_told_of_the_death);
	tcase_add_test(tcase, an_accusation_of_what_is_unknown_is_ignored);
	tcase_add_test(tcase, an_echo_of_its_own_accusation_is_none);
	tcase_add_test(tcase, higher_incarnation_refutes_suspicion);
	tcase_add_test(tcase, after_a_refutation_it_takes_a_new_accusation);
}

static void
add_verdicts(Suite *suite)
{
	TCase *tcase = add_case(suite, "verdicts");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, without_refutation_the_suspect_is_dead);
	tcase_add_test(tcase, who_did_not_accuse_leaves_the_verdict_to_the_accuser);
	tcase_add_test(tcase, who_was_heard_of_since_is_alive);
	tcase_add_test(tcase, a_node_that_did_not_run_gives_no_verdict_at_once);
	tcase_add_test(tcase, a_death_that_is_news_is_believed);
	tcase_add_test(tcase, death_that_is_old_news_is_only_an_accusation);
	tcase_add_test(tcase, old_news_that_nobody_refutes_come_true);
	tcase_add_test(tcase, a_dead_member_that_speaks_is_told_of_its_death);
}

static void
add_self(Suite *suite)
{
	TCase *tcase = add_case(suite, "the node itself");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, an_accused_node_refutes);
	tcase_add_test(tcase, an_accused_node_doubts_its_health);
	tcase_add_test(tcase, one_refutation_answers_all_accusers);
	tcase_add_test(tcase, an_accusation_of_a_later_incarnation_is_refuted_too);
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
	add_verdicts(suite);
	add_self(suite);
	return run_suite(suite);
}
