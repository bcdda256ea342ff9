/* SPDX-License-Identifier: MIT */
#include "base/prng.h"

#include <assert.h>

static uint64_t
splitmix64_next(uint64_t *state)
{
	*state += UINT64_C(0x9e3779b97f4a7c15);

	uint64_t mixed = *state;

	mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
	return mixed ^ mixed >> 31;
}

static uint64_t
rotate_left(uint64_t value, unsigned int bits)
{
	return value << bits | value >> (64 - bits);
}

void
prng_init(struct prng *prng, uint64_t seed)
{
	for (size_t i = 0; i < 4; i++) {
		prng->state[i] = splitmix64_next(&seed);
	}
}

uint64_t
prng_next(struct prng *prng)
{
	uint64_t *state = prng->state;
	uint64_t result = rotate_left(state[1] * 5, 7) * 9;
	uint64_t shifted = state[1] << 17;

	state[2] ^= state[0];
	state[3] ^= state[1];
	state[1] ^= state[2];
	state[0] ^= state[3];
	state[2] ^= shifted;
	state[3] = rotate_left(state[3], 45);
	return result;
}

uint64_t
prng_below(struct prng *prng, uint64_t bound)
{
	assert(bound > 0);
	for (;;) {
		uint64_t number = prng_next(prng);
		uint64_t result = number % bound;

		/* The last, incomplete run of `bound` numbers would favour some. */
		if (number - result <= UINT64_MAX - bound + 1) {
			return result;
		}
	}
}

double
prng_unit(struct prng *prng)
{
	return (double)(prng_next(prng) >> 11) * 0x1p-53;
}

static size_t
common_divisor(size_t a, size_t b)
{
	while (b != 0) {
		size_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

size_t
prng_stride(struct prng *prng, size_t count)
{
	size_t stride;

	do
		stride = 1 + (size_t)prng_below(prng, count);
	while (common_divisor(count, stride) != 1);
	return stride;
}

void
prng_shuffle(struct prng *prng, void **items, size_t count)
{
	for (size_t left = count; left > 1; left--) {
		size_t chosen = (size_t)prng_below(prng, left);
		void *item = items[chosen];

		items[chosen] = items[left - 1];
		items[left - 1] = item;
	}
}
