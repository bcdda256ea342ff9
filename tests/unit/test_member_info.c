/* SPDX-License-Identifier: MIT */
#include "wire/member_info.h"

#include "codec.h"
#include "run.h"
#include "wire/limits.h"

#define TEXT_OF_63 "123456789012345678901234567890123456789012345678901234567890123"

static struct member_info
sample(void)
{
	return (struct member_info){
		.generation = 7,
		.incarnation = 300,
		.claim = CLAIM_ALIVE,
		.address = {.family = 4, .ip = {192, 0, 2, 1}, .port = 7117},
		.writer = UINT64_C(0x1122334455667788),
		.features = 1,
		.name = bytes_of_string("web1"),
		.zone = bytes_of_string("eu-1"),
		.software = bytes_of_string("rumord 0.1.0"),
	};
}

static struct bytes
write_info(uint8_t *data, size_t size, const struct member_info *info)
{
	struct writer writer = writer_of(data, size);

	member_info_write(&writer, info);
	ck_assert(!writer.failed);
	return writer_bytes(&writer);
}

static void
assert_survives(const struct member_info *info)
{
	uint8_t data[MEMBER_INFO_LEN_MAX];
	struct member_info back;

	ck_assert_int_eq(
		member_info_read(write_info(data, sizeof(data), info), &back), ERR_OK);
	assert_same_info(&back, info);
}

/* Written as it is, it must not be readable. */
static void
assert_refused(const struct member_info *info)
{
	uint8_t data[2 * MEMBER_INFO_LEN_MAX];
	struct member_info back = {.generation = 42};

	ck_assert_int_eq(member_info_read(write_info(data, sizeof(data), info), &back),
		ERR_MALFORMED);
	ck_assert_uint_eq(back.generation, 42);
}

/* --- what must survive --- */

START_TEST(each_claim_survives)
{
	static const enum member_claim claims[] = {CLAIM_ALIVE, CLAIM_DEAD, CLAIM_LEFT};

	for (size_t i = 0; i < 3; i++) {
		struct member_info info = sample();

		info.claim = claims[i];
		assert_survives(&info);
	}
}
END_TEST

START_TEST(both_families_survive)
{
	struct member_info info = sample();

	info.address = (struct address){
		.family = 6, .ip = {0x20, 1, 0xd, 0xb8, [15] = 1}, .port = UINT16_MAX};
	assert_survives(&info);
	info.address = (struct address){.family = 6, .port = 1};
	assert_survives(&info);
	info.address = (struct address){.family = 4, .port = 1};
	assert_survives(&info);
}
END_TEST

START_TEST(extreme_numbers_survive)
{
	struct member_info info = sample();

	info.generation = 0;
	info.incarnation = 0;
	info.features = 0;
	info.writer = 1;
	assert_survives(&info);
	info.generation = UINT32_MAX;
	info.incarnation = UINT32_MAX;
	info.features = UINT8_MAX;
	info.writer = UINT64_MAX;
	assert_survives(&info);
}
END_TEST

START_TEST(the_largest_fits_the_size_said)
{
	struct member_info info = sample();

	info.generation = UINT32_MAX;
	info.incarnation = UINT32_MAX;
	info.address = (struct address){.family = 6, .port = 1};
	info.name = bytes_of(TEXT_OF_63, WIRE_NAME_LEN_MAX);
	info.zone = bytes_of(TEXT_OF_63, WIRE_NAME_LEN_MAX);
	info.software = bytes_of(TEXT_OF_63, WIRE_SOFTWARE_LEN_MAX);
	assert_survives(&info);
}
END_TEST

START_TEST(zone_and_software_may_be_missing)
{
	struct member_info info = sample();

	info.zone = bytes_of(NULL, 0);
	info.software = bytes_of(NULL, 0);
	assert_survives(&info);
}
END_TEST

START_TEST(names_may_be_of_any_script)
{
	struct member_info info = sample();

	info.name = bytes_of_string("größe-東京-🛰");
	assert_survives(&info);
}
END_TEST

/* --- what must be refused --- */

START_TEST(one_cut_short_is_refused)
{
	uint8_t data[MEMBER_INFO_LEN_MAX];
	struct member_info info = sample();
	struct bytes written = write_info(data, sizeof(data), &info);
	struct member_info back;

	for (size_t len = 0; len < written.len; len++)
		ck_assert_int_eq(
			member_info_read(bytes_of(data, len), &back), ERR_MALFORMED);
}
END_TEST

START_TEST(trailing_bytes_are_refused)
{
	uint8_t data[MEMBER_INFO_LEN_MAX] = {0};
	struct member_info info = sample();
	struct bytes written = write_info(data, sizeof(data), &info);
	struct member_info back;

	ck_assert_int_eq(member_info_read(bytes_of(data, written.len + 1), &back),
		ERR_MALFORMED);
}
END_TEST

START_TEST(unknown_claims_are_refused)
{
	uint8_t data[MEMBER_INFO_LEN_MAX];
	struct member_info info = sample();
	struct bytes written = write_info(data, sizeof(data), &info);
	size_t claim_at = varint_len(info.generation) + varint_len(info.incarnation);
	struct member_info back;

	for (unsigned claim = 0; claim <= UINT8_MAX; claim++) {
		data[claim_at] = (uint8_t)claim;
		ck_assert_int_eq(member_info_read(written, &back),
			claim <= CLAIM_LEFT ? ERR_OK : ERR_MALFORMED);
	}
}
END_TEST

START_TEST(unknown_families_are_refused)
{
	uint8_t data[MEMBER_INFO_LEN_MAX];
	struct member_info info = sample();
	struct bytes written = write_info(data, sizeof(data), &info);
	size_t family_at =
		varint_len(info.generation) + varint_len(info.incarnation) + 1;
	struct member_info back;

	for (unsigned family = 0; family <= UINT8_MAX; family++) {
		if (family == 4)
			continue;
		data[family_at] = (uint8_t)family;
		ck_assert_int_eq(member_info_read(written, &back), ERR_MALFORMED);
	}
}
END_TEST

START_TEST(numbers_beyond_32_bits_are_refused)
{
	for (size_t place = 0; place < 2; place++) {
		uint8_t data[MEMBER_INFO_LEN_MAX + 16];
		uint8_t rest[MEMBER_INFO_LEN_MAX];
		struct member_info info = sample();
		struct member_info back;
		struct writer writer = writer_of(data, sizeof(data));
		struct bytes written;

		info.generation = 0;
		info.incarnation = 0;
		written = write_info(rest, sizeof(rest), &info);
		write_raw(&writer, bytes_of(rest, place));
		write_varint(&writer, UINT64_C(1) << 32);
		write_raw(&writer, bytes_of(rest + place + 1, written.len - place - 1));
		ck_assert(!writer.failed);
		ck_assert_int_eq(
			member_info_read(writer_bytes(&writer), &back), ERR_MALFORMED);
	}
}
END_TEST

START_TEST(a_name_a_port_and_a_writer_are_needed)
{
	struct member_info info = sample();

	info.name = bytes_of(NULL, 0);
	assert_refused(&info);
	info = sample();
	info.address.port = 0;
	assert_refused(&info);
	info = sample();
	info.writer = 0;
	assert_refused(&info);
}
END_TEST

START_TEST(texts_beyond_their_limit_are_refused)
{
	struct member_info info = sample();

	info.name = bytes_of(TEXT_OF_63 "x", WIRE_NAME_LEN_MAX + 1);
	assert_refused(&info);
	info = sample();
	info.zone = bytes_of(TEXT_OF_63 "x", WIRE_NAME_LEN_MAX + 1);
	assert_refused(&info);
	info = sample();
	info.software = bytes_of(TEXT_OF_63, WIRE_SOFTWARE_LEN_MAX + 1);
	assert_refused(&info);
}
END_TEST

START_TEST(control_characters_are_refused)
{
	static const char *const texts[] = {
		"a\nb", "\x1b[2J", "tab\t", "\x7f", "\x01", "end\r"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct bytes text = bytes_of_string(texts[i]);
		struct member_info info = sample();

		info.name = text;
		assert_refused(&info);
		info = sample();
		info.zone = text;
		assert_refused(&info);
		info = sample();
		info.software = text;
		assert_refused(&info);
	}
}
END_TEST

START_TEST(a_nul_in_a_text_is_refused)
{
	struct member_info info = sample();

	info.name = bytes_of("we\0b", 4);
	assert_refused(&info);
}
END_TEST

START_TEST(texts_that_are_not_utf8_are_refused)
{
	static const char *const texts[] = {"\xff", "\xc3", "\xc0\xaf", "\xed\xa0\x80"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct member_info info = sample();

		info.name = bytes_of_string(texts[i]);
		assert_refused(&info);
		info = sample();
		info.zone = bytes_of_string(texts[i]);
		assert_refused(&info);
	}
}
END_TEST

/* --- which of two counts --- */

static void
assert_outranks(const struct member_info *winner, const struct member_info *loser)
{
	ck_assert_int_gt(member_info_compare(winner, loser), 0);
	ck_assert_int_lt(member_info_compare(loser, winner), 0);
	ck_assert_int_eq(member_info_compare(winner, winner), 0);
}

START_TEST(generation_counts_before_incarnation_before_claim)
{
	struct member_info low = sample();
	struct member_info high = sample();

	high.claim = CLAIM_DEAD;
	assert_outranks(&high, &low);
	low.claim = CLAIM_LEFT;
	assert_outranks(&low, &high);
	high.incarnation = low.incarnation + 1;
	assert_outranks(&high, &low);
	low.incarnation = UINT32_MAX;
	high.generation = low.generation + 1;
	high.incarnation = 0;
	assert_outranks(&high, &low);
	low.generation = 0;
	high.generation = UINT32_MAX;
	assert_outranks(&high, &low);
}
END_TEST

START_TEST(what_is_no_rank_does_not_count)
{
	struct member_info a = sample();
	struct member_info b = sample();

	b.name = bytes_of_string("db1");
	b.address.port = 1;
	b.writer = 1;
	ck_assert_int_eq(member_info_compare(&a, &b), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("member_info");
	TCase *good = add_case(suite, "what survives");
	TCase *bad = add_case(suite, "what is refused");
	TCase *rank = add_case(suite, "rank");

	tcase_add_test(good, each_claim_survives);
	tcase_add_test(good, both_families_survive);
	tcase_add_test(good, extreme_numbers_survive);
	tcase_add_test(good, the_largest_fits_the_size_said);
	tcase_add_test(good, zone_and_software_may_be_missing);
	tcase_add_test(good, names_may_be_of_any_script);
	tcase_add_test(bad, one_cut_short_is_refused);
	tcase_add_test(bad, trailing_bytes_are_refused);
	tcase_add_test(bad, unknown_claims_are_refused);
	tcase_add_test(bad, unknown_families_are_refused);
	tcase_add_test(bad, numbers_beyond_32_bits_are_refused);
	tcase_add_test(bad, a_name_a_port_and_a_writer_are_needed);
	tcase_add_test(bad, texts_beyond_their_limit_are_refused);
	tcase_add_test(bad, control_characters_are_refused);
	tcase_add_test(bad, a_nul_in_a_text_is_refused);
	tcase_add_test(bad, texts_that_are_not_utf8_are_refused);
	tcase_add_test(rank, generation_counts_before_incarnation_before_claim);
	tcase_add_test(rank, what_is_no_rank_does_not_count);
	return run_suite(suite);
}
