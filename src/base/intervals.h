/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/bytes.h"

/*
 * A set of 64-bit numbers kept as sorted ranges that neither touch nor overlap, so that
 * a set without gaps costs one range however many numbers it holds.
 */
struct interval {
	uint64_t first;
	uint64_t last; /* inclusive */
};

struct interval_set {
	struct interval *intervals;
	size_t count;
	size_t size;
};

void interval_set_init(struct interval_set *set);
void interval_set_fini(struct interval_set *set);

/* Index of the first interval that does not end before the number, the count when there
 * is none. */
size_t interval_set_find_from(const struct interval_set *set, uint64_t number);

bool interval_set_contains(const struct interval_set *set, uint64_t number);

/* Adds first..last, both included; first must not be above last. */
void interval_set_add(struct interval_set *set, uint64_t first, uint64_t last);

/* Whether every number of `other` is in `set`. */
bool interval_set_covers(
	const struct interval_set *set, const struct interval_set *other);

bool interval_set_equal(const struct interval_set *a, const struct interval_set *b);

/* The largest number, 0 for an empty set. */
uint64_t interval_set_max(const struct interval_set *set);

void interval_set_check(const struct interval_set *set);
