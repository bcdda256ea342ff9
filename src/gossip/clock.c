/* SPDX-License-Identifier: MIT */
#include "gossip/clock.h"

#define COUNTER_BITS 16

void
clock_init(struct clock *clock, uint64_t drift_max_ms)
{
	clock->last = 0;
	clock->drift_max_ms = drift_max_ms;
}

uint64_t
clock_issue(struct clock *clock, uint64_t wall_ms)
{
	uint64_t wall = wall_ms << COUNTER_BITS;

	clock->last = wall > clock->last ? wall : clock->last + 1;
	return clock->last;
}

enum err
clock_observe(struct clock *clock, uint64_t stamp, uint64_t wall_ms)
{
	if (clock_stamp_ms(stamp) > wall_ms + clock->drift_max_ms)
		return ERR_CLOCK;
	if (stamp > clock->last)
		clock->last = stamp;
	return ERR_OK;
}

uint64_t
clock_stamp_ms(uint64_t stamp)
{
	return stamp >> COUNTER_BITS;
}
