/* SPDX-License-Identifier: MIT */
#include "base/base64.h"

#include "run.h"

/* Examples of RFC 4648, section 10, and every value of six bits. */
static const struct {
	const char *bytes;
	const char *text;
} examples[] = {
	{"", ""},
	{"f", "Zg=="},
	{"fo", "Zm8="},
	{"foo", "Zm9v"},
	{"foob", "Zm9vYg=="},
	{"fooba", "Zm9vYmE="},
	{"foobar", "Zm9vYmFy"},
	{"\x14\xfb\x9c\x03\xd9\x7e", "FPucA9l+"},
	{"\xff\xff\xff", "////"},
};
#define EXAMPLE_COUNT ((int)(sizeof(examples) / sizeof(examples[0])))

START_TEST(bytes_become_the_text_of_the_standard)
{
	struct bytes bytes = bytes_of_string(examples[_i].bytes);
	char text[16] = "";

	ck_assert_uint_eq(base64_encoded_len(bytes.len), strlen(examples[_i].text));
	base64_encode(bytes, text);
	ck_assert_str_eq(text, examples[_i].text);
}
END_TEST

START_TEST(text_becomes_the_bytes_again)
{
	struct bytes text = bytes_of_string(examples[_i].text);
	uint8_t data[16];
	size_t len = 99;

	ck_assert_int_eq(base64_decode(text, data, &len), ERR_OK);
	ck_assert_uint_eq(len, strlen(examples[_i].bytes));
	ck_assert_uint_le(len, base64_decoded_len_max(text.len));
	ck_assert(
		bytes_equal(bytes_of(data, len), bytes_of_string(examples[_i].bytes)));
}
END_TEST

START_TEST(every_byte_survives_at_every_place)
{
	uint8_t before[258];
	char text[344];
	uint8_t after[258];

	for (size_t i = 0; i < sizeof(before); i++) {
		before[i] = (uint8_t)i;
	}
	for (size_t start = 0; start < 3; start++) {
		struct bytes bytes = bytes_of(before + start, 256);
		size_t text_len = base64_encoded_len(bytes.len);
		size_t len;

		ck_assert_uint_eq(text_len, sizeof(text));
		base64_encode(bytes, text);
		ck_assert_int_eq(
			base64_decode(bytes_of(text, text_len), after, &len), ERR_OK);
		ck_assert(bytes_equal(bytes_of(after, len), bytes));
	}
}
END_TEST

static const char *const wrong[] = {
	"Z", /* lengths that no bytes give */
	"Zg",
	"Zg=",
	"Zm9vY",
	"=",
	"====", /* padding for nothing, and for too much */
	"Z===",
	"Zg==Zg==", /* padding in the middle */
	"Zm=v",
	"Zm9=Zm9v",
	"Zh==", /* bits left over that are not zero */
	"Zm9=",
	"Zm9\n", /* characters outside of the alphabet */
	"Zm 9",
	"Zm9-",
	"Zm9_",
	"Zm\x80v",
};
#define WRONG_COUNT ((int)(sizeof(wrong) / sizeof(wrong[0])))

START_TEST(what_the_encoder_would_not_write_is_refused)
{
	uint8_t data[16];
	size_t len = 99;

	ck_assert_int_eq(
		base64_decode(bytes_of_string(wrong[_i]), data, &len), ERR_INVALID);
	ck_assert_uint_eq(len, 99);
}
END_TEST

START_TEST(text_ends_after_groups_of_four)
{
	uint8_t data[16];
	size_t done;

	for (size_t len = 0; len <= 8; len++) {
		enum err err = base64_decode(bytes_of("Zm9vZm9v", len), data, &done);

		ck_assert_int_eq(err, len % 4 == 0 ? ERR_OK : ERR_INVALID);
	}
}
END_TEST

START_TEST(a_nul_is_no_character)
{
	uint8_t data[16];
	size_t len;

	ck_assert_int_eq(base64_decode(bytes_of("Zm9\0", 4), data, &len), ERR_INVALID);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("base64");
	TCase *tcase = add_case(suite, "base64");

	tcase_add_loop_test(
		tcase, bytes_become_the_text_of_the_standard, 0, EXAMPLE_COUNT);
	tcase_add_loop_test(tcase, text_becomes_the_bytes_again, 0, EXAMPLE_COUNT);
	tcase_add_test(tcase, every_byte_survives_at_every_place);
	tcase_add_loop_test(
		tcase, what_the_encoder_would_not_write_is_refused, 0, WRONG_COUNT);
	tcase_add_test(tcase, text_ends_after_groups_of_four);
	tcase_add_test(tcase, a_nul_is_no_character);
	return run_suite(suite);
}
