/* SPDX-License-Identifier: MIT */
#include "wire/header.h"

#include "run.h"
#include "wire/limits.h"

static const struct header sample = {
	.version = WIRE_VERSION,
	.features = 0x7f,
	.cluster = UINT64_C(0x8899aabbccddeeff),
	.sender = UINT64_C(0x0011223344556677),
};

static struct bytes
write_header(uint8_t data[WIRE_HEADER_SIZE], const struct header *header)
{
	struct writer writer = writer_of(data, WIRE_HEADER_SIZE);

	header_write(&writer, header);
	ck_assert(!writer.failed);
	return writer_bytes(&writer);
}

static enum err
read_header(struct bytes bytes, struct header *ret_header)
{
	struct reader reader = reader_of(bytes);

	return header_read(&reader, ret_header);
}

static void
assert_survives(const struct header *header)
{
	uint8_t data[WIRE_HEADER_SIZE];
	struct header back = {0};

	ck_assert_int_eq(read_header(write_header(data, header), &back), ERR_OK);
	ck_assert_uint_eq(back.version, header->version);
	ck_assert_uint_eq(back.features, header->features);
	ck_assert_uint_eq(back.cluster, header->cluster);
	ck_assert_uint_eq(back.sender, header->sender);
}

START_TEST(what_is_written_is_read)
{
	assert_survives(&sample);
	assert_survives(&(struct header){.version = WIRE_VERSION});
	assert_survives(&(struct header){
		.version = WIRE_VERSION,
		.features = UINT8_MAX,
		.cluster = UINT64_MAX,
		.sender = UINT64_MAX,
	});
}
END_TEST

START_TEST(it_takes_the_size_said)
{
	uint8_t data[WIRE_HEADER_SIZE];

	ck_assert_uint_eq(write_header(data, &sample).len, WIRE_HEADER_SIZE);
}
END_TEST

START_TEST(what_follows_is_left_to_read)
{
	uint8_t data[WIRE_HEADER_SIZE + 3] = {0};
	struct reader reader = reader_of(bytes_of(data, sizeof(data)));
	struct header back;

	write_header(data, &sample);
	ck_assert_int_eq(header_read(&reader, &back), ERR_OK);
	ck_assert_uint_eq(reader_left(&reader), 3);
}
END_TEST

START_TEST(one_cut_short_is_malformed)
{
	uint8_t data[WIRE_HEADER_SIZE];
	struct header back = sample;

	write_header(data, &sample);
	for (size_t len = 0; len < WIRE_HEADER_SIZE; len++)
		ck_assert_int_eq(
			read_header(bytes_of(data, len), &back), ERR_MALFORMED);
	ck_assert_uint_eq(back.cluster, sample.cluster);
}
END_TEST

START_TEST(another_version_is_told_by_the_first_byte)
{
	uint8_t data[WIRE_HEADER_SIZE];
	struct header back = sample;

	write_header(data, &sample);
	for (unsigned version = 0; version <= UINT8_MAX; version++) {
		if (version == WIRE_VERSION)
			continue;
		data[0] = (uint8_t)version;
		ck_assert_int_eq(read_header(bytes_of(data, 1), &back), ERR_VERSION);
		ck_assert_int_eq(
			read_header(bytes_of(data, sizeof(data)), &back), ERR_VERSION);
	}
	ck_assert_uint_eq(back.version, WIRE_VERSION);
}
END_TEST

START_TEST(later_features_are_no_error)
{
	uint8_t data[WIRE_HEADER_SIZE];
	struct header later = sample;
	struct header back;

	later.features = WIRE_FEATURES + 1;
	ck_assert_int_eq(read_header(write_header(data, &later), &back), ERR_OK);
	ck_assert_uint_eq(back.features, WIRE_FEATURES + 1);
}
END_TEST

START_TEST(a_full_writer_is_marked)
{
	uint8_t data[WIRE_HEADER_SIZE];

	for (size_t size = 0; size < WIRE_HEADER_SIZE; size++) {
		struct writer writer = writer_of(data, size);

		header_write(&writer, &sample);
		ck_assert(writer.failed);
		ck_assert_uint_le(writer.len, size);
	}
}
END_TEST

START_TEST(cluster_names_differ_in_their_field)
{
	ck_assert_uint_eq(header_cluster("default"), header_cluster("default"));
	ck_assert_uint_ne(header_cluster("default"), header_cluster("Default"));
	ck_assert_uint_ne(header_cluster("default"), header_cluster("default "));
	ck_assert_uint_ne(header_cluster(""), header_cluster("default"));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("header");
	TCase *tcase = add_case(suite, "header");

	tcase_add_test(tcase, what_is_written_is_read);
	tcase_add_test(tcase, it_takes_the_size_said);
	tcase_add_test(tcase, what_follows_is_left_to_read);
	tcase_add_test(tcase, one_cut_short_is_malformed);
	tcase_add_test(tcase, another_version_is_told_by_the_first_byte);
	tcase_add_test(tcase, later_features_are_no_error);
	tcase_add_test(tcase, a_full_writer_is_marked);
	tcase_add_test(tcase, cluster_names_differ_in_their_field);
	return run_suite(suite);
}
