/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "program.h"
#include "run.h"

#define MEMBERS                                                                       \
	"{\"items\":[{\"name\":\"web1\",\"addr\":\"192.0.2.1:7117\",\"state\":"       \
	"\"alive\","                                                                  \
	"\"rtt_ms\":null,\"last_heard_ms\":null,\"zone\":\"\",\"version\":\"0.1.0\"," \
	"\"agrees\":null,\"self\":true},"                                             \
	"{\"name\":\"b\\u001b\",\"addr\":\"[2001:db8::1]:7117\",\"state\":\"dead\","  \
	"\"rtt_ms\":0.412,\"last_heard_ms\":75012,\"zone\":\"eu\",\"version\":\"0.1." \
	"0\","                                                                        \
	"\"agrees\":false,\"self\":false}]}"

START_TEST(members_are_aligned_columns_without_gaps)
{
	struct run run = RUN_WITH(ANSWERS(RESULT(1, MEMBERS)), "members");

	ASSERT_RUN(run, 0,
		"web1   alive  192.0.2.1:7117      -       -      -   0.1.0  self\n"
		"b\\x1b  dead   [2001:db8::1]:7117  0.41ms  1m15s  eu  0.1.0  no\n",
		"");
}
END_TEST

START_TEST(members_have_a_header_and_colour_on_a_terminal_only)
{
	surroundings.terminal = "xterm";

	struct run run =
		RUN_WITH(ANSWERS(RESULT(1, MEMBERS)), "members", "--state", "dead");

	ck_assert_int_eq(strncmp(run.out, "\033[1mNAME ", 9), 0);
	ck_assert_ptr_nonnull(strstr(run.out, "\n\033[31mb\\x1b "));
	ck_assert_ptr_null(strstr(run.out, "web1"));
	setenv("NO_COLOR", "1", 1);
	run = RUN_WITH(ANSWERS(RESULT(1, MEMBERS)), "members");
	ck_assert_int_eq(strncmp(run.out, "NAME ", 5), 0);
	ck_assert_ptr_null(strchr(run.out, '\033'));
	unsetenv("NO_COLOR");
	surroundings.terminal = "dumb";
	run = RUN_WITH(ANSWERS(RESULT(1, MEMBERS)), "members");
	ck_assert_ptr_null(strchr(run.out, '\033'));
}
END_TEST

START_TEST(members_in_no_such_state_are_a_negative_answer)
{
	struct run run = RUN_WITH(
		ANSWERS(RESULT(1, MEMBERS)), "members", "--state=suspect,left");

	ASSERT_RUN(run, 1, "", "");
}
END_TEST

#define STATUS(alive, agree, leaving)                                  \
	"{\"node\":{\"name\":\"web1\"},\"members\":{\"alive\":" #alive \
	"},\"agree\":" #agree ",\"leaving\":" #leaving                 \
	",\"synced\":true,\"drops\":{\"malformed\":0,\"clock\":2}}"

START_TEST(status_is_healthy_when_all_agree)
{
	static const struct {
		const char *answer;
		int status;
		const char *line;
	} cases[] = {
		{RESULT(1, STATUS(1, 0, false)), 0, "health      ok\n"},
		{RESULT(1, STATUS(3, 2, false)), 0, "health      ok\n"},
		{RESULT(1, STATUS(3, 1, false)), 1,
			"health      degraded, live members not known to agree 1\n"},
		{RESULT(1, STATUS(1, 0, true)), 1,
			"health      degraded, this node is leaving\n"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct run run = RUN_WITH(ANSWERS(cases[i].answer), "status");

		ck_assert_int_eq(run.status, cases[i].status);
		ck_assert_int_eq(
			strncmp(run.out, cases[i].line, strlen(cases[i].line)), 0);
		ck_assert_ptr_nonnull(strstr(run.out, "\ndrops       clock 2\n"));
	}
}
END_TEST

START_TEST(status_as_json_has_the_same_exit_status)
{
	struct run run =
		RUN_WITH(ANSWERS(RESULT(1, STATUS(3, 1, false))), "status", "--json");

	ASSERT_RUN(run, 1, STATUS(3, 1, false) "\n", "");
}
END_TEST

START_TEST(join_tells_which_addresses_were_refused)
{
	struct run run = RUN_WITH(ANSWERS(RESULT(1, "{\"items\":[{\"address\":\"a\"},"
						    "{\"address\":\"b!\",\"error\":"
						    "\"invalid\"}]}")),
		"join", "a", "b!");

	ASSERT_RUN(run, 1, "", "rumor: cannot join b!: invalid\n");
	ck_assert_ptr_nonnull(
		strstr(fake.requests[0], "{\"addresses\":[\"a\",\"b!\"]}"));
	run = RUN_WITH(ANSWERS(RESULT(1, "{\"items\":[{\"address\":\"a\"}]}")), "join",
		"--json", "a");
	ASSERT_RUN(run, 0, "{\"address\":\"a\"}\n", "");
}
END_TEST

START_TEST(leave_says_nothing)
{
	struct run run = RUN_WITH(ANSWERS(RESULT(1, "{}")), "leave");

	ASSERT_RUN(run, 0, "", "");
	ck_assert_ptr_nonnull(strstr(fake.requests[0], "\"member.leave\""));
}
END_TEST

/* --- call --- */

START_TEST(call_writes_the_result_on_one_line)
{
	struct run run = RUN_WITH(
		ANSWERS(RESULT(1, "{\"a\": [1, 2]}")), "call", "x.y", "{\"n\": 1}");

	ASSERT_RUN(run, 0, "{\"a\":[1,2]}\n", "");
	ck_assert_ptr_nonnull(
		strstr(fake.requests[0], "\"method\":\"x.y\",\"params\":{\"n\":1}}"));
}
END_TEST

START_TEST(call_lays_out_the_result_on_a_terminal)
{
	surroundings.terminal = "xterm";

	struct run run = RUN_WITH(ANSWERS(RESULT(1, "{\"a\":1}")), "call", "x");

	ASSERT_RUN(run, 0, "{\n  \"a\": 1\n}\n", "");
	run = RUN_WITH(ANSWERS(RESULT(1, "{\"a\":1}")), "call", "x", "--json");
	ASSERT_RUN(run, 0, "{\"a\":1}\n", "");
}
END_TEST

START_TEST(call_reads_params_and_writes_what_is_streamed)
{
	surroundings.input = "{\"stream\":true}\n";

	struct run run =
		RUN_WITH(ANSWERS("{\"jsonrpc\":\"2.0\",\"method\":\"kv.item\","
				 "\"params\":{\"id\":1,"
				 "\"key\":\"a\"}}\n" RESULT(1, "{\"count\":1}")),
			"call", "kv.list", "-");

	ASSERT_RUN(run, 0, "{\"id\":1,\"key\":\"a\"}\n{\"count\":1}\n", "");
	ck_assert_ptr_nonnull(strstr(fake.requests[0], "{\"stream\":true}"));
}
END_TEST

START_TEST(call_tells_of_negative_answers_too)
{
	struct run run = RUN_WITH(
		ANSWERS(ERROR(1, 1, "not_found", "no such\\nkey")), "call", "kv.get");

	ASSERT_RUN(run, 1, "", "rumor: no such\\nkey\n");
}
END_TEST

static void
add_cluster_tests(Suite *suite)
{
	TCase *tcase = add_case(suite, "cluster");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, members_are_aligned_columns_without_gaps);
	tcase_add_test(tcase, members_have_a_header_and_colour_on_a_terminal_only);
	tcase_add_test(tcase, members_in_no_such_state_are_a_negative_answer);
	tcase_add_test(tcase, status_is_healthy_when_all_agree);
	tcase_add_test(tcase, status_as_json_has_the_same_exit_status);
	tcase_add_test(tcase, join_tells_which_addresses_were_refused);
	tcase_add_test(tcase, leave_says_nothing);
	tcase_add_test(tcase, call_writes_the_result_on_one_line);
	tcase_add_test(tcase, call_lays_out_the_result_on_a_terminal);
	tcase_add_test(tcase, call_reads_params_and_writes_what_is_streamed);
	tcase_add_test(tcase, call_tells_of_negative_answers_too);
}

int
main(void)
{
	Suite *suite = suite_create("cli_cluster");

	add_cluster_tests(suite);
	return run_suite(suite);
}
