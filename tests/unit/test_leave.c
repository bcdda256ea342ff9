/* SPDX-License-Identifier: MIT */
#include "gossip/leave.h"

#include "bench.h"
#include "run.h"

#define WANTED 3
#define AGAIN_US (200 * MS_US)
#define TIME_MAX_US SECOND_US

static struct bench bench;
static struct sent *sent = &bench.sent;

static void
set_up(void)
{
	bench_init(&bench, NULL);
	bench.node->probes.round_at_us = UINT64_MAX;
}

static void
tear_down(void)
{
	bench_fini(&bench);
}

/* A node that leaves pings those whose word it wants; what else goes out is gossip. */
static void
leave(void)
{
	bench_take(&bench);
	node_leave(bench.node, bench_now(&bench));
	bench_take(&bench);
}

static bool
is_asked(unsigned number)
{
	return sent_count(sent, MESSAGE_PING, number) > 0;
}

static size_t
asked_count(void)
{
	return sent_count(sent, MESSAGE_PING, 0);
}

static bool
is_done(void)
{
	return sent_notice_count(sent, NOTICE_LEAVE_DONE, "") > 0;
}

/* The member answers the ping that waits to be taken. */
static void
confirm(unsigned from)
{
	struct message message = {
		.type = MESSAGE_ACK,
		.ping = {.probe = sent_message(sent, MESSAGE_PING, from).ping.probe},
	};

	sample_tell(bench.node, from, &message, bench_now(&bench));
}

/* All who are asked answer; how many. */
static size_t
confirm_all(unsigned last)
{
	size_t count = 0;

	for (unsigned i = 2; i <= last; i++) {
		if (!is_asked(i))
			continue;
		confirm(i);
		count++;
	}
	bench_take(&bench);
	return count;
}

START_TEST(a_few_members_are_told_in_person)
{
	bench_join_up_to(&bench, 10);
	leave();
	ck_assert_uint_eq(asked_count(), WANTED);
	for (unsigned i = 2; i <= 10; i++) {
		struct member_info info;

		if (!is_asked(i))
			continue;
		ck_assert_int_eq(
			member_info_read(
				sent_message(sent, MESSAGE_RECORD, i).record.view.value,
				&info),
			ERR_OK);
		ck_assert_int_eq(info.claim, CLAIM_LEFT);
	}
}
END_TEST

START_TEST(leaving_is_done_when_enough_have_confirmed)
{
	bench_join_up_to(&bench, 10);
	leave();
	ck_assert(!is_done());
	ck_assert_uint_eq(confirm_all(10), WANTED);
	ck_assert(is_done());
	bench_pass_us(&bench, TIME_MAX_US);
	ck_assert(!is_done());
	ck_assert_uint_eq(leave_deadline(&bench.node->leave), DEADLINE_NONE);
}
END_TEST

START_TEST(among_few_all_have_to_confirm)
{
	bench_join_up_to(&bench, 3);
	leave();
	ck_assert_uint_eq(asked_count(), 2);
	confirm(2);
	bench_take(&bench);
	ck_assert(!is_done());
}
END_TEST

START_TEST(a_lonely_node_has_left_at_once)
{
	leave();
	ck_assert(is_done());
}
END_TEST

START_TEST(the_dead_are_not_told)
{
	bench_join_up_to(&bench, 4);
	bench_bury(&bench, 2, MEMBER_DEAD);
	bench_bury(&bench, 3, MEMBER_LEFT);
	leave();
	ck_assert_uint_eq(asked_count(), 1);
	ck_assert(is_asked(4));
	confirm_all(4);
	ck_assert(is_done());
}
END_TEST

START_TEST(without_an_answer_it_is_told_again)
{
	bench_join_up_to(&bench, 4);
	leave();
	bench_pass_us(&bench, AGAIN_US - 1);
	ck_assert_uint_eq(asked_count(), 0);
	bench_pass_us(&bench, 1);
	ck_assert_uint_eq(asked_count(), WANTED);
	ck_assert_uint_ge(sent_count(sent, MESSAGE_RECORD, 0), WANTED);
}
END_TEST

START_TEST(in_the_end_others_are_told_as_well)
{
	bool asked[11] = {false};
	size_t count = 0;

	bench_join_up_to(&bench, 10);
	leave();
	for (int i = 0; i < 4; i++) {
		for (unsigned j = 2; j <= 10; j++)
			asked[j] |= is_asked(j);
		bench_pass_us(&bench, AGAIN_US);
	}
	for (unsigned j = 2; j <= 10; j++)
		count += asked[j];
	ck_assert_uint_gt(count, WANTED);
}
END_TEST

START_TEST(a_goodbye_takes_no_longer_than_its_limit)
{
	uint64_t passed_us = 0;

	bench_join_up_to(&bench, 10);
	leave();
	while (!is_done()) {
		uint64_t step_us =
			leave_deadline(&bench.node->leave) - bench_now(&bench).mono_us;

		passed_us += step_us;
		ck_assert_uint_le(passed_us, TIME_MAX_US);
		bench_pass_us(&bench, step_us);
	}
	ck_assert_uint_eq(passed_us, TIME_MAX_US);
}
END_TEST

START_TEST(one_member_that_answers_twice_confirms_once)
{
	bench_join_up_to(&bench, 3);
	leave();
	confirm(2);
	bench_pass_us(&bench, AGAIN_US);
	confirm(2);
	bench_take(&bench);
	ck_assert(!is_done());
}
END_TEST

START_TEST(leaving_twice_is_leaving_once)
{
	bench_join_up_to(&bench, 5);
	leave();
	leave();
	ck_assert_uint_eq(sent->packet_count, 0);
}
END_TEST

START_TEST(who_leaves_says_so_of_itself)
{
	struct write write = {.key = bytes_of_string("k")};
	struct status status;

	bench_join_up_to(&bench, 5);
	leave();
	node_status(bench.node, &status);
	ck_assert(status.leaving);
	ck_assert_uint_eq(status.members[MEMBER_LEFT], 1);
	ck_assert_int_eq(
		node_set(bench.node, &write, bench_now(&bench), NULL), ERR_LEFT);
	ck_assert_int_eq(node_delete(bench.node, write.key, (struct version){0},
				 bench_now(&bench), NULL),
		ERR_LEFT);
}
END_TEST

START_TEST(whoever_says_it_lives_is_told_that_it_leaves)
{
	struct message message = {
		.type = MESSAGE_SUSPECT,
		.suspect = {.member = sample_short_id(1), .generation = 1},
	};
	struct member_info info;

	bench_join_up_to(&bench, 5);
	leave();
	bench_tell(&bench, 2, &message);
	ck_assert_int_eq(
		member_info_read(
			sent_message(sent, MESSAGE_RECORD, 2).record.view.value, &info),
		ERR_OK);
	ck_assert_int_eq(info.claim, CLAIM_LEFT);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("leave");
	TCase *tcase = add_case(suite, "leave");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_few_members_are_told_in_person);
	tcase_add_test(tcase, leaving_is_done_when_enough_have_confirmed);
	tcase_add_test(tcase, among_few_all_have_to_confirm);
	tcase_add_test(tcase, a_lonely_node_has_left_at_once);
	tcase_add_test(tcase, the_dead_are_not_told);
	tcase_add_test(tcase, without_an_answer_it_is_told_again);
	tcase_add_test(tcase, in_the_end_others_are_told_as_well);
	tcase_add_test(tcase, a_goodbye_takes_no_longer_than_its_limit);
	tcase_add_test(tcase, one_member_that_answers_twice_confirms_once);
	tcase_add_test(tcase, leaving_twice_is_leaving_once);
	tcase_add_test(tcase, who_leaves_says_so_of_itself);
	tcase_add_test(tcase, whoever_says_it_lives_is_told_that_it_leaves);
	return run_suite(suite);
}
