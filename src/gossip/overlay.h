/* SPDX-License-Identifier: MIT */
#pragma once

#include "gossip/members.h"

/*
 * Whom this node forwards to. Every node orders the live members on a few rings by
 * keyed hashes of their ids; its neighbours are its successor and predecessor on each
 * ring, or everybody while there are few. The neighbours follow from the members alone,
 * and are mutual between nodes with the same view.
 *
 * A link is eager (payloads are pushed at once) or lazy (digests only): Plumtree §3.
 * One that takes the place of another on a ring is what that was, so that a tree
 * survives members that come and go in its middle; others begin lazy.
 */
struct neighbour {
	struct member *member;
	bool eager;
	bool was_lazy; /* something was not pushed since the last announcement */
	bool pushes;   /* was the first with some record, and was not pruned since */
	uint64_t pruned_us; /* when it was last asked not to push */
};

/* Two on each ring, or everybody while few, which is 64 at most. */
#define NEIGHBOUR_COUNT_MAX 64

struct overlay {
	const struct members *members;
	size_t ring_count;
	size_t direct_count_max; /* up to so many live members everybody is a neighbour
				  */
	bool direct;
	struct neighbour neighbours[NEIGHBOUR_COUNT_MAX];
	size_t count;
	const struct member
		*places[2 * RING_COUNT_MAX]; /* next to this node on rings */
	uint64_t change_count;               /* of the neighbours */
};

void overlay_init(struct overlay *overlay, const struct members *members,
	size_t ring_count, size_t direct_count_max);

/* A member became live: it may displace a neighbour. */
void overlay_add(struct overlay *overlay, struct member *member);

/* A member is no longer live or about to be forgotten. Call it after the change of
 * state and before members_remove(). */
void overlay_remove(struct overlay *overlay, struct member *member);

/* NULL when that member is no neighbour. */
struct neighbour *overlay_find(struct overlay *overlay, uint64_t short_id);

void overlay_check(const struct overlay *overlay);
