/* SPDX-License-Identifier: MIT */
#include "wire/message.h"

#include <stdlib.h>

#include "base/mem.h"
#include "codec.h"
#include "run.h"

/* Enough for every message but the largest records and digests. */
#define SMALL_SIZE 4096

#define STREAM_SIZE_MAX (WIRE_BODY_LEN_MAX + WIRE_MESSAGE_OVERHEAD_MAX)

static const uint64_t extremes[] = {
	0, 1, 127, 128, 16383, 16384, UINT32_MAX, UINT64_C(1) << 63, UINT64_MAX};

#define EXTREME_COUNT ((int)(sizeof(extremes) / sizeof(extremes[0])))

static const struct address ipv4 = {.family = 4, .ip = {192, 0, 2, 1}, .port = 7117};
static const struct address ipv6 = {
	.family = 6, .ip = {0x20, 1, 0xd, 0xb8, [15] = 1}, .port = UINT16_MAX};

static void
assert_survives(const struct message *message)
{
	uint8_t data[SMALL_SIZE];
	struct bytes written = encode_message(data, sizeof(data), message);
	struct reader reader = reader_of(written);
	struct message back;

	ck_assert_int_eq(
		message_read(&reader, WIRE_DATAGRAM_SIZE_MAX, &back), MESSAGE_TAKEN);
	ck_assert_uint_eq(reader_left(&reader), 0);
	assert_same_message(&back, message);
}

/* --- what must survive: each runs with every extreme number --- */

START_TEST(pings_and_acks_survive)
{
	uint64_t extreme = extremes[_i];
	struct message message = {
		.type = MESSAGE_PING,
		.ping = {.probe = (uint32_t)extreme,
			.state = {.fingerprint = extreme,
				.record_count = extreme,
				.context_sum = (uint32_t)extreme},
			.wall_ms = extreme},
	};

	assert_survives(&message);
	message.type = MESSAGE_ACK;
	assert_survives(&message);
}
END_TEST

START_TEST(requests_to_ping_survive)
{
	struct message message = {
		.type = MESSAGE_PING_REQ,
		.ping_req = {.probe = (uint32_t)extremes[_i],
			.target = extremes[_i],
			.address = ipv4},
	};

	assert_survives(&message);
	message.ping_req.address = ipv6;
	assert_survives(&message);
}
END_TEST

START_TEST(answers_survive)
{
	struct message message = {
		.type = MESSAGE_NACK,
		.answer = {.probe = (uint32_t)extremes[_i]},
	};

	assert_survives(&message);
	message.type = MESSAGE_RELAYED_ACK;
	assert_survives(&message);
}
END_TEST

START_TEST(accusations_survive)
{
	assert_survives(&(struct message){
		.type = MESSAGE_SUSPECT,
		.suspect = {.member = extremes[_i],
			.generation = (uint32_t)extremes[_i],
			.incarnation = (uint32_t)extremes[_i]},
	});
}
END_TEST

START_TEST(records_survive)
{
	uint64_t extreme = extremes[_i];

	assert_survives(&(struct message){
		.type = MESSAGE_RECORD,
		.record = {.hops = (uint8_t)extreme,
			.view = {.kind = RECORD_OWNED,
				.dot = {extreme | 1, extreme | 1},
				.stamp = extreme,
				.expires_ms = extreme,
				.owner = extreme | 1,
				.key = bytes_of_string("@web1/role"),
				.value = bytes_of_string("db")}},
	});
}
END_TEST

START_TEST(lists_of_dots_survive)
{
	static const enum message_type types[] = {
		MESSAGE_IHAVE, MESSAGE_GRAFT, MESSAGE_OFFER, MESSAGE_GONE};
	struct message message = {0};

	message.dots.fingerprint = extremes[_i];
	for (size_t count = 0; count <= WIRE_DOT_COUNT_MAX / 2; count++) {
		message.type = types[count % 4];
		message.dots.count = count;
		assert_survives(&message);
		message.dots.dots[count] =
			(struct dot){extremes[_i] | 1, extremes[_i] | 1};
	}
}
END_TEST

START_TEST(parts_of_contexts_survive)
{
	uint64_t extreme = extremes[_i] | 1;
	uint8_t entries[3 * RANGE_LEN_MAX];
	struct writer writer = writer_of(entries, sizeof(entries));
	struct message message = {
		.type = MESSAGE_CONTEXT,
		.context = {.fingerprint = extreme},
	};

	assert_survives(&message);
	range_write(&writer, &(struct dot_range){extreme, 1, extreme});
	range_write(&writer, &(struct dot_range){extreme, extreme, extreme});
	range_write(&writer, &(struct dot_range){1, extreme, UINT64_MAX});
	ck_assert(!writer.failed);
	message.context.entries = writer_bytes(&writer);
	assert_survives(&message);
	message.type = MESSAGE_AGREE;
	assert_survives(&message);
}
END_TEST

START_TEST(parts_of_digests_survive)
{
	uint8_t hashes[64];
	struct message message = {0};

	memset(hashes, (int)extremes[_i], sizeof(hashes));
	for (size_t count = 0; count <= 8; count++) {
		message.type = count % 2 == 0 ? MESSAGE_DIGEST : MESSAGE_WANT;
		message.digest.count = count;
		message.digest.hashes = bytes_of(hashes, 8 * count);
		assert_survives(&message);
	}
}
END_TEST

/* As many symbols as fit in a datagram with the largest counts. */
START_TEST(sketches_survive)
{
	struct message message = {.type = MESSAGE_SKETCH};
	uint64_t extreme = extremes[_i];

	for (size_t count = 0; count < WIRE_DATAGRAM_SIZE_MAX / (8 + 8 + 5); count++) {
		message.sketch.count = count;
		assert_survives(&message);
		message.sketch.symbols[count] = (struct symbol){
			.sum = extreme,
			.check = ~extreme,
			.count = (int64_t)(extreme & UINT32_MAX),
		};
	}
}
END_TEST

START_TEST(messages_without_a_body_survive)
{
	assert_survives(&(struct message){.type = MESSAGE_PRUNE});
	assert_survives(&(struct message){.type = MESSAGE_READY});
	assert_survives(&(struct message){.type = MESSAGE_DONE});
	assert_survives(&(struct message){.type = MESSAGE_PULL});
}
END_TEST

/* --- framing --- */

/* The length of the body takes one byte, two or three. */
START_TEST(bodies_of_every_length_survive)
{
	static const size_t value_lens[] = {0, 80, 90, 91, 92, 93, 94, 95, 96, 97, 98,
		100, 16340, 16346, 16347, 16348, 16349, 16350, 16351, 16352, 16353,
		16400, WIRE_VALUE_LEN_MAX};
	uint8_t *data = mem_new(STREAM_SIZE_MAX);
	uint8_t *value = mem_new(WIRE_VALUE_LEN_MAX);
	struct message message = {
		.type = MESSAGE_RECORD,
		.record.view = {.kind = RECORD_SHARED,
			.dot = {1, 1},
			.key = bytes_of_string("key of 11 B")},
	};

	memset(value, 'v', WIRE_VALUE_LEN_MAX);
	for (size_t i = 0; i < sizeof(value_lens) / sizeof(value_lens[0]); i++) {
		struct message back;
		struct bytes written;
		size_t body_len;

		message.record.view.value = bytes_of(value, value_lens[i]);
		body_len = 1 + record_len(&message.record.view);
		written = encode_message(data, STREAM_SIZE_MAX, &message);
		ck_assert_uint_eq(written.len, 1 + varint_len(body_len) + body_len);
		ck_assert_int_eq(decode_message(written, &back), MESSAGE_TAKEN);
		assert_same_message(&back, &message);
	}
	free(data);
	free(value);
}
END_TEST

START_TEST(messages_follow_each_other)
{
	uint8_t data[SMALL_SIZE];
	struct writer writer = writer_of(data, sizeof(data));
	struct reader reader;
	struct message back;

	message_write(&writer, &(struct message){.type = MESSAGE_READY});
	message_write(&writer,
		&(struct message){.type = MESSAGE_NACK, .answer = {.probe = 9}});
	message_write(&writer, &(struct message){.type = MESSAGE_DONE});
	ck_assert(!writer.failed);
	reader = reader_of(writer_bytes(&writer));
	ck_assert_int_eq(message_read(&reader, 100, &back), MESSAGE_TAKEN);
	ck_assert_int_eq(back.type, MESSAGE_READY);
	ck_assert_int_eq(message_read(&reader, 100, &back), MESSAGE_TAKEN);
	ck_assert_int_eq(back.type, MESSAGE_NACK);
	ck_assert_uint_eq(back.answer.probe, 9);
	ck_assert_int_eq(message_read(&reader, 100, &back), MESSAGE_TAKEN);
	ck_assert_int_eq(back.type, MESSAGE_DONE);
	ck_assert_int_eq(message_read(&reader, 100, &back), MESSAGE_PARTIAL);
}
END_TEST

START_TEST(unknown_types_are_passed_over)
{
	for (unsigned type = 0; type <= UINT8_MAX; type++) {
		uint8_t data[] = {(uint8_t)type, 3, 1, 2, 3, MESSAGE_DONE, 0};
		struct reader reader = reader_of(bytes_of(data, sizeof(data)));
		struct message back;

		if (type != 0 && type < MESSAGE_TYPE_COUNT)
			continue;
		ck_assert_int_eq(message_read(&reader, 100, &back), MESSAGE_SKIPPED);
		ck_assert_int_eq(message_read(&reader, 100, &back), MESSAGE_TAKEN);
		ck_assert_int_eq(back.type, MESSAGE_DONE);
	}
}
END_TEST

START_TEST(what_is_not_there_yet_is_waited_for)
{
	uint8_t data[SMALL_SIZE];
	uint8_t value[300] = {0};
	struct message message = {
		.type = MESSAGE_RECORD,
		.record.view = {.kind = RECORD_SHARED,
			.dot = {1, 1},
			.key = bytes_of_string("k"),
			.value = bytes_of(value, sizeof(value))},
	};
	struct bytes written = encode_message(data, sizeof(data), &message);

	for (size_t len = 0; len < written.len; len++) {
		struct reader reader = reader_of(bytes_of(data, len));
		struct message back;

		ck_assert_int_eq(message_read(&reader, 1000, &back), MESSAGE_PARTIAL);
		ck_assert_uint_eq(reader.pos, 0);
		ck_assert(!reader.failed);
	}
}
END_TEST

START_TEST(a_body_may_be_as_long_as_the_reader_says)
{
	uint8_t data[] = {200, 5, 1, 2, 3, 4, 5};
	struct reader reader = reader_of(bytes_of(data, sizeof(data)));
	struct message back;

	ck_assert_int_eq(message_read(&reader, 4, &back), MESSAGE_BAD);
	ck_assert_int_eq(message_read(&reader, 5, &back), MESSAGE_SKIPPED);
}
END_TEST

/* A stream must not wait for what would never be taken. */
START_TEST(absurd_lengths_are_refused_before_the_body_comes)
{
	static const uint64_t lengths[] = {WIRE_BODY_LEN_MAX + 1, 1000000000,
		UINT32_MAX, UINT64_C(1) << 32, UINT64_C(1) << 63, UINT64_MAX};

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		uint8_t data[16];
		struct writer writer = writer_of(data, sizeof(data));
		struct message back;

		write_u8(&writer, MESSAGE_RECORD);
		write_varint(&writer, lengths[i]);
		ck_assert_int_eq(
			decode_message(writer_bytes(&writer), &back), MESSAGE_BAD);
	}
}
END_TEST

START_TEST(a_length_that_no_byte_can_mend_is_refused)
{
	static const uint8_t endless[] = {MESSAGE_RECORD, 0x80, 0x80, 0x80, 0x80};
	static const uint8_t overlong[] = {MESSAGE_NACK, 0x84, 0x00, 1, 2, 3, 4};
	struct message back;

	ck_assert_int_eq(
		decode_message(bytes_of(endless, sizeof(endless)), &back), MESSAGE_BAD);
	ck_assert_int_eq(decode_message(bytes_of(overlong, sizeof(overlong)), &back),
		MESSAGE_BAD);
}
END_TEST

START_TEST(a_full_writer_is_marked)
{
	uint8_t data[SMALL_SIZE];
	uint8_t key[200] = {0};
	struct message message = {
		.type = MESSAGE_RECORD,
		.record.view = {.kind = RECORD_SHARED,
			.dot = {1, 1},
			.key = bytes_of(key, sizeof(key)),
			.value = bytes_of_string("value")},
	};
	size_t len = encode_message(data, sizeof(data), &message).len;

	for (size_t size = 0; size < len; size++) {
		uint8_t small[SMALL_SIZE];
		struct writer writer = writer_of(small, size);

		message_write(&writer, &message);
		ck_assert(writer.failed);
		ck_assert_uint_le(writer.len, size);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("message");
	TCase *good = add_case(suite, "what survives");
	TCase *framing = add_case(suite, "framing");

	tcase_add_loop_test(good, pings_and_acks_survive, 0, EXTREME_COUNT);
	tcase_add_loop_test(good, requests_to_ping_survive, 0, EXTREME_COUNT);
	tcase_add_loop_test(good, answers_survive, 0, EXTREME_COUNT);
	tcase_add_loop_test(good, accusations_survive, 0, EXTREME_COUNT);
	tcase_add_loop_test(good, records_survive, 0, EXTREME_COUNT);
	tcase_add_loop_test(good, lists_of_dots_survive, 0, EXTREME_COUNT);
	tcase_add_loop_test(good, parts_of_contexts_survive, 0, EXTREME_COUNT);
	tcase_add_loop_test(good, parts_of_digests_survive, 0, EXTREME_COUNT);
	tcase_add_loop_test(good, sketches_survive, 0, EXTREME_COUNT);
	tcase_add_test(good, messages_without_a_body_survive);
	tcase_add_test(framing, bodies_of_every_length_survive);
	tcase_add_test(framing, messages_follow_each_other);
	tcase_add_test(framing, unknown_types_are_passed_over);
	tcase_add_test(framing, what_is_not_there_yet_is_waited_for);
	tcase_add_test(framing, a_body_may_be_as_long_as_the_reader_says);
	tcase_add_test(framing, absurd_lengths_are_refused_before_the_body_comes);
	tcase_add_test(framing, a_length_that_no_byte_can_mend_is_refused);
	tcase_add_test(framing, a_full_writer_is_marked);
	return run_suite(suite);
}
