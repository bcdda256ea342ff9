/* SPDX-License-Identifier: MIT */
#include "cli/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"
#include "run.h"

#define VALUE(key, value)                                                   \
	"{\"key\":\"" key "\",\"value\":\"" value "\",\"version\":\"7-1\"," \
	"\"origin\":\"web1\",\"modified\":\"2026-11-23T18:42:07.123Z\"}"

/* --- usage --- */

START_TEST(wrong_usage_is_told_in_one_line)
{
	static const struct {
		const char *arguments[6];
		const char *error;
	} cases[] = {
		{{NULL}, "no command given (see rumor help)"},
		{{"--timeout"}, "option --timeout needs an argument (see rumor help)"},
		{{"gte", "a"}, "no command gte, did you mean get? (see rumor help)"},
		{{"delete", "a"},
			"no command delete, did you mean del? (see rumor help)"},
		{{"mem"}, "no command mem, did you mean members? (see rumor help)"},
		{{"frobnicate"}, "no command frobnicate (see rumor help)"},
		{{"a\nb"}, "no command a\\nb (see rumor help)"},
		{{"help", "lst"},
			"no command lst, did you mean list? (see rumor help)"},
		{{"get"}, "get: needs KEY (see rumor help get)"},
		{{"get", "a", "b"},
			"get: b is one argument too many (see rumor help get)"},
		{{"get", "a", "--jsn"}, "get: no option --jsn; if it is none, put -- "
					"before it (see rumor help "
					"get)"},
		{{"set", "a", "-5"}, "set: no option -5; if it is none, put -- before "
				     "it (see rumor help "
				     "set)"},
		{{"get", "a", "--json=yes"},
			"get: option --json takes no argument (see rumor help get)"},
		{{"get", "a", "--default"},
			"get: option --default needs an argument (see rumor help get)"},
		{{"get", "a", "--meta", "--default", "x"},
			"get: --default and --meta exclude each other (see rumor help "
			"get)"},
		{{"get", "\xff"}, "get: \\xff is not UTF-8 (see rumor help get)"},
		{{"get", "a", "--timeout", "5"}, "get: --timeout 5 is not a time such "
						 "as 500ms or 5s (see rumor help "
						 "get)"},
		{{"set", "a", "b", "--ttl", "0s"}, "set: --ttl 0s is not a time such "
						   "as 60s or 1d (see rumor help set)"},
		{{"set", "a", "b", "--if-absent", "--if-version=1"},
			"set: --if-version and --if-absent exclude each other (see "
			"rumor help "
			"set)"},
		{{"set", "a", "{", "--json"}, "the value is not JSON: line 1, column "
					      "1: string or '}' expected near "
					      "end of file"},
		{{"del", "a", "b", "--if-version", "7-1"},
			"del: --if-version goes with one KEY (see rumor help del)"},
		{{"del", "--prefix", ""}, "del: an empty prefix would delete every key "
					  "(see rumor help del)"},
		{{"list", "--keys", "--values"}, "list: --keys and --values exclude "
						 "each other (see rumor help list)"},
		{{"members", "--state", "alive,,dead"},
			"members: '' is no state: alive, suspect, dead or left (see "
			"rumor help "
			"members)"},
		{{"call", "x", "[]"}, "PARAMS is not a JSON object"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct run run = run_alone(cases[i].arguments);
		char err[256];

		snprintf(err, sizeof(err), "rumor: %s\n", cases[i].error);
		ASSERT_RUN(run, 2, "", err);
	}
}
END_TEST

START_TEST(help_lists_every_command_and_explains_each)
{
	struct run run = RUN("help");

	ck_assert_int_eq(run.status, 0);
	ck_assert_str_eq(run.err, "");
	for (size_t i = 0; command_at(i) != NULL; i++) {
		const struct command *command = command_at(i);
		char row[64];

		snprintf(row, sizeof(row), "\n  %s ", command->name);
		ck_assert_ptr_nonnull(strstr(run.out, row));

		struct run by_name = RUN("help", command->name);
		struct run by_option = RUN(command->name, "--help");

		ck_assert_str_eq(by_name.out, by_option.out);
		ck_assert_int_eq(by_name.status, 0);
		for (const struct option_entry *entry = command->options;
			entry->name != NULL; entry++) {
			snprintf(row, sizeof(row), "--%s ", entry->name);
			ck_assert_ptr_nonnull(strstr(by_name.out, row));
		}
	}
}
END_TEST

START_TEST(help_fits_a_terminal)
{
	for (size_t i = 0; command_at(i) != NULL; i++) {
		struct run run = RUN("help", command_at(i)->name);
		const char *line = run.out;

		while (*line != '\0') {
			size_t len = strcspn(line, "\n");

			ck_assert_uint_le(len, 80);
			line += len + 1;
		}
	}
}
END_TEST

START_TEST(options_may_stand_anywhere_until_two_hyphens)
{
	struct run run = RUN_WITH(ANSWERS(RESULT(1, "{\"version\":\"8-1\"}")),
		"--timeout", "2s", "set", "--ttl=1min", "k", "-v", "--", "--json");

	ASSERT_RUN(run, 0, "8-1\n", "");
	ck_assert_ptr_nonnull(strstr(fake.requests[0],
		"{\"key\":\"k\",\"ttl_ms\":60000,\"value\":\"--json\"}"));
}
END_TEST

START_TEST(options_may_stand_anywhere_for_posix_too)
{
	setenv("POSIXLY_CORRECT", "1", 1);

	struct run run = RUN_WITH(ANSWERS(RESULT(1, "{\"version\":\"8-1\"}")), "set",
		"k", "v", "--verbose");

	ASSERT_RUN(run, 0, "8-1\n", "");
}
END_TEST

/* --- the daemon --- */

START_TEST(no_daemon_is_told_with_the_path)
{
	struct run run = RUN("get", "a");

	ASSERT_RUN(run, 3, "",
		"rumor: cannot reach rumord at /nowhere/socket: No such file or "
		"directory "
		"(is it running? try --socket)\n");
	run = RUN("get", "a", "--socket", "/nowhere/other");
	ASSERT_RUN(run, 3, "",
		"rumor: cannot reach rumord at /nowhere/other: No such file or "
		"directory "
		"(is it running? try --socket)\n");
}
END_TEST

START_TEST(a_silent_daemon_times_out)
{
	struct run run = RUN_WITH(NULL, "get", "a", "--timeout", "50ms");

	ASSERT_RUN(run, 4, "",
		"rumor: no answer within 50 ms (is rumord overloaded or stopped? try a "
		"longer --timeout)\n");
}
END_TEST

START_TEST(errors_of_the_daemon_are_exit_statuses)
{
	static const struct {
		const char *answer;
		int status;
	} cases[] = {
		{ERROR(1, 2, "r", "why"), 2},
		{ERROR(1, 5, "r", "why"), 5},
		{ERROR(1, 6, "r", "why"), 6},
		{ERROR(1, 7, "r", "why"), 7},
		{ERROR(1, -32602, "r", "why"), 2},
		{ERROR(1, -32603, "r", "why"), 7},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct run run = RUN_WITH(ANSWERS(cases[i].answer), "set", "k", "v");

		ASSERT_RUN(run, cases[i].status, "", "rumor: why\n");
	}
}
END_TEST

/* --- standard output --- */

START_TEST(output_that_cannot_be_written_is_an_error)
{
	surroundings.output = "/dev/full";

	struct run run = RUN_WITH(ANSWERS(RESULT(1, VALUE("k", "v"))), "get", "k");

	ck_assert_int_eq(run.status, 2);
	ck_assert_str_eq(run.err,
		"rumor: cannot write to standard output: No space left on device\n");
}
END_TEST

START_TEST(closed_output_is_an_error_only_when_there_is_some)
{
	surroundings.is_output_closed = true;

	struct run run = RUN_WITH(ANSWERS(RESULT(1, VALUE("k", "v"))), "get", "k");

	ASSERT_RUN(run, 2, "",
		"rumor: cannot write to standard output: Bad file descriptor\n");
	run = RUN_WITH(ANSWERS(RESULT(1, "{}")), "set", "k", "v");
	ASSERT_RUN(run, 0, "", "");
}
END_TEST

START_TEST(output_is_never_taken_for_a_request)
{
	static char answer[20000];
	static char value[sizeof(answer) - 200];

	memset(value, 'x', sizeof(value) - 1);
	value[100] = '\\';
	value[101] = 'n';
	snprintf(answer, sizeof(answer), "{\"id\":1,\"result\":{\"value\":\"%s\"}}\n",
		value);
	surroundings.is_output_closed = true;

	struct run run = RUN_WITH(ANSWERS(answer), "get", "k");

	ASSERT_RUN(run, 2, "",
		"rumor: cannot write to standard output: Bad file descriptor\n");
	ck_assert_uint_eq(fake.request_count, 1);
}
END_TEST

START_TEST(output_that_nobody_reads_any_more_ends_it_quietly)
{
	surroundings.is_output_unread = true;

	struct run run = RUN_WITH(ANSWERS(RESULT(1, VALUE("k", "v"))), "get", "k");

	ASSERT_RUN(run, 0, "", "");
}
END_TEST

static void
add_program_tests(Suite *suite)
{
	TCase *tcase = add_case(suite, "program");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, wrong_usage_is_told_in_one_line);
	tcase_add_test(tcase, help_lists_every_command_and_explains_each);
	tcase_add_test(tcase, help_fits_a_terminal);
	tcase_add_test(tcase, options_may_stand_anywhere_until_two_hyphens);
	tcase_add_test(tcase, options_may_stand_anywhere_for_posix_too);
	tcase_add_test(tcase, no_daemon_is_told_with_the_path);
	tcase_add_test(tcase, a_silent_daemon_times_out);
	tcase_add_test(tcase, errors_of_the_daemon_are_exit_statuses);
	tcase_add_test(tcase, output_that_cannot_be_written_is_an_error);
	tcase_add_test(tcase, closed_output_is_an_error_only_when_there_is_some);
	tcase_add_test(tcase, output_is_never_taken_for_a_request);
	tcase_add_test(tcase, output_that_nobody_reads_any_more_ends_it_quietly);
}

int
main(void)
{
	Suite *suite = suite_create("cli");

	add_program_tests(suite);
	return run_suite(suite);
}
