/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "program.h"
#include "run.h"

#define VALUE(key, value)                                                   \
	"{\"key\":\"" key "\",\"value\":\"" value "\",\"version\":\"7-1\"," \
	"\"origin\":\"web1\",\"modified\":\"2026-11-23T18:42:07.123Z\"}"

/* --- get and set --- */

START_TEST(get_writes_the_exact_bytes)
{
	struct run run = RUN_WITH(ANSWERS(RESULT(1, VALUE("k", "a\\tb"))), "get", "k");

	ASSERT_RUN(run, 0, "a\tb", "");
}
END_TEST

START_TEST(get_ends_the_line_on_a_terminal)
{
	surroundings.terminal = "xterm";

	struct run run = RUN_WITH(ANSWERS(RESULT(1, VALUE("k", "v"))), "get", "k");

	ASSERT_RUN(run, 0, "v\n", "");
	run = RUN_WITH(ANSWERS(RESULT(1, VALUE("k", "v\\n"))), "get", "k");
	ASSERT_RUN(run, 0, "v\n", "");
}
END_TEST

START_TEST(an_absent_key_is_quiet)
{
	struct run run =
		RUN_WITH(ANSWERS(ERROR(1, 1, "not_found", "no such key")), "get", "k");

	ASSERT_RUN(run, 1, "", "");
}
END_TEST

START_TEST(an_absent_key_can_have_a_default)
{
	const char *const *absent = ANSWERS(ERROR(1, 1, "not_found", "no such key"),
		ERROR(1, 1, "not_found", "no such key"));
	struct run run = RUN_WITH(absent, "get", "k", "--default", "d");

	ASSERT_RUN(run, 0, "d", "");
	run = RUN_WITH(absent, "get", "k", "--default=", "--json");
	ASSERT_RUN(run, 0, "{\"key\":\"k\",\"value\":\"\"}\n", "");
}
END_TEST

START_TEST(get_writes_the_object_of_the_protocol)
{
	struct run run = RUN_WITH(
		ANSWERS(RESULT(1, VALUE("k", "v"))), "get", "--json", "--all", "k");

	ASSERT_RUN(run, 0, VALUE("k", "v") "\n", "");
	ck_assert_ptr_nonnull(strstr(fake.requests[0], "{\"key\":\"k\",\"all\":true}"));
}
END_TEST

START_TEST(meta_is_what_is_known_about_a_value)
{
	struct run run = RUN_WITH(
		ANSWERS(RESULT(1, "{\"key\":\"k\",\"value_b64\":\"AP8=\",\"version\":"
				  "\"7-1\",\"origin\":\"web\\u001b\",\"modified\":"
				  "\"2026\",\"ttl_ms\":61000}")),
		"get", "k", "--meta");

	ASSERT_RUN(run, 0,
		"key       k\n"
		"length    2\n"
		"version   7-1\n"
		"origin    web\\x1b\n"
		"modified  2026\n"
		"ttl       1m1s\n",
		"");
}
END_TEST

#define INFO(limit) "{\"limits\":{\"value_bytes\":" #limit "}}"

START_TEST(set_reads_standard_input_up_to_the_limit)
{
	surroundings.input = "four";

	struct run run =
		RUN_WITH(ANSWERS(RESULT(1, INFO(4)), RESULT(2, "{}")), "set", "k", "-");

	ASSERT_RUN(run, 0, "", "");
	ck_assert_ptr_nonnull(strstr(fake.requests[1], "\"value\":\"four\""));
	run = RUN_WITH(ANSWERS(RESULT(1, INFO(3)), RESULT(2, "{}")), "set", "k", "-");
	ASSERT_RUN(run, 7, "",
		"rumor: standard input is longer than 3 bytes, the limit\n");
	ck_assert_uint_eq(fake.request_count, 1);
}
END_TEST

START_TEST(set_reads_a_file)
{
	char path[] = "/tmp/test-cli-XXXXXX";
	char argument[32];
	int fd = mkstemp(path);

	ck_assert_int_eq(write(fd, "a\0b", 3), 3);
	close(fd);
	snprintf(argument, sizeof(argument), "@%s", path);

	struct run run = RUN_WITH(
		ANSWERS(RESULT(1, INFO(100)), RESULT(2, "{}")), "set", "k", argument);

	unlink(path);
	ASSERT_RUN(run, 0, "", "");
	ck_assert_ptr_nonnull(strstr(fake.requests[1], "\"value_b64\":\"YQBi\""));
	run = RUN_WITH(ANSWERS(RESULT(1, INFO(100))), "set", "k", "@/nowhere/file");
	ASSERT_RUN(run, 2, "",
		"rumor: cannot read /nowhere/file: No such file or directory\n");
}
END_TEST

START_TEST(json_values_are_sent_as_they_are)
{
	static const char *const documents[] = {"{\"a\": [1, 2.50]} ", "null",
		"123456789012345678901234567890", "\"\\u0000\""};

	for (size_t i = 0; i < sizeof(documents) / sizeof(documents[0]); i++) {
		struct run run = RUN_WITH(
			ANSWERS(RESULT(1, "{}")), "set", "k", "--json", documents[i]);

		ASSERT_RUN(run, 0, "", "");
	}
}
END_TEST

/* --- del --- */

START_TEST(del_is_done_when_any_key_was_there)
{
	const char *const *answers = ANSWERS(ERROR(1, 1, "not_found", "no such key"),
		RESULT(2, "{}"), ERROR(1, 1, "not_found", "no such key"));
	struct run run = RUN_WITH(answers, "del", "a", "b");

	ASSERT_RUN(run, 0, "", "");
	ck_assert_uint_eq(fake.request_count, 2);
	run = RUN_WITH(ANSWERS(ERROR(1, 1, "not_found", "no such key")), "del", "a");
	ASSERT_RUN(run, 1, "", "");
}
END_TEST

START_TEST(del_stops_at_the_first_key_it_may_not_delete)
{
	struct run run = RUN_WITH(ANSWERS(ERROR(1, 6, "not_owner", "not yours")), "del",
		"@web2/role", "b");

	ASSERT_RUN(run, 6, "", "rumor: @web2/role: not yours\n");
	ck_assert_uint_eq(fake.request_count, 1);
}
END_TEST

START_TEST(del_by_prefix_deletes_what_is_listed)
{
	struct run run = RUN_WITH(
		ANSWERS(RESULT(1, "{\"items\":[{\"key\":\"p1\"},{\"key\":\"p2\"}]}"),
			ERROR(2, 1, "not_found", "gone meanwhile"), RESULT(3, "{}")),
		"del", "--prefix", "p");

	ASSERT_RUN(run, 0, "", "");
	ck_assert_uint_eq(fake.request_count, 3);
	ck_assert_ptr_nonnull(strstr(fake.requests[2], "{\"key\":\"p2\"}"));
	run = RUN_WITH(ANSWERS(RESULT(1, "{\"items\":[]}")), "del", "--prefix", "p");
	ASSERT_RUN(run, 1, "", "");
}
END_TEST

/* --- list --- */

#define PAGE_A "{\"items\":[" VALUE("a", "1") "],\"next\":\"a\"}"
#define PAGE_B "{\"items\":[" VALUE("b\\\\", "x\\ny\\u009b") "]}"

START_TEST(a_row_is_one_line_whatever_is_in_it)
{
	struct run run =
		RUN_WITH(ANSWERS(RESULT(1, PAGE_A), RESULT(2, PAGE_B)), "list", "p");

	ASSERT_RUN(run, 0, "a\t1\nb\\\\\tx\\ny\\xc2\\x9b\n", "");
}
END_TEST

START_TEST(keys_and_values_alone_are_as_they_are)
{
	struct run run = RUN_WITH(
		ANSWERS(RESULT(1, PAGE_A), RESULT(2, PAGE_B)), "list", "--values");

	ASSERT_RUN(run, 0, "1\nx\ny\xc2\x9b\n", "");
	run = RUN_WITH(ANSWERS(RESULT(1, "{\"items\":[{\"key\":\"b\\\\\"}]}")), "list",
		"--keys", "--all");
	ASSERT_RUN(run, 0, "b\\\n", "");
	ck_assert_ptr_nonnull(strstr(fake.requests[0], "\"all\":true"));
	ck_assert_ptr_nonnull(strstr(fake.requests[0], "\"keys_only\":true"));
}
END_TEST

START_TEST(rows_of_json_are_the_objects_of_the_protocol)
{
	struct run run = RUN_WITH(
		ANSWERS(RESULT(1, PAGE_A), RESULT(2, PAGE_B)), "list", "--json");

	ASSERT_RUN(
		run, 0, VALUE("a", "1") "\n" VALUE("b\\\\", "x\\ny\xc2\x9b") "\n", "");
}
END_TEST

START_TEST(an_empty_list_is_a_negative_answer)
{
	struct run run = RUN_WITH(ANSWERS(RESULT(1, "{\"items\":[]}")), "list");

	ASSERT_RUN(run, 1, "", "");
}
END_TEST

static void
add_key_tests(Suite *suite)
{
	TCase *tcase = add_case(suite, "keys");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, get_writes_the_exact_bytes);
	tcase_add_test(tcase, get_ends_the_line_on_a_terminal);
	tcase_add_test(tcase, an_absent_key_is_quiet);
	tcase_add_test(tcase, an_absent_key_can_have_a_default);
	tcase_add_test(tcase, get_writes_the_object_of_the_protocol);
	tcase_add_test(tcase, meta_is_what_is_known_about_a_value);
	tcase_add_test(tcase, set_reads_standard_input_up_to_the_limit);
	tcase_add_test(tcase, set_reads_a_file);
	tcase_add_test(tcase, json_values_are_sent_as_they_are);
	tcase_add_test(tcase, del_is_done_when_any_key_was_there);
	tcase_add_test(tcase, del_stops_at_the_first_key_it_may_not_delete);
	tcase_add_test(tcase, del_by_prefix_deletes_what_is_listed);
	tcase_add_test(tcase, a_row_is_one_line_whatever_is_in_it);
	tcase_add_test(tcase, keys_and_values_alone_are_as_they_are);
	tcase_add_test(tcase, rows_of_json_are_the_objects_of_the_protocol);
	tcase_add_test(tcase, an_empty_list_is_a_negative_answer);
}

int
main(void)
{
	Suite *suite = suite_create("cli_keys");

	add_key_tests(suite);
	return run_suite(suite);
}
