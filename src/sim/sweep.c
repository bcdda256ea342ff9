/* SPDX-License-Identifier: MIT */
#include "sim/sweep.h"

#include <stdio.h>
#include <stdlib.h>

#include "sim/chaos.h"
#include "sim/cluster.h"
#include "sim/conditions.h"
#include "sim/readings.h"
#include "sim/strategy.h"

#define NODE_COUNT_MIN 2
#define NODE_COUNT_SPREAD 19

/* Time between two writes, or between two faults, is drawn below these. */
#define WRITE_INTERVAL_US (200 * MS_US)
#define FAULT_INTERVAL_US (1 * SECOND_US)

/* Time to join, to become well, to bring contexts in line, and to be looked at. */
#define JOIN_TIME_US (60 * SECOND_US)
#define HEAL_TIME_US (120 * SECOND_US)
#define SETTLE_TIME_US (30 * SECOND_US)
#define QUIET_TIME_US (20 * SECOND_US)

/* What a node may send in a second when nothing happens but that a few nodes look for
 * those that are gone; and for each question to one by chance whether there is anything
 * new, where the strategy asks. */
#define QUIET_BYTES_PER_S 400
#define QUIET_BYTES_PER_PULL 60

struct run {
	const struct options *options;
	struct world *world;
	struct ledger ledger;
	struct readings readings;
	struct watch watch;
	struct chaos chaos;
	struct sweep_result *result;
};

static bool
fail(struct run *run, const char *reason)
{
	snprintf(run->result->fault, sizeof(run->result->fault), "%s", reason);
	return false;
}

static bool
fail_to_know(struct run *run, const char *when)
{
	char text[DOUBT_SIZE];

	snprintf(run->result->fault, sizeof(run->result->fault), "%s: %s", when,
		world_doubt(run->world, text));
	return false;
}

/* --- stages --- */

static void
start_hosts(struct world *world, size_t count, struct prng *prng)
{
	size_t seeds[] = {0, 1};

	world_add(world);
	for (size_t i = 1; i < count; i++) {
		world_set_seeds(world, seeds, i < 2 ? 1 : 2);
		world_add(world);
		world_run(world, prng_below(prng, 100 * MS_US));
	}
}

static void
write_somewhere(struct run *run)
{
	size_t host = (size_t)prng_below(&run->chaos.prng, world_count(run->world));

	if (world_node(run->world, host) != NULL && !world_is_stalled(run->world, host))
		ledger_write(&run->ledger, run->world, host, &run->chaos.prng);
}

static bool
look(struct run *run)
{
	char fault[LEDGER_FAULT_SIZE];

	world_check(run->world);
	return readings_take(&run->readings, run->world, fault) || fail(run, fault);
}

static bool
go_through_faults(struct run *run)
{
	uint64_t end_us = world_time_us(run->world) + run->options->duration_us;
	uint64_t write_us = world_time_us(run->world);
	uint64_t fault_us = write_us;
	struct prng *prng = &run->chaos.prng;

	while (world_time_us(run->world) < end_us) {
		world_run_to(run->world, write_us < fault_us ? write_us : fault_us);
		if (world_time_us(run->world) >= write_us) {
			write_somewhere(run);
			write_us += 1 + prng_below(prng, WRITE_INTERVAL_US);
		}
		if (world_time_us(run->world) >= fault_us) {
			chaos_strike(&run->chaos);
			/* Who stood still does what is due before it is looked at. */
			world_run(run->world, 0);
			fault_us += 1 + prng_below(prng, FAULT_INTERVAL_US);
		}
		if (!look(run))
			return false;
	}
	return true;
}

static double
quiet_budget(const struct settings *settings)
{
	double budget = QUIET_BYTES_PER_S;

	if (settings->strategy == STRATEGY_PULL ||
		settings->strategy == STRATEGY_PUSH_PULL)
		budget += QUIET_BYTES_PER_PULL * (double)SECOND_US /
			  (double)settings->gossip_interval_us;
	return budget;
}

static bool
check_quiet(struct run *run)
{
	double bytes;
	double seconds = (double)QUIET_TIME_US / 1e6;
	char fault[SWEEP_FAULT_SIZE];
	double each;

	world_run(run->world, SETTLE_TIME_US);
	bytes = cluster_bytes(run->world);
	world_run(run->world, QUIET_TIME_US);
	each = (cluster_bytes(run->world) - bytes) / seconds /
	       (double)world_count(run->world);
	if (each <= quiet_budget(world_settings(run->world)))
		return true;
	snprintf(fault, sizeof(fault), "%.0f bytes a node and second while idle", each);
	return fail(run, fault);
}

static bool
check_writes(struct run *run)
{
	char fault[LEDGER_FAULT_SIZE];

	return ledger_check(&run->ledger, run->world, fault) || fail(run, fault);
}

static bool
check_healed(struct run *run)
{
	if (!world_run_until(run->world, world_knows_all, NULL, HEAL_TIME_US))
		return fail_to_know(run, "healed for two minutes");
	if (!world_run_until(run->world, world_agrees, NULL, HEAL_TIME_US))
		return fail(run, "not all agree");
	/* Once more in the end, when all has expired that does. */
	return look(run) && check_writes(run) && check_quiet(run) && look(run) &&
	       check_writes(run);
}

static bool
check_all(struct run *run)
{
	if (!world_run_until(run->world, world_knows_all, NULL, JOIN_TIME_US))
		return fail_to_know(run, "a minute after the start");
	if (!go_through_faults(run))
		return false;
	if (chaos_is_mild(&run->chaos) && run->watch.false_deaths != 0)
		return fail(run, "somebody who could be reached was taken for dead");
	chaos_heal(&run->chaos);
	if (!check_healed(run))
		return false;
	if (!world_knows_all(run->world, NULL))
		return fail_to_know(run, "the peace did not last");
	return world_agrees(run->world, NULL) ||
	       fail(run, "all agreed, but not for long");
}

static struct world *
empty_world(const struct options *options, uint64_t seed)
{
	uint64_t usual_life_ms = settings_default().tombstone_life_ms;
	struct path path = chaos_path(seed);
	struct world *world = world_new(&path, seed);
	struct settings *settings = world_settings(world);

	*settings = options->settings;
	if (settings->tombstone_life_ms == usual_life_ms)
		settings->tombstone_life_ms = chaos_tombstone_life_ms(seed);
	(void)!strategy_set(
		settings, options->strategies[seed % options->strategy_count]);
	return world;
}

void
sweep_run(const struct options *options, uint64_t seed, struct sweep_result *ret_result)
{
	struct run run = {.options = options, .result = ret_result};
	struct prng prng;
	size_t count = (size_t)options->nodes;

	*ret_result = (struct sweep_result){0};
	prng_init(&prng, seed);
	if (count == 0)
		count = NODE_COUNT_MIN + (size_t)prng_below(&prng, NODE_COUNT_SPREAD);
	run.world = empty_world(options, seed);
	start_hosts(run.world, count, &prng);
	ledger_init(&run.ledger, count, world_settings(run.world)->tombstone_life_ms);
	readings_init(&run.readings, &run.ledger);
	watch_init(&run.watch, run.world);
	chaos_init(&run.chaos, run.world, &run.ledger, &run.watch, seed);
	check_all(&run);
	ret_result->trace = world_trace(run.world);
	chaos_fini(&run.chaos);
	watch_fini(&run.watch);
	readings_fini(&run.readings);
	ledger_fini(&run.ledger);
	world_free(run.world);
}
