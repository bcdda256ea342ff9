/* SPDX-License-Identifier: MIT */
#include "gossip/suspicion.h"

#include "base/now.h"
#include "run.h"

#define MIN_US (4 * SECOND_US)
#define START_US (100 * SECOND_US)

static struct suspicions suspicions;
static struct member member;
static struct member other_member;

static void
set_up(void)
{
	struct settings settings = settings_default();

	settings.suspicion_min_us = MIN_US;
	settings.suspicion_max_factor = 6;
	suspicions_init(&suspicions, &settings);
	member = (struct member){.short_id = 9, .generation = 2, .incarnation = 3};
	other_member = (struct member){.short_id = 10};
}

static void
tear_down(void)
{
	heap_check(&suspicions.timers);
	suspicions_fini(&suspicions);
}

static void
accuse(uint64_t accuser, size_t live_count)
{
	suspicions_accuse(&suspicions, &member, accuser, live_count, START_US);
}

static size_t
accuser_count(void)
{
	return suspicions_find(&suspicions, 9)->accuser_count;
}

START_TEST(a_first_accusation_begins_a_suspicion)
{
	ck_assert_ptr_null(suspicions_find(&suspicions, 9));
	accuse(1, 10);

	const struct suspicion *suspicion = suspicions_find(&suspicions, 9);

	ck_assert_uint_eq(suspicion->member, 9);
	ck_assert_uint_eq(suspicion->start_us, START_US);
	ck_assert_uint_eq(suspicion->accuser_count, 1);
	ck_assert_uint_eq(suspicion->accusers[0], 1);
}
END_TEST

START_TEST(each_further_accuser_confirms)
{
	accuse(1, 10);
	for (uint64_t accuser = 2; accuser <= 1 + CONFIRMATION_COUNT; accuser++) {
		uint64_t deadline = suspicions_deadline(&suspicions);

		accuse(accuser, 10);
		ck_assert_uint_eq(accuser_count(), accuser);
		ck_assert_uint_lt(suspicions_deadline(&suspicions), deadline);
	}
}
END_TEST

START_TEST(the_same_accuser_confirms_nothing)
{
	uint64_t deadline;

	accuse(1, 10);
	accuse(2, 10);
	deadline = suspicions_deadline(&suspicions);
	accuse(1, 10);
	accuse(2, 10);
	ck_assert_uint_eq(accuser_count(), 2);
	ck_assert_uint_eq(suspicions_deadline(&suspicions), deadline);
}
END_TEST

START_TEST(enough_confirmations_are_enough)
{
	for (uint64_t accuser = 1; accuser <= 1 + CONFIRMATION_COUNT; accuser++)
		accuse(accuser, 10);
	ck_assert_uint_eq(suspicions_deadline(&suspicions), START_US + MIN_US);
	accuse(50, 10);
	ck_assert_uint_eq(accuser_count(), 1 + CONFIRMATION_COUNT);
	ck_assert_uint_eq(suspicions_deadline(&suspicions), START_US + MIN_US);
}
END_TEST

/* Lifeguard, section IV.B, with beta 6, K 3 and a minimum of 4 s for every n: the time
 * from the beginning to the verdict after c confirmations in a cluster of n, worked out
 * by hand to a millisecond: max - (max - min) · log(c + 1) / log(K + 1), max = beta ·
 * max(1, log10 n) · min. Fewer than K others who could confirm take the place of K. */
static const struct {
	size_t live_count;
	size_t confirmations;
	uint64_t timeout_ms;
} timeouts[] = {
	{10, 0, 24000},
	{10, 1, 14000},
	{10, 2, 8150},
	{10, 3, 4000},
	{5, 0, 24000},
	{5, 1, 14000},
	{5, 2, 8150},
	{5, 3, 4000},
	{100, 0, 48000},
	{100, 1, 26000},
	{100, 2, 13131},
	{100, 3, 4000},
	{1000, 0, 72000},
	{1000, 1, 38000},
	{1000, 3, 4000},
	{10000, 0, 96000},
	{10000, 3, 4000},
	{4, 0, 24000},
	{4, 1, 11381},
	{4, 2, 4000},
	{3, 0, 24000},
	{3, 1, 4000},
	{2, 0, 4000},
};

START_TEST(confirmations_shorten_the_suspicion_logarithmically)
{
	size_t confirmations = timeouts[_i].confirmations;
	uint64_t expected_us = START_US + timeouts[_i].timeout_ms * MS_US;

	for (uint64_t accuser = 1; accuser <= 1 + confirmations; accuser++)
		accuse(accuser, timeouts[_i].live_count);

	uint64_t deadline = suspicions_deadline(&suspicions);

	ck_assert_uint_ge(deadline, expected_us - MS_US);
	ck_assert_uint_le(deadline, expected_us + MS_US);
}
END_TEST

START_TEST(the_time_counts_from_the_first_accusation)
{
	accuse(1, 10);
	suspicions_accuse(&suspicions, &member, 2, 10, START_US + 13 * SECOND_US);
	ck_assert_uint_eq(suspicions_deadline(&suspicions), START_US + 14 * SECOND_US);
}
END_TEST

START_TEST(a_late_confirmation_decides_at_once)
{
	uint64_t late_us = START_US + 20 * SECOND_US;

	accuse(1, 10);
	ck_assert_ptr_null(suspicions_next_due(&suspicions, late_us));
	suspicions_accuse(&suspicions, &member, 2, 10, late_us);
	ck_assert_ptr_nonnull(suspicions_next_due(&suspicions, late_us));
}
END_TEST

/* A tick long after a deadline says that this node did not run; this one was in time.
 */
START_TEST(a_late_confirmation_is_due_when_it_comes)
{
	uint64_t late_us = START_US + 20 * SECOND_US;

	accuse(1, 10);
	suspicions_accuse(&suspicions, &member, 2, 10, late_us);
	ck_assert_uint_eq(suspicions_deadline(&suspicions), late_us);
}
END_TEST

START_TEST(a_suspicion_is_due_when_its_time_has_run_out)
{
	accuse(1, 10);
	ck_assert_ptr_null(
		suspicions_next_due(&suspicions, START_US + 24 * SECOND_US - 1));

	const struct suspicion *due =
		suspicions_next_due(&suspicions, START_US + 24 * SECOND_US);

	ck_assert_ptr_eq(due, suspicions_find(&suspicions, 9));
	ck_assert_ptr_null(suspicions_next_due(&suspicions, START_US + 24 * SECOND_US));
}
END_TEST

START_TEST(a_cleared_suspicion_is_never_due)
{
	accuse(1, 10);
	suspicions_clear(&suspicions, 9);
	ck_assert_ptr_null(suspicions_find(&suspicions, 9));
	ck_assert_uint_eq(suspicions_deadline(&suspicions), DEADLINE_NONE);
	ck_assert_ptr_null(suspicions_next_due(&suspicions, UINT64_MAX));
	suspicions_clear(&suspicions, 9);
}
END_TEST

START_TEST(after_a_refutation_everybody_may_accuse_anew)
{
	accuse(1, 10);
	accuse(2, 10);
	suspicions_clear(&suspicions, 9);
	accuse(2, 10);
	ck_assert_uint_eq(accuser_count(), 1);
	accuse(1, 10);
	ck_assert_uint_eq(accuser_count(), 2);
}
END_TEST

START_TEST(a_verdict_can_be_put_off_once_it_is_due)
{
	accuse(1, 2);
	ck_assert_ptr_nonnull(
		suspicions_next_due(&suspicions, START_US + 4 * SECOND_US));
	suspicions_prolong(&suspicions, 9, START_US + 5 * SECOND_US);
	ck_assert_uint_eq(suspicions_deadline(&suspicions), START_US + 5 * SECOND_US);
	suspicions_prolong(&suspicions, 77, 1);
	ck_assert_uint_eq(suspicions_deadline(&suspicions), START_US + 5 * SECOND_US);
}
END_TEST

START_TEST(suspicions_of_several_members_are_apart)
{
	accuse(1, 10);
	suspicions_accuse(&suspicions, &other_member, 1, 2, START_US + SECOND_US);
	ck_assert_uint_eq(accuser_count(), 1);
	ck_assert_uint_eq(suspicions_deadline(&suspicions), START_US + 5 * SECOND_US);
	ck_assert_uint_eq(suspicions_next_due(&suspicions, UINT64_MAX)->member, 10);
	ck_assert_uint_eq(suspicions_next_due(&suspicions, UINT64_MAX)->member, 9);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("suspicion");
	TCase *tcase = add_case(suite, "suspicion");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_first_accusation_begins_a_suspicion);
	tcase_add_test(tcase, each_further_accuser_confirms);
	tcase_add_test(tcase, the_same_accuser_confirms_nothing);
	tcase_add_test(tcase, enough_confirmations_are_enough);
	tcase_add_loop_test(tcase, confirmations_shorten_the_suspicion_logarithmically,
		0, sizeof(timeouts) / sizeof(timeouts[0]));
	tcase_add_test(tcase, the_time_counts_from_the_first_accusation);
	tcase_add_test(tcase, a_late_confirmation_decides_at_once);
	tcase_add_test(tcase, a_late_confirmation_is_due_when_it_comes);
	tcase_add_test(tcase, a_suspicion_is_due_when_its_time_has_run_out);
	tcase_add_test(tcase, a_cleared_suspicion_is_never_due);
	tcase_add_test(tcase, after_a_refutation_everybody_may_accuse_anew);
	tcase_add_test(tcase, a_verdict_can_be_put_off_once_it_is_due);
	tcase_add_test(tcase, suspicions_of_several_members_are_apart);
	return run_suite(suite);
}
