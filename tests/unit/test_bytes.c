/* SPDX-License-Identifier: MIT */
#include "base/bytes.h"

#include "run.h"

/* The bytes of a literal, which may hold NULs: as an initializer and as a value. */
#define BYTES(text)                                       \
	{                                                 \
		(const uint8_t *)(text), sizeof(text) - 1 \
	}
#define LITERAL(text) ((struct bytes)BYTES(text))

static const struct bytes nothing;

START_TEST(order_is_that_of_unsigned_bytes)
{
	ck_assert_int_lt(bytes_compare(LITERAL("a"), LITERAL("b")), 0);
	ck_assert_int_gt(bytes_compare(LITERAL("b"), LITERAL("a")), 0);
	ck_assert_int_lt(bytes_compare(LITERAL("\x7f"), LITERAL("\x80")), 0);
	ck_assert_int_gt(bytes_compare(LITERAL("\xff"), LITERAL("\x00")), 0);
	ck_assert_int_eq(bytes_compare(LITERAL("a\0b"), LITERAL("a\0b")), 0);
	ck_assert_int_lt(bytes_compare(LITERAL("a\0b"), LITERAL("a\0c")), 0);
}
END_TEST

START_TEST(a_prefix_comes_before_what_it_begins)
{
	ck_assert_int_lt(bytes_compare(LITERAL("app"), LITERAL("app/")), 0);
	ck_assert_int_gt(bytes_compare(LITERAL("app/"), LITERAL("app")), 0);
	ck_assert_int_lt(bytes_compare(LITERAL("app"), LITERAL("app\0")), 0);
	ck_assert_int_lt(bytes_compare(nothing, LITERAL("\0")), 0);
	ck_assert_int_gt(bytes_compare(LITERAL("\0"), nothing), 0);
	ck_assert_int_lt(bytes_compare(LITERAL("azzz"), LITERAL("b")), 0);
}
END_TEST

START_TEST(no_bytes_are_equal_to_no_bytes)
{
	ck_assert_int_eq(bytes_compare(nothing, LITERAL("")), 0);
	ck_assert(bytes_equal(nothing, LITERAL("")));
	ck_assert(bytes_equal(nothing, nothing));
	ck_assert(!bytes_equal(nothing, LITERAL("\0")));
	ck_assert(bytes_is_utf8(nothing));
	ck_assert(!bytes_has_control(nothing));
}
END_TEST

START_TEST(equality_looks_at_every_byte)
{
	ck_assert(bytes_equal(LITERAL("a\0b"), LITERAL("a\0b")));
	ck_assert(!bytes_equal(LITERAL("a\0b"), LITERAL("a\0c")));
	ck_assert(!bytes_equal(LITERAL("ab"), LITERAL("abc")));
}
END_TEST

START_TEST(a_string_ends_before_its_nul)
{
	struct bytes bytes = bytes_of_string("key");

	ck_assert_uint_eq(bytes.len, 3);
	ck_assert_mem_eq(bytes.data, "key", 3);
	ck_assert_uint_eq(bytes_of_string("").len, 0);
}
END_TEST

START_TEST(prefixes_are_found_at_the_start_only)
{
	struct bytes key = LITERAL("app/db");

	ck_assert(bytes_has_prefix(key, nothing));
	ck_assert(bytes_has_prefix(key, LITERAL("app/")));
	ck_assert(bytes_has_prefix(key, key));
	ck_assert(!bytes_has_prefix(key, LITERAL("app/db/")));
	ck_assert(!bytes_has_prefix(key, LITERAL("db")));
	ck_assert(!bytes_has_prefix(key, LITERAL("apx")));
	ck_assert(bytes_has_prefix(nothing, nothing));
	ck_assert(!bytes_has_prefix(nothing, LITERAL("a")));
}
END_TEST

static const struct bytes well_formed[] = {
	BYTES("plain"),
	BYTES("with\0nul"),
	BYTES("\x7f"),
	BYTES("\xc2\x80"),         /* U+0080, the first of two bytes */
	BYTES("\xdf\xbf"),         /* U+07FF, the last */
	BYTES("\xe0\xa0\x80"),     /* U+0800, the first of three */
	BYTES("\xed\x9f\xbf"),     /* U+D7FF, before the surrogates */
	BYTES("\xee\x80\x80"),     /* U+E000, after them */
	BYTES("\xef\xbf\xbf"),     /* U+FFFF, the last of three */
	BYTES("\xf0\x90\x80\x80"), /* U+10000, the first of four */
	BYTES("\xf4\x8f\xbf\xbf"), /* U+10FFFF, the last */
	BYTES("stra\xc3\x9f"
	      "e \xe2\x82\xac \xf0\x9f\x98\x80 eight more ascii"),
};

static const struct bytes malformed[] = {
	BYTES("\x80"),             /* begins in the middle */
	BYTES("\xbf"),             /* likewise */
	BYTES("\xc2"),             /* cut off */
	BYTES("\xe2\x82"),         /* cut off */
	BYTES("\xf0\x9f\x98"),     /* cut off */
	BYTES("\xc2g"),            /* interrupted */
	BYTES("\xe2\x82g"),        /* interrupted */
	BYTES("\xf0\x9f\x98g"),    /* interrupted */
	BYTES("\xe2g\xac"),        /* interrupted */
	BYTES("\xe2\xc2\x80"),     /* interrupted by another */
	BYTES("\xc0\x80"),         /* overlong U+0000 */
	BYTES("\xc1\xbf"),         /* overlong U+007F */
	BYTES("\xe0\x80\x80"),     /* overlong U+0000 */
	BYTES("\xe0\x9f\xbf"),     /* overlong U+07FF */
	BYTES("\xf0\x80\x80\x80"), /* overlong U+0000 */
	BYTES("\xf0\x8f\xbf\xbf"), /* overlong U+FFFF */
	BYTES("\xed\xa0\x80"),     /* U+D800, the first surrogate */
	BYTES("\xed\xbf\xbf"),     /* U+DFFF, the last */
	BYTES("\xf4\x90\x80\x80"), /* U+110000 */
	BYTES("\xf5\x80\x80\x80"), /* a lead byte beyond every character */
	BYTES("\xf8\x88\x80\x80\x80"),
	BYTES("\xfe"),
	BYTES("\xff"),
};

START_TEST(well_formed_utf8_is_accepted)
{
	ck_assert(bytes_is_utf8(well_formed[_i]));
}
END_TEST

START_TEST(malformed_utf8_is_refused)
{
	ck_assert(!bytes_is_utf8(malformed[_i]));
}
END_TEST

/* Longer texts are looked at in words. */
START_TEST(malformed_utf8_is_refused_wherever_it_stands)
{
	struct bytes wrong = malformed[_i];
	char text[40];

	for (size_t pos = 0; pos <= sizeof(text) - wrong.len; pos++) {
		memset(text, 'x', sizeof(text));
		ck_assert(bytes_is_utf8(bytes_of(text, sizeof(text))));
		memcpy(text + pos, wrong.data, wrong.len);
		ck_assert(!bytes_is_utf8(bytes_of(text, sizeof(text))));
		ck_assert(!bytes_is_utf8(bytes_of(text, pos + wrong.len)));
	}
}
END_TEST

START_TEST(a_character_cut_anywhere_is_malformed)
{
	struct bytes text = LITERAL("\xf0\x9f\x98\x80");

	for (size_t len = 1; len < text.len; len++) {
		ck_assert(!bytes_is_utf8(bytes_of(text.data, len)));
		ck_assert(!bytes_is_utf8(bytes_of(text.data + len, text.len - len)));
	}
}
END_TEST

START_TEST(control_characters_are_found)
{
	for (unsigned int byte = 0; byte <= 0xff; byte++) {
		char text[] = {'a', (char)byte, 'b'};
		bool is_control = byte < 0x20 || byte == 0x7f;

		ck_assert_int_eq(bytes_has_control(bytes_of(text, 3)), is_control);
		ck_assert_int_eq(bytes_has_control(bytes_of(text, 2)), is_control);
		ck_assert(!bytes_has_control(bytes_of(text, 1)));
	}
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

int
main(void)
{
	Suite *suite = suite_create("bytes");
	TCase *compare = add_case(suite, "compare");
	TCase *utf8 = add_case(suite, "utf8");

	tcase_add_test(compare, order_is_that_of_unsigned_bytes);
	tcase_add_test(compare, a_prefix_comes_before_what_it_begins);
	tcase_add_test(compare, no_bytes_are_equal_to_no_bytes);
	tcase_add_test(compare, equality_looks_at_every_byte);
	tcase_add_test(compare, a_string_ends_before_its_nul);
	tcase_add_test(compare, prefixes_are_found_at_the_start_only);
	tcase_add_loop_test(utf8, well_formed_utf8_is_accepted, 0, COUNT(well_formed));
	tcase_add_loop_test(utf8, malformed_utf8_is_refused, 0, COUNT(malformed));
	tcase_add_loop_test(utf8, malformed_utf8_is_refused_wherever_it_stands, 0,
		COUNT(malformed));
	tcase_add_test(utf8, a_character_cut_anywhere_is_malformed);
	tcase_add_test(utf8, control_characters_are_found);
	return run_suite(suite);
}
