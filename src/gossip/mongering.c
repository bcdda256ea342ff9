/* SPDX-License-Identifier: MIT */
#include "gossip/mongering.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

/* A record that is still told of. */
struct hot {
	uint64_t hash;
	uint64_t rounds; /* left; for push: copies */
	uint64_t known;  /* answers in a row that it is known already */
	uint8_t hops;
	bool pushed;   /* in the last round */
	bool answered; /* since then */
};

/* Hot records at the same time; the rest is left to reconciliation. */
#define HOT_COUNT_MAX 65536

/* Copies of a record under feedback, for when nobody answers, as when the others are
 * configured differently. */
#define FEEDBACK_COPY_COUNT_MAX 128

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
	table_init(&mongering->by_hash);
	/* Not drawn for the tree, whose runs it would change. */
	if (settings->strategy == STRATEGY_PLUMTREE)
		return;
	mongering->round_at_us =
		now_us + prng_below(prng, settings->gossip_interval_us);
	table_set_seed(&mongering->by_hash, prng_next(prng));
}

void
mongering_fini(struct mongering *mongering)
{
	for (size_t i = 0; i < mongering->count; i++)
		free(mongering->hot[i]);
	free(mongering->hot);
	table_fini(&mongering->by_hash);
}

static bool
has_feedback(const struct mongering *mongering)
{
	return mongering->settings->strategy == STRATEGY_PUSH &&
	       mongering->settings->feedback != 0;
}

/* Whether there is a way to tell of the record: what is pulled is announced first. */
static bool
can_be_told(const struct mongering *mongering, const struct record *record)
{
	struct record_view view = record_view(record);

	return mongering->settings->strategy != STRATEGY_PUSH ||
	       outbox_fits(mongering->outbox, &view);
}

static uint64_t
rounds_of_new(const struct mongering *mongering)
{
	double n = (double)members_live_count(mongering->members);

	if (has_feedback(mongering))
		return FEEDBACK_COPY_COUNT_MAX;
	return mongering->settings->retransmit_factor * (uint64_t)ceil(log10(n + 1));
}

void
mongering_add(struct mongering *mongering, const struct record *record, uint8_t hops)
{
	struct hot *hot;

	if (mongering->count >= HOT_COUNT_MAX || !can_be_told(mongering, record) ||
		table_find(&mongering->by_hash, record->hash) != NULL)
		return;
	if (mongering->count == mongering->size) {
		mongering->size = mongering->size == 0 ? 16 : mongering->size * 2;
		mongering->hot = mem_resize(
			mongering->hot, mongering->size, sizeof(*mongering->hot));
	}
	hot = mem_new(sizeof(*hot));
	*hot = (struct hot){
		.hash = record->hash,
		.rounds = rounds_of_new(mongering),
		.hops = hops,
	};
	mongering->hot[mongering->count++] = hot;
	table_put(&mongering->by_hash, hot->hash, hot);
}

/* Keeps what is still to be told and still held. */
static void
forget_cold(struct mongering *mongering)
{
	size_t kept = 0;

	for (size_t i = 0; i < mongering->count; i++) {
		struct hot *hot = mongering->hot[i];

		if (hot->rounds != 0 &&
			store_find_hash(mongering->store, hot->hash) != NULL) {
			mongering->hot[kept++] = hot;
			continue;
		}
		table_remove(&mongering->by_hash, hot->hash);
		free(hot);
	}
	mongering->count = kept;
}

/* Nobody is there to be told: who comes later takes everything by an exchange. */
static void
cool_all(struct mongering *mongering)
{
	for (size_t i = 0; i < mongering->count; i++)
		mongering->hot[i]->rounds = 0;
}

/* --- partners --- */

/* All members in an order drawn by chance: every so many places, which meets each once
 * when that number and their count have no common divisor. */
struct walk {
	size_t at;
	size_t stride;
	size_t left;
};

static struct walk
walk_begin(struct mongering *mongering)
{
	size_t count = mongering->members->count;
	struct walk walk = {
		.at = (size_t)prng_below(mongering->prng, count),
		.left = count,
	};

	walk.stride = prng_stride(mongering->prng, count);
	return walk;
}

/* The next live member other than this node; NULL when there is no more. */
static const struct member *
walk_next(struct walk *walk, const struct members *members)
{
	for (; walk->left > 0; walk->left--) {
		const struct member *member = members->sorted[walk->at];

		walk->at = (walk->at + walk->stride) % members->count;
		if (member_is_live(member) && member != members->self) {
			walk->left--;
			return member;
		}
	}
	return NULL;
}

/* --- push --- */

/* Sends hot records until the packet is full, the newest first. */
static void
push_to(struct mongering *mongering, const struct member *member)
{
	size_t room = mongering->settings->packet_size_max - WIRE_HEADER_SIZE;

	for (size_t i = mongering->count; i-- > 0;) {
		struct hot *hot = mongering->hot[i];
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
		hot->pushed = true;
	}
}

/* A round without an answer was useful, as far as can be known, and the counting begins
 * anew. */
static void
judge_round(struct mongering *mongering)
{
	for (size_t i = 0; i < mongering->count; i++) {
		struct hot *hot = mongering->hot[i];

		if (hot->pushed && !hot->answered)
			hot->known = 0;
		hot->pushed = false;
		hot->answered = false;
	}
}

static void
push(struct mongering *mongering)
{
	struct walk walk = walk_begin(mongering);
	const struct member *member = walk_next(&walk, mongering->members);

	if (member == NULL)
		cool_all(mongering);
	judge_round(mongering);
	for (size_t i = 0; member != NULL && i < mongering->settings->fanout; i++) {
		push_to(mongering, member);
		member = walk_next(&walk, mongering->members);
	}
}

/* --- feedback --- */

static void
send_answers(struct mongering *mongering)
{
	struct message message = {.type = MESSAGE_IHAVE};

	message.dots.count = mongering->answer_count;
	memcpy(message.dots.dots, mongering->answers,
		mongering->answer_count * sizeof(mongering->answers[0]));
	outbox_put(mongering->outbox, &mongering->answers_to, &message);
	mongering->answer_count = 0;
}

void
mongering_on_known(
	struct mongering *mongering, const struct address *from, struct dot dot)
{
	if (!has_feedback(mongering))
		return;
	if (mongering->answer_count == WIRE_DOT_BATCH_COUNT ||
		!address_equal(&mongering->answers_to, from))
		mongering_flush(mongering);
	mongering->answers_to = *from;
	mongering->answers[mongering->answer_count++] = dot;
}

void
mongering_flush(struct mongering *mongering)
{
	if (mongering->answer_count != 0)
		send_answers(mongering);
}

void
mongering_on_ihave(struct mongering *mongering, const struct message *message)
{
	if (!has_feedback(mongering))
		return;
	for (size_t i = 0; i < message->dots.count; i++) {
		struct hot *hot = table_find(&mongering->by_hash,
			store_hash(mongering->store, message->dots.dots[i]));

		if (hot == NULL)
			continue;
		hot->answered = true;
		if (++hot->known >= mongering->settings->feedback)
			hot->rounds = 0;
	}
}

/* --- pull --- */

static void
tell_hot(struct mongering *mongering, const struct address *to)
{
	struct message message = {.type = MESSAGE_IHAVE};

	for (size_t i = 0; i < mongering->count; i++) {
		const struct record *record =
			store_find_hash(mongering->store, mongering->hot[i]->hash);

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
	struct walk walk = walk_begin(mongering);
	const struct member *member = walk_next(&walk, mongering->members);
	struct message message = {.type = MESSAGE_PULL};

	if (member == NULL) {
		cool_all(mongering);
		return;
	}
	outbox_put(mongering->outbox, &member->address, &message);
	if (mongering->settings->strategy == STRATEGY_PUSH_PULL)
		tell_hot(mongering, &member->address);
	for (size_t i = 0; i < mongering->count; i++)
		mongering->hot[i]->rounds -= mongering->hot[i]->rounds > 0;
}

void
mongering_on_pull(struct mongering *mongering, const struct address *from)
{
	tell_hot(mongering, from);
}

/* --- time --- */

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
