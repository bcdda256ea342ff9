/* SPDX-License-Identifier: MIT */
#include "gossip/key.h"

#include "gossip/settings.h"
#include "run.h"

static enum err
check(const char *key)
{
	return key_check(bytes_of_string(key));
}

START_TEST(plain_keys_are_fine)
{
	ck_assert_int_eq(check("a"), ERR_OK);
	ck_assert_int_eq(check("app/db/primary"), ERR_OK);
	ck_assert_int_eq(check(" "), ERR_OK);
	ck_assert_int_eq(check("/"), ERR_OK);
	ck_assert_int_eq(check("gr\xc3\xbc\xc3\x9f"
			       "e"),
		ERR_OK);
	ck_assert_int_eq(check("a@b"), ERR_OK);
}
END_TEST

START_TEST(an_empty_key_is_invalid)
{
	ck_assert_int_eq(check(""), ERR_INVALID);
	ck_assert_int_eq(key_check((struct bytes){0}), ERR_INVALID);
}
END_TEST

START_TEST(a_key_is_text_without_control_characters)
{
	ck_assert_int_eq(check("a\nb"), ERR_INVALID);
	ck_assert_int_eq(check("a\x7f"), ERR_INVALID);
	ck_assert_int_eq(check("a\xff"), ERR_INVALID);
	ck_assert_int_eq(check("\xc3"), ERR_INVALID);
	ck_assert_int_eq(key_check(bytes_of("a\0b", 3)), ERR_INVALID);
}
END_TEST

START_TEST(the_longest_key_fits_and_one_byte_more_does_not)
{
	char key[KEY_LEN_MAX + 1];

	memset(key, 'k', sizeof(key));
	ck_assert_int_eq(key_check(bytes_of(key, KEY_LEN_MAX)), ERR_OK);
	ck_assert_int_eq(key_check(bytes_of(key, KEY_LEN_MAX + 1)), ERR_TOO_LARGE);
}
END_TEST

START_TEST(an_owned_key_needs_an_owner_and_a_rest)
{
	ck_assert_int_eq(check("@web1/role"), ERR_OK);
	ck_assert_int_eq(check("@web1/a/b"), ERR_OK);
	ck_assert_int_eq(check("@web1//"), ERR_OK);
	ck_assert_int_eq(check("@"), ERR_INVALID);
	ck_assert_int_eq(check("@/"), ERR_INVALID);
	ck_assert_int_eq(check("@/role"), ERR_INVALID);
	ck_assert_int_eq(check("@web1"), ERR_INVALID);
	ck_assert_int_eq(check("@web1/"), ERR_INVALID);
}
END_TEST

START_TEST(an_owner_has_a_name_that_a_node_can_have)
{
	char key[1 + NODE_NAME_LEN_MAX + 1 + 2];

	memset(key, 'n', sizeof(key));
	key[0] = '@';
	key[1 + NODE_NAME_LEN_MAX] = '/';
	ck_assert_int_eq(key_check(bytes_of(key, 1 + NODE_NAME_LEN_MAX + 2)), ERR_OK);
	key[1 + NODE_NAME_LEN_MAX] = 'n';
	key[1 + NODE_NAME_LEN_MAX + 1] = '/';
	ck_assert_int_eq(
		key_check(bytes_of(key, 1 + NODE_NAME_LEN_MAX + 3)), ERR_INVALID);
}
END_TEST

START_TEST(a_key_is_owned_when_it_begins_with_an_at_sign)
{
	ck_assert(key_is_owned(bytes_of_string("@web1/role")));
	ck_assert(!key_is_owned(bytes_of_string("web1/@role")));
	ck_assert(!key_is_owned(bytes_of_string("")));
}
END_TEST

START_TEST(the_owner_is_named_up_to_the_first_slash)
{
	ck_assert(bytes_equal(key_owner_name(bytes_of_string("@web1/role/x")),
		bytes_of_string("web1")));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("key");
	TCase *tcase = add_case(suite, "key");

	tcase_add_test(tcase, plain_keys_are_fine);
	tcase_add_test(tcase, an_empty_key_is_invalid);
	tcase_add_test(tcase, a_key_is_text_without_control_characters);
	tcase_add_test(tcase, the_longest_key_fits_and_one_byte_more_does_not);
	tcase_add_test(tcase, an_owned_key_needs_an_owner_and_a_rest);
	tcase_add_test(tcase, an_owner_has_a_name_that_a_node_can_have);
	tcase_add_test(tcase, a_key_is_owned_when_it_begins_with_an_at_sign);
	tcase_add_test(tcase, the_owner_is_named_up_to_the_first_slash);
	return run_suite(suite);
}
