/* SPDX-License-Identifier: MIT */
#include "gossip/broadcast.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/now.h"

/* A burst of duplicates is answered by one PRUNE; a lost one is repeated after this. */
#define PRUNE_INTERVAL_US (20 * MS_US)

/* Time between two announcements of one record. */
#define ANNOUNCE_AGAIN_US (15 * MS_US)

/* Turns of pushing that need not wait for each other. */
#define FORWARD_BURST_COUNT 16

/* For how long records that had to wait make this node more patient with others, and
 * how many nodes a payload may have to wait at. */
#define CROWDED_US (200 * MS_US)
#define CROWDED_HOP_COUNT 10

/* What may be sent at once of a budget that was not used. */
#define BUDGET_BURST_US (1 * SECOND_US)

/* For how long a lost datagram makes this node announce again. */
#define LOSSY_US (2 * SECOND_US)

/* A record on its way out, by name. */
struct pending {
	uint64_t hash;
	uint64_t from; /* short id of whom we have it from, 0 for ourselves */
	uint8_t hops;
};

void
broadcast_init(struct broadcast *broadcast, const struct settings *settings,
	const struct store *store, const struct members *members,
	struct overlay *overlay, struct outbox *outbox, struct mongering *mongering)
{
	*broadcast = (struct broadcast){
		.settings = settings,
		.store = store,
		.members = members,
		.overlay = overlay,
		.outbox = outbox,
		.mongering = mongering,
	};
	for (size_t i = 0; i < ANNOUNCE_ROUND_COUNT; i++)
		broadcast->announcements[i].at_us = DEADLINE_NONE;
	missing_init(&broadcast->missing, settings, members);
}

void
broadcast_fini(struct broadcast *broadcast)
{
	missing_fini(&broadcast->missing);
	free(broadcast->fresh);
	for (size_t i = 0; i < ANNOUNCE_ROUND_COUNT; i++)
		free(broadcast->announcements[i].items);
	free(broadcast->oversized);
}

static void
push(struct pending **list, size_t *count, size_t *size, const struct pending *pending)
{
	if (*count == *size) {
		*size = *size == 0 ? 16 : *size * 2;
		*list = mem_resize(*list, *size, sizeof(**list));
	}
	(*list)[(*count)++] = *pending;
}

static void
announce_later(struct announcements *announcements, const struct pending *pending,
	uint64_t at_us)
{
	push(&announcements->items, &announcements->count, &announcements->size,
		pending);
	if (announcements->at_us == DEADLINE_NONE)
		announcements->at_us = at_us;
}

/* --- who has what --- */

static void
note_had(struct broadcast *broadcast, const struct neighbour *neighbour, uint64_t hash)
{
	if (neighbour != NULL)
		deliveries_note_had(&broadcast->deliveries, hash,
			(size_t)(neighbour - broadcast->overlay->neighbours));
}

/* Neighbours that change have other numbers, and a tree that is not settled. */
static void
see_changes(struct broadcast *broadcast, uint64_t now_us)
{
	if (broadcast->change_count == broadcast->overlay->change_count)
		return;
	broadcast->change_count = broadcast->overlay->change_count;
	broadcast->settled_at_us = now_us + LOSSY_US;
	deliveries_renumber(&broadcast->deliveries);
}

static void
lost_one(struct broadcast *broadcast, uint64_t now_us)
{
	if (now_us >= broadcast->settled_at_us)
		broadcast->lossy_until_us = now_us + LOSSY_US;
}

/* --- pushing --- */

void
broadcast_fresh(struct broadcast *broadcast, const struct record *record, uint64_t from,
	uint8_t hops)
{
	struct pending pending = {record->hash, from, hops};

	if (broadcast->settings->strategy != STRATEGY_PLUMTREE) {
		mongering_add(broadcast->mongering, record, hops);
		return;
	}
	(void)deliveries_note(&broadcast->deliveries, record->hash);
	push(&broadcast->fresh, &broadcast->fresh_count, &broadcast->fresh_size,
		&pending);
}

static bool
send_record(struct broadcast *broadcast, const struct record *record, uint8_t hops,
	const struct address *to)
{
	struct message message = {
		.type = MESSAGE_RECORD,
		.record = {.hops = hops, .view = record_view(record)},
	};

	return outbox_put(broadcast->outbox, to, &message);
}

bool
broadcast_send(struct broadcast *broadcast, const struct record *record,
	const struct address *to)
{
	return send_record(broadcast, record, 0, to);
}

/* Takes what sending the record once costs from the budget; false when it is spent, or
 * when no packet holds the record. Members are sent all the same. */
static bool
spend(struct broadcast *broadcast, const struct record *record, uint64_t now_us)
{
	uint64_t rate = broadcast->settings->byte_budget;
	struct record_view view = record_view(record);
	uint64_t len = OUTBOX_RECORD_OVERHEAD + record_len(&view);

	if (!outbox_fits(broadcast->outbox, &view))
		return false;
	if (rate == 0)
		return true;
	if (record->kind != RECORD_MEMBER && broadcast->spent_until_us > now_us)
		return false;
	if (broadcast->spent_until_us + BUDGET_BURST_US < now_us)
		broadcast->spent_until_us = now_us - BUDGET_BURST_US;
	broadcast->spent_until_us += len * SECOND_US / rate;
	return true;
}

/* Over eager links at once; true when some link is left to announce it over. */
static bool
push_eagerly(struct broadcast *broadcast, const struct record *record,
	const struct pending *pending, uint64_t now_us)
{
	struct overlay *overlay = broadcast->overlay;
	bool some_lazy = false;

	for (size_t i = 0; i < overlay->count; i++) {
		struct neighbour *neighbour = &overlay->neighbours[i];
		bool eager = overlay->direct ? pending->hops == 0 : neighbour->eager;

		if (neighbour->member->short_id == pending->from ||
			deliveries_is_had(&broadcast->deliveries, pending->hash, i))
			continue;
		if (eager && spend(broadcast, record, now_us) &&
			send_record(broadcast, record, pending->hops,
				&neighbour->member->address))
			continue;
		some_lazy = true;
		neighbour->was_lazy |= eager || !overlay->direct;
	}
	return some_lazy;
}

/* What begins its way here needs a link to leave by. */
static void
mend_links(struct overlay *overlay)
{
	for (size_t i = 0; i < overlay->count; i++) {
		if (overlay->neighbours[i].eager)
			return;
	}
	for (size_t i = 0; i < overlay->count; i++)
		overlay->neighbours[i].eager = true;
}

/* Whether there is room for one more turn of pushing: one in each forward interval, and
 * FORWARD_BURST_COUNT ahead. */
static bool
may_forward(struct broadcast *broadcast, uint64_t now_us)
{
	uint64_t interval_us = broadcast->settings->forward_interval_us;
	uint64_t earliest_us = broadcast->forward_at_us;

	if (now_us < earliest_us) {
		broadcast->crowded_until_us = now_us + CROWDED_US;
		return false;
	}
	if (now_us - earliest_us > FORWARD_BURST_COUNT * interval_us)
		earliest_us = now_us - FORWARD_BURST_COUNT * interval_us;
	broadcast->forward_at_us = earliest_us + interval_us;
	return true;
}

static bool
begins_some(const struct broadcast *broadcast)
{
	for (size_t i = 0; i < broadcast->fresh_count; i++) {
		if (broadcast->fresh[i].hops == 0)
			return true;
	}
	return false;
}

/* Pushes what is fresh of members, or the rest. */
static void
push_all(struct broadcast *broadcast, bool members, uint64_t now_us)
{
	for (size_t i = 0; i < broadcast->fresh_count; i++) {
		const struct pending *pending = &broadcast->fresh[i];
		const struct record *record =
			store_find_hash(broadcast->store, pending->hash);

		if (record == NULL || (record->kind == RECORD_MEMBER) != members)
			continue;
		if (push_eagerly(broadcast, record, pending, now_us))
			announce_later(&broadcast->announcements[0], pending,
				now_us + broadcast->settings->ihave_interval_us);
	}
}

void
broadcast_flush(struct broadcast *broadcast, uint64_t now_us)
{
	see_changes(broadcast, now_us);
	if (broadcast->fresh_count == 0 || !may_forward(broadcast, now_us))
		return;
	if (begins_some(broadcast))
		mend_links(broadcast->overlay);
	push_all(broadcast, true, now_us);
	push_all(broadcast, false, now_us);
	broadcast->fresh_count = 0;
}

/* --- announcing --- */

/* While everybody is a neighbour, it is enough that two tell of what the origin has
 * pushed to all. */
static bool
is_next(const struct overlay *overlay, const struct neighbour *neighbour)
{
	return neighbour->member == overlay->places[0] ||
	       neighbour->member == overlay->places[1];
}

/* At first only over links that were not eager all the time, or over which something
 * was not pushed. */
static bool
is_announced(struct broadcast *broadcast, size_t index, const struct pending *pending,
	const struct record *record, size_t round)
{
	const struct overlay *overlay = broadcast->overlay;
	const struct neighbour *neighbour = &overlay->neighbours[index];

	if (record == NULL || neighbour->member->short_id == pending->from ||
		deliveries_is_had(&broadcast->deliveries, pending->hash, index))
		return false;
	if (round > 0 || neighbour->was_lazy)
		return true;
	return overlay->direct ? is_next(overlay, neighbour) : !neighbour->eager;
}

static void
announce_to(struct broadcast *broadcast, size_t index, size_t round)
{
	const struct neighbour *neighbour = &broadcast->overlay->neighbours[index];
	const struct announcements *announcements = &broadcast->announcements[round];
	struct message message = {.type = MESSAGE_IHAVE};

	for (size_t i = 0; i < announcements->count; i++) {
		const struct pending *pending = &announcements->items[i];
		const struct record *record =
			store_find_hash(broadcast->store, pending->hash);

		if (!is_announced(broadcast, index, pending, record, round))
			continue;
		message.dots.dots[message.dots.count++] = record->dot;
		if (message.dots.count == WIRE_DOT_BATCH_COUNT) {
			outbox_put(broadcast->outbox, &neighbour->member->address,
				&message);
			message.dots.count = 0;
		}
	}
	if (message.dots.count != 0)
		outbox_put(broadcast->outbox, &neighbour->member->address, &message);
}

static void
announce(struct broadcast *broadcast, size_t round, uint64_t now_us)
{
	struct announcements *announcements = &broadcast->announcements[round];

	if (round == 0 || now_us < broadcast->lossy_until_us) {
		for (size_t i = 0; i < broadcast->overlay->count; i++) {
			struct neighbour *neighbour =
				&broadcast->overlay->neighbours[i];

			announce_to(broadcast, i, round);
			if (round == 0)
				neighbour->was_lazy = false;
		}
	}
	for (size_t i = 0; i < announcements->count && round + 1 < ANNOUNCE_ROUND_COUNT;
		i++)
		announce_later(&broadcast->announcements[round + 1],
			&announcements->items[i], now_us + ANNOUNCE_AGAIN_US);
	announcements->count = 0;
	announcements->at_us = DEADLINE_NONE;
}

/* How long to wait until what a member has announced comes by itself. */
static uint64_t
patience_us(
	const struct broadcast *broadcast, const struct member *member, uint64_t now_us)
{
	const struct settings *settings = broadcast->settings;
	uint64_t us =
		settings->graft_timeout_us + (member == NULL ? 0 : member->rtt_us);

	/* Without a tree it never does. */
	if (settings->strategy != STRATEGY_PLUMTREE)
		return 0;
	if (now_us < broadcast->crowded_until_us)
		us += CROWDED_HOP_COUNT * settings->forward_interval_us;
	return us;
}

void
broadcast_on_ihave(struct broadcast *broadcast, uint64_t from,
	const struct message *message, uint64_t now_us)
{
	const struct member *member = members_find(broadcast->members, from);
	const struct neighbour *neighbour = overlay_find(broadcast->overlay, from);

	see_changes(broadcast, now_us);
	for (size_t i = 0; i < message->dots.count; i++) {
		struct dot dot = message->dots.dots[i];
		uint64_t hash = store_hash(broadcast->store, dot);

		if (!context_covers(&broadcast->store->context, dot))
			missing_add(&broadcast->missing, dot, hash, from, now_us,
				patience_us(broadcast, member, now_us));
		else
			note_had(broadcast, neighbour, hash);
	}
}

void
broadcast_ask(
	struct broadcast *broadcast, struct dot dot, uint64_t member, uint64_t now_us)
{
	missing_add(&broadcast->missing, dot, store_hash(broadcast->store, dot), member,
		now_us, 0);
}

/* --- asking --- */

static void
set_link(struct neighbour *neighbour, bool eager)
{
	neighbour->eager = eager;
	if (!eager)
		neighbour->was_lazy = true;
}

static void
make_eager(struct broadcast *broadcast, uint64_t short_id)
{
	struct neighbour *neighbour = overlay_find(broadcast->overlay, short_id);

	if (neighbour != NULL)
		set_link(neighbour, true);
}

static void
ask(struct broadcast *broadcast, const struct question *question, uint64_t now_us)
{
	struct message message = {
		.type = MESSAGE_GRAFT,
		.dots = {.count = 1, .dots = {question->dot}},
	};
	const struct member *member =
		members_find(broadcast->members, question->member);

	if (context_covers(&broadcast->store->context, question->dot)) {
		missing_end(&broadcast->missing, question->hash);
		return;
	}
	if (member == NULL)
		return;
	lost_one(broadcast, now_us);
	make_eager(broadcast, question->member);
	outbox_put(broadcast->outbox, &member->address, &message);
}

void
broadcast_on_graft(struct broadcast *broadcast, uint64_t from,
	const struct address *address, const struct message *message, uint64_t now_us)
{
	make_eager(broadcast, from);
	for (size_t i = 0; i < message->dots.count; i++) {
		const struct record *record = store_find_hash(broadcast->store,
			store_hash(broadcast->store, message->dots.dots[i]));

		struct record_view view;

		if (record == NULL)
			continue;
		view = record_view(record);
		if (outbox_fits(broadcast->outbox, &view)) {
			if (spend(broadcast, record, now_us))
				send_record(broadcast, record, 1, address);
			continue;
		}
		if (broadcast->oversized_count == broadcast->oversized_size) {
			broadcast->oversized_size = 2 * broadcast->oversized_size + 4;
			broadcast->oversized = mem_resize(broadcast->oversized,
				broadcast->oversized_size,
				sizeof(*broadcast->oversized));
		}
		broadcast->oversized[broadcast->oversized_count++] = from;
	}
}

uint64_t
broadcast_next_oversized(struct broadcast *broadcast)
{
	if (broadcast->oversized_count == 0)
		return 0;
	return broadcast->oversized[--broadcast->oversized_count];
}

static bool
asked_lately(const struct neighbour *neighbour, uint64_t now_us)
{
	return !neighbour->eager && now_us - neighbour->pruned_us < PRUNE_INTERVAL_US;
}

static void
on_delivery(struct neighbour *neighbour, uint64_t now_us)
{
	/* A push may cross our PRUNE, and that sender holds back from then on. */
	if (neighbour == NULL || asked_lately(neighbour, now_us))
		return;
	neighbour->eager = true;
	neighbour->pushes = true;
}

void
broadcast_on_refused(struct broadcast *broadcast, struct dot dot)
{
	missing_end(&broadcast->missing, store_hash(broadcast->store, dot));
}

void
broadcast_on_streamed(struct broadcast *broadcast, struct dot dot)
{
	uint64_t hash = store_hash(broadcast->store, dot);

	missing_end(&broadcast->missing, hash);
	deliveries_note(&broadcast->deliveries, hash)->streamed = true;
}

/* Whether records go on coming without that link: two that race over two links must not
 * have both of them pruned. */
static bool
is_dispensable(const struct overlay *overlay, const struct neighbour *neighbour)
{
	for (size_t i = 0; i < overlay->count; i++) {
		const struct neighbour *other = &overlay->neighbours[i];

		if (other != neighbour && other->pushes)
			return true;
	}
	return false;
}

static void
on_duplicate(struct broadcast *broadcast, struct neighbour *neighbour,
	const struct address *address, uint64_t now_us)
{
	struct message prune = {.type = MESSAGE_PRUNE};

	if (neighbour != NULL) {
		if (asked_lately(neighbour, now_us))
			return;
		set_link(neighbour, false);
		neighbour->pushes = false;
		neighbour->pruned_us = now_us;
	}
	outbox_put(broadcast->outbox, address, &prune);
}

/* Who has announced it has it. */
static void
note_announcers(struct broadcast *broadcast, uint64_t hash)
{
	const struct missing *missing = missing_find(&broadcast->missing, hash);

	for (size_t i = 0; missing != NULL && i < missing->announcer_count; i++)
		note_had(broadcast,
			overlay_find(broadcast->overlay, missing->announcers[i]), hash);
}

void
broadcast_on_record(struct broadcast *broadcast, uint64_t from,
	const struct address *address, struct dot dot, bool is_new, uint64_t now_us)
{
	struct neighbour *neighbour = overlay_find(broadcast->overlay, from);
	uint64_t hash = store_hash(broadcast->store, dot);
	struct delivery *delivery = deliveries_note(&broadcast->deliveries, hash);

	see_changes(broadcast, now_us);
	note_announcers(broadcast, hash);
	missing_end(&broadcast->missing, hash);
	note_had(broadcast, neighbour, hash);
	if (is_new) {
		delivery->from = from;
		on_delivery(neighbour, now_us);
	} else if (broadcast->settings->strategy == STRATEGY_PLUMTREE &&
		   delivery->from != from && !delivery->streamed &&
		   is_dispensable(broadcast->overlay, neighbour)) {
		on_duplicate(broadcast, neighbour, address, now_us);
	}
}

void
broadcast_on_prune(struct broadcast *broadcast, uint64_t from)
{
	struct neighbour *neighbour = overlay_find(broadcast->overlay, from);

	if (neighbour == NULL)
		return;
	set_link(neighbour, false);
	/* Who is not pushed to does not push either. */
	neighbour->pushes = false;
}

/* --- time --- */

void
broadcast_tick(struct broadcast *broadcast, uint64_t now_us)
{
	struct question question;

	see_changes(broadcast, now_us);
	for (size_t i = 0; i < ANNOUNCE_ROUND_COUNT; i++) {
		if (now_us >= broadcast->announcements[i].at_us)
			announce(broadcast, i, now_us);
	}
	while (missing_next_due(&broadcast->missing, now_us, &question))
		ask(broadcast, &question, now_us);
}

uint64_t
broadcast_deadline(const struct broadcast *broadcast)
{
	uint64_t deadline = missing_deadline(&broadcast->missing);

	if (broadcast->fresh_count != 0 && broadcast->forward_at_us < deadline)
		deadline = broadcast->forward_at_us;

	for (size_t i = 0; i < ANNOUNCE_ROUND_COUNT; i++) {
		if (broadcast->announcements[i].at_us < deadline)
			deadline = broadcast->announcements[i].at_us;
	}
	return deadline;
}
