/* SPDX-License-Identifier: MIT */
#include "base/pack.h"

#include "base/prng.h"
#include "run.h"

static const uint8_t golden[] = {
	0x01,                                           /* u8 */
	0x03, 0x02,                                     /* u16 */
	0x07, 0x06, 0x05, 0x04,                         /* u32 */
	0xff, 0xee, 0xdd, 0xcc, 0xbb, 0xaa, 0x99, 0x88, /* u64 */
	0xac, 0x02,                                     /* varint 300 */
	'r', 'a', 'w',                                  /* raw */
	0x04, 'b', 'l', 'o', 'b',                       /* blob */
	0x00,                                           /* empty blob */
};

/* Where the fields end. */
static const size_t golden_ends[] = {1, 3, 7, 15, 17, 20, 25, 26};

static void
write_golden(struct writer *writer)
{
	write_u8(writer, 0x01);
	write_u16(writer, 0x0203);
	write_u32(writer, 0x04050607);
	write_u64(writer, 0x8899aabbccddeeff);
	write_varint(writer, 300);
	write_raw(writer, bytes_of_string("raw"));
	write_blob(writer, bytes_of_string("blob"));
	write_blob(writer, bytes_of(NULL, 0));
}

/* Where golden bytes cut to `size` end with a whole field. */
static size_t
last_end(size_t size)
{
	size_t last = 0;

	for (size_t i = 0; i < sizeof(golden_ends) / sizeof(golden_ends[0]); i++) {
		last = golden_ends[i] <= size ? golden_ends[i] : last;
	}
	return last;
}

START_TEST(fields_are_written_as_specified)
{
	uint8_t data[sizeof(golden)];
	struct writer writer = writer_of(data, sizeof(data));

	write_golden(&writer);
	ck_assert(!writer.failed);
	ck_assert_uint_eq(writer_bytes(&writer).len, sizeof(golden));
	ck_assert_mem_eq(writer_bytes(&writer).data, golden, sizeof(golden));
}
END_TEST

START_TEST(fields_are_read_as_specified)
{
	struct reader reader = reader_of(bytes_of(golden, sizeof(golden)));

	ck_assert_uint_eq(reader_left(&reader), sizeof(golden));
	ck_assert_uint_eq(read_u8(&reader), 0x01);
	ck_assert_uint_eq(reader_left(&reader), sizeof(golden) - 1);
	ck_assert_uint_eq(read_u16(&reader), 0x0203);
	ck_assert_uint_eq(read_u32(&reader), 0x04050607);
	ck_assert_uint_eq(read_u64(&reader), 0x8899aabbccddeeff);
	ck_assert_uint_eq(read_varint(&reader), 300);
	ck_assert(bytes_equal(read_raw(&reader, 3), bytes_of_string("raw")));
	ck_assert(bytes_equal(read_blob(&reader, 4), bytes_of_string("blob")));
	ck_assert_uint_eq(read_blob(&reader, 0).len, 0);
	ck_assert_uint_eq(reader_left(&reader), 0);
	ck_assert(!reader.failed);
}
END_TEST

START_TEST(what_is_read_points_into_the_memory)
{
	struct reader reader = reader_of(bytes_of(golden + 20, 5));

	ck_assert_ptr_eq(read_blob(&reader, 4).data, golden + 21);
}
END_TEST

START_TEST(memory_cut_anywhere_fails_the_writer_after_a_whole_field)
{
	for (size_t size = 0; size < sizeof(golden); size++) {
		uint8_t data[sizeof(golden)];
		struct writer writer = writer_of(data, size);

		memset(data, 0xa5, sizeof(data));
		write_golden(&writer);
		ck_assert(writer.failed);

		size_t len = writer_bytes(&writer).len;

		ck_assert_uint_eq(len, last_end(size));
		ck_assert_mem_eq(data, golden, len);
		for (size_t i = len; i < sizeof(data); i++) {
			ck_assert_uint_eq(data[i], 0xa5);
		}
	}
}
END_TEST

START_TEST(bytes_cut_anywhere_fail_the_reader)
{
	for (size_t len = 0; len < sizeof(golden); len++) {
		uint8_t cut[sizeof(golden)];
		struct reader reader = reader_of(bytes_of(cut, len));
		size_t end = last_end(len);

		memcpy(cut, golden, len);
		ck_assert_uint_eq(read_u8(&reader), end < 1 ? 0 : 0x01);
		ck_assert_uint_eq(read_u16(&reader), end < 3 ? 0 : 0x0203);
		ck_assert_uint_eq(read_u32(&reader), end < 7 ? 0 : 0x04050607);
		ck_assert_uint_eq(read_u64(&reader), end < 15 ? 0 : 0x8899aabbccddeeff);
		ck_assert_uint_eq(read_varint(&reader), end < 17 ? 0 : 300);
		ck_assert_uint_eq(read_raw(&reader, 3).len, end < 20 ? 0 : 3);
		ck_assert_uint_eq(read_blob(&reader, 4).len, end < 25 ? 0 : 4);
		ck_assert_uint_eq(read_blob(&reader, 0).len, 0);
		ck_assert(reader.failed);
		ck_assert_uint_eq(reader_left(&reader), 0);
	}
}
END_TEST

START_TEST(a_failed_writer_stays_failed)
{
	uint8_t data[4];
	struct writer writer = writer_of(data, sizeof(data));

	write_u64(&writer, 1);
	ck_assert(writer.failed);
	write_u8(&writer, 1);
	write_raw(&writer, bytes_of(NULL, 0));
	ck_assert(writer.failed);
	ck_assert_uint_eq(writer_bytes(&writer).len, 0);
}
END_TEST

START_TEST(a_failed_reader_stays_failed_and_gives_zeros)
{
	struct reader reader = reader_of(bytes_of("\1\1\1\1", 4));

	ck_assert_uint_eq(read_u64(&reader), 0);
	ck_assert(reader.failed);
	ck_assert_uint_eq(reader_left(&reader), 0);
	ck_assert_uint_eq(read_u8(&reader), 0);
	ck_assert_uint_eq(read_u16(&reader), 0);
	ck_assert_uint_eq(read_u32(&reader), 0);
	ck_assert_uint_eq(read_varint(&reader), 0);
	ck_assert_uint_eq(read_varint_max(&reader, 1), 0);
	ck_assert_uint_eq(read_raw(&reader, 1).len, 0);
	ck_assert_uint_eq(read_blob(&reader, 1).len, 0);
	ck_assert(reader.failed);
}
END_TEST

START_TEST(nothing_can_be_written_and_read_nowhere)
{
	struct writer writer = writer_of(NULL, 0);
	struct reader reader = reader_of(bytes_of(NULL, 0));

	write_raw(&writer, bytes_of(NULL, 0));
	ck_assert(!writer.failed);
	ck_assert_uint_eq(writer_bytes(&writer).len, 0);
	ck_assert_uint_eq(read_raw(&reader, 0).len, 0);
	ck_assert(!reader.failed);
	write_u8(&writer, 1);
	ck_assert(writer.failed);
	ck_assert_uint_eq(read_u8(&reader), 0);
	ck_assert(reader.failed);
}
END_TEST

START_TEST(lengths_near_the_largest_do_not_wrap)
{
	uint8_t data[16] = {0};
	struct writer writer = writer_of(data, sizeof(data));
	struct reader reader = reader_of(bytes_of(data, sizeof(data)));

	write_u8(&writer, 1);
	write_blob(&writer, bytes_of(data, SIZE_MAX));
	ck_assert(writer.failed);
	ck_assert_uint_eq(read_u8(&reader), 1);
	ck_assert_uint_eq(read_raw(&reader, SIZE_MAX).len, 0);
	ck_assert(reader.failed);
}
END_TEST

static const struct {
	uint64_t value;
	size_t len;
	uint8_t form[10];
} varints[] = {
	{0, 1, {0x00}},
	{1, 1, {0x01}},
	{0x7f, 1, {0x7f}},
	{0x80, 2, {0x80, 0x01}},
	{0x3fff, 2, {0xff, 0x7f}},
	{0x4000, 3, {0x80, 0x80, 0x01}},
	{UINT32_MAX, 5, {0xff, 0xff, 0xff, 0xff, 0x0f}},
	{INT64_MAX, 9, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}},
	{UINT64_C(1) << 63, 10,
		{0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01}},
	{UINT64_MAX, 10, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}},
};

START_TEST(varints_have_golden_forms)
{
	uint8_t data[10];
	struct writer writer = writer_of(data, sizeof(data));

	write_varint(&writer, varints[_i].value);
	ck_assert(!writer.failed);
	ck_assert_uint_eq(writer.len, varints[_i].len);
	ck_assert_mem_eq(data, varints[_i].form, writer.len);
	ck_assert_uint_eq(varint_len(varints[_i].value), writer.len);

	struct reader reader = reader_of(writer_bytes(&writer));

	ck_assert_uint_eq(read_varint(&reader), varints[_i].value);
	ck_assert(!reader.failed);
	ck_assert_uint_eq(reader_left(&reader), 0);
}
END_TEST

START_TEST(varints_cut_anywhere_fail)
{
	for (size_t len = 0; len < varints[_i].len; len++) {
		struct reader reader = reader_of(bytes_of(varints[_i].form, len));

		ck_assert_uint_eq(read_varint(&reader), 0);
		ck_assert(reader.failed);
	}
}
END_TEST

START_TEST(varints_above_their_maximum_fail)
{
	uint64_t value = varints[_i].value;
	struct bytes bytes = bytes_of(varints[_i].form, varints[_i].len);
	struct reader reader = reader_of(bytes);

	ck_assert_uint_eq(read_varint_max(&reader, value), value);
	ck_assert(!reader.failed);
	if (value > 0) {
		reader = reader_of(bytes);
		ck_assert_uint_eq(read_varint_max(&reader, value - 1), 0);
		ck_assert(reader.failed);
	}
}
END_TEST

START_TEST(varints_at_each_power_of_two_come_back)
{
	for (unsigned int bit = 0; bit < 64; bit++) {
		for (uint64_t offset = 0; offset < 3; offset++) {
			uint64_t value = (UINT64_C(1) << bit) + offset - 1;
			uint8_t data[10];
			struct writer writer = writer_of(data, sizeof(data));

			write_varint(&writer, value);
			ck_assert_uint_eq(writer.len, varint_len(value));

			struct reader reader = reader_of(writer_bytes(&writer));

			ck_assert_uint_eq(read_varint(&reader), value);
			ck_assert(!reader.failed);
		}
	}
}
END_TEST

static const struct {
	size_t len;
	uint8_t form[11];
} bad_varints[] = {
	{2, {0x80, 0x00}},       /* 0 in two bytes */
	{2, {0xff, 0x00}},       /* 127 in two bytes */
	{3, {0x80, 0x80, 0x00}}, /* 0 in three bytes */
	{10, {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00}},
	/* 2^64, twice that, and the most that ten bytes can say */
	{10, {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02}},
	{10, {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x04}},
	{10, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}},
	/* eleven bytes */
	{11, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x81, 0x01}},
	{11, {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00}},
	{11, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}},
};

START_TEST(varints_not_in_their_shortest_form_or_too_large_fail)
{
	struct reader reader =
		reader_of(bytes_of(bad_varints[_i].form, bad_varints[_i].len));

	ck_assert_uint_eq(read_varint(&reader), 0);
	ck_assert(reader.failed);
}
END_TEST

START_TEST(a_blob_longer_than_allowed_fails)
{
	struct bytes bytes = bytes_of("\3abc", 4);
	struct reader reader = reader_of(bytes);

	ck_assert_uint_eq(read_blob(&reader, 2).len, 0);
	ck_assert(reader.failed);
	reader = reader_of(bytes);
	ck_assert_uint_eq(read_blob(&reader, 3).len, 3);
	ck_assert(!reader.failed);
}
END_TEST

START_TEST(a_blob_longer_than_what_is_left_fails)
{
	struct reader reader = reader_of(bytes_of("\4abc", 4));

	ck_assert_uint_eq(read_blob(&reader, SIZE_MAX).len, 0);
	ck_assert(reader.failed);
}
END_TEST

/* What parses must be exactly what would be written. */
START_TEST(random_bytes_parse_only_in_canonical_form)
{
	struct prng prng;

	prng_init(&prng, 1);
	for (size_t round = 0; round < 20000; round++) {
		uint64_t random[2] = {prng_next(&prng), prng_next(&prng)};
		uint8_t data[10];
		struct reader reader =
			reader_of(bytes_of(random, 1 + prng_below(&prng, 16)));
		struct writer writer = writer_of(data, sizeof(data));
		uint64_t value = read_varint(&reader);

		write_varint(&writer, value);
		if (!reader.failed) {
			ck_assert_uint_eq(writer.len, reader.pos);
			ck_assert_mem_eq(data, random, writer.len);
		}
	}
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

int
main(void)
{
	Suite *suite = suite_create("pack");
	TCase *fields = add_case(suite, "fields");
	TCase *varint = add_case(suite, "varint");

	tcase_add_test(fields, fields_are_written_as_specified);
	tcase_add_test(fields, fields_are_read_as_specified);
	tcase_add_test(fields, what_is_read_points_into_the_memory);
	tcase_add_test(
		fields, memory_cut_anywhere_fails_the_writer_after_a_whole_field);
	tcase_add_test(fields, bytes_cut_anywhere_fail_the_reader);
	tcase_add_test(fields, a_failed_writer_stays_failed);
	tcase_add_test(fields, a_failed_reader_stays_failed_and_gives_zeros);
	tcase_add_test(fields, nothing_can_be_written_and_read_nowhere);
	tcase_add_test(fields, lengths_near_the_largest_do_not_wrap);
	tcase_add_test(fields, a_blob_longer_than_allowed_fails);
	tcase_add_test(fields, a_blob_longer_than_what_is_left_fails);
	tcase_add_loop_test(varint, varints_have_golden_forms, 0, COUNT(varints));
	tcase_add_loop_test(varint, varints_cut_anywhere_fail, 0, COUNT(varints));
	tcase_add_loop_test(
		varint, varints_above_their_maximum_fail, 0, COUNT(varints));
	tcase_add_test(varint, varints_at_each_power_of_two_come_back);
	tcase_add_loop_test(varint,
		varints_not_in_their_shortest_form_or_too_large_fail, 0,
		COUNT(bad_varints));
	tcase_add_test(varint, random_bytes_parse_only_in_canonical_form);
	return run_suite(suite);
}
