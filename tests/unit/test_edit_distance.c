/* SPDX-License-Identifier: MIT */
#include "base/edit_distance.h"

#include "run.h"

/* One byte more than is compared. */
static const char too_long[] =
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

START_TEST(equal_texts_are_at_no_distance)
{
	ck_assert_uint_eq(edit_distance("", ""), 0);
	ck_assert_uint_eq(edit_distance("bind", "bind"), 0);
}
END_TEST

START_TEST(each_slip_of_the_keyboard_counts_one)
{
	ck_assert_uint_eq(edit_distance("bnd", "bind"), 1);
	ck_assert_uint_eq(edit_distance("biind", "bind"), 1);
	ck_assert_uint_eq(edit_distance("bund", "bind"), 1);
	ck_assert_uint_eq(edit_distance("ibnd", "bind"), 1);
	ck_assert_uint_eq(edit_distance("bidn", "bind"), 1);
}
END_TEST

START_TEST(slips_add_up)
{
	ck_assert_uint_eq(edit_distance("kitten", "sitting"), 3);
	ck_assert_uint_eq(edit_distance("", "abc"), 3);
	ck_assert_uint_eq(edit_distance("abc", ""), 3);
	ck_assert_uint_eq(edit_distance("ca", "abc"), 3);
}
END_TEST

START_TEST(the_order_of_the_texts_does_not_matter)
{
	ck_assert_uint_eq(
		edit_distance("memebr", "members"), edit_distance("members", "memebr"));
	ck_assert_uint_eq(edit_distance("memebr", "members"), 2);
}
END_TEST

START_TEST(a_text_too_long_is_far_from_everything)
{
	ck_assert_uint_eq(strlen(too_long), EDIT_DISTANCE_LEN_MAX + 1);
	ck_assert_uint_eq(edit_distance(too_long, too_long), SIZE_MAX);
	ck_assert_uint_eq(edit_distance("bind", too_long), SIZE_MAX);
	ck_assert_uint_eq(edit_distance(too_long + 1, too_long + 1), 0);
	ck_assert_uint_eq(edit_distance(too_long + 1, ""), EDIT_DISTANCE_LEN_MAX);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("edit distance");
	TCase *tcase = add_case(suite, "edit distance");

	tcase_add_test(tcase, equal_texts_are_at_no_distance);
	tcase_add_test(tcase, each_slip_of_the_keyboard_counts_one);
	tcase_add_test(tcase, slips_add_up);
	tcase_add_test(tcase, the_order_of_the_texts_does_not_matter);
	tcase_add_test(tcase, a_text_too_long_is_far_from_everything);
	return run_suite(suite);
}
