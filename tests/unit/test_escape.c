/* SPDX-License-Identifier: MIT */
#include "cli/escape.h"

#include <stdlib.h>

#include "run.h"

START_TEST(text_that_a_terminal_may_obey_is_escaped)
{
	static const struct {
		const char *text;
		const char *escaped;
	} cases[] = {
		{"", ""},
		{"plain grün €", "plain grün €"},
		{"\\ \t \n \r", "\\\\ \\t \\n \\r"},
		{"\x01\x1b\x7f", "\\x01\\x1b\\x7f"},
		{"\xc2\x80\xc2\x9f\xc2\xa0", "\\xc2\\x80\\xc2\\x9f\xc2\xa0"},
		{"\xff\xc3", "\\xff\\xc3"},
		{"\xe2\x82", "\\xe2\\x82"},
		{"\xed\xa0\x80", "\\xed\\xa0\\x80"},
		{"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *escaped = escape_string(cases[i].text);

		ck_assert_str_eq(escaped, cases[i].escaped);
		free(escaped);
	}
}
END_TEST

START_TEST(each_call_takes_one_character)
{
	char text[ESCAPED_LEN_MAX + 1];

	ck_assert_uint_eq(escape_next(bytes_of_string("\xc3\xbcx"), text), 2);
	ck_assert_str_eq(text, "\xc3\xbc");
	ck_assert_uint_eq(escape_next(bytes_of("\0x", 2), text), 1);
	ck_assert_str_eq(text, "\\x00");
	ck_assert_uint_eq(escape_next(bytes_of_string("\xc2\x9bx"), text), 2);
	ck_assert_uint_eq(strlen(text), ESCAPED_LEN_MAX);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("escape");
	TCase *tcase = add_case(suite, "escape");

	tcase_add_test(tcase, text_that_a_terminal_may_obey_is_escaped);
	tcase_add_test(tcase, each_call_takes_one_character);
	return run_suite(suite);
}
