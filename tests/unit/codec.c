/* SPDX-License-Identifier: MIT */
#include "codec.h"

#include <check.h>

struct bytes
encode_message(uint8_t *data, size_t size, const struct message *message)
{
	struct writer writer = writer_of(data, size);

	message_write(&writer, message);
	ck_assert(!writer.failed);
	return writer_bytes(&writer);
}

enum message_result
decode_message(struct bytes bytes, struct message *ret_message)
{
	struct reader reader = reader_of(bytes);

	return message_read(&reader, WIRE_BODY_LEN_MAX, ret_message);
}

void
assert_same_bytes(struct bytes a, struct bytes b)
{
	ck_assert_uint_eq(a.len, b.len);
	ck_assert(bytes_equal(a, b));
}

void
assert_same_record(const struct record_view *a, const struct record_view *b)
{
	ck_assert_int_eq(a->kind, b->kind);
	ck_assert_int_eq(a->deleted, b->deleted);
	ck_assert_uint_eq(a->dot.writer, b->dot.writer);
	ck_assert_uint_eq(a->dot.seq, b->dot.seq);
	ck_assert_uint_eq(a->stamp, b->stamp);
	ck_assert_uint_eq(a->expires_ms, b->expires_ms);
	ck_assert_uint_eq(a->owner, b->owner);
	assert_same_bytes(a->key, b->key);
	assert_same_bytes(a->value, b->value);
}

void
assert_same_info(const struct member_info *a, const struct member_info *b)
{
	ck_assert_uint_eq(a->generation, b->generation);
	ck_assert_uint_eq(a->incarnation, b->incarnation);
	ck_assert_int_eq(a->claim, b->claim);
	ck_assert(address_equal(&a->address, &b->address));
	ck_assert_uint_eq(a->writer, b->writer);
	ck_assert_uint_eq(a->features, b->features);
	assert_same_bytes(a->name, b->name);
	assert_same_bytes(a->zone, b->zone);
	assert_same_bytes(a->software, b->software);
}

static void
assert_same_ping(const struct message *a, const struct message *b)
{
	ck_assert_uint_eq(a->ping.probe, b->ping.probe);
	ck_assert_uint_eq(a->ping.state.fingerprint, b->ping.state.fingerprint);
	ck_assert_uint_eq(a->ping.state.record_count, b->ping.state.record_count);
	ck_assert_uint_eq(a->ping.state.context_sum, b->ping.state.context_sum);
	if (a->type == MESSAGE_ACK)
		ck_assert_uint_eq(a->ping.wall_ms, b->ping.wall_ms);
}

static void
assert_same_ping_req(const struct message *a, const struct message *b)
{
	ck_assert_uint_eq(a->ping_req.probe, b->ping_req.probe);
	ck_assert_uint_eq(a->ping_req.target, b->ping_req.target);
	ck_assert(address_equal(&a->ping_req.address, &b->ping_req.address));
}

static void
assert_same_suspect(const struct message *a, const struct message *b)
{
	ck_assert_uint_eq(a->suspect.member, b->suspect.member);
	ck_assert_uint_eq(a->suspect.generation, b->suspect.generation);
	ck_assert_uint_eq(a->suspect.incarnation, b->suspect.incarnation);
}

static void
assert_same_dots(const struct message *a, const struct message *b)
{
	ck_assert_uint_eq(a->dots.count, b->dots.count);
	for (size_t i = 0; i < a->dots.count; i++) {
		ck_assert_uint_eq(a->dots.dots[i].writer, b->dots.dots[i].writer);
		ck_assert_uint_eq(a->dots.dots[i].seq, b->dots.dots[i].seq);
	}
}

static void
assert_same_sketch(const struct message *a, const struct message *b)
{
	ck_assert_uint_eq(a->sketch.count, b->sketch.count);
	for (size_t i = 0; i < a->sketch.count; i++) {
		const struct symbol *symbol_a = &a->sketch.symbols[i];
		const struct symbol *symbol_b = &b->sketch.symbols[i];

		ck_assert_uint_eq(symbol_a->sum, symbol_b->sum);
		ck_assert_uint_eq(symbol_a->check, symbol_b->check);
		ck_assert_int_eq(symbol_a->count, symbol_b->count);
	}
}

void
assert_same_message(const struct message *a, const struct message *b)
{
	ck_assert_int_eq(a->type, b->type);
	switch (a->type) {
	case MESSAGE_PING:
	case MESSAGE_ACK:
		assert_same_ping(a, b);
		break;
	case MESSAGE_PING_REQ:
		assert_same_ping_req(a, b);
		break;
	case MESSAGE_NACK:
	case MESSAGE_RELAYED_ACK:
		ck_assert_uint_eq(a->answer.probe, b->answer.probe);
		break;
	case MESSAGE_SUSPECT:
		assert_same_suspect(a, b);
		break;
	case MESSAGE_RECORD:
		ck_assert_uint_eq(a->record.hops, b->record.hops);
		assert_same_record(&a->record.view, &b->record.view);
		break;
	case MESSAGE_IHAVE:
	case MESSAGE_GRAFT:
	case MESSAGE_OFFER:
		assert_same_dots(a, b);
		break;
	case MESSAGE_GONE:
		ck_assert_uint_eq(a->dots.fingerprint, b->dots.fingerprint);
		assert_same_dots(a, b);
		break;
	case MESSAGE_AGREE:
		ck_assert_uint_eq(a->context.fingerprint, b->context.fingerprint);
		assert_same_bytes(a->context.entries, b->context.entries);
		break;
	case MESSAGE_CONTEXT:
		assert_same_bytes(a->context.entries, b->context.entries);
		break;
	case MESSAGE_DIGEST:
	case MESSAGE_WANT:
		ck_assert_uint_eq(a->digest.count, b->digest.count);
		assert_same_bytes(a->digest.hashes, b->digest.hashes);
		break;
	case MESSAGE_SKETCH:
		assert_same_sketch(a, b);
		break;
	case MESSAGE_PRUNE:
	case MESSAGE_READY:
	case MESSAGE_DONE:
	case MESSAGE_PULL:
		break;
	case MESSAGE_TYPE_COUNT:
		ck_abort_msg("not a type");
	}
}
