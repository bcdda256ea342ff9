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

static const struct neighbour *
find_before(const struct overlay *before, const struct member *member)
{
	for (size_t i = 0; i < before->count; i++) {
		if (before->neighbours[i].member == member)
			return &before->neighbours[i];
	}
	return NULL;
}

/* The neighbour in the new list, with the state of its link as it was before. */
static struct neighbour *
keep(struct overlay *overlay, struct member *member, const struct overlay *before)
{
	struct neighbour *neighbour = overlay_find(overlay, member->short_id);
	const struct neighbour *known = find_before(before, member);

	if (neighbour != NULL)
		return neighbour;
	assert(overlay->count < NEIGHBOUR_COUNT_MAX);
	neighbour = &overlay->neighbours[overlay->count++];
	*neighbour = (struct neighbour){.member = member};
	if (known != NULL)
		*neighbour = *known;
	return neighbour;
}

static void
place(struct overlay *overlay, size_t index, struct member *member,
	const struct overlay *before)
{
	const struct neighbour *displaced = NULL;

	overlay->places[index] = member;
	if (member == NULL)
		return;
	if (before->places[index] != NULL && before->places[index] != member)
		displaced = find_before(before, before->places[index]);

	struct neighbour *neighbour = keep(overlay, member, before);

	if (displaced != NULL && displaced->eager &&
		find_before(before, member) == NULL)
		neighbour->eager = true;
}

static bool
are_same(const struct overlay *overlay, const struct overlay *before)
{
	if (overlay->count != before->count)
		return false;
	for (size_t i = 0; i < overlay->count; i++) {
		if (overlay->neighbours[i].member != before->neighbours[i].member)
			return false;
	}
	return true;
}

static void
rebuild(struct overlay *overlay)
{
	struct overlay before = *overlay;

	overlay->count = 0;
	overlay->direct = is_direct(overlay);
	for (size_t ring = 0; ring < overlay->ring_count; ring++) {
		place(overlay, 2 * ring, successor(overlay, ring), &before);
		place(overlay, 2 * ring + 1, predecessor(overlay, ring), &before);
	}
	for (size_t i = 0; overlay->direct && i < overlay->members->count; i++) {
		if (is_candidate(overlay, overlay->members->sorted[i]))
			(void)keep(overlay, overlay->members->sorted[i], &before);
	}
	overlay->change_count += !are_same(overlay, &before);
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
