/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

/*
 * How well this node itself is doing, judged by what it fails to do (Lifeguard §IV.A,
 * local health multiplier): 0 is well. A node that is slow or cut off gives others more
 * time before it accuses them.
 */
struct health {
	uint64_t score;
	uint64_t score_max;
};

static inline void
health_init(struct health *health, uint64_t score_max)
{
	*health = (struct health){.score = 0, .score_max = score_max};
}

static inline void
health_worsen(struct health *health, uint64_t by)
{
	health->score += by;
	if (health->score > health->score_max)
		health->score = health->score_max;
}

static inline void
health_improve(struct health *health)
{
	if (health->score > 0)
		health->score--;
}

/* A time span stretched as the health demands. */
static inline uint64_t
health_stretch(const struct health *health, uint64_t span_us)
{
	return span_us * (health->score + 1);
}
