/* SPDX-License-Identifier: MIT */
#include "base/host_port.h"

#include <stdio.h>

#include "run.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static const char *const names[] = {
	"db1",
	"localhost",
	"web-1.example.com",
	"example.com.",
	"3com.com",
	"1e100",
	"my_box",
	"A.b.C",
	"0xg",
	"x",
};

static const char *const nonsense[] = {
	"",
	":",
	":7117",
	".",
	".com",
	"-host",
	"a b",
	" a",
	"a\n",
	"a/b",
	"a@b",
	"b\xc3\xbc",
	"host:",
	"host:0",
	"host:65536",
	"host:000080",
	"host:99999999999999999999",
	"host:-1",
	"host:+1",
	"host: 1",
	"host:80x",
	"host:80:80",
	"host:http",
	"7117",
	"10.1",
	"1.2.3.4.5",
	"host.0",
	"127.0.0.0x1",
	"0x7f000001",
	"0x",
	"::1",
	"[::1]",
	"[host]",
	"*",
};

static struct host_port result;

static enum err
parse(const char *text)
{
	result = (struct host_port){.host = "untouched", .port = 1};
	return host_port_parse(text, 7117, &result);
}

START_TEST(a_name_without_a_port_gets_the_default)
{
	ck_assert_int_eq(parse(names[_i]), ERR_OK);
	ck_assert_str_eq(result.host, names[_i]);
	ck_assert_uint_eq(result.port, 7117);
}
END_TEST

START_TEST(a_name_may_have_a_port)
{
	char text[64];

	snprintf(text, sizeof(text), "%s:65535", names[_i]);
	ck_assert_int_eq(parse(text), ERR_OK);
	ck_assert_str_eq(result.host, names[_i]);
	ck_assert_uint_eq(result.port, 65535);
}
END_TEST

START_TEST(the_smallest_port_is_one)
{
	ck_assert_int_eq(parse("host:1"), ERR_OK);
	ck_assert_uint_eq(result.port, 1);
	ck_assert_int_eq(parse("host:00080"), ERR_OK);
	ck_assert_uint_eq(result.port, 80);
}
END_TEST

START_TEST(other_text_is_invalid_and_leaves_the_result_alone)
{
	ck_assert_msg(parse(nonsense[_i]) == ERR_INVALID, "\"%s\"", nonsense[_i]);
	ck_assert_str_eq(result.host, "untouched");
	ck_assert_uint_eq(result.port, 1);
}
END_TEST

START_TEST(a_name_has_at_most_253_characters)
{
	char text[HOST_LEN_MAX + 8];

	memset(text, 'a', sizeof(text));
	memcpy(text + HOST_LEN_MAX, ":80", 4);
	ck_assert_int_eq(parse(text), ERR_OK);
	ck_assert_uint_eq(strlen(result.host), HOST_LEN_MAX);
	ck_assert_uint_eq(result.port, 80);
	memcpy(text + HOST_LEN_MAX, "a:80", 5);
	ck_assert_int_eq(parse(text), ERR_INVALID);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("host_port");
	TCase *tcase = add_case(suite, "host_port");

	tcase_add_loop_test(
		tcase, a_name_without_a_port_gets_the_default, 0, COUNT(names));
	tcase_add_loop_test(tcase, a_name_may_have_a_port, 0, COUNT(names));
	tcase_add_test(tcase, the_smallest_port_is_one);
	tcase_add_loop_test(tcase, other_text_is_invalid_and_leaves_the_result_alone, 0,
		COUNT(nonsense));
	tcase_add_test(tcase, a_name_has_at_most_253_characters);
	return run_suite(suite);
}
