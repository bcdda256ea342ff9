/* SPDX-License-Identifier: MIT */
#include "gossip/missing.h"

#include "run.h"
#include "sample.h"

#define TIMEOUT_US (10 * MS_US)
#define RTT_US (3 * MS_US)
#define BEGIN_US (100 * SECOND_US)
#define ASK_COUNT 5
#define LIMIT 65536

/* Members 2 to 7 are known; 2 is one round trip away, the others none. */
static struct settings settings;
static struct members members;
static struct missing_dots dots;
static struct question question;
static uint64_t time_us;

static void
set_up(void)
{
	settings = sample_settings(1);
	settings.graft_timeout_us = TIMEOUT_US;
	members_init(&members, 100);
	for (unsigned i = 1; i <= 7; i++) {
		struct settings theirs = sample_settings(i);
		struct member_info info = sample_info(i);

		members_put(&members, theirs.identity.id, &info);
	}
	members_find(&members, sample_short_id(2))->rtt_us = RTT_US;
	missing_init(&dots, &settings, &members);
	time_us = BEGIN_US;
}

static void
tear_down(void)
{
	heap_check(&dots.timers);
	table_check(&dots.by_hash);
	missing_fini(&dots);
	members_fini(&members);
}

/* That member announces the dot (77, seq), whose hash is the number. */
static void
add(uint64_t seq, unsigned from, uint64_t ask_at_us)
{
	missing_add(&dots, (struct dot){77, seq}, seq, sample_short_id(from), time_us,
		ask_at_us - time_us);
}

/* Nothing is due until then, and one question is then: to that member, for that dot. */
static void
expect_question(uint64_t at_us, unsigned to, uint64_t seq)
{
	ck_assert(!missing_next_due(&dots, at_us - 1, &question));
	ck_assert_uint_eq(missing_deadline(&dots), at_us);
	ck_assert(missing_next_due(&dots, at_us, &question));
	ck_assert_uint_eq(question.member, sample_short_id(to));
	ck_assert_uint_eq(question.dot.writer, 77);
	ck_assert_uint_eq(question.dot.seq, seq);
	ck_assert_uint_eq(question.hash, seq);
	ck_assert(!missing_next_due(&dots, at_us, &question));
	time_us = at_us;
}

static void
expect_nothing(void)
{
	ck_assert_uint_eq(missing_deadline(&dots), DEADLINE_NONE);
	ck_assert_uint_eq(table_count(&dots.by_hash), 0);
	ck_assert(!missing_next_due(&dots, UINT64_MAX, &question));
}

/* Counts the questions to each of the members until there are no more. */
static void
count_questions(size_t ret_counts[8])
{
	memset(ret_counts, 0, 8 * sizeof(*ret_counts));
	while (missing_deadline(&dots) != DEADLINE_NONE) {
		uint64_t at_us = missing_deadline(&dots);

		while (missing_next_due(&dots, at_us, &question)) {
			for (unsigned i = 2; i <= 7; i++)
				ret_counts[i] += question.member == sample_short_id(i);
		}
	}
}

START_TEST(at_first_nothing_is_missing)
{
	ck_assert_ptr_null(missing_find(&dots, 1));
	missing_end(&dots, 1);
	expect_nothing();
}
END_TEST

START_TEST(what_is_missing_is_asked_for_in_its_time)
{
	add(1, 3, time_us + 5);
	expect_question(time_us + 5, 3, 1);
}
END_TEST

START_TEST(the_earlier_is_asked_for_first)
{
	add(1, 3, time_us + 5);
	add(2, 4, time_us + 4);
	expect_question(time_us + 4, 4, 2);
	expect_question(time_us + 1, 3, 1);
}
END_TEST

START_TEST(what_has_come_is_not_asked_for)
{
	add(1, 3, time_us + 5);
	add(2, 3, time_us + 5);
	ck_assert_ptr_nonnull(missing_find(&dots, 1));
	missing_end(&dots, 1);
	ck_assert_ptr_null(missing_find(&dots, 1));
	expect_question(time_us + 5, 3, 2);
	missing_end(&dots, 2);
	expect_nothing();
}
END_TEST

START_TEST(a_further_announcement_does_not_change_the_time)
{
	add(1, 3, time_us + 5);
	add(1, 4, time_us + 1);
	add(1, 3, time_us + 9);
	expect_question(time_us + 5, 3, 1);
}
END_TEST

START_TEST(all_announcers_are_asked_in_turn)
{
	for (unsigned i = 3; i <= 5; i++)
		add(1, i, time_us);
	for (unsigned round = 0; round < ASK_COUNT; round++) {
		for (unsigned i = 3; i <= 5; i++)
			expect_question(missing_deadline(&dots), i, 1);
	}
}
END_TEST

START_TEST(patience_doubles_each_time)
{
	add(1, 3, time_us);
	expect_question(time_us, 3, 1);
	for (unsigned round = 0; round < ASK_COUNT - 1; round++)
		expect_question(time_us + (TIMEOUT_US << round), 3, 1);
}
END_TEST

START_TEST(patience_doubles_when_all_have_been_asked)
{
	add(1, 3, time_us);
	add(1, 4, time_us);
	expect_question(time_us, 3, 1);
	expect_question(time_us + TIMEOUT_US, 4, 1);
	expect_question(time_us + TIMEOUT_US, 3, 1);
	expect_question(time_us + 2 * TIMEOUT_US, 4, 1);
	expect_question(time_us + 2 * TIMEOUT_US, 3, 1);
	expect_question(time_us + 4 * TIMEOUT_US, 4, 1);
}
END_TEST

START_TEST(who_is_far_away_gets_more_time)
{
	add(1, 2, time_us);
	add(1, 3, time_us);
	expect_question(time_us, 2, 1);
	expect_question(time_us + TIMEOUT_US + RTT_US, 3, 1);
	expect_question(time_us + TIMEOUT_US, 2, 1);
	expect_question(time_us + 2 * (TIMEOUT_US + RTT_US), 3, 1);
}
END_TEST

START_TEST(who_is_no_member_is_asked_like_others)
{
	add(1, 99, time_us);
	expect_question(time_us, 99, 1);
	expect_question(time_us + TIMEOUT_US, 99, 1);
}
END_TEST

START_TEST(each_announcer_is_asked_five_times)
{
	size_t counts[8];

	for (unsigned i = 2; i <= 4; i++)
		add(1, i, time_us);
	count_questions(counts);
	for (unsigned i = 2; i <= 4; i++)
		ck_assert_uint_eq(counts[i], ASK_COUNT);
	expect_nothing();
}
END_TEST

START_TEST(who_announces_again_is_not_asked_more_often)
{
	size_t counts[8];

	for (int i = 0; i < 10; i++) {
		add(1, 2, time_us);
		add(1, 3, time_us);
	}
	count_questions(counts);
	ck_assert_uint_eq(counts[2], ASK_COUNT);
	ck_assert_uint_eq(counts[3], ASK_COUNT);
}
END_TEST

START_TEST(more_than_four_announcers_are_not_needed)
{
	size_t counts[8];

	for (unsigned i = 2; i <= 7; i++)
		add(1, i, time_us);
	count_questions(counts);
	ck_assert_uint_eq(counts[5], ASK_COUNT);
	ck_assert_uint_eq(counts[6], 0);
	ck_assert_uint_eq(counts[7], 0);
}
END_TEST

START_TEST(who_announces_late_is_asked_as_often)
{
	size_t counts[8];

	add(1, 3, time_us);
	for (int i = 0; i < ASK_COUNT; i++)
		expect_question(missing_deadline(&dots), 3, 1);
	add(1, 4, time_us);
	count_questions(counts);
	ck_assert_uint_eq(counts[3] + counts[4], ASK_COUNT);
	ck_assert_uint_ge(counts[4], 2);
	expect_nothing();
}
END_TEST

START_TEST(what_was_given_up_can_be_announced_again)
{
	size_t counts[8];

	add(1, 3, time_us);
	count_questions(counts);
	add(1, 4, time_us);
	count_questions(counts);
	ck_assert_uint_eq(counts[3], 0);
	ck_assert_uint_eq(counts[4], ASK_COUNT);
}
END_TEST

/* --- limits --- */

static void
fill(void)
{
	for (uint64_t seq = 1; seq <= LIMIT; seq++)
		add(seq, 3, time_us);
	ck_assert_uint_eq(table_count(&dots.by_hash), LIMIT);
}

START_TEST(beyond_a_limit_nothing_is_noted)
{
	fill();
	add(LIMIT + 1, 3, time_us);
	ck_assert_ptr_null(missing_find(&dots, LIMIT + 1));
	add(1, 4, time_us);
	ck_assert_uint_eq(missing_find(&dots, 1)->announcer_count, 2);
	missing_end(&dots, 1);
	add(LIMIT + 1, 3, time_us);
	ck_assert_ptr_nonnull(missing_find(&dots, LIMIT + 1));
}
END_TEST

START_TEST(all_may_be_given_up_at_the_same_time)
{
	size_t counts[8];

	fill();
	count_questions(counts);
	ck_assert_uint_eq(counts[3], (size_t)ASK_COUNT * LIMIT);
	expect_nothing();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("missing");
	TCase *asking = add_case(suite, "asking");
	TCase *limits = add_case(suite, "limits");

	tcase_add_checked_fixture(asking, set_up, tear_down);
	tcase_add_test(asking, at_first_nothing_is_missing);
	tcase_add_test(asking, what_is_missing_is_asked_for_in_its_time);
	tcase_add_test(asking, the_earlier_is_asked_for_first);
	tcase_add_test(asking, what_has_come_is_not_asked_for);
	tcase_add_test(asking, a_further_announcement_does_not_change_the_time);
	tcase_add_test(asking, all_announcers_are_asked_in_turn);
	tcase_add_test(asking, patience_doubles_each_time);
	tcase_add_test(asking, patience_doubles_when_all_have_been_asked);
	tcase_add_test(asking, who_is_far_away_gets_more_time);
	tcase_add_test(asking, who_is_no_member_is_asked_like_others);
	tcase_add_test(asking, each_announcer_is_asked_five_times);
	tcase_add_test(asking, who_announces_again_is_not_asked_more_often);
	tcase_add_test(asking, more_than_four_announcers_are_not_needed);
	tcase_add_test(asking, who_announces_late_is_asked_as_often);
	tcase_add_test(asking, what_was_given_up_can_be_announced_again);
	tcase_add_checked_fixture(limits, set_up, tear_down);
	tcase_add_test(limits, beyond_a_limit_nothing_is_noted);
	tcase_add_test(limits, all_may_be_given_up_at_the_same_time);
	return run_suite(suite);
}
