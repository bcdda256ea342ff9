/* SPDX-License-Identifier: MIT */
#include "gossip/difference.h"

/* What a datagram with a SKETCH has beside the symbols: header, type, length and count.
 */
#define SKETCH_OVERHEAD (WIRE_HEADER_SIZE + 1 + 2 + 1)

/* --- telling --- */

size_t
difference_symbols_max(const struct difference *difference)
{
	uint64_t record_count = store_summary(difference->store).record_count;
	size_t room = difference->settings->packet_size_max - SKETCH_OVERHEAD;
	size_t count = room / (16 + varint_len(record_count));

	return count < WIRE_SYMBOL_COUNT_MAX ? count : WIRE_SYMBOL_COUNT_MAX;
}

void
difference_tell(struct difference *difference, const struct address *to, size_t count)
{
	const struct store *store = difference->store;
	struct message message = {.type = MESSAGE_SKETCH};
	size_t count_max = difference_symbols_max(difference);

	count = count < count_max ? count : count_max;
	message.sketch.count = count;
	memcpy(message.sketch.symbols, store->sketch.symbols,
		count * sizeof(message.sketch.symbols[0]));
	outbox_put(difference->outbox, to, &message);
}

/* Names those of the hashes whose records are held. */
static void
offer(struct difference *difference, const struct address *to, const uint64_t *hashes,
	size_t count)
{
	struct message message = {.type = MESSAGE_OFFER};

	for (size_t i = 0; i < count; i++) {
		const struct record *record =
			store_find_hash(difference->store, hashes[i]);

		if (record != NULL && !record->deleted)
			message.dots.dots[message.dots.count++] = record->dot;
	}
	if (message.dots.count != 0)
		outbox_put(difference->outbox, to, &message);
}

static void
want(struct difference *difference, const struct address *to, const uint64_t *hashes,
	size_t count)
{
	uint8_t bytes[WIRE_SYMBOL_COUNT_MAX * sizeof(uint64_t)];
	struct writer writer = writer_of(bytes, sizeof(bytes));
	struct message message = {.type = MESSAGE_WANT};

	for (size_t i = 0; i < count; i++)
		write_u64(&writer, hashes[i]);
	message.digest.count = count;
	message.digest.hashes = writer_bytes(&writer);
	if (count != 0)
		outbox_put(difference->outbox, to, &message);
}

/* --- taking --- */

bool
difference_on_sketch(struct difference *difference, const struct address *from,
	const struct message *message)
{
	struct sketch_difference found;

	if (!sketch_compare(&difference->store->sketch, message->sketch.symbols,
		    message->sketch.count, &found))
		return false;
	want(difference, from, found.theirs, found.their_count);
	offer(difference, from, found.ours, found.our_count);
	return true;
}

void
difference_on_want(struct difference *difference, const struct address *from,
	const struct message *message)
{
	uint64_t hashes[WIRE_SYMBOL_COUNT_MAX];
	size_t count = message->digest.count;

	if (count > WIRE_SYMBOL_COUNT_MAX)
		count = WIRE_SYMBOL_COUNT_MAX;
	for (size_t i = 0; i < count; i++)
		hashes[i] = digest_hash(message->digest.hashes, i);
	offer(difference, from, hashes, count);
}

void
difference_on_offer(struct difference *difference, uint64_t sender,
	const struct address *from, const struct message *message, uint64_t now_us)
{
	const struct store *store = difference->store;
	struct message gone = {
		.type = MESSAGE_GONE,
		.dots = {.fingerprint = store->fingerprint},
	};

	for (size_t i = 0; i < message->dots.count; i++) {
		struct dot dot = message->dots.dots[i];
		const struct record *record =
			store_find_hash(store, store_hash(store, dot));

		if (!context_covers(&store->context, dot))
			broadcast_ask(difference->broadcast, dot, sender, now_us);
		else if (record == NULL || record->deleted)
			gone.dots.dots[gone.dots.count++] = dot;
	}
	if (gone.dots.count != 0)
		outbox_put(difference->outbox, from, &gone);
}

static struct record *
find_held(const struct difference *difference, struct dot dot)
{
	const struct store *store = difference->store;
	struct record *record = store_find_hash(store, store_hash(store, dot));
	bool held = record != NULL && !record->deleted &&
		    !author_is_disputed(difference->author, dot);

	return held ? record : NULL;
}

bool
difference_on_gone(
	struct difference *difference, const struct message *message, struct now now)
{
	struct store *store = difference->store;
	const struct member *self = difference->members->self;
	uint64_t without = store->fingerprint;

	for (size_t i = 0; i < message->dots.count; i++) {
		const struct record *record =
			find_held(difference, message->dots.dots[i]);

		without -= record == NULL ? 0 : record->hash;
	}
	if (without != message->dots.fingerprint)
		return false;
	for (size_t i = 0; i < message->dots.count; i++) {
		struct record *record = find_held(difference, message->dots.dots[i]);

		if (record != NULL)
			store_bury(store, record, now.wall_ms);
	}
	return store_find(store, SPACE_MEMBERS, bytes_of(self->id, NODE_ID_SIZE)) ==
	       NULL;
}
