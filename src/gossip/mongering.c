/* SPDX-License-Identifier: MIT */
#include "gossip/mongering.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

/* A record that is still told of. */
struct hot {
	uint64_t hash;
	uint64_t rounds; /* left; for push: copies */
	uint8_t hops;
};

/* Hot records at the same time; the rest is left to reconciliation. */
#define HOT_COUNT_MAX 65536

void
mongering_init(struct mongering *mongering, const struct settings *settings,
	const struct store *store, const struct members *members, struct outbox *outbox,
	struct prng *prng, uint64_t now_us)
{
	*mongering = (struct mongering){
		.settings = settings,
		.store = store,
		.members = members,
		.outbox = outbox,
		.prng = prng,
	};
	/* Not drawn for the tree, whose runs it would change. */
	if (settings->strategy != STRATEGY_PLUMTREE)
		mongering->round_at_us =
			now_us + prng_below(prng, settings->gossip_interval_us);
}

void
mongering_fini(struct mongering *mongering)
{
	free(mongering->hot);
}

/* Whether there is a way to tell of the record: what is pulled is announced first. */
static bool
can_be_told(const struct mongering *mongering, const struct record *record)
{
	struct record_view view = record_view(record);

	return mongering->settings->strategy != STRATEGY_PUSH ||
	       outbox_fits(mongering->outbox, &view);
}

void
mongering_add(struct mongering *mongering, const struct record *record, uint8_t hops)
{
	double n = (double)members_live_count(mongering->members);
	uint64_t rounds =
		mongering->settings->retransmit_factor * (uint64_t)ceil(log10(n + 1));

	if (mongering->count >= HOT_COUNT_MAX || !can_be_told(mongering, record))
		return;
	if (mongering->count == mongering->size) {
		mongering->size = mongering->size == 0 ? 16 : mongering->size * 2;
		mongering->hot = mem_resize(
			mongering->hot, mongering->size, sizeof(*mongering->hot));
	}
	mongering->hot[mongering->count++] = (struct hot){record->hash, rounds, hops};
}

/* --- partners --- */

static bool
is_partner(const struct mongering *mongering, const struct member *member)
{
	return member_is_live(member) && member != mongering->members->self;
}

/* A member other than this node, drawn by chance; NULL when nobody else is live. */
static const struct member *
draw_partner(struct mongering *mongering)
{
	const struct members *members = mongering->members;
	size_t start = (size_t)prng_below(mongering->prng, members->count);

	for (size_t i = 0; i < members->count; i++) {
		const struct member *member =
			members->sorted[(start + i) % members->count];

		if (is_partner(mongering, member))
			return member;
	}
	return NULL;
}

/* --- push --- */

/* Sends hot records until the packet is full, those with most copies left first, since
 * they are the newest. */
static void
push_to(struct mongering *mongering, const struct member *member)
{
	size_t room = mongering->settings->packet_size_max - WIRE_HEADER_SIZE;

	for (size_t i = mongering->count; i-- > 0;) {
		struct hot *hot = &mongering->hot[i];
		const struct record *record =
			store_find_hash(mongering->store, hot->hash);
		struct message message = {.type = MESSAGE_RECORD};
		size_t len;

		if (record == NULL || hot->rounds == 0)
			continue;
		message.record.hops = hot->hops;
		message.record.view = record_view(record);
		len = record_len(&message.record.view) + OUTBOX_RECORD_OVERHEAD;
		if (len > room ||
			!outbox_put(mongering->outbox, &member->address, &message))
			continue;
		room -= len;
		hot->rounds--;
	}
}

static void
push(struct mongering *mongering)
{
	for (size_t i = 0; i < mongering->settings->fanout; i++) {
		const struct member *member = draw_partner(mongering);

		if (member != NULL)
			push_to(mongering, member);
	}
}

/* --- pull --- */

static void
tell_hot(struct mongering *mongering, const struct address *to)
{
	struct message message = {.type = MESSAGE_IHAVE};

	for (size_t i = 0; i < mongering->count; i++) {
		const struct record *record =
			store_find_hash(mongering->store, mongering->hot[i].hash);

		if (record == NULL)
			continue;
		message.dots.dots[message.dots.count++] = record->dot;
		if (message.dots.count == WIRE_DOT_BATCH_COUNT) {
			outbox_put(mongering->outbox, to, &message);
			message.dots.count = 0;
		}
	}
	if (message.dots.count != 0)
		outbox_put(mongering->outbox, to, &message);
}

static void
pull(struct mongering *mongering)
{
	const struct member *member = draw_partner(mongering);
	struct message message = {.type = MESSAGE_PULL};

	if (member == NULL)
		return;
	outbox_put(mongering->outbox, &member->address, &message);
	if (mongering->settings->strategy == STRATEGY_PUSH_PULL)
		tell_hot(mongering, &member->address);
	for (size_t i = 0; i < mongering->count; i++)
		mongering->hot[i].rounds -= mongering->hot[i].rounds > 0;
}

void
mongering_on_pull(struct mongering *mongering, const struct address *from)
{
	tell_hot(mongering, from);
}

/* --- time --- */

static void
forget_cold(struct mongering *mongering)
{
	size_t kept = 0;

	for (size_t i = 0; i < mongering->count; i++) {
		const struct hot *hot = &mongering->hot[i];

		if (hot->rounds != 0 &&
			store_find_hash(mongering->store, hot->hash) != NULL)
			mongering->hot[kept++] = *hot;
	}
	mongering->count = kept;
}

void
mongering_tick(struct mongering *mongering, uint64_t now_us)
{
	if (now_us < mongering_deadline(mongering))
		return;
	mongering->round_at_us = now_us + mongering->settings->gossip_interval_us;
	if (mongering->settings->strategy == STRATEGY_PUSH)
		push(mongering);
	else
		pull(mongering);
	forget_cold(mongering);
}

uint64_t
mongering_deadline(const struct mongering *mongering)
{
	switch (mongering->settings->strategy) {
	case STRATEGY_PUSH:
		return mongering->count == 0 ? DEADLINE_NONE : mongering->round_at_us;
	case STRATEGY_PULL:
	case STRATEGY_PUSH_PULL:
		return mongering->round_at_us;
	case STRATEGY_PLUMTREE:
		break;
	}
	return DEADLINE_NONE;
}
