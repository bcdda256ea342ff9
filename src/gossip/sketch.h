/* SPDX-License-Identifier: MIT */
#pragma once

#include "wire/message.h"

/*
 * The set of live records in a few coded symbols, such that the symbols of two sets
 * tell what they differ in: a rateless invertible Bloom lookup table (Yang, Gilad,
 * Alizadeh, "Practical Rateless Set Reconciliation", SIGCOMM 2024, §4).
 *
 * An item is the 64-bit hash of a dot. It is in symbol i with probability 1 / (1 + i /
 * 2), as drawn by the item itself; a symbol holds the sum by exclusive or of its items
 * and of a check of each, and their number. The first symbols are kept up to date on
 * each write, which touches eight of them on average.
 */
struct sketch {
	uint64_t seed; /* keys the checks; the same on all nodes */
	struct symbol symbols[WIRE_SYMBOL_COUNT_MAX];
};

void sketch_init(struct sketch *sketch, uint64_t seed);

/* The set gains an item that it lacks, or loses one that it has. */
void sketch_add(struct sketch *sketch, uint64_t item);
void sketch_remove(struct sketch *sketch, uint64_t item);

/* What two sets differ in: at most one item a symbol. */
struct sketch_difference {
	uint64_t ours[WIRE_SYMBOL_COUNT_MAX]; /* only in the own set */
	size_t our_count;
	uint64_t theirs[WIRE_SYMBOL_COUNT_MAX];
	size_t their_count;
};

/* Compares with the first `count` symbols of another set. False when they differ in
 * more than so many symbols tell, or are no symbols of a set. */
bool sketch_compare(const struct sketch *sketch, const struct symbol *theirs,
	size_t count, struct sketch_difference *ret_difference);
