/* SPDX-License-Identifier: MIT */
#include "gossip/overlay.h"

#include <assert.h>

#include "base/hash.h"

void
overlay_init(struct overlay *overlay, const struct members *members, size_t ring_count,
	size_t direct_count_max)
{
	*overlay = (struct overlay){
		.members = members,
		.ring_count = ring_count < RING_COUNT_MAX ? ring_count : RING_COUNT_MAX,
		.direct_count_max = direct_count_max < NEIGHBOUR_COUNT_MAX
					    ? direct_count_max
					    : NEIGHBOUR_COUNT_MAX,
		.direct = true,
	};
}

static uint64_t
place_on_ring(const struct member *member, size_t ring)
{
	return member->ring_hash[ring];
}

/* How far to go from `from` to `to` in ring order. */
static uint64_t
distance(const struct member *from, const struct member *to, size_t ring)
{
	return place_on_ring(to, ring) - place_on_ring(from, ring);
}

/* Whether everybody is a neighbour. This node counts also while it leaves. */
static bool
is_direct(const struct overlay *overlay)
{
	const struct members *members = overlay->members;
	size_t count = members_live_count(members);

	if (!member_is_live(members->self))
		count++;
	return count <= overlay->direct_count_max;
}

static bool
is_candidate(const struct overlay *overlay, const struct member *member)
{
	return member != overlay->members->self && member_is_live(member);
}

static struct member *
successor(const struct overlay *overlay, size_t ring)
{
	const struct member *self = overlay->members->self;
	struct member *best = NULL;

	for (size_t i = 0; i < overlay->members->count; i++) {
		struct member *member = overlay->members->sorted[i];

		if (is_candidate(overlay, member) &&
			(best == NULL || distance(self, member, ring) <
						 distance(self, best, ring)))
			best = member;
	}
	return best;
}

static struct member *
predecessor(const struct overlay *overlay, size_t ring)
{
	const struct member *self = overlay->members->self;
	struct member *best = NULL;

	for (size_t i = 0; i < overlay->members->count; i++) {
		struct member *member = overlay->members->sorted[i];

		if (is_candidate(overlay, member) &&
			(best == NULL || distance(member, self, ring) <
						 distance(best, self, ring)))
			best = member;
	}
	return best;
}

/* --- the list of neighbours --- */

/* A link begins eager, as in Plumtree; a first duplicate makes it lazy. A link that was
 * there before keeps what it was. */
static void
keep(struct overlay *overlay, struct member *member, const struct overlay *before)
{
	if (member == NULL || overlay_find(overlay, member->short_id) != NULL)
		return;
	assert(overlay->count < NEIGHBOUR_COUNT_MAX);

	struct neighbour neighbour = {.member = member, .eager = true};

	for (size_t i = 0; i < before->count; i++) {
		if (before->neighbours[i].member == member)
			neighbour = before->neighbours[i];
	}
	overlay->neighbours[overlay->count++] = neighbour;
}

static void
rebuild(struct overlay *overlay)
{
	struct overlay before = *overlay;

	overlay->count = 0;
	overlay->direct = is_direct(overlay);
	if (overlay->direct) {
		for (size_t i = 0; i < overlay->members->count; i++) {
			if (is_candidate(overlay, overlay->members->sorted[i]))
				keep(overlay, overlay->members->sorted[i], &before);
		}
		return;
	}
	for (size_t ring = 0; ring < overlay->ring_count; ring++) {
		keep(overlay, successor(overlay, ring), &before);
		keep(overlay, predecessor(overlay, ring), &before);
	}
}

/* Whether the member stands next to this node on a ring, so that neighbours change. */
static bool
is_adjacent(const struct overlay *overlay, const struct member *member)
{
	const struct member *self = overlay->members->self;

	for (size_t ring = 0; ring < overlay->ring_count; ring++) {
		bool after_none = true;
		bool before_none = true;

		for (size_t i = 0; i < overlay->count; i++) {
			const struct member *other = overlay->neighbours[i].member;

			if (distance(self, other, ring) < distance(self, member, ring))
				after_none = false;
			if (distance(other, self, ring) < distance(member, self, ring))
				before_none = false;
		}
		if (after_none || before_none)
			return true;
	}
	return false;
}

void
overlay_add(struct overlay *overlay, struct member *member)
{
	for (size_t ring = 0; ring < overlay->ring_count; ring++)
		member->ring_hash[ring] = hash_pair(member->short_id, ring, ring);
	if (member == overlay->members->self)
		return;
	if (overlay->direct || is_adjacent(overlay, member))
		rebuild(overlay);
}

void
overlay_remove(struct overlay *overlay, struct member *member)
{
	bool turns_direct = !overlay->direct && members_live_count(overlay->members) <=
							overlay->direct_count_max;

	if (turns_direct || overlay_find(overlay, member->short_id) != NULL)
		rebuild(overlay);
}

struct neighbour *
overlay_find(struct overlay *overlay, uint64_t short_id)
{
	for (size_t i = 0; i < overlay->count; i++) {
		if (overlay->neighbours[i].member->short_id == short_id)
			return &overlay->neighbours[i];
	}
	return NULL;
}

void
overlay_check(const struct overlay *overlay)
{
	struct overlay fresh = *overlay;

	rebuild(&fresh);
	assert(fresh.direct == overlay->direct);
	assert(fresh.count == overlay->count);
	for (size_t i = 0; i < fresh.count; i++)
		assert(member_is_live(overlay->neighbours[i].member));
	for (size_t i = 0; i < fresh.count; i++)
		assert(overlay_find(&fresh, overlay->neighbours[i].member->short_id) !=
			NULL);
}
