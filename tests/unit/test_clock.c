/* SPDX-License-Identifier: MIT */
#include "gossip/clock.h"

#include "base/prng.h"
#include "run.h"

#define WALL_MS UINT64_C(1700000000000)
#define DRIFT_MS 500

static struct clock a_clock;

static void
set_up(void)
{
	clock_init(&a_clock, DRIFT_MS);
}

START_TEST(a_stamp_carries_the_wall_clock)
{
	ck_assert_uint_eq(clock_stamp_ms(clock_issue(&a_clock, WALL_MS)), WALL_MS);
	ck_assert_uint_eq(clock_issue(&a_clock, WALL_MS + 1), (WALL_MS + 1) << 16);
}
END_TEST

START_TEST(stamps_of_one_millisecond_are_counted)
{
	uint64_t first = clock_issue(&a_clock, WALL_MS);

	ck_assert_uint_eq(clock_issue(&a_clock, WALL_MS), first + 1);
	ck_assert_uint_eq(clock_issue(&a_clock, WALL_MS), first + 2);
	ck_assert_uint_eq(clock_stamp_ms(first + 2), WALL_MS);
}
END_TEST

START_TEST(stamps_grow_when_the_wall_clock_goes_back)
{
	uint64_t before = clock_issue(&a_clock, WALL_MS);

	ck_assert_uint_gt(clock_issue(&a_clock, WALL_MS - 3600000), before);
	ck_assert_uint_gt(clock_issue(&a_clock, 0), before + 1);
}
END_TEST

START_TEST(a_full_counter_borrows_from_the_milliseconds)
{
	uint64_t last = clock_issue(&a_clock, WALL_MS);
	size_t wrong = 0;

	for (int i = 0; i < 70000; i++) {
		uint64_t stamp = clock_issue(&a_clock, WALL_MS);

		wrong += stamp <= last;
		last = stamp;
	}
	ck_assert_uint_eq(wrong, 0);
	ck_assert_uint_eq(clock_stamp_ms(last), WALL_MS + 1);
}
END_TEST

START_TEST(a_stamp_follows_what_was_observed)
{
	uint64_t observed = (WALL_MS + 100) << 16 | 7;

	ck_assert_int_eq(clock_observe(&a_clock, observed, WALL_MS), ERR_OK);
	ck_assert_uint_eq(clock_issue(&a_clock, WALL_MS), observed + 1);
}
END_TEST

START_TEST(an_old_stamp_teaches_nothing)
{
	uint64_t issued = clock_issue(&a_clock, WALL_MS);

	ck_assert_int_eq(clock_observe(&a_clock, issued - 1, WALL_MS), ERR_OK);
	ck_assert_int_eq(clock_observe(&a_clock, 0, WALL_MS), ERR_OK);
	ck_assert_uint_eq(clock_issue(&a_clock, WALL_MS), issued + 1);
}
END_TEST

START_TEST(a_stamp_as_far_ahead_as_allowed_is_taken)
{
	uint64_t stamp = (WALL_MS + DRIFT_MS) << 16 | UINT16_MAX;

	ck_assert_int_eq(clock_observe(&a_clock, stamp, WALL_MS), ERR_OK);
	ck_assert_uint_gt(clock_issue(&a_clock, WALL_MS), stamp);
}
END_TEST

START_TEST(a_stamp_too_far_ahead_is_refused_and_forgotten)
{
	uint64_t stamp = (WALL_MS + DRIFT_MS + 1) << 16;

	ck_assert_int_eq(clock_observe(&a_clock, stamp, WALL_MS), ERR_CLOCK);
	ck_assert_int_eq(clock_observe(&a_clock, UINT64_MAX, WALL_MS), ERR_CLOCK);
	ck_assert_uint_eq(clock_issue(&a_clock, WALL_MS), WALL_MS << 16);
}
END_TEST

/* --- Kulkarni et al. 2014, sections 3 and 4 --- */

#define NODE_COUNT 8
#define STEP_COUNT 1000000
#define SKEW_MS 250
#define MAIL_COUNT 64

/* A node: its clock and the largest stamp in the past of its next event, which the test
 * keeps by itself. */
struct process {
	struct clock clock;
	uint64_t wall_ms;
	uint64_t past;
};

/* Stamps under way. */
struct mail {
	uint64_t stamps[MAIL_COUNT];
	size_t count;
};

/* What should hold after each step, counted when it does not. */
struct faults {
	size_t inverted;
	size_t refused;
	size_t ahead;
	size_t counted_far;
};

/* Within the skew of the true time, anywhere: also behind where it was. */
static void
read_wall(struct process *process, uint64_t true_ms, struct prng *prng)
{
	if (prng_below(prng, 16) == 0)
		process->wall_ms =
			true_ms - SKEW_MS + prng_below(prng, 2 * SKEW_MS + 1);
	if (process->wall_ms + SKEW_MS < true_ms)
		process->wall_ms = true_ms - SKEW_MS;
}

static void
send(struct process *process, uint64_t true_ms, struct mail *mail, struct prng *prng,
	struct faults *faults)
{
	uint64_t stamp = clock_issue(&process->clock, process->wall_ms);

	faults->inverted += stamp <= process->past;
	faults->ahead += clock_stamp_ms(stamp) > true_ms + SKEW_MS;
	faults->counted_far += (stamp & UINT16_MAX) > NODE_COUNT * (2 * SKEW_MS + 1);
	process->past = stamp;
	if (mail->count < MAIL_COUNT)
		mail->stamps[mail->count++] = stamp;
	else
		mail->stamps[prng_below(prng, MAIL_COUNT)] = stamp;
}

static void
receive(struct process *process, struct mail *mail, struct prng *prng,
	struct faults *faults)
{
	if (mail->count == 0)
		return;

	size_t i = prng_below(prng, mail->count);
	uint64_t stamp = mail->stamps[i];

	mail->stamps[i] = mail->stamps[--mail->count];
	faults->refused +=
		clock_observe(&process->clock, stamp, process->wall_ms) != ERR_OK;
	if (stamp > process->past)
		process->past = stamp;
}

START_TEST(cause_comes_before_effect_whatever_the_wall_clocks_do)
{
	struct process processes[NODE_COUNT] = {0};
	struct mail mail = {0};
	struct faults faults = {0};
	struct prng prng;

	prng_init(&prng, (uint64_t)_i);
	for (size_t i = 0; i < NODE_COUNT; i++) {
		clock_init(&processes[i].clock, 2 * SKEW_MS);
		processes[i].wall_ms = WALL_MS;
	}
	for (uint64_t step = 0; step < STEP_COUNT; step++) {
		struct process *process = &processes[prng_below(&prng, NODE_COUNT)];
		uint64_t true_ms = WALL_MS + step;

		read_wall(process, true_ms, &prng);
		if (prng_below(&prng, 2) == 0)
			send(process, true_ms, &mail, &prng, &faults);
		else
			receive(process, &mail, &prng, &faults);
	}
	ck_assert_uint_eq(faults.inverted, 0);
	ck_assert_uint_eq(faults.refused, 0);
	ck_assert_uint_eq(faults.ahead, 0);
	ck_assert_uint_eq(faults.counted_far, 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("clock");
	TCase *tcase = add_case(suite, "clock");

	tcase_add_checked_fixture(tcase, set_up, NULL);
	tcase_add_test(tcase, a_stamp_carries_the_wall_clock);
	tcase_add_test(tcase, stamps_of_one_millisecond_are_counted);
	tcase_add_test(tcase, stamps_grow_when_the_wall_clock_goes_back);
	tcase_add_test(tcase, a_full_counter_borrows_from_the_milliseconds);
	tcase_add_test(tcase, a_stamp_follows_what_was_observed);
	tcase_add_test(tcase, an_old_stamp_teaches_nothing);
	tcase_add_test(tcase, a_stamp_as_far_ahead_as_allowed_is_taken);
	tcase_add_test(tcase, a_stamp_too_far_ahead_is_refused_and_forgotten);
	tcase_add_loop_test(
		tcase, cause_comes_before_effect_whatever_the_wall_clocks_do, 0, 3);
	return run_suite(suite);
}
