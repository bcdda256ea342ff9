/* SPDX-License-Identifier: MIT */
#include "wire/message.h"

#include <assert.h>

#include "wire/member_info.h"

static void
write_state(struct writer *writer, const struct state_summary *state)
{
	write_u64(writer, state->fingerprint);
	write_varint(writer, state->record_count);
	write_u32(writer, state->context_sum);
}

static void
read_state(struct reader *reader, struct state_summary *state)
{
	state->fingerprint = read_u64(reader);
	state->record_count = read_varint(reader);
	state->context_sum = read_u32(reader);
}

static void
write_ping(struct writer *writer, const struct message *message)
{
	write_u32(writer, message->ping.probe);
	write_state(writer, &message->ping.state);
}

static void
read_ping(struct reader *reader, struct message *message)
{
	message->ping.probe = read_u32(reader);
	read_state(reader, &message->ping.state);
}

static void
write_ack(struct writer *writer, const struct message *message)
{
	write_ping(writer, message);
	write_varint(writer, message->ping.wall_ms);
}

static void
read_ack(struct reader *reader, struct message *message)
{
	read_ping(reader, message);
	message->ping.wall_ms = read_varint(reader);
}

static void
write_ping_req(struct writer *writer, const struct message *message)
{
	write_u32(writer, message->ping_req.probe);
	write_u64(writer, message->ping_req.target);
	address_write(writer, &message->ping_req.address);
}

static void
read_ping_req(struct reader *reader, struct message *message)
{
	message->ping_req.probe = read_u32(reader);
	message->ping_req.target = read_u64(reader);
	message->ping_req.address = address_read(reader);
	if (message->ping_req.address.port == 0)
		reader->failed = true;
}

static void
write_answer(struct writer *writer, const struct message *message)
{
	write_u32(writer, message->answer.probe);
}

static void
read_answer(struct reader *reader, struct message *message)
{
	message->answer.probe = read_u32(reader);
}

static void
write_suspect(struct writer *writer, const struct message *message)
{
	write_u64(writer, message->suspect.member);
	write_varint(writer, message->suspect.generation);
	write_varint(writer, message->suspect.incarnation);
}

static void
read_suspect(struct reader *reader, struct message *message)
{
	message->suspect.member = read_u64(reader);
	message->suspect.generation = (uint32_t)read_varint_max(reader, UINT32_MAX);
	message->suspect.incarnation = (uint32_t)read_varint_max(reader, UINT32_MAX);
}

static void
write_record(struct writer *writer, const struct message *message)
{
	write_u8(writer, message->record.hops);
	record_write(writer, &message->record.view);
}

static void
read_record(struct reader *reader, struct message *message)
{
	message->record.hops = read_u8(reader);
	if (record_read(reader, &message->record.view) != ERR_OK)
		reader->failed = true;
}

static void
write_dots(struct writer *writer, const struct message *message)
{
	write_varint(writer, message->dots.count);
	for (size_t i = 0; i < message->dots.count; i++) {
		write_u64(writer, message->dots.dots[i].writer);
		write_varint(writer, message->dots.dots[i].seq);
	}
}

static void
read_dots(struct reader *reader, struct message *message)
{
	size_t count = (size_t)read_varint_max(reader, WIRE_DOT_COUNT_MAX);

	for (size_t i = 0; i < count && !reader->failed; i++) {
		struct dot *dot = &message->dots.dots[i];

		dot->writer = read_u64(reader);
		dot->seq = read_varint(reader);
		if (dot->writer == 0 || dot->seq == 0)
			reader->failed = true;
	}
	message->dots.count = count;
}

static void
write_nothing(struct writer *writer, const struct message *message)
{
	(void)writer;
	(void)message;
}

static void
read_nothing(struct reader *reader, struct message *message)
{
	(void)reader;
	(void)message;
}

static void
write_context(struct writer *writer, const struct message *message)
{
	write_raw(writer, message->context.entries);
}

static void
read_context(struct reader *reader, struct message *message)
{
	message->context.entries = read_raw(reader, reader_left(reader));

	struct reader entries = reader_of(message->context.entries);
	struct dot_range range;

	while (range_next(&entries, &range))
		continue;
	if (entries.failed)
		reader->failed = true;
}

static void
write_agree(struct writer *writer, const struct message *message)
{
	write_u64(writer, message->context.fingerprint);
	write_context(writer, message);
}

static void
read_agree(struct reader *reader, struct message *message)
{
	message->context.fingerprint = read_u64(reader);
	read_context(reader, message);
}

static void
write_digest(struct writer *writer, const struct message *message)
{
	write_raw(writer, message->digest.hashes);
}

static void
read_digest(struct reader *reader, struct message *message)
{
	size_t len = reader_left(reader);

	if (len % sizeof(uint64_t) != 0 ||
		len / sizeof(uint64_t) > WIRE_DIGEST_COUNT_MAX)
		reader->failed = true;
	message->digest.count = len / sizeof(uint64_t);
	message->digest.hashes = read_raw(reader, len);
}

static void
write_gone(struct writer *writer, const struct message *message)
{
	write_u64(writer, message->dots.fingerprint);
	write_dots(writer, message);
}

static void
read_gone(struct reader *reader, struct message *message)
{
	message->dots.fingerprint = read_u64(reader);
	read_dots(reader, message);
}

static void
write_sketch(struct writer *writer, const struct message *message)
{
	write_varint(writer, message->sketch.count);
	for (size_t i = 0; i < message->sketch.count; i++) {
		const struct symbol *symbol = &message->sketch.symbols[i];

		write_u64(writer, symbol->sum);
		write_u64(writer, symbol->check);
		write_varint(writer, (uint64_t)symbol->count);
	}
}

static void
read_sketch(struct reader *reader, struct message *message)
{
	size_t count = (size_t)read_varint_max(reader, WIRE_SYMBOL_COUNT_MAX);

	for (size_t i = 0; i < count && !reader->failed; i++) {
		struct symbol *symbol = &message->sketch.symbols[i];

		symbol->sum = read_u64(reader);
		symbol->check = read_u64(reader);
		symbol->count = (int64_t)read_varint_max(reader, UINT32_MAX);
	}
	message->sketch.count = count;
}

/* How the body of each type is written and read; reading marks the reader failed. */
static const struct {
	void (*write)(struct writer *writer, const struct message *message);
	void (*read)(struct reader *reader, struct message *message);
} message_bodies[MESSAGE_TYPE_COUNT] = {
	[MESSAGE_PING] = {write_ping, read_ping},
	[MESSAGE_ACK] = {write_ack, read_ack},
	[MESSAGE_PING_REQ] = {write_ping_req, read_ping_req},
	[MESSAGE_NACK] = {write_answer, read_answer},
	[MESSAGE_RELAYED_ACK] = {write_answer, read_answer},
	[MESSAGE_SUSPECT] = {write_suspect, read_suspect},
	[MESSAGE_RECORD] = {write_record, read_record},
	[MESSAGE_IHAVE] = {write_dots, read_dots},
	[MESSAGE_GRAFT] = {write_dots, read_dots},
	[MESSAGE_PRUNE] = {write_nothing, read_nothing},
	[MESSAGE_AGREE] = {write_agree, read_agree},
	[MESSAGE_CONTEXT] = {write_context, read_context},
	[MESSAGE_DIGEST] = {write_digest, read_digest},
	[MESSAGE_READY] = {write_nothing, read_nothing},
	[MESSAGE_DONE] = {write_nothing, read_nothing},
	[MESSAGE_PULL] = {write_nothing, read_nothing},
	[MESSAGE_SKETCH] = {write_sketch, read_sketch},
	[MESSAGE_WANT] = {write_digest, read_digest},
	[MESSAGE_OFFER] = {write_dots, read_dots},
	[MESSAGE_GONE] = {write_gone, read_gone},
};

/* The length comes before the body but is known after it: the body is written one byte
 * further on, as fits a length below 128, and moved when its length takes more. */
void
message_write(struct writer *writer, const struct message *message)
{
	write_u8(writer, (uint8_t)message->type);
	if (writer->failed || writer->size - writer->len < 1) {
		writer->failed = true;
		return;
	}

	size_t length_at = writer->len;
	struct writer body =
		writer_of(writer->data + length_at + 1, writer->size - length_at - 1);

	message_bodies[message->type].write(&body, message);

	size_t length_len = varint_len(body.len);

	if (body.failed || writer->size - length_at < length_len + body.len) {
		writer->failed = true;
		return;
	}
	memmove(writer->data + length_at + length_len, body.data, body.len);
	write_varint(writer, body.len);
	writer->len += body.len;
}

enum message_result
message_read(struct reader *reader, size_t body_len_max, struct message *ret_message)
{
	struct reader ahead = *reader;
	unsigned type = read_u8(&ahead);
	uint64_t body_len = read_varint(&ahead);

	if (ahead.failed) {
		/* Cut short, or a length that no more bytes can mend. */
		bool length_is_whole = reader_left(reader) >= WIRE_MESSAGE_OVERHEAD_MAX;

		return length_is_whole ? MESSAGE_BAD : MESSAGE_PARTIAL;
	}
	if (body_len > body_len_max)
		return MESSAGE_BAD;
	if (body_len > reader_left(&ahead))
		return MESSAGE_PARTIAL;

	struct reader body = reader_of(read_raw(&ahead, (size_t)body_len));

	*reader = ahead;
	if (type >= MESSAGE_TYPE_COUNT || message_bodies[type].read == NULL)
		return MESSAGE_SKIPPED;
	ret_message->type = (enum message_type)type;
	message_bodies[type].read(&body, ret_message);
	return body.failed || reader_left(&body) != 0 ? MESSAGE_BAD : MESSAGE_TAKEN;
}

void
range_write(struct writer *writer, const struct dot_range *range)
{
	assert(range->first <= range->last);
	write_u64(writer, range->writer);
	write_varint(writer, range->first);
	write_varint(writer, range->last - range->first);
}

bool
range_next(struct reader *entries, struct dot_range *ret_range)
{
	if (entries->failed || reader_left(entries) == 0)
		return false;

	struct dot_range range;

	range.writer = read_u64(entries);
	range.first = read_varint(entries);

	uint64_t more = read_varint(entries);

	range.last = range.first + more;
	if (range.writer == 0 || range.first == 0 || range.last < range.first)
		entries->failed = true;
	if (entries->failed)
		return false;
	*ret_range = range;
	return true;
}

uint64_t
digest_hash(struct bytes hashes, size_t index)
{
	struct reader reader = reader_of(
		bytes_of(hashes.data + index * sizeof(uint64_t), sizeof(uint64_t)));

	return read_u64(&reader);
}
