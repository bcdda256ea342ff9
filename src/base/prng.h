/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* xoshiro256** (Blackman and Vigna 2018), seeded through splitmix64. Fast and
 * repeatable; not for secrets. */
struct prng {
	uint64_t state[4];
};

/* Any seed will do, 0 too. */
void prng_init(struct prng *prng, uint64_t seed);

uint64_t prng_next(struct prng *prng);

/* Uniform in [0, bound); bound must not be 0. */
uint64_t prng_below(struct prng *prng, uint64_t bound);

/* Uniform in [0, 1). */
double prng_unit(struct prng *prng);

/* A random step from 1 to `count` by which going round visits each of so many places;
 * `count` must not be 0. */
size_t prng_stride(struct prng *prng, size_t count);

/* Puts the pointers in a random order (Fisher and Yates). */
void prng_shuffle(struct prng *prng, void **items, size_t count);
