/* SPDX-License-Identifier: MIT */
#include "wire/record.h"

#include <stdlib.h>

#include "base/mem.h"
#include "codec.h"
#include "run.h"
#include "wire/limits.h"

/* Enough for every sample but the largest record. */
#define SMALL_SIZE 1024

#define ID "0123456789abcdef"

static struct record_view
plain(void)
{
	return (struct record_view){
		.kind = RECORD_SHARED,
		.dot = {UINT64_C(0x1122334455667788), 300},
		.stamp = UINT64_C(0xfedcba9876543210),
		.key = bytes_of_string("app/db"),
		.value = bytes_of_string("web1"),
	};
}

static struct record_view
owned(void)
{
	struct record_view record = plain();

	record.kind = RECORD_OWNED;
	record.owner = 7;
	record.key = bytes_of_string("@web1/role");
	return record;
}

static struct record_view
member(void)
{
	struct record_view record = plain();

	record.kind = RECORD_MEMBER;
	record.key = bytes_of_string(ID);
	return record;
}

static struct record_view
tombstone(void)
{
	struct record_view record = plain();

	record.deleted = true;
	record.value = bytes_of(NULL, 0);
	return record;
}

static struct bytes
write_record(uint8_t *data, size_t size, const struct record_view *record)
{
	struct writer writer = writer_of(data, size);

	record_write(&writer, record);
	ck_assert(!writer.failed);
	return writer_bytes(&writer);
}

static enum err
read_record(struct bytes bytes, struct record_view *ret_record)
{
	struct reader reader = reader_of(bytes);

	return record_read(&reader, ret_record);
}

static void
assert_survives(const struct record_view *record)
{
	uint8_t data[SMALL_SIZE];
	struct bytes written = write_record(data, sizeof(data), record);
	struct record_view back;

	ck_assert_uint_eq(written.len, record_len(record));
	ck_assert_int_eq(read_record(written, &back), ERR_OK);
	assert_same_record(&back, record);
}

/* Written as it is, it must not be readable. */
static void
assert_refused(const struct record_view *record)
{
	uint8_t data[SMALL_SIZE];
	struct bytes written = write_record(data, sizeof(data), record);
	struct record_view back = plain();

	ck_assert_int_eq(read_record(written, &back), ERR_MALFORMED);
	ck_assert(bytes_equal(back.key, plain().key));
}

/* --- what must survive --- */

START_TEST(each_kind_survives)
{
	struct record_view records[] = {plain(), owned(), member(), tombstone()};

	for (size_t i = 0; i < 4; i++)
		assert_survives(&records[i]);
}
END_TEST

START_TEST(each_kind_survives_deleted_and_expiring)
{
	struct record_view records[] = {plain(), owned(), member()};

	for (size_t i = 0; i < 3; i++) {
		records[i].expires_ms = 1;
		assert_survives(&records[i]);
		records[i].deleted = true;
		records[i].value = bytes_of(NULL, 0);
		assert_survives(&records[i]);
		records[i].expires_ms = 0;
		assert_survives(&records[i]);
	}
}
END_TEST

START_TEST(extreme_numbers_survive)
{
	static const uint64_t extremes[] = {1, 127, 128, 16383, 16384, UINT32_MAX,
		(UINT64_C(1) << 63) - 1, UINT64_C(1) << 63, UINT64_MAX};

	for (size_t i = 0; i < sizeof(extremes) / sizeof(extremes[0]); i++) {
		struct record_view record = owned();

		record.dot = (struct dot){extremes[i], extremes[i]};
		record.stamp = extremes[i];
		record.expires_ms = extremes[i];
		record.owner = extremes[i];
		assert_survives(&record);
	}
}
END_TEST

START_TEST(stamp_zero_and_an_empty_value_survive)
{
	struct record_view record = plain();

	record.stamp = 0;
	record.value = bytes_of(NULL, 0);
	assert_survives(&record);
}
END_TEST

START_TEST(keys_of_one_and_of_most_bytes_survive)
{
	uint8_t key[WIRE_KEY_LEN_MAX];
	struct record_view record = plain();

	memset(key, 'k', sizeof(key));
	record.key = bytes_of(key, 1);
	assert_survives(&record);
	record.key = bytes_of(key, sizeof(key));
	assert_survives(&record);
}
END_TEST

START_TEST(the_largest_record_fits_a_body)
{
	uint8_t key[WIRE_KEY_LEN_MAX] = {0};
	uint8_t *value = mem_new(WIRE_VALUE_LEN_MAX);
	uint8_t *data = mem_new(WIRE_BODY_LEN_MAX);
	struct record_view back;
	struct record_view record = {
		.kind = RECORD_OWNED,
		.dot = {UINT64_MAX, UINT64_MAX},
		.stamp = UINT64_MAX,
		.expires_ms = UINT64_MAX,
		.owner = UINT64_MAX,
		.key = bytes_of(key, sizeof(key)),
		.value = bytes_of(value, WIRE_VALUE_LEN_MAX),
	};
	struct bytes written = write_record(data, WIRE_BODY_LEN_MAX, &record);

	/* One byte of the body says how far the record has come. */
	ck_assert_uint_le(1 + written.len, WIRE_BODY_LEN_MAX);
	ck_assert_uint_le(written.len,
		sizeof(key) + WIRE_VALUE_LEN_MAX + WIRE_RECORD_OVERHEAD_MAX);
	ck_assert_int_eq(read_record(written, &back), ERR_OK);
	assert_same_record(&back, &record);
	free(value);
	free(data);
}
END_TEST

START_TEST(what_is_read_is_borrowed)
{
	uint8_t data[SMALL_SIZE];
	struct record_view record = plain();
	struct record_view back;
	struct bytes written = write_record(data, sizeof(data), &record);

	ck_assert_int_eq(read_record(written, &back), ERR_OK);
	ck_assert_ptr_eq(back.value.data, data + written.len - back.value.len);
	ck_assert_ptr_eq(back.key.data, back.value.data - 1 - back.key.len);
}
END_TEST

START_TEST(a_full_writer_is_marked)
{
	uint8_t data[SMALL_SIZE];
	struct record_view record = owned();

	record.expires_ms = 1;
	for (size_t size = 0; size < record_len(&record); size++) {
		struct writer writer = writer_of(data, size);

		record_write(&writer, &record);
		ck_assert(writer.failed);
	}
}
END_TEST

/* --- what must be refused --- */

START_TEST(one_cut_short_is_refused)
{
	struct record_view records[] = {plain(), owned(), member(), tombstone()};

	for (size_t i = 0; i < 4; i++) {
		uint8_t data[SMALL_SIZE];
		struct bytes written;
		struct record_view back;

		records[i].expires_ms = 300;
		written = write_record(data, sizeof(data), &records[i]);
		for (size_t len = 0; len < written.len; len++)
			ck_assert_int_eq(
				read_record(bytes_of(data, len), &back), ERR_MALFORMED);
	}
}
END_TEST

START_TEST(unknown_kinds_and_flags_are_refused)
{
	uint8_t data[SMALL_SIZE];
	struct record_view record = member();
	struct bytes written = write_record(data, sizeof(data), &record);
	struct record_view back;

	for (unsigned first = 0; first <= UINT8_MAX; first++) {
		unsigned kind = first & 0x0f;
		bool is_known = kind >= RECORD_SHARED && kind <= RECORD_MEMBER;

		data[0] = (uint8_t)first;
		if (!is_known || (first & 0xc0) != 0)
			ck_assert_int_eq(read_record(written, &back), ERR_MALFORMED);
	}
}
END_TEST

START_TEST(dots_begin_at_one)
{
	struct record_view record = plain();

	record.dot.seq = 0;
	assert_refused(&record);
	record = plain();
	record.dot.writer = 0;
	assert_refused(&record);
}
END_TEST

START_TEST(a_key_is_needed)
{
	struct record_view record = plain();

	record.key = bytes_of(NULL, 0);
	assert_refused(&record);
}
END_TEST

START_TEST(an_owned_key_has_an_owner)
{
	struct record_view record = owned();

	record.owner = 0;
	assert_refused(&record);
}
END_TEST

START_TEST(the_key_of_a_member_is_an_id)
{
	struct record_view record = member();

	record.key = bytes_of(ID, WIRE_ID_SIZE - 1);
	assert_refused(&record);
	record.key = bytes_of(ID "0", WIRE_ID_SIZE + 1);
	assert_refused(&record);
}
END_TEST

START_TEST(the_flag_of_expiry_needs_a_time)
{
	uint8_t data[SMALL_SIZE];
	struct record_view record = plain();
	struct record_view back;
	struct bytes written;
	size_t time_at = 1 + 8 + varint_len(record.dot.seq) + 8;

	record.expires_ms = 1;
	written = write_record(data, sizeof(data), &record);
	ck_assert_uint_eq(data[time_at], 1);
	data[time_at] = 0;
	ck_assert_int_eq(read_record(written, &back), ERR_MALFORMED);
}
END_TEST

START_TEST(keys_beyond_the_limit_are_refused)
{
	uint8_t key[WIRE_KEY_LEN_MAX + 1] = {0};
	struct record_view record = plain();

	record.key = bytes_of(key, sizeof(key));
	assert_refused(&record);
}
END_TEST

/* A record up to its value, whose length is told as `value_len`. */
static enum err
read_with_value_len(uint64_t value_len, const uint8_t *rest, size_t rest_len)
{
	size_t size = SMALL_SIZE + rest_len;
	uint8_t *data = mem_new(size);
	struct record_view record = tombstone();
	struct writer writer = writer_of(data, size);
	struct record_view back;
	enum err err;

	record_write(&writer, &record);
	data[0] = RECORD_SHARED;
	write_varint(&writer, value_len);
	write_raw(&writer, bytes_of(rest, rest_len));
	ck_assert(!writer.failed);
	err = read_record(writer_bytes(&writer), &back);
	free(data);
	return err;
}

START_TEST(values_beyond_the_limit_are_refused)
{
	uint8_t *value = mem_new(WIRE_VALUE_LEN_MAX + 1);

	ck_assert_int_eq(
		read_with_value_len(WIRE_VALUE_LEN_MAX, value, WIRE_VALUE_LEN_MAX),
		ERR_OK);
	ck_assert_int_eq(read_with_value_len(
				 WIRE_VALUE_LEN_MAX + 1, value, WIRE_VALUE_LEN_MAX + 1),
		ERR_MALFORMED);
	free(value);
}
END_TEST

START_TEST(absurd_lengths_are_refused)
{
	static const uint64_t lengths[] = {5, 1000000000, UINT32_MAX,
		UINT64_C(1) << 32 | 4, UINT64_C(1) << 63, UINT64_MAX - 3, UINT64_MAX};

	ck_assert_int_eq(read_with_value_len(4, (const uint8_t *)"abcd", 4), ERR_OK);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
		ck_assert_int_eq(
			read_with_value_len(lengths[i], (const uint8_t *)"abcd", 4),
			ERR_MALFORMED);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("record");
	TCase *good = add_case(suite, "what survives");
	TCase *bad = add_case(suite, "what is refused");

	tcase_add_test(good, each_kind_survives);
	tcase_add_test(good, each_kind_survives_deleted_and_expiring);
	tcase_add_test(good, extreme_numbers_survive);
	tcase_add_test(good, stamp_zero_and_an_empty_value_survive);
	tcase_add_test(good, keys_of_one_and_of_most_bytes_survive);
	tcase_add_test(good, the_largest_record_fits_a_body);
	tcase_add_test(good, what_is_read_is_borrowed);
	tcase_add_test(good, a_full_writer_is_marked);
	tcase_add_test(bad, one_cut_short_is_refused);
	tcase_add_test(bad, unknown_kinds_and_flags_are_refused);
	tcase_add_test(bad, dots_begin_at_one);
	tcase_add_test(bad, a_key_is_needed);
	tcase_add_test(bad, an_owned_key_has_an_owner);
	tcase_add_test(bad, the_key_of_a_member_is_an_id);
	tcase_add_test(bad, the_flag_of_expiry_needs_a_time);
	tcase_add_test(bad, keys_beyond_the_limit_are_refused);
	tcase_add_test(bad, values_beyond_the_limit_are_refused);
	tcase_add_test(bad, absurd_lengths_are_refused);
	return run_suite(suite);
}
