/* SPDX-License-Identifier: MIT */
#include "sim/acquaint.h"

#include <stdlib.h>

#include "base/mem.h"
#include "gossip/node_parts.h"
#include "sim/world_parts.h"

/* What a host says of itself. */
static struct record_view
own_record(const struct world *world, size_t host)
{
	const struct node *node = world->hosts[host]->node;
	struct bytes id = bytes_of(node->settings.identity.id, NODE_ID_SIZE);

	return record_view(store_find(&node->store, SPACE_MEMBERS, id));
}

size_t
acquaint_record_len(const struct world *world, size_t host)
{
	struct record_view view = own_record(world, host);

	return record_len(&view);
}

/* The same of each. */
static struct record_view *
own_records(const struct world *world)
{
	struct record_view *views = mem_new_array(world->count, sizeof(*views));

	for (size_t i = 0; i < world->count; i++)
		views[i] = own_record(world, i);
	return views;
}

/* `view` is what that other host says of itself. */
static void
introduce(struct world *world, size_t to, size_t of, const struct record_view *view)
{
	const struct node *other = world->hosts[of]->node;
	struct source source = {
		.member = other->header.sender,
		.address = other->settings.address,
		.streamed = true,
	};

	(void)intake_record(
		&world->hosts[to]->node->intake, view, &source, world_now(world, to));
}

/* Takes the outputs that come of it, which tell of members only. */
static void
settle_all(struct world *world)
{
	for (size_t i = 0; i < world->count; i++)
		world_settle(world, i);
}

void
acquaint_all(struct world *world)
{
	struct record_view *views = own_records(world);

	for (size_t to = 0; to < world->count; to++) {
		for (size_t of = 0; of < world->count; of++) {
			if (of != to)
				introduce(world, to, of, &views[of]);
		}
	}
	free(views);
	settle_all(world);
}

/* --- rings --- */

struct place {
	uint64_t hash;
	size_t host;
};

static int
compare_places(const void *a, const void *b)
{
	const struct place *first = a;
	const struct place *second = b;

	return first->hash < second->hash ? -1 : first->hash > second->hash;
}

static void
join_ring(struct world *world, const struct record_view *views, struct place *places,
	size_t ring)
{
	size_t count = world->count;

	for (size_t i = 0; i < count; i++) {
		const struct node *node = world->hosts[i]->node;

		places[i].hash = node->members.self->ring_hash[ring];
		places[i].host = i;
	}
	qsort(places, count, sizeof(*places), compare_places);
	for (size_t i = 0; i < count; i++) {
		size_t host = places[i].host;
		size_t next = places[(i + 1) % count].host;

		if (next != host) {
			introduce(world, host, next, &views[next]);
			introduce(world, next, host, &views[host]);
		}
	}
}

void
acquaint_neighbours(struct world *world)
{
	struct record_view *views = own_records(world);
	struct place *places = mem_new_array(world->count, sizeof(*places));

	for (size_t ring = 0; ring < world->settings.neighbour_rings; ring++)
		join_ring(world, views, places, ring);
	free(places);
	free(views);
	settle_all(world);
}
