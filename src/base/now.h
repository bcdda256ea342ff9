/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

/*
 * The time of one turn, read once by whoever drives the core and passed down; nobody
 * below reads a clock.
 */
struct now {
	uint64_t mono_us; /* monotonic, never goes back; only differences mean anything
			   */
	uint64_t wall_ms; /* since 1970-01-01 UTC; may step either way */
};

#define MS_US UINT64_C(1000)
#define SECOND_US UINT64_C(1000000)
#define SECOND_MS UINT64_C(1000)
