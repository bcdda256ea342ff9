/* SPDX-License-Identifier: MIT */
#include "base/err.h"

#include <string.h>

#include "run.h"

START_TEST(names_are_what_clients_match_on)
{
	ck_assert_str_eq(err_name(ERR_OK), "ok");
	ck_assert_str_eq(err_name(ERR_NOT_FOUND), "not_found");
	ck_assert_str_eq(err_name(ERR_INVALID), "invalid");
	ck_assert_str_eq(err_name(ERR_UNREACHABLE), "unreachable");
	ck_assert_str_eq(err_name(ERR_TIMEOUT), "timeout");
	ck_assert_str_eq(err_name(ERR_CONFLICT), "conflict");
	ck_assert_str_eq(err_name(ERR_DENIED), "denied");
	ck_assert_str_eq(err_name(ERR_NOT_OWNER), "not_owner");
	ck_assert_str_eq(err_name(ERR_TOO_LARGE), "too_large");
	ck_assert_str_eq(err_name(ERR_QUOTA), "quota");
	ck_assert_str_eq(err_name(ERR_CLOCK), "clock");
	ck_assert_str_eq(err_name(ERR_LEFT), "left");
	ck_assert_str_eq(err_name(ERR_BUSY), "busy");
	ck_assert_str_eq(err_name(ERR_MALFORMED), "malformed");
	ck_assert_str_eq(err_name(ERR_VERSION), "version");
	ck_assert_str_eq(err_name(ERR_FOREIGN), "foreign");
	ck_assert_str_eq(err_name(ERR_DUPLICATE), "duplicate");
	ck_assert_str_eq(err_name(ERR_IO), "io");
}
END_TEST

START_TEST(every_code_has_a_name_and_a_text_of_its_own)
{
	for (int i = 0; i < ERR_COUNT; i++) {
		const char *name = err_name((enum err)i);
		const char *text = err_text((enum err)i);

		ck_assert_str_ne(name, err_name(ERR_COUNT));
		ck_assert_str_ne(text, err_text(ERR_COUNT));
		for (int j = 0; j < i; j++) {
			ck_assert_str_ne(name, err_name((enum err)j));
			ck_assert_str_ne(text, err_text((enum err)j));
		}
	}
}
END_TEST

START_TEST(names_are_words_and_texts_lack_a_full_stop)
{
	for (int i = 0; i < ERR_COUNT; i++) {
		const char *name = err_name((enum err)i);
		const char *text = err_text((enum err)i);

		ck_assert_uint_eq(
			strspn(name, "abcdefghijklmnopqrstuvwxyz_"), strlen(name));
		ck_assert_uint_gt(strlen(text), 0);
		ck_assert_int_ne(text[strlen(text) - 1], '.');
		ck_assert_ptr_null(strchr(text, '\n'));
	}
}
END_TEST

START_TEST(what_is_not_a_code_is_named_unknown)
{
	ck_assert_str_eq(err_name(ERR_COUNT), "unknown");
	ck_assert_str_eq(err_name((enum err)(ERR_COUNT + 1)), "unknown");
	ck_assert_str_eq(err_text((enum err)(ERR_COUNT + 1)), "unknown error");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("err");
	TCase *tcase = add_case(suite, "err");

	tcase_add_test(tcase, names_are_what_clients_match_on);
	tcase_add_test(tcase, every_code_has_a_name_and_a_text_of_its_own);
	tcase_add_test(tcase, names_are_words_and_texts_lack_a_full_stop);
	tcase_add_test(tcase, what_is_not_a_code_is_named_unknown);
	return run_suite(suite);
}
