/* SPDX-License-Identifier: MIT */
#include "sim/host_clock.h"

/* The wall clock at the start of the world: 2025-01-01 UTC. */
#define WALL_START_MS UINT64_C(1735689600000)

void
host_clock_init(struct host_clock *clock)
{
	*clock = (struct host_clock){.rate = 1};
}

static uint64_t
mono_at(const struct host_clock *clock, uint64_t world_us)
{
	double passed_us = (double)(world_us - clock->base_us);

	return clock->mono_us + (uint64_t)(passed_us * clock->rate);
}

struct now
host_clock_now(const struct host_clock *clock, uint64_t world_us)
{
	uint64_t mono_us = mono_at(clock, world_us);

	return (struct now){
		.mono_us = mono_us,
		.wall_ms = WALL_START_MS + mono_us / MS_US + (uint64_t)clock->offset_ms,
	};
}

uint64_t
host_clock_when(const struct host_clock *clock, uint64_t mono_us, uint64_t world_us)
{
	double left_us;
	uint64_t when_us;

	if (mono_us <= mono_at(clock, world_us))
		return world_us;
	left_us = (double)(mono_us - clock->mono_us) / clock->rate;
	when_us = clock->base_us + (uint64_t)left_us;
	while (mono_at(clock, when_us) < mono_us)
		when_us++;
	return when_us;
}

void
host_clock_set_rate(struct host_clock *clock, double rate, uint64_t world_us)
{
	clock->mono_us = mono_at(clock, world_us);
	clock->base_us = world_us;
	clock->rate = rate;
}
