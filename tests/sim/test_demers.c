/* SPDX-License-Identifier: MIT */
/*
 * Physics: 1000 hosts on links of 1 ms one way, nothing lost, that all know each other.
 * Each 200 ms a host that tells of a write sends it to one other; nothing else passes
 * between them. One write at a time, on a host drawn by chance, until nobody tells of
 * it any more.
 *
 * The figures are those of Demers et al., Epidemic algorithms for replicated database
 * maintenance, PODC 1987, table 1: rumors by push with feedback and counter. They come
 * about when all hosts act in step, so that of several copies that reach a host in one
 * cycle each counts as needed, and when a copy that was needed sets the counter back.
 * Here no two hosts act at the same instant: only the first copy is needed, hosts lose
 * interest a little sooner, and there is 5 to 9 % less traffic and more residue.
 */
#include "scene.h"

#include <math.h>

#include "gossip/node_parts.h"
#include "sim/spread.h"

#include "../unit/run.h"

#define HOST_COUNT 1000
#define QUIET_US (20 * SECOND_US)
#define NEVER_US (UINT64_C(1) << 50)

/* A row of the table, and how many writes it takes to measure it well enough. */
static const struct {
	uint64_t feedback;
	double residue; /* share of the hosts that never got the write */
	double traffic; /* copies sent, a host */
	size_t write_count;
} rows[] = {
	{1, 0.18, 1.7, 20},
	{2, 0.037, 3.3, 60},
	{3, 0.011, 4.5, 40},
	{4, 0.0036, 5.6, 40},
	{5, 0.0012, 6.7, 40},
};

static struct world *world;

static void
set_up(void)
{
	struct path path = {.delay = delay_uniform(1000, 1000)};
	struct settings *settings;

	world = world_new(&path, 1);
	settings = world_settings(world);
	settings->strategy = STRATEGY_PUSH;
	settings->fanout = 1;
	/* What rumors leave is left as it is. */
	settings->repair_interval_us = NEVER_US;
	settings->probe_interval_us = NEVER_US;
	while (world_count(world) < HOST_COUNT)
		world_add(world);
	acquaint_all(world);
	world_run(world, QUIET_US);
}

static void
tear_down(void)
{
	world_free(world);
}

static void
set_feedback(uint64_t feedback)
{
	for (size_t i = 0; i < HOST_COUNT; i++)
		world_node(world, i)->settings.feedback = feedback;
}

static void
check_quiet(void)
{
	for (size_t i = 0; i < HOST_COUNT; i++)
		ck_assert_uint_eq(world_node(world, i)->mongering.count, 0);
}

START_TEST(push_with_feedback_spreads_as_in_the_paper)
{
	double each = (double)rows[_i].write_count * HOST_COUNT;
	double residue;
	double traffic;
	struct spread spread;
	struct prng prng;

	set_feedback(rows[_i].feedback);
	prng_init(&prng, rows[_i].feedback);
	spread_init(&spread, world);
	for (size_t i = 0; i < rows[_i].write_count; i++) {
		spread_write(&spread, world, (size_t)prng_below(&prng, HOST_COUNT), 8);
		world_run(world, QUIET_US);
		check_quiet();
	}
	residue = (double)spread_missed(&spread) / each;
	traffic = (double)spread.copies / each;
	ck_assert_double_ge(traffic, 0.9 * rows[_i].traffic);
	ck_assert_double_le(traffic, 1.1 * rows[_i].traffic);
	ck_assert_double_ge(residue, 0.5 * rows[_i].residue);
	ck_assert_double_le(residue, 2 * rows[_i].residue);
	/* Each copy that was not needed is answered, and nothing else is said. */
	ck_assert_uint_eq(spread.digests, spread.duplicates);
	/* §1.4: whatever the variation, as long as copies go to hosts by chance. */
	ck_assert_double_le(fabs(log(residue) + traffic), log(1.5));
	world_unobserve(world, &spread.observer);
	spread_fini(&spread);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("demers");
	TCase *tcase = add_case(suite, "demers");

	tcase_add_unchecked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, push_with_feedback_spreads_as_in_the_paper, 0,
		sizeof(rows) / sizeof(rows[0]));
	return run_suite(suite);
}
