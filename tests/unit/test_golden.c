/* SPDX-License-Identifier: MIT */
#include "golden.h"

#include "codec.h"
#include "golden_messages.h"
#include "gossip/context.h"
#include "gossip/members.h"
#include "run.h"
#include "wire/header.h"

/*
 * The packets of docs/protocol.md: what is sent is what they show, what they show is
 * understood, and whatever is missing or wrong in them is noticed or makes another
 * packet that is right.
 */

/* --- the packets and what is sent and understood --- */

START_TEST(the_golden_message_is_what_is_sent)
{
	struct golden golden = golden_load(golden_messages[_i].name);
	uint8_t data[GOLDEN_LEN_MAX];
	struct room room;
	struct message message = golden_messages[_i].compose(&room);

	assert_same_bytes(
		encode_message(data, sizeof(data), &message), golden_bytes(&golden));
}
END_TEST

START_TEST(the_golden_message_is_understood)
{
	struct golden golden = golden_load(golden_messages[_i].name);
	struct room room;
	struct message message = golden_messages[_i].compose(&room);
	struct message back;

	ck_assert_int_eq(decode_message(golden_bytes(&golden), &back), MESSAGE_TAKEN);
	assert_same_message(&back, &message);
}
END_TEST

START_TEST(every_type_has_a_golden_message)
{
	bool seen[MESSAGE_TYPE_COUNT] = {true};

	for (int i = 0; i < GOLDEN_MESSAGE_COUNT; i++) {
		struct room room;

		seen[golden_messages[i].compose(&room).type] = true;
	}
	for (size_t i = 0; i < MESSAGE_TYPE_COUNT; i++)
		ck_assert_msg(seen[i], "type %zu", i);
}
END_TEST

START_TEST(the_golden_header_is_sent_and_understood)
{
	struct golden golden = golden_load("header");
	struct reader reader = reader_of(golden_bytes(&golden));
	uint8_t data[WIRE_HEADER_SIZE];
	struct writer writer = writer_of(data, sizeof(data));
	struct header header;

	ck_assert_int_eq(header_read(&reader, &header), ERR_OK);
	ck_assert_uint_eq(reader_left(&reader), 0);
	ck_assert_uint_eq(header.version, WIRE_VERSION);
	ck_assert_uint_eq(header.features, WIRE_FEATURES);
	ck_assert_uint_eq(header.cluster, header_cluster("default"));
	ck_assert_uint_eq(header.sender, WEB1_SHORT_ID);
	header_write(&writer, &header);
	assert_same_bytes(writer_bytes(&writer), golden_bytes(&golden));
}
END_TEST

START_TEST(the_golden_member_is_sent_and_understood)
{
	struct golden golden = golden_load("member_info");
	struct member_info info = db1_info();
	struct member_info back;
	uint8_t data[MEMBER_INFO_LEN_MAX];
	struct writer writer = writer_of(data, sizeof(data));

	ck_assert_int_eq(member_info_read(golden_bytes(&golden), &back), ERR_OK);
	assert_same_info(&back, &info);
	member_info_write(&writer, &info);
	assert_same_bytes(writer_bytes(&writer), golden_bytes(&golden));
}
END_TEST

START_TEST(the_short_id_is_the_beginning_of_the_id)
{
	ck_assert_uint_eq(short_id_of(web1_id), WEB1_SHORT_ID);
}
END_TEST

START_TEST(the_fingerprint_is_the_sum_of_the_digest)
{
	struct room room;
	struct message message = golden_digest(&room);
	uint64_t sum = 0;

	for (size_t i = 0; i < GOLDEN_LIVE_COUNT; i++)
		sum += digest_hash(message.digest.hashes, i);
	ck_assert_uint_eq(sum, golden_state.fingerprint);
	ck_assert_uint_eq(golden_state.record_count, GOLDEN_LIVE_COUNT);
}
END_TEST

START_TEST(the_sum_of_the_context_is_that_of_the_ping)
{
	struct context whole;

	context_init(&whole);
	for (size_t i = 0; i < GOLDEN_RANGE_COUNT; i++)
		context_add_range(&whole, golden_context[i].writer,
			golden_context[i].first, golden_context[i].last);
	ck_assert_uint_eq((uint32_t)context_sum(&whole), golden_state.context_sum);
	context_fini(&whole);
}
END_TEST

/* Reads a header and messages of these types, and nothing more. */
static void
assert_consists_of(const char *name, const enum message_type *types, size_t count)
{
	struct golden golden = golden_load(name);
	struct reader reader = reader_of(golden_bytes(&golden));
	struct header header;
	struct message message;

	ck_assert_int_eq(header_read(&reader, &header), ERR_OK);
	for (size_t i = 0; i < count; i++) {
		ck_assert_int_eq(message_read(&reader, WIRE_BODY_LEN_MAX, &message),
			MESSAGE_TAKEN);
		ck_assert_int_eq(message.type, types[i]);
	}
	ck_assert_uint_eq(reader_left(&reader), 0);
}

START_TEST(the_golden_datagram_is_a_header_and_messages)
{
	static const enum message_type types[] = {MESSAGE_PING, MESSAGE_RECORD};

	assert_consists_of("datagram", types, sizeof(types) / sizeof(types[0]));
}
END_TEST

START_TEST(the_golden_stream_is_a_header_and_messages)
{
	static const enum message_type types[] = {MESSAGE_CONTEXT, MESSAGE_READY,
		MESSAGE_RECORD, MESSAGE_DIGEST, MESSAGE_DONE};

	assert_consists_of("stream", types, sizeof(types) / sizeof(types[0]));
}
END_TEST

/* --- packets that are cut or changed --- */

/* Reads one message. One that is taken must be what its bytes say and nothing else:
 * encoding it gives them back. */
static enum message_result
read_strictly(struct bytes bytes)
{
	struct reader reader = reader_of(bytes);
	uint8_t data[2 * GOLDEN_LEN_MAX];
	struct message message;
	enum message_result result =
		message_read(&reader, WIRE_DATAGRAM_SIZE_MAX, &message);

	if (result == MESSAGE_TAKEN)
		assert_same_bytes(encode_message(data, sizeof(data), &message),
			bytes_of(bytes.data, reader.pos));
	if (result == MESSAGE_PARTIAL)
		ck_assert_uint_eq(reader.pos, 0);
	return result;
}

START_TEST(a_message_cut_short_is_not_taken)
{
	struct golden golden = golden_load(golden_messages[_i].name);

	for (size_t len = 0; len < golden.len; len++)
		ck_assert_int_eq(
			read_strictly(bytes_of(golden.data, len)), MESSAGE_PARTIAL);
}
END_TEST

/* The length says that the body ends early. */
START_TEST(a_body_cut_short_is_bad_or_another_message)
{
	struct golden golden = golden_load(golden_messages[_i].name);
	size_t body_len = golden.len - 2;

	ck_assert_uint_eq(golden.data[1], body_len);
	for (size_t len = 0; len < body_len; len++) {
		enum message_result result;

		golden.data[1] = (uint8_t)len;
		result = read_strictly(bytes_of(golden.data, 2 + len));
		ck_assert(result == MESSAGE_BAD || result == MESSAGE_TAKEN);
	}
}
END_TEST

START_TEST(a_message_with_a_wrong_bit_is_bad_or_another_message)
{
	struct golden golden = golden_load(golden_messages[_i].name);

	for (size_t bit = 0; bit < 8 * golden.len; bit++) {
		golden.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		read_strictly(golden_bytes(&golden));
		golden.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}
END_TEST

START_TEST(a_header_with_a_wrong_bit_is_another_version_or_sender)
{
	struct golden golden = golden_load("header");

	for (size_t bit = 0; bit < 8 * golden.len; bit++) {
		uint8_t data[WIRE_HEADER_SIZE];
		struct writer writer = writer_of(data, sizeof(data));
		struct reader reader = reader_of(golden_bytes(&golden));
		struct header header;
		enum err err;

		golden.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		err = header_read(&reader, &header);
		ck_assert_int_eq(err, bit < 8 ? ERR_VERSION : ERR_OK);
		if (err == ERR_OK) {
			header_write(&writer, &header);
			assert_same_bytes(writer_bytes(&writer), golden_bytes(&golden));
		}
		golden.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}
END_TEST

START_TEST(a_member_cut_short_is_malformed)
{
	struct golden golden = golden_load("member_info");
	struct member_info info;

	for (size_t len = 0; len < golden.len; len++)
		ck_assert_int_eq(member_info_read(bytes_of(golden.data, len), &info),
			ERR_MALFORMED);
}
END_TEST

START_TEST(a_member_with_a_wrong_bit_is_malformed_or_another)
{
	struct golden golden = golden_load("member_info");

	for (size_t bit = 0; bit < 8 * golden.len; bit++) {
		uint8_t data[MEMBER_INFO_LEN_MAX];
		struct writer writer = writer_of(data, sizeof(data));
		struct member_info info;

		golden.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (member_info_read(golden_bytes(&golden), &info) == ERR_OK) {
			member_info_write(&writer, &info);
			assert_same_bytes(writer_bytes(&writer), golden_bytes(&golden));
		}
		golden.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("golden packets");
	TCase *good = add_case(suite, "as specified");
	TCase *bad = add_case(suite, "cut or changed");

	tcase_add_loop_test(
		good, the_golden_message_is_what_is_sent, 0, GOLDEN_MESSAGE_COUNT);
	tcase_add_loop_test(
		good, the_golden_message_is_understood, 0, GOLDEN_MESSAGE_COUNT);
	tcase_add_test(good, every_type_has_a_golden_message);
	tcase_add_test(good, the_golden_header_is_sent_and_understood);
	tcase_add_test(good, the_golden_member_is_sent_and_understood);
	tcase_add_test(good, the_short_id_is_the_beginning_of_the_id);
	tcase_add_test(good, the_fingerprint_is_the_sum_of_the_digest);
	tcase_add_test(good, the_sum_of_the_context_is_that_of_the_ping);
	tcase_add_test(good, the_golden_datagram_is_a_header_and_messages);
	tcase_add_test(good, the_golden_stream_is_a_header_and_messages);
	tcase_add_loop_test(
		bad, a_message_cut_short_is_not_taken, 0, GOLDEN_MESSAGE_COUNT);
	tcase_add_loop_test(bad, a_body_cut_short_is_bad_or_another_message, 0,
		GOLDEN_MESSAGE_COUNT);
	tcase_add_loop_test(bad, a_message_with_a_wrong_bit_is_bad_or_another_message,
		0, GOLDEN_MESSAGE_COUNT);
	tcase_add_test(bad, a_header_with_a_wrong_bit_is_another_version_or_sender);
	tcase_add_test(bad, a_member_cut_short_is_malformed);
	tcase_add_test(bad, a_member_with_a_wrong_bit_is_malformed_or_another);
	return run_suite(suite);
}
