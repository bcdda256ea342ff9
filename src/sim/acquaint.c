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

/* What a host says of itself, and who says so. Gathered once, since to look into all
 * nodes for each of them takes longer than all the rest. */
struct card {
	struct record_view view;
	struct source source;
};

static struct card *
cards_new(const struct world *world)
{
	struct card *cards = mem_new_array(world->count, sizeof(*cards));

	for (size_t i = 0; i < world->count; i++) {
		const struct node *node = world->hosts[i]->node;

		cards[i] = (struct card){
			.view = own_record(world, i),
			.source = {.member = node->header.sender,
				.address = node->settings.address,
				.streamed = true},
		};
	}
	return cards;
}

static void
introduce(struct world *world, size_t to, const struct card *card)
{
	(void)intake_record(&world->hosts[to]->node->intake, &card->view, &card->source,
		world_now(world, to));
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
	struct card *cards = cards_new(world);

	for (size_t to = 0; to < world->count; to++) {
		for (size_t of = 0; of < world->count; of++) {
			if (of != to)
				introduce(world, to, &cards[of]);
		}
	}
	free(cards);
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
join_ring(struct world *world, const struct card *cards, struct place *places,
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
			introduce(world, host, &cards[next]);
			introduce(world, next, &cards[host]);
		}
	}
}

void
acquaint_neighbours(struct world *world)
{
	struct card *cards = cards_new(world);
	struct place *places = mem_new_array(world->count, sizeof(*places));

	for (size_t ring = 0; ring < world->settings.neighbour_rings; ring++)
		join_ring(world, cards, places, ring);
	free(places);
	free(cards);
	settle_all(world);
}
