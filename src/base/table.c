/* SPDX-License-Identifier: MIT */
#include "base/table.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"

#define SLOT_COUNT_MIN 8

struct table_slot {
	uint64_t key;
	void *value; /* NULL when the slot is free */
};

/* 2^64 / golden ratio: its multiples are spread as evenly as can be. */
#define GOLDEN UINT64_C(0x9e3779b97f4a7c15)

static size_t
upper_bits(uint64_t number, size_t slot_count)
{
	return (size_t)(number >> (__builtin_clzll(slot_count) + 1));
}

/* Where the search for a key starts: the seed and the finalizer of MurmurHash3 (Appleby
 * 2011) over the key, so that whoever chooses keys does not choose places. */
static size_t
home_slot(const struct table *table, uint64_t key)
{
	uint64_t mixed = key ^ table->seed;

	mixed = (mixed ^ mixed >> 33) * UINT64_C(0xff51afd7ed558ccd);
	mixed = (mixed ^ mixed >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
	return upper_bits(mixed ^ mixed >> 33, table->slot_count);
}

/* The slot that holds the key, or the free one where it belongs. */
static size_t
slot_for(const struct table *table, uint64_t key)
{
	const struct table_slot *slots = table->slots;
	size_t mask = table->slot_count - 1;
	size_t i = home_slot(table, key);

	while (slots[i].value != NULL && slots[i].key != key) {
		i = (i + 1) & mask;
	}
	return i;
}

static void
grow(struct table *table)
{
	struct table_slot *slots = table->slots;
	size_t slot_count = table->slot_count;

	table->slot_count = slot_count > 0 ? 2 * slot_count : SLOT_COUNT_MIN;
	table->slots = mem_new_array(table->slot_count, sizeof(*slots));
	for (size_t i = 0; i < slot_count; i++) {
		if (slots[i].value != NULL) {
			table->slots[slot_for(table, slots[i].key)] = slots[i];
		}
	}
	free(slots);
}

void
table_init(struct table *table)
{
	*table = (struct table){0};
}

void
table_set_seed(struct table *table, uint64_t seed)
{
	assert(table->count == 0);
	table->seed = seed;
}

void
table_fini(struct table *table)
{
	free(table->slots);
	table_init(table);
}

void
table_clear(struct table *table)
{
	if (table->count > 0) {
		memset(table->slots, 0, table->slot_count * sizeof(*table->slots));
		table->count = 0;
	}
}

size_t
table_count(const struct table *table)
{
	return table->count;
}

void *
table_find(const struct table *table, uint64_t key)
{
	if (table->count == 0) {
		return NULL;
	}
	return table->slots[slot_for(table, key)].value;
}

void *
table_put(struct table *table, uint64_t key, void *value)
{
	assert(value != NULL);
	if (table->count >= table->slot_count / 4 * 3) {
		grow(table);
	}

	struct table_slot *slot = &table->slots[slot_for(table, key)];
	void *replaced = slot->value;

	table->count += replaced == NULL;
	*slot = (struct table_slot){key, value};
	return replaced;
}

void *
table_remove(struct table *table, uint64_t key)
{
	if (table->count == 0) {
		return NULL;
	}

	struct table_slot *slots = table->slots;
	size_t mask = table->slot_count - 1;
	size_t hole = slot_for(table, key);
	void *removed = slots[hole].value;

	if (removed == NULL) {
		return NULL;
	}
	/* An entry may fill the hole unless that puts it before its home. */
	for (size_t i = (hole + 1) & mask; slots[i].value != NULL; i = (i + 1) & mask) {
		size_t home = home_slot(table, slots[i].key);

		if (((i - home) & mask) >= ((i - hole) & mask)) {
			slots[hole] = slots[i];
			hole = i;
		}
	}
	slots[hole].value = NULL;
	table->count--;
	return removed;
}

/* Visits the slots in even leaps: whoever puts values into a smaller table in slot
 * order fills that one from the front and searches through all that is there, each
 * time. */
void *
table_next(const struct table *table, size_t *cursor)
{
	while (*cursor < table->slot_count) {
		size_t leap = upper_bits(GOLDEN, table->slot_count) | 1;
		size_t i = *cursor * leap & (table->slot_count - 1);

		++*cursor;
		if (table->slots[i].value != NULL) {
			return table->slots[i].value;
		}
	}
	return NULL;
}

void
table_check(const struct table *table)
{
	size_t count = 0;

	assert((table->slots == NULL) == (table->slot_count == 0));
	assert((table->slot_count & (table->slot_count - 1)) == 0);
	assert(table->count <= table->slot_count / 4 * 3);
	for (size_t i = 0; i < table->slot_count; i++) {
		if (table->slots[i].value != NULL) {
			assert(slot_for(table, table->slots[i].key) == i);
			count++;
		}
	}
	assert(count == table->count);
}
