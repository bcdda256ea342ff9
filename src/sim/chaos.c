/* SPDX-License-Identifier: MIT */
#include "sim/chaos.h"

#include <stdlib.h>

#include "base/mem.h"

/* Clocks further apart than gossip/settings.h allows refuse each other's writes, which
 * is not looked at here. */
#define CLOCK_OFFSET_MAX_MS 200
#define CLOCK_RATE_SPREAD 0.001

static size_t
draw_host(struct chaos *chaos)
{
	return (size_t)prng_below(&chaos->prng, world_count(chaos->world));
}

/* --- kinds of faults --- */

static void
crash_or_restart(struct chaos *chaos)
{
	size_t host = draw_host(chaos);

	if (world_node(chaos->world, host) == NULL) {
		if (prng_below(&chaos->prng, 4) == 0)
			world_move(chaos->world, host);
		world_restart(chaos->world, host,
			prng_below(&chaos->prng, 4) == 0 ? KEPT_NOTHING
							 : KEPT_IDENTITY);
		return;
	}
	if (world_is_stalled(chaos->world, host))
		return;
	ledger_crash(chaos->ledger, chaos->world, host);
	watch_crash(chaos->watch, chaos->world, host);
	world_crash(chaos->world, host);
}

static void
stall_or_resume(struct chaos *chaos)
{
	size_t host = draw_host(chaos);

	if (world_node(chaos->world, host) == NULL)
		return;
	if (!world_is_stalled(chaos->world, host)) {
		world_stall(chaos->world, host);
		return;
	}
	watch_resumed(chaos->watch, chaos->world, host);
	world_resume(chaos->world, host);
}

static void
cut_one_way(struct chaos *chaos)
{
	struct path *path = paths_own(
		world_paths(chaos->world), draw_host(chaos), draw_host(chaos));

	path->cut = !path->cut;
}

/* Some cannot reach some others, while third ones reach both. */
static void
part_partly(struct chaos *chaos)
{
	struct paths *paths = world_paths(chaos->world);
	size_t middle = draw_host(chaos);
	bool cut = prng_below(&chaos->prng, 2) == 0;

	for (size_t a = 0; a < middle; a++) {
		for (size_t b = middle + 1; b < world_count(chaos->world); b++) {
			paths_own(paths, a, b)->cut = cut;
			paths_own(paths, b, a)->cut = cut;
		}
	}
}

static void
part_or_unite(struct chaos *chaos)
{
	unsigned sides = 1 + (unsigned)prng_below(&chaos->prng, 3);

	for (size_t i = 0; i < world_count(chaos->world); i++)
		world_set_side(
			chaos->world, i, (unsigned)prng_below(&chaos->prng, sides));
}

static void
clog_path(struct chaos *chaos)
{
	struct path *path = paths_own(
		world_paths(chaos->world), draw_host(chaos), draw_host(chaos));

	path->clogged_until_us =
		world_time_us(chaos->world) + prng_below(&chaos->prng, 3 * SECOND_US);
}

static void
degrade_or_mend(struct chaos *chaos)
{
	static const double losses[] = {0, 0, 0.3, 0.8};

	world_set_host_loss(
		chaos->world, draw_host(chaos), losses[prng_below(&chaos->prng, 4)]);
}

static void
change_clock(struct chaos *chaos)
{
	size_t host = draw_host(chaos);
	uint64_t range = 2 * CLOCK_OFFSET_MAX_MS + 1;
	int64_t offset_ms =
		(int64_t)prng_below(&chaos->prng, range) - CLOCK_OFFSET_MAX_MS;
	double rate = 1 + (2 * prng_unit(&chaos->prng) - 1) * CLOCK_RATE_SPREAD;

	world_step_clock(chaos->world, host, offset_ms - chaos->offset_ms[host]);
	chaos->offset_ms[host] = offset_ms;
	world_set_clock_rate(chaos->world, host, rate);
}

static void
narrow(struct chaos *chaos)
{
	static const uint64_t bandwidths[] = {0, 0, 20000, 200000};

	world_set_bandwidth(chaos->world, draw_host(chaos),
		bandwidths[prng_below(&chaos->prng, 4)]);
}

static const struct kind {
	void (*strike)(struct chaos *chaos);
	bool mild; /* all hosts go on reaching each other */
} kinds[] = {
	{change_clock, true},
	{crash_or_restart, false},
	{stall_or_resume, false},
	{cut_one_way, false},
	{part_partly, false},
	{part_or_unite, false},
	{clog_path, false},
	{degrade_or_mend, false},
	{narrow, false},
};

#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))

/* --- a run --- */

void
chaos_init(struct chaos *chaos, struct world *world, struct ledger *ledger,
	struct watch *watch, uint64_t seed)
{
	*chaos = (struct chaos){
		.world = world,
		.ledger = ledger,
		.watch = watch,
		.offset_ms =
			mem_new_array(world_count(world), sizeof(*chaos->offset_ms)),
	};
	prng_init(&chaos->prng, ~seed);
	/* One run in four is mild. */
	if (prng_below(&chaos->prng, 4) == 0)
		chaos->kinds = 1;
	else
		chaos->kinds = (unsigned)prng_below(&chaos->prng, 1u << KIND_COUNT);
}

void
chaos_fini(struct chaos *chaos)
{
	free(chaos->offset_ms);
}

struct path
chaos_path(uint64_t seed)
{
	struct prng prng;
	uint64_t mean_us;

	prng_init(&prng, seed ^ 0x5eed);
	mean_us = 100 + prng_below(&prng, 20 * MS_US);
	return (struct path){
		.delay = prng_below(&prng, 2) == 0
				 ? delay_uniform(mean_us / 2, mean_us * 3 / 2)
				 : (struct delay){.kind = DELAY_EXPONENTIAL,
					   .a_us = mean_us},
		.loss = prng_below(&prng, 2) == 0 ? 0 : prng_unit(&prng) / 4,
		.duplicate = prng_below(&prng, 2) == 0 ? 0 : prng_unit(&prng) / 10,
		.reorder = prng_below(&prng, 2) == 0 ? 0 : prng_unit(&prng) / 10,
		.reorder_us = prng_below(&prng, 100 * MS_US),
	};
}

uint64_t
chaos_tombstone_life_ms(uint64_t seed)
{
	static const uint64_t lives_ms[] = {
		3600 * SECOND_MS, 3600 * SECOND_MS, 10 * SECOND_MS, 2 * SECOND_MS};
	struct prng prng;

	prng_init(&prng, seed ^ 0xdead);
	return lives_ms[prng_below(&prng, 4)];
}

bool
chaos_is_mild(const struct chaos *chaos)
{
	for (size_t i = 0; i < KIND_COUNT; i++) {
		if ((chaos->kinds & 1u << i) != 0 && !kinds[i].mild)
			return false;
	}
	return true;
}

void
chaos_strike(struct chaos *chaos)
{
	size_t kind = (size_t)prng_below(&chaos->prng, KIND_COUNT);

	if ((chaos->kinds & 1u << kind) != 0)
		kinds[kind].strike(chaos);
}

void
chaos_heal(struct chaos *chaos)
{
	struct world *world = chaos->world;

	paths_clear(world_paths(world));
	world_paths(world)->usual.loss = 0;
	for (size_t i = 0; i < world_count(world); i++) {
		world_set_side(world, i, 0);
		world_set_host_loss(world, i, 0);
		world_set_bandwidth(world, i, 0);
		if (world_node(world, i) == NULL)
			world_restart(world, i, KEPT_IDENTITY);
		if (world_is_stalled(world, i))
			world_resume(world, i);
	}
}
