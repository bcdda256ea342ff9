/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/err.h"
#include "base/prng.h"

/* How long a packet takes from one host to another: a distribution. */
struct delay {
	enum delay_kind {
		DELAY_UNIFORM,     /* between a and b; a constant when they are equal */
		DELAY_EXPONENTIAL, /* with mean a */
	} kind;
	uint64_t a_us;
	uint64_t b_us;
};

static inline struct delay
delay_uniform(uint64_t min_us, uint64_t max_us)
{
	return (struct delay){DELAY_UNIFORM, min_us, max_us};
}

uint64_t delay_draw(const struct delay *delay, struct prng *prng);

/* "0.3:1" is uniform between the two, "2" constant, "exp:2" exponential with that mean;
 * in milliseconds, or with a unit as in "300us". */
MUST_CHECK enum err delay_parse(const char *text, struct delay *ret_delay);

#define DELAY_TEXT_SIZE 48

/* In words, as in "0.3 to 1 ms". */
const char *delay_format(const struct delay *delay, char text[DELAY_TEXT_SIZE]);
