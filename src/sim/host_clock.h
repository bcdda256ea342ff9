/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/now.h"

/*
 * The clocks of one host against the time of the world. Both run at its rate; the wall
 * clock is off by an offset on top and may be stepped. The monotonic one never goes
 * back.
 */
struct host_clock {
	double rate;       /* seconds of the host to one of the world */
	uint64_t base_us;  /* time of the world at which the rate was set */
	uint64_t mono_us;  /* and of the host */
	int64_t offset_ms; /* wall clock */
};

void host_clock_init(struct host_clock *clock);

/* What the host's clocks say at that time of the world. */
struct now host_clock_now(const struct host_clock *clock, uint64_t world_us);

/* The first time of the world at which the host's monotonic clock has reached
 * `mono_us`, not before `world_us`. */
uint64_t host_clock_when(
	const struct host_clock *clock, uint64_t mono_us, uint64_t world_us);

void host_clock_set_rate(struct host_clock *clock, double rate, uint64_t world_us);
