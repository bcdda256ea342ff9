/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/bytes.h"

/*
 * A hash table from a 64-bit key to a pointer (open addressing, linear probing, load at
 * most 3/4, deletion by shifting back, so no tombstones). The keys are spread by the
 * table itself, so plain numbers are fine. Owns nothing it points to.
 */
struct table {
	struct table_slot *slots;
	size_t slot_count; /* a power of two, or 0 */
	size_t count;
	uint64_t seed; /* of the places */
};

void table_init(struct table *table);
void table_fini(struct table *table);
void table_clear(struct table *table);

/* Makes the places of keys unpredictable for whoever does not know the seed: for tables
 * whose keys others choose. The table must be empty. */
void table_set_seed(struct table *table, uint64_t seed);

size_t table_count(const struct table *table);

/* NULL when absent. */
void *table_find(const struct table *table, uint64_t key);

/* Puts a value that is not NULL under the key and returns the one it replaced, or NULL.
 */
void *table_put(struct table *table, uint64_t key, void *value);

/* Returns what was there, or NULL. */
void *table_remove(struct table *table, uint64_t key);

/* Visits every value once in no useful order: start with `*cursor` 0, ends with NULL.
 * The table must not change meanwhile. */
void *table_next(const struct table *table, size_t *cursor);

/* Asserts the invariants. */
void table_check(const struct table *table);
