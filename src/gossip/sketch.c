/* SPDX-License-Identifier: MIT */
#include "gossip/sketch.h"

#include <math.h>

#include "base/hash.h"

/* Keys the places of an item apart from its check. */
#define PLACE_KEY UINT64_C(0x6d61707069676e67)

void
sketch_init(struct sketch *sketch, uint64_t seed)
{
	*sketch = (struct sketch){.seed = seed};
}

static uint64_t
check_of(const struct sketch *sketch, uint64_t item)
{
	return hash_pair(item, 0, sketch->seed);
}

/* --- the symbols an item is in --- */

struct places {
	uint64_t item;
	uint64_t seed;
	uint64_t drawn;
	double at;
};

/* Every item is in the first symbol. */
static struct places
places_of(const struct sketch *sketch, uint64_t item)
{
	return (struct places){.item = item, .seed = sketch->seed ^ PLACE_KEY};
}

/* The gap to the next index is (1.5 + i) · ((1 − u)^(−1/2) − 1), rounded up, for a u
 * uniform in [0, 1). Only basic operations and sqrt(), which are exact, so that all
 * machines draw the same. */
static void
next_place(struct places *places)
{
	uint64_t random = hash_pair(places->item, ++places->drawn, places->seed);
	double left = 1 - (double)(random >> 11) * 0x1p-53;

	places->at += ceil((1.5 + places->at) * (1 / sqrt(left) - 1));
}

static void
change(struct symbol *symbol, uint64_t item, uint64_t check, int64_t by)
{
	symbol->sum ^= item;
	symbol->check ^= check;
	symbol->count += by;
}

/* Changes the first `count` symbols as one item more or less does. */
static void
change_all(const struct sketch *sketch, struct symbol *symbols, size_t count,
	uint64_t item, int64_t by)
{
	struct places places = places_of(sketch, item);
	uint64_t check = check_of(sketch, item);

	for (; places.at < (double)count; next_place(&places))
		change(&symbols[(size_t)places.at], item, check, by);
}

void
sketch_add(struct sketch *sketch, uint64_t item)
{
	change_all(sketch, sketch->symbols, WIRE_SYMBOL_COUNT_MAX, item, 1);
}

void
sketch_remove(struct sketch *sketch, uint64_t item)
{
	change_all(sketch, sketch->symbols, WIRE_SYMBOL_COUNT_MAX, item, -1);
}

/* --- comparing --- */

static bool
is_pure(const struct sketch *sketch, const struct symbol *symbol)
{
	return (symbol->count == 1 || symbol->count == -1) &&
	       symbol->check == check_of(sketch, symbol->sum);
}

static bool
is_empty(const struct symbol *symbol)
{
	return symbol->sum == 0 && symbol->check == 0 && symbol->count == 0;
}

/* Takes the one item of a pure symbol out of all. False when there are more of them
 * than symbols, which no honest difference has. */
static bool
peel(const struct sketch *sketch, struct symbol *symbols, size_t count, size_t index,
	struct sketch_difference *difference)
{
	uint64_t item = symbols[index].sum;
	int64_t sign = symbols[index].count;

	if (difference->our_count + difference->their_count == count)
		return false;
	if (sign > 0)
		difference->theirs[difference->their_count++] = item;
	else
		difference->ours[difference->our_count++] = item;
	change_all(sketch, symbols, count, item, -sign);
	return true;
}

/* Passes over the symbols until nothing is pure. */
static bool
peel_all(const struct sketch *sketch, struct symbol *symbols, size_t count,
	struct sketch_difference *difference)
{
	bool peeled = true;

	while (peeled) {
		peeled = false;
		for (size_t i = 0; i < count; i++) {
			if (!is_pure(sketch, &symbols[i]))
				continue;
			if (!peel(sketch, symbols, count, i, difference))
				return false;
			peeled = true;
		}
	}
	return true;
}

bool
sketch_compare(const struct sketch *sketch, const struct symbol *theirs, size_t count,
	struct sketch_difference *ret_difference)
{
	struct symbol symbols[WIRE_SYMBOL_COUNT_MAX];

	if (count > WIRE_SYMBOL_COUNT_MAX)
		return false;
	for (size_t i = 0; i < count; i++) {
		symbols[i] = theirs[i];
		change(&symbols[i], sketch->symbols[i].sum, sketch->symbols[i].check,
			-sketch->symbols[i].count);
	}
	ret_difference->our_count = 0;
	ret_difference->their_count = 0;
	if (!peel_all(sketch, symbols, count, ret_difference))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!is_empty(&symbols[i]))
			return false;
	}
	return true;
}
