/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * How the latest records came here, and which neighbours are known to have them. A
 * neighbour is a bit: its index in the overlay, until neighbours change.
 */
#define DELIVERY_COUNT 1024

struct delivery {
	uint64_t hash; /* of the dot */
	uint64_t from; /* short id of who brought it first, 0 for this node itself */
	bool streamed; /* it came past the overlay */
	uint64_t had_by;
};

struct deliveries {
	struct delivery items[DELIVERY_COUNT]; /* placed by hash */
};

/* NULL when that record is none of the latest. */
struct delivery *deliveries_find(struct deliveries *deliveries, uint64_t hash);

/* The record has come: remembers it, in place of an older one. Keeps what is known of
 * it already. */
struct delivery *deliveries_note(struct deliveries *deliveries, uint64_t hash);

/* Neighbour number `neighbour` has the record, if that is one of the latest. */
void deliveries_note_had(
	struct deliveries *deliveries, uint64_t hash, size_t neighbour);
bool deliveries_is_had(
	const struct deliveries *deliveries, uint64_t hash, size_t neighbour);

/* The neighbours have changed: their numbers mean others now. */
void deliveries_renumber(struct deliveries *deliveries);
