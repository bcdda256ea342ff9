/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/err.h"

#include <stdint.h>

/*
 * A hybrid logical clock (Kulkarni et al. 2014): stamps of 48 bits of wall milliseconds
 * and a 16-bit counter in one number. A stamp is larger than every stamp issued or
 * observed before, and stays near the wall clock as long as that does not go back.
 */
struct clock {
	uint64_t last; /* issued or observed */
	uint64_t drift_max_ms;
};

void clock_init(struct clock *clock, uint64_t drift_max_ms);

/* A new stamp, larger than all before. */
uint64_t clock_issue(struct clock *clock, uint64_t wall_ms);

/* Learns of a stamp from elsewhere. ERR_CLOCK, learning nothing, when it is more than
 * the drift allowed ahead of the wall clock. */
MUST_CHECK enum err clock_observe(
	struct clock *clock, uint64_t stamp, uint64_t wall_ms);

/* The wall milliseconds of a stamp. */
uint64_t clock_stamp_ms(uint64_t stamp);
