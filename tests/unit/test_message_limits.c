/* SPDX-License-Identifier: MIT */
#include "wire/message.h"

#include <stdlib.h>

#include "base/mem.h"
#include "codec.h"
#include "run.h"

/* Bodies that a message must not have. How they are framed is in test_message.c. */

#define SMALL_SIZE 4096

static const struct address ipv4 = {.family = 4, .ip = {192, 0, 2, 1}, .port = 7117};
static const struct address ipv6 = {
	.family = 6, .ip = {0x20, 1, 0xd, 0xb8, [15] = 1}, .port = UINT16_MAX};

/* Written as it is, it must not be readable. */
static void
assert_refused(const struct message *message)
{
	uint8_t data[SMALL_SIZE];
	struct message back;

	ck_assert_int_eq(
		decode_message(encode_message(data, sizeof(data), message), &back),
		MESSAGE_BAD);
}

/* A message of that type whose body is `body`. */
static enum message_result
read_body(unsigned type, const void *body, size_t len)
{
	uint8_t data[SMALL_SIZE];
	struct writer writer = writer_of(data, sizeof(data));
	struct message back;

	write_u8(&writer, (uint8_t)type);
	write_blob(&writer, bytes_of(body, len));
	ck_assert(!writer.failed);
	return decode_message(writer_bytes(&writer), &back);
}

START_TEST(trailing_bytes_in_a_body_are_refused)
{
	ck_assert_int_eq(read_body(MESSAGE_NACK, "1234", 4), MESSAGE_TAKEN);
	ck_assert_int_eq(read_body(MESSAGE_NACK, "12345", 5), MESSAGE_BAD);
	ck_assert_int_eq(read_body(MESSAGE_PRUNE, "", 0), MESSAGE_TAKEN);
	ck_assert_int_eq(read_body(MESSAGE_PRUNE, "1", 1), MESSAGE_BAD);
	ck_assert_int_eq(read_body(MESSAGE_READY, "1", 1), MESSAGE_BAD);
	ck_assert_int_eq(read_body(MESSAGE_DONE, "1", 1), MESSAGE_BAD);
	ck_assert_int_eq(read_body(MESSAGE_PULL, "1", 1), MESSAGE_BAD);
	ck_assert_int_eq(read_body(MESSAGE_IHAVE, "\0\0", 2), MESSAGE_BAD);
	ck_assert_int_eq(read_body(MESSAGE_OFFER, "\0\0", 2), MESSAGE_BAD);
	ck_assert_int_eq(read_body(MESSAGE_SKETCH, "\0\0", 2), MESSAGE_BAD);
	ck_assert_int_eq(read_body(MESSAGE_GONE, "12345678\0\0", 10), MESSAGE_BAD);
}
END_TEST

START_TEST(requests_to_ping_need_an_address)
{
	struct message message = {
		.type = MESSAGE_PING_REQ,
		.ping_req = {.target = 1, .address = ipv4},
	};

	message.ping_req.address.port = 0;
	assert_refused(&message);
	for (unsigned family = 0; family <= UINT8_MAX; family++) {
		message.ping_req.address = ipv6;
		message.ping_req.address.family = (uint8_t)family;
		if (family != 4 && family != 6)
			assert_refused(&message);
	}
}
END_TEST

START_TEST(accusations_have_counters_of_32_bits)
{
	uint8_t body[64];

	for (int place = 0; place < 3; place++) {
		struct writer writer = writer_of(body, sizeof(body));

		write_u64(&writer, 1);
		write_varint(&writer, place == 0 ? UINT64_C(1) << 32 : UINT32_MAX);
		write_varint(&writer, place == 1 ? UINT64_C(1) << 32 : UINT32_MAX);
		ck_assert_int_eq(read_body(MESSAGE_SUSPECT, body, writer.len),
			place == 2 ? MESSAGE_TAKEN : MESSAGE_BAD);
	}
}
END_TEST

START_TEST(bad_records_are_refused)
{
	assert_refused(&(struct message){
		.type = MESSAGE_RECORD,
		.record.view = {.kind = RECORD_SHARED, .dot = {1, 1}},
	});
}
END_TEST

START_TEST(lists_of_dots_have_a_limit)
{
	uint8_t body[SMALL_SIZE];

	for (size_t count = WIRE_DOT_COUNT_MAX; count <= WIRE_DOT_COUNT_MAX + 1;
		count++) {
		struct writer writer = writer_of(body, sizeof(body));

		write_varint(&writer, count);
		for (size_t i = 0; i < count; i++) {
			write_u64(&writer, 1);
			write_varint(&writer, i + 1);
		}
		ck_assert(!writer.failed);
		ck_assert_int_eq(read_body(MESSAGE_IHAVE, body, writer.len),
			count <= WIRE_DOT_COUNT_MAX ? MESSAGE_TAKEN : MESSAGE_BAD);
		ck_assert_int_eq(read_body(MESSAGE_OFFER, body, writer.len),
			count <= WIRE_DOT_COUNT_MAX ? MESSAGE_TAKEN : MESSAGE_BAD);
	}
}
END_TEST

START_TEST(lists_of_dots_are_as_long_as_they_say)
{
	static const uint64_t counts[] = {0, 2, 127, 1000000000, UINT64_MAX};
	uint8_t body[64];

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		struct writer writer = writer_of(body, sizeof(body));

		write_varint(&writer, counts[i]);
		write_u64(&writer, 1);
		write_varint(&writer, 1);
		ck_assert_int_eq(
			read_body(MESSAGE_GRAFT, body, writer.len), MESSAGE_BAD);
	}
}
END_TEST

START_TEST(dots_begin_at_one)
{
	assert_refused(&(struct message){
		.type = MESSAGE_IHAVE, .dots = {.count = 1, .dots = {{0, 1}}}});
	assert_refused(&(struct message){
		.type = MESSAGE_GRAFT, .dots = {.count = 1, .dots = {{1, 0}}}});
	assert_refused(&(struct message){
		.type = MESSAGE_OFFER, .dots = {.count = 1, .dots = {{0, 1}}}});
	assert_refused(&(struct message){
		.type = MESSAGE_GONE, .dots = {.count = 1, .dots = {{1, 0}}}});
}
END_TEST

/* The body of a CONTEXT with one range. */
static enum message_result
read_range(uint64_t writer_id, uint64_t first, uint64_t more)
{
	uint8_t body[RANGE_LEN_MAX];
	struct writer writer = writer_of(body, sizeof(body));
	uint8_t agree[8 + RANGE_LEN_MAX] = {0};
	enum message_result result;

	write_u64(&writer, writer_id);
	write_varint(&writer, first);
	write_varint(&writer, more);
	ck_assert(!writer.failed);
	memcpy(agree + 8, body, writer.len);
	result = read_body(MESSAGE_CONTEXT, body, writer.len);
	ck_assert_int_eq(read_body(MESSAGE_AGREE, agree, 8 + writer.len), result);
	return result;
}

START_TEST(ranges_that_overflow_are_refused)
{
	ck_assert_int_eq(read_range(1, UINT64_MAX, 0), MESSAGE_TAKEN);
	ck_assert_int_eq(read_range(1, 1, UINT64_MAX - 1), MESSAGE_TAKEN);
	ck_assert_int_eq(read_range(1, 1, UINT64_MAX), MESSAGE_BAD);
	ck_assert_int_eq(read_range(1, 2, UINT64_MAX - 1), MESSAGE_BAD);
	ck_assert_int_eq(read_range(1, UINT64_MAX, 1), MESSAGE_BAD);
	ck_assert_int_eq(read_range(1, UINT64_MAX, UINT64_MAX), MESSAGE_BAD);
}
END_TEST

START_TEST(ranges_begin_at_one)
{
	ck_assert_int_eq(read_range(1, 1, 0), MESSAGE_TAKEN);
	ck_assert_int_eq(read_range(0, 1, 0), MESSAGE_BAD);
	ck_assert_int_eq(read_range(1, 0, 0), MESSAGE_BAD);
	ck_assert_int_eq(read_range(1, 0, 5), MESSAGE_BAD);
}
END_TEST

START_TEST(ranges_cut_short_are_refused)
{
	uint8_t body[2 * RANGE_LEN_MAX];
	struct writer writer = writer_of(body, sizeof(body));
	size_t first_len;

	range_write(&writer, &(struct dot_range){1, 300, 1000});
	first_len = writer.len;
	range_write(&writer, &(struct dot_range){2, 300, 1000});
	for (size_t len = 0; len <= writer.len; len++) {
		bool is_whole = len == 0 || len == first_len || len == writer.len;

		ck_assert_int_eq(read_body(MESSAGE_CONTEXT, body, len),
			is_whole ? MESSAGE_TAKEN : MESSAGE_BAD);
	}
}
END_TEST

START_TEST(an_agreement_has_a_fingerprint)
{
	ck_assert_int_eq(read_body(MESSAGE_AGREE, "12345678", 8), MESSAGE_TAKEN);
	for (size_t len = 0; len < 8; len++)
		ck_assert_int_eq(
			read_body(MESSAGE_AGREE, "12345678", len), MESSAGE_BAD);
}
END_TEST

START_TEST(digests_are_of_whole_hashes)
{
	for (size_t len = 0; len <= 24; len++)
		ck_assert_int_eq(
			read_body(MESSAGE_DIGEST, "123456781234567812345678", len),
			len % 8 == 0 ? MESSAGE_TAKEN : MESSAGE_BAD);
}
END_TEST

START_TEST(digests_have_a_limit)
{
	size_t size = 8 * (WIRE_DIGEST_COUNT_MAX + 1);
	uint8_t *hashes = mem_new(size);
	uint8_t *data = mem_new(size + WIRE_MESSAGE_OVERHEAD_MAX);
	struct message message = {.type = MESSAGE_DIGEST};
	struct message back;

	message.digest.hashes = bytes_of(hashes, size - 8);
	ck_assert_int_eq(
		decode_message(encode_message(data, size + WIRE_MESSAGE_OVERHEAD_MAX,
				       &message),
			&back),
		MESSAGE_TAKEN);
	ck_assert_uint_eq(back.digest.count, WIRE_DIGEST_COUNT_MAX);
	message.digest.hashes = bytes_of(hashes, size);
	ck_assert_int_eq(
		decode_message(encode_message(data, size + WIRE_MESSAGE_OVERHEAD_MAX,
				       &message),
			&back),
		MESSAGE_BAD);
	free(hashes);
	free(data);
}
END_TEST

START_TEST(what_is_wanted_is_whole_hashes)
{
	for (size_t len = 0; len <= 24; len++)
		ck_assert_int_eq(
			read_body(MESSAGE_WANT, "123456781234567812345678", len),
			len % 8 == 0 ? MESSAGE_TAKEN : MESSAGE_BAD);
}
END_TEST

START_TEST(what_is_gone_has_a_fingerprint_and_dots)
{
	uint8_t body[64];
	struct writer writer = writer_of(body, sizeof(body));

	write_u64(&writer, 1);
	write_varint(&writer, 1);
	write_u64(&writer, 1);
	write_varint(&writer, 1);
	for (size_t len = 0; len <= writer.len; len++)
		ck_assert_int_eq(read_body(MESSAGE_GONE, body, len),
			len == writer.len ? MESSAGE_TAKEN : MESSAGE_BAD);
}
END_TEST

/* The body of a SKETCH that says to have so many symbols, and has `count`. */
static enum message_result
read_sketch(uint64_t count_said, size_t count, uint64_t item_count)
{
	uint8_t body[SMALL_SIZE];
	struct writer writer = writer_of(body, sizeof(body));

	write_varint(&writer, count_said);
	for (size_t i = 0; i < count; i++) {
		write_u64(&writer, 1);
		write_u64(&writer, 2);
		write_varint(&writer, item_count);
	}
	ck_assert(!writer.failed);
	return read_body(MESSAGE_SKETCH, body, writer.len);
}

START_TEST(sketches_have_a_limit)
{
	size_t count_max = WIRE_SYMBOL_COUNT_MAX;

	ck_assert_int_eq(read_sketch(count_max, count_max, 1), MESSAGE_TAKEN);
	ck_assert_int_eq(read_sketch(count_max + 1, count_max + 1, 1), MESSAGE_BAD);
	ck_assert_int_eq(read_sketch(100, 100, 1), MESSAGE_BAD);
}
END_TEST

START_TEST(sketches_are_as_long_as_they_say)
{
	static const uint64_t counts[] = {0, 1, 3, 72, 127, 1000000000, UINT64_MAX};

	ck_assert_int_eq(read_sketch(2, 2, 1), MESSAGE_TAKEN);
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		ck_assert_int_eq(read_sketch(counts[i], 2, 1), MESSAGE_BAD);
}
END_TEST

START_TEST(symbols_have_counters_of_32_bits)
{
	ck_assert_int_eq(read_sketch(2, 2, UINT32_MAX), MESSAGE_TAKEN);
	ck_assert_int_eq(read_sketch(2, 2, UINT64_C(1) << 32), MESSAGE_BAD);
	ck_assert_int_eq(read_sketch(2, 2, UINT64_MAX), MESSAGE_BAD);
}
END_TEST

/* --- parts --- */

START_TEST(ranges_are_read_one_by_one)
{
	static const struct dot_range ranges[] = {
		{1, 1, 1}, {1, 3, UINT64_MAX}, {UINT64_MAX, 5, 300}};
	uint8_t entries[3 * RANGE_LEN_MAX];
	struct writer writer = writer_of(entries, sizeof(entries));
	struct dot_range back;
	struct reader reader;

	for (size_t i = 0; i < 3; i++)
		range_write(&writer, &ranges[i]);
	reader = reader_of(writer_bytes(&writer));
	for (size_t i = 0; i < 3; i++) {
		ck_assert(range_next(&reader, &back));
		ck_assert_uint_eq(back.writer, ranges[i].writer);
		ck_assert_uint_eq(back.first, ranges[i].first);
		ck_assert_uint_eq(back.last, ranges[i].last);
	}
	ck_assert(!range_next(&reader, &back));
	ck_assert(!reader.failed);
}
END_TEST

START_TEST(the_longest_range_fits_the_size_said)
{
	uint8_t entries[RANGE_LEN_MAX];
	struct writer writer = writer_of(entries, sizeof(entries));

	range_write(&writer,
		&(struct dot_range){UINT64_MAX, (UINT64_C(1) << 63), UINT64_MAX});
	ck_assert(!writer.failed);
}
END_TEST

START_TEST(hashes_are_found_by_their_place)
{
	uint8_t data[24];
	struct writer writer = writer_of(data, sizeof(data));

	write_u64(&writer, 0);
	write_u64(&writer, UINT64_MAX);
	write_u64(&writer, 0x0102030405060708);
	ck_assert_uint_eq(digest_hash(writer_bytes(&writer), 0), 0);
	ck_assert_uint_eq(digest_hash(writer_bytes(&writer), 1), UINT64_MAX);
	ck_assert_uint_eq(digest_hash(writer_bytes(&writer), 2), 0x0102030405060708);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("message limits");
	TCase *bad = add_case(suite, "what is refused");
	TCase *parts = add_case(suite, "parts");

	tcase_add_test(bad, trailing_bytes_in_a_body_are_refused);
	tcase_add_test(bad, requests_to_ping_need_an_address);
	tcase_add_test(bad, accusations_have_counters_of_32_bits);
	tcase_add_test(bad, bad_records_are_refused);
	tcase_add_test(bad, lists_of_dots_have_a_limit);
	tcase_add_test(bad, lists_of_dots_are_as_long_as_they_say);
	tcase_add_test(bad, dots_begin_at_one);
	tcase_add_test(bad, ranges_that_overflow_are_refused);
	tcase_add_test(bad, ranges_begin_at_one);
	tcase_add_test(bad, ranges_cut_short_are_refused);
	tcase_add_test(bad, an_agreement_has_a_fingerprint);
	tcase_add_test(bad, digests_are_of_whole_hashes);
	tcase_add_test(bad, digests_have_a_limit);
	tcase_add_test(bad, what_is_wanted_is_whole_hashes);
	tcase_add_test(bad, what_is_gone_has_a_fingerprint_and_dots);
	tcase_add_test(bad, sketches_have_a_limit);
	tcase_add_test(bad, sketches_are_as_long_as_they_say);
	tcase_add_test(bad, symbols_have_counters_of_32_bits);
	tcase_add_test(parts, ranges_are_read_one_by_one);
	tcase_add_test(parts, the_longest_range_fits_the_size_said);
	tcase_add_test(parts, hashes_are_found_by_their_place);
	return run_suite(suite);
}
