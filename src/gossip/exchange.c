/* SPDX-License-Identifier: MIT */
#include "gossip/exchange.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"

/* Ranges in one CONTEXT message, hashes in one DIGEST. */
#define RANGE_BATCH_COUNT 64
#define DIGEST_BATCH_COUNT 512

/* Records looked at before the stream gets a chance to carry something. */
#define SCAN_BATCH_COUNT 4096

/* What a peer may claim. */
#define PEER_RANGE_COUNT_MAX (1024 * 1024)
#define PEER_HASH_COUNT_MAX (64 * 1024 * 1024)

/* What is composed ahead of being sent. */
#define OUT_LEN_MAX (64 * 1024)

struct exchange *
exchange_new(const struct exchange_host *host, uint32_t stream,
	const struct address *address, bool outgoing, bool pass_on)
{
	struct exchange *exchange = mem_new(sizeof(*exchange));

	exchange->host = host;
	exchange->stream = stream;
	exchange->address = *address;
	exchange->opened_us = host->now->mono_us;
	exchange->outgoing = outgoing;
	exchange->pass_on = pass_on;
	exchange->space = SPACE_MEMBERS;
	buffer_init(&exchange->in, 2 * (WIRE_BODY_LEN_MAX + WIRE_MESSAGE_OVERHEAD_MAX));
	buffer_init(&exchange->out,
		OUT_LEN_MAX + WIRE_BODY_LEN_MAX + WIRE_MESSAGE_OVERHEAD_MAX);
	context_init(&exchange->peer_context);
	table_init(&exchange->peer_hashes);
	table_set_seed(&exchange->peer_hashes, host->store->by_hash.seed);
	table_set_seed(&exchange->peer_context.by_writer, host->store->by_hash.seed);
	context_init(&exchange->told);
	table_set_seed(&exchange->told.by_writer, host->store->by_hash.seed);
	return exchange;
}

void
exchange_free(struct exchange *exchange)
{
	if (exchange == NULL)
		return;
	buffer_fini(&exchange->in);
	buffer_fini(&exchange->out);
	context_fini(&exchange->peer_context);
	table_fini(&exchange->peer_hashes);
	context_fini(&exchange->told);
	free(exchange->hashes);
	free(exchange);
}

bool
exchange_is_done(const struct exchange *exchange)
{
	return exchange->stage == STAGE_SENT && exchange->peer_done &&
	       buffer_len(&exchange->out) == 0;
}

/* --- sending --- */

void
exchange_begin(struct exchange *exchange)
{
	uint8_t bytes[WIRE_HEADER_SIZE];
	struct writer writer = writer_of(bytes, sizeof(bytes));

	assert(exchange->stage == STAGE_SILENT);
	header_write(&writer, exchange->host->header);
	if (buffer_append(&exchange->out, writer_bytes(&writer)) != ERR_OK)
		abort();
	context_join(&exchange->told, &exchange->host->store->context);
	exchange->stage = STAGE_CONTEXT;
}

static void
say(struct exchange *exchange, const struct message *message, size_t body_len_max)
{
	size_t size = body_len_max + WIRE_MESSAGE_OVERHEAD_MAX;
	struct writer writer = writer_of(buffer_reserve(&exchange->out, size), size);

	message_write(&writer, message);
	assert(!writer.failed);
	buffer_commit(&exchange->out, writer.len);
}

/* The next range of the own context; false at the end. */
static bool
next_told(struct exchange *exchange, struct dot_range *ret_range)
{
	const struct context *told = &exchange->told;

	while (exchange->writers_told < told->count) {
		const struct context_writer *entry =
			told->writers[exchange->writers_told];
		size_t i = exchange->ranges_told++;

		if (i < entry->seqs.count) {
			*ret_range = (struct dot_range){entry->writer,
				entry->seqs.intervals[i].first,
				entry->seqs.intervals[i].last};
			return true;
		}
		exchange->writers_told++;
		exchange->ranges_told = 0;
	}
	return false;
}

static void
say_context(struct exchange *exchange)
{
	uint8_t bytes[RANGE_BATCH_COUNT * RANGE_LEN_MAX];
	struct writer writer = writer_of(bytes, sizeof(bytes));
	struct message message = {.type = MESSAGE_CONTEXT};
	struct dot_range range;
	size_t count = 0;

	while (count < RANGE_BATCH_COUNT && next_told(exchange, &range)) {
		range_write(&writer, &range);
		count++;
	}
	message.context.entries = writer_bytes(&writer);
	say(exchange, &message, sizeof(bytes));
	if (count < RANGE_BATCH_COUNT) {
		say(exchange, &(struct message){.type = MESSAGE_READY}, 0);
		exchange->stage = STAGE_PEER;
	}
}

/* The hashes that have come together. */
static void
say_digest(struct exchange *exchange)
{
	uint8_t bytes[DIGEST_BATCH_COUNT * sizeof(uint64_t)];
	struct writer writer = writer_of(bytes, sizeof(bytes));
	struct message message = {.type = MESSAGE_DIGEST};

	for (size_t i = 0; i < exchange->hash_count; i++)
		write_u64(&writer, exchange->hashes[i]);
	message.digest.hashes = writer_bytes(&writer);
	say(exchange, &message, sizeof(bytes));
	exchange->hash_count = 0;
}

static void
add_hash(struct exchange *exchange, uint64_t hash)
{
	if (exchange->hashes == NULL)
		exchange->hashes =
			mem_new_array(DIGEST_BATCH_COUNT, sizeof(*exchange->hashes));
	exchange->hashes[exchange->hash_count++] = hash;
}

static void
say_record(struct exchange *exchange, const struct record *record)
{
	struct message message = {
		.type = MESSAGE_RECORD,
		.record = {.view = record_view(record)},
	};

	say(exchange, &message, 1 + record_len(&message.record.view));
}

static struct record *
next_record(struct exchange *exchange)
{
	return store_next(exchange->host->store, exchange->space,
		bytes_of(exchange->sent_key, exchange->sent_key_len));
}

static void
say_done(struct exchange *exchange)
{
	if (exchange->hash_count != 0)
		say_digest(exchange);
	say(exchange, &(struct message){.type = MESSAGE_DONE}, 0);
	exchange->stage = STAGE_SENT;
}

/* One record that the peer lacks, or hashes, or the end. Members go first, so that
 * whoever joins knows whom to talk to while the rest arrives. */
static void
say_records(struct exchange *exchange)
{
	for (int i = 0; i < SCAN_BATCH_COUNT; i++) {
		const struct record *record = next_record(exchange);

		if (record == NULL && exchange->space == SPACE_MEMBERS) {
			exchange->space = SPACE_KEYS;
			exchange->sent_key_len = 0;
			continue;
		}
		if (record == NULL) {
			say_done(exchange);
			return;
		}
		memcpy(exchange->sent_key, record->bytes, record->key_len);
		exchange->sent_key_len = record->key_len;
		if (!context_covers(&exchange->peer_context, record->dot)) {
			say_record(exchange, record);
			return;
		}
		if (record->deleted)
			continue;
		add_hash(exchange, record->hash);
		if (exchange->hash_count == DIGEST_BATCH_COUNT) {
			say_digest(exchange);
			return;
		}
	}
}

/* Composes one more piece; false when there is nothing to say now. */
static bool
compose(struct exchange *exchange)
{
	switch (exchange->stage) {
	case STAGE_CONTEXT:
		say_context(exchange);
		return true;
	case STAGE_PEER:
		if (!exchange->peer_ready)
			return false;
		exchange->stage = STAGE_RECORDS;
		return true;
	case STAGE_RECORDS:
		say_records(exchange);
		return true;
	case STAGE_SILENT:
	case STAGE_SENT:
		break;
	}
	return false;
}

size_t
exchange_fill(struct exchange *exchange, uint8_t *data, size_t size)
{
	size_t wanted = size < OUT_LEN_MAX ? size : OUT_LEN_MAX;

	while (buffer_len(&exchange->out) < wanted && compose(exchange))
		continue;

	struct bytes ready = buffer_bytes(&exchange->out);
	size_t len = ready.len < size ? ready.len : size;

	if (len != 0)
		memcpy(data, ready.data, len);
	buffer_consume(&exchange->out, len);
	return len;
}

/* --- receiving --- */

static enum err
take_header(struct exchange *exchange)
{
	const struct header *own = exchange->host->header;
	struct reader reader = reader_of(buffer_bytes(&exchange->in));
	struct header header;

	if (reader.len == 0)
		return ERR_OK;
	if (reader.len < WIRE_HEADER_SIZE && reader.data[0] == WIRE_VERSION)
		return ERR_OK;

	enum err err = header_read(&reader, &header);

	if (err != ERR_OK)
		return err;
	if (header.cluster != own->cluster)
		return ERR_FOREIGN;
	if (header.sender == own->sender)
		return ERR_DUPLICATE;
	buffer_consume(&exchange->in, WIRE_HEADER_SIZE);
	exchange->header_seen = true;
	exchange->peer = header.sender;
	if (!exchange->outgoing)
		exchange_begin(exchange);
	return ERR_OK;
}

static enum err
on_context(struct exchange *exchange, const struct message *message)
{
	struct reader entries = reader_of(message->context.entries);
	struct dot_range range;

	while (range_next(&entries, &range)) {
		if (exchange->peer_range_count++ == PEER_RANGE_COUNT_MAX)
			return ERR_MALFORMED;
		context_add_range(
			&exchange->peer_context, range.writer, range.first, range.last);
	}
	return ERR_OK;
}

static enum err
on_digest(struct exchange *exchange, const struct message *message)
{
	static const char present;

	exchange->peer_hash_count += message->digest.count;
	if (exchange->peer_hash_count > PEER_HASH_COUNT_MAX)
		return ERR_MALFORMED;
	/* Of others it does not matter that the peer holds them. */
	for (size_t i = 0; i < message->digest.count; i++) {
		uint64_t hash = digest_hash(message->digest.hashes, i);

		if (store_find_hash(exchange->host->store, hash) != NULL)
			table_put(&exchange->peer_hashes, hash,
				(void *)(uintptr_t)&present);
	}
	return ERR_OK;
}

/* Whether the peer knows of more writes of this node than were made shows as soon as
 * its context is complete, and before anything is dropped for its sake. */
static enum err
on_ready(struct exchange *exchange)
{
	struct author *author = exchange->host->author;

	exchange->peer_ready = true;
	if (context_max(&exchange->peer_context, author->writer) >= author->seq_next)
		author_dispute(author);
	return ERR_OK;
}

static enum err
on_record(struct exchange *exchange, const struct message *message, struct now now)
{
	struct source source = {
		.member = exchange->peer,
		.address = exchange->address,
		.streamed = true,
		.pass_on = exchange->pass_on,
	};

	if (intake_record(exchange->host->intake, &message->record.view, &source,
		    now) == INTAKE_REFUSED)
		exchange->refused = true;
	return ERR_OK;
}

static enum err
take_message(struct exchange *exchange, const struct message *message, struct now now)
{
	bool ready = exchange->peer_ready;

	if (message->type == MESSAGE_CONTEXT && !ready)
		return on_context(exchange, message);
	if (message->type == MESSAGE_READY && !ready)
		return on_ready(exchange);
	if (message->type == MESSAGE_RECORD && ready)
		return on_record(exchange, message, now);
	if (message->type == MESSAGE_DIGEST && ready)
		return on_digest(exchange, message);
	if (message->type == MESSAGE_DONE && ready) {
		exchange->peer_done = true;
		return ERR_OK;
	}
	return ERR_MALFORMED;
}

static enum err
take_messages(struct exchange *exchange, struct now now)
{
	struct reader reader = reader_of(buffer_bytes(&exchange->in));
	struct message message;
	enum err err = ERR_OK;

	while (err == ERR_OK) {
		enum message_result result =
			message_read(&reader, WIRE_BODY_LEN_MAX, &message);

		if (result == MESSAGE_PARTIAL)
			break;
		if (result == MESSAGE_BAD || exchange->peer_done)
			err = ERR_MALFORMED;
		else if (result == MESSAGE_TAKEN)
			err = take_message(exchange, &message, now);
	}
	buffer_consume(&exchange->in, reader.pos);
	return err;
}

enum err
exchange_receive(struct exchange *exchange, struct bytes bytes, struct now now)
{
	while (bytes.len > 0) {
		size_t part =
			bytes.len < WIRE_BODY_LEN_MAX ? bytes.len : WIRE_BODY_LEN_MAX;

		if (buffer_append(&exchange->in, bytes_of(bytes.data, part)) != ERR_OK)
			return ERR_MALFORMED;
		bytes = bytes_of(bytes.data + part, bytes.len - part);

		enum err err = ERR_OK;

		if (!exchange->header_seen)
			err = take_header(exchange);
		if (err == ERR_OK && exchange->header_seen)
			err = take_messages(exchange, now);
		if (err != ERR_OK)
			return err;
	}
	return ERR_OK;
}

/* --- the end --- */

/* Whether the peer knows that the record is superseded or deleted. Of what came here
 * meanwhile it was not asked. */
static bool
is_gone_at_peer(const struct exchange *exchange, const struct record *record)
{
	return !record->deleted &&
	       !author_is_disputed(exchange->host->author, record->dot) &&
	       context_covers(&exchange->told, record->dot) &&
	       context_covers(&exchange->peer_context, record->dot) &&
	       table_find(&exchange->peer_hashes, record->hash) == NULL;
}

static void
drop_gone(struct exchange *exchange, enum store_space space)
{
	struct store *store = exchange->host->store;
	uint8_t key[KEY_LEN_MAX];
	size_t key_len = 0;
	struct record *record;

	while ((record = store_next(store, space, bytes_of(key, key_len))) != NULL) {
		key_len = record->key_len;
		memcpy(key, record->bytes, key_len);
		if (is_gone_at_peer(exchange, record))
			store_bury(store, record, exchange->host->now->wall_ms);
	}
}

bool
exchange_settle(struct exchange *exchange)
{
	const struct member *self = exchange->host->members->self;
	struct store *store = exchange->host->store;

	assert(exchange->peer_done);
	/* What was refused may be what supersedes: nothing is concluded then. */
	if (!exchange->refused) {
		drop_gone(exchange, SPACE_KEYS);
		drop_gone(exchange, SPACE_MEMBERS);
		context_join(&store->context, &exchange->peer_context);
	}
	return store_find(store, SPACE_MEMBERS, bytes_of(self->id, NODE_ID_SIZE)) ==
	       NULL;
}
