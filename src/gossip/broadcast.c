/* SPDX-License-Identifier: MIT */
#include "gossip/broadcast.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/now.h"

/* Missing dots tracked at the same time; the rest is left to reconciliation. */
#define MISSING_COUNT_MAX 65536

/* A burst of duplicates is answered by one PRUNE; a lost one is repeated after this. */
#define PRUNE_INTERVAL_US (100 * MS_US)

/* Time between two announcements of one record. */
#define ANNOUNCE_AGAIN_US (15 * MS_US)

/* For how long a lost datagram makes this node announce again. */
#define LOSSY_US (2 * SECOND_US)

/* A record on its way out, by name. */
struct pending {
	uint64_t hash;
	uint64_t from; /* short id of whom we have it from, 0 for ourselves */
	uint8_t hops;
};

/* A dot that others have announced and that has not come. */
struct missing {
	struct timer timer;
	uint64_t hash;
	struct dot dot;
	uint64_t announcers[ANNOUNCER_COUNT_MAX];
	size_t announcer_count;
	size_t asked_count;
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
	table_init(&broadcast->missing);
	heap_init(&broadcast->timers);
}

void
broadcast_fini(struct broadcast *broadcast)
{
	size_t cursor = 0;
	struct missing *missing;

	while ((missing = table_next(&broadcast->missing, &cursor)) != NULL)
		free(missing);
	table_fini(&broadcast->missing);
	heap_fini(&broadcast->timers);
	free(broadcast->fresh);
	for (size_t i = 0; i < ANNOUNCE_ROUND_COUNT; i++)
		free(broadcast->announcements[i].items);
	free(broadcast->oversized);
}

static void
missing_end(struct broadcast *broadcast, struct missing *missing)
{
	if (missing == NULL)
		return;
	heap_cancel(&broadcast->timers, &missing->timer);
	table_remove(&broadcast->missing, missing->hash);
	free(missing);
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

/* Over eager links at once; true when some link is left to announce it over. */
static bool
push_eagerly(struct broadcast *broadcast, const struct record *record,
	const struct pending *pending)
{
	bool some_lazy = false;

	for (size_t i = 0; i < broadcast->overlay->count; i++) {
		const struct neighbour *neighbour = &broadcast->overlay->neighbours[i];

		if (neighbour->member->short_id == pending->from)
			continue;
		if (!neighbour->eager || !send_record(broadcast, record, pending->hops,
						 &neighbour->member->address))
			some_lazy = true;
	}
	return some_lazy;
}

/* Left without an eager link, as after many changes at once, a node begins anew. */
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

void
broadcast_flush(struct broadcast *broadcast, uint64_t now_us)
{
	if (broadcast->fresh_count != 0)
		mend_links(broadcast->overlay);
	for (size_t i = 0; i < broadcast->fresh_count; i++) {
		const struct pending *pending = &broadcast->fresh[i];
		const struct record *record =
			store_find_hash(broadcast->store, pending->hash);

		if (record == NULL || !push_eagerly(broadcast, record, pending))
			continue;
		announce_later(&broadcast->announcements[0], pending,
			now_us + broadcast->settings->ihave_interval_us);
	}
	broadcast->fresh_count = 0;
}

/* --- announcing --- */

/* At first only what was not pushed there: a link that was eager all the time is
 * announced only what no packet holds. */
static bool
is_announced(const struct broadcast *broadcast, const struct neighbour *neighbour,
	const struct pending *pending, const struct record *record, size_t round)
{
	struct record_view view;

	if (record == NULL || neighbour->member->short_id == pending->from)
		return false;
	if (round > 0 || !neighbour->eager || neighbour->was_lazy)
		return true;
	view = record_view(record);
	return !outbox_fits(broadcast->outbox, &view);
}

static void
announce_to(
	struct broadcast *broadcast, const struct neighbour *neighbour, size_t round)
{
	const struct announcements *announcements = &broadcast->announcements[round];
	struct message message = {.type = MESSAGE_IHAVE};

	for (size_t i = 0; i < announcements->count; i++) {
		const struct pending *pending = &announcements->items[i];
		const struct record *record =
			store_find_hash(broadcast->store, pending->hash);

		if (!is_announced(broadcast, neighbour, pending, record, round))
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

			announce_to(broadcast, neighbour, round);
			neighbour->was_lazy = !neighbour->eager;
		}
	}
	for (size_t i = 0; i < announcements->count && round + 1 < ANNOUNCE_ROUND_COUNT;
		i++)
		announce_later(&announcements[1], &announcements->items[i],
			now_us + ANNOUNCE_AGAIN_US);
	announcements->count = 0;
	announcements->at_us = DEADLINE_NONE;
}

/* How long to wait for what a member has announced: for an announced payload to come by
 * itself, and for the answer to having asked. */
static uint64_t
graft_wait_us(
	const struct broadcast *broadcast, const struct member *member, bool asked)
{
	/* Without a tree a payload never comes by itself. */
	if (broadcast->settings->strategy != STRATEGY_PLUMTREE && !asked)
		return 0;
	return broadcast->settings->graft_timeout_us +
	       (member == NULL ? 0 : member->rtt_us);
}

static void
add_announcer(struct missing *missing, uint64_t from)
{
	for (size_t i = 0; i < missing->announcer_count; i++) {
		if (missing->announcers[i] == from)
			return;
	}
	if (missing->announcer_count < ANNOUNCER_COUNT_MAX)
		missing->announcers[missing->announcer_count++] = from;
}

void
broadcast_on_ihave(struct broadcast *broadcast, uint64_t from,
	const struct message *message, uint64_t now_us)
{
	const struct member *member = members_find(broadcast->members, from);

	for (size_t i = 0; i < message->dots.count; i++) {
		struct dot dot = message->dots.dots[i];
		uint64_t hash = store_hash(broadcast->store, dot);
		struct missing *missing = table_find(&broadcast->missing, hash);

		if (context_covers(&broadcast->store->context, dot))
			continue;
		if (missing == NULL) {
			if (table_count(&broadcast->missing) >= MISSING_COUNT_MAX)
				return;
			missing = mem_new(sizeof(*missing));
			missing->hash = hash;
			missing->dot = dot;
			table_put(&broadcast->missing, hash, missing);
			heap_set(&broadcast->timers, &missing->timer,
				now_us + graft_wait_us(broadcast, member, false));
		}
		add_announcer(missing, from);
	}
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
set_eager(struct broadcast *broadcast, uint64_t short_id, bool eager)
{
	struct neighbour *neighbour = overlay_find(broadcast->overlay, short_id);

	if (neighbour != NULL)
		set_link(neighbour, eager);
}

/* Asks the next who announced it. Each is asked twice before it is left to
 * reconciliation, since the question or the answer may be lost. */
static void
missing_due(struct broadcast *broadcast, struct missing *missing, uint64_t now_us)
{
	struct message message = {
		.type = MESSAGE_GRAFT,
		.dots = {.count = 1, .dots = {missing->dot}},
	};
	uint64_t asked;
	const struct member *member;

	if (context_covers(&broadcast->store->context, missing->dot) ||
		missing->asked_count >= 2 * missing->announcer_count) {
		missing_end(broadcast, missing);
		return;
	}
	asked = missing->announcers[missing->asked_count++ % missing->announcer_count];
	member = members_find(broadcast->members, asked);
	heap_set(&broadcast->timers, &missing->timer,
		now_us + graft_wait_us(broadcast, member, true));
	broadcast->lossy_until_us = now_us + LOSSY_US;
	if (member == NULL)
		return;
	set_eager(broadcast, asked, true);
	outbox_put(broadcast->outbox, &member->address, &message);
}

void
broadcast_on_graft(struct broadcast *broadcast, uint64_t from,
	const struct address *address, const struct message *message, uint64_t now_us)
{
	set_eager(broadcast, from, true);
	broadcast->lossy_until_us = now_us + LOSSY_US;
	for (size_t i = 0; i < message->dots.count; i++) {
		const struct record *record = store_find_hash(broadcast->store,
			store_hash(broadcast->store, message->dots.dots[i]));

		if (record == NULL || send_record(broadcast, record, 1, address))
			continue;
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

static struct delivery *
delivery_of(struct broadcast *broadcast, uint64_t hash)
{
	return &broadcast->deliveries[hash % DELIVERY_COUNT];
}

static bool
asked_lately(const struct neighbour *neighbour, uint64_t now_us)
{
	return !neighbour->eager && now_us - neighbour->pruned_us < PRUNE_INTERVAL_US;
}

static void
on_delivery(struct broadcast *broadcast, struct neighbour *neighbour, uint64_t from,
	uint64_t hash, uint64_t now_us)
{
	*delivery_of(broadcast, hash) = (struct delivery){hash, from};
	/* A push may cross our PRUNE, and that sender holds back from then on. */
	if (neighbour != NULL && !asked_lately(neighbour, now_us))
		neighbour->eager = true;
}

void
broadcast_on_streamed(struct broadcast *broadcast, struct dot dot)
{
	uint64_t hash = store_hash(broadcast->store, dot);

	missing_end(broadcast, table_find(&broadcast->missing, hash));
	*delivery_of(broadcast, hash) = (struct delivery){hash, 0};
}

/* Whether the record will go on coming without the link over which it came again: two
 * records that race over two links must not have both of them pruned. */
static bool
has_better_source(struct broadcast *broadcast, uint64_t from, uint64_t hash)
{
	const struct delivery *first = delivery_of(broadcast, hash);
	const struct neighbour *source;

	if (first->hash != hash)
		return true;
	if (first->from == from)
		return false;
	source = overlay_find(broadcast->overlay, first->from);
	return source != NULL && source->eager;
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
		neighbour->pruned_us = now_us;
	}
	outbox_put(broadcast->outbox, address, &prune);
}

void
broadcast_on_record(struct broadcast *broadcast, uint64_t from,
	const struct address *address, struct dot dot, bool is_new, uint64_t now_us)
{
	struct neighbour *neighbour = overlay_find(broadcast->overlay, from);
	uint64_t hash = store_hash(broadcast->store, dot);

	missing_end(broadcast, table_find(&broadcast->missing, hash));
	if (is_new)
		on_delivery(broadcast, neighbour, from, hash, now_us);
	else if (broadcast->settings->strategy == STRATEGY_PLUMTREE &&
		 has_better_source(broadcast, from, hash))
		on_duplicate(broadcast, neighbour, address, now_us);
}

void
broadcast_on_prune(struct broadcast *broadcast, uint64_t from)
{
	set_eager(broadcast, from, false);
}

/* --- time --- */

void
broadcast_tick(struct broadcast *broadcast, uint64_t now_us)
{
	struct timer *timer;

	for (size_t i = 0; i < ANNOUNCE_ROUND_COUNT; i++) {
		if (now_us >= broadcast->announcements[i].at_us)
			announce(broadcast, i, now_us);
	}
	while ((timer = heap_pop_due(&broadcast->timers, now_us)) != NULL)
		missing_due(
			broadcast, timer_element(timer, struct missing, timer), now_us);
}

uint64_t
broadcast_deadline(const struct broadcast *broadcast)
{
	uint64_t deadline = heap_deadline(&broadcast->timers);

	for (size_t i = 0; i < ANNOUNCE_ROUND_COUNT; i++) {
		if (broadcast->announcements[i].at_us < deadline)
			deadline = broadcast->announcements[i].at_us;
	}
	return deadline;
}
