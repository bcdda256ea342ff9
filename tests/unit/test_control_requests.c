/* SPDX-License-Identifier: MIT */
#include "control/request.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "control_world.h"
#include "run.h"

static struct world world;

static void
set_up(void)
{
	world_open(&world);
}

static void
tear_down(void)
{
	world_close(&world);
}

/* The error of the first answer to a line, with its id. */
static json_t *
error_of_line(const char *line)
{
	json_t *answers = world_ask(&world, line);

	ck_assert_uint_eq(json_array_size(answers), 1);

	json_t *answer = json_incref(json_array_get(answers, 0));

	ck_assert_ptr_nonnull(json_object_get(answer, "error"));
	ck_assert_ptr_null(json_object_get(answer, "result"));
	json_decref(answers);
	return answer;
}

/* --- requests --- */

#define NAME_OF_64 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static const struct {
	const char *line;
	int code;
} bad_lines[] = {
	{"{", -32700},
	{"nonsense", -32700},
	{"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"server.info\"} x", -32700},
	{"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"server.info\"}{}", -32700},
	{"{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":1,\"method\":\"server.info\"}", -32700},
	{"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"kv.get\","
	 "\"params\":{\"key\":\"a\",\"key\":\"a\"}}",
		-32700},
	{"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"kv.get\","
	 "\"params\":{\"key\":\"\xff\"}}",
		-32700},
	{"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"kv.get\","
	 "\"params\":{\"key\":\"\xed\xa0\x80\"}}",
		-32700},
	{"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"kv.get\","
	 "\"params\":{\"key\":\"\\u0000\"}}",
		-32700},
	{"{\"jsonrpc\":\"2.0\",\"id\":99999999999999999999,"
	 "\"method\":\"server.info\"}",
		-32700},
	{"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", -32700},
	{"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", -32600},
	{"[]", -32600},
	{"[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"server.info\"}]", -32600},
	{"1", -32600},
	{"null", -32600},
	{"\"server.info\"", -32600},
	{"{}", -32600},
	{"{\"id\":[],\"jsonrpc\":\"2.0\",\"method\":\"server.info\"}", -32600},
	{"{\"id\":{},\"jsonrpc\":\"2.0\",\"method\":\"server.info\"}", -32600},
	{"{\"id\":1.5,\"jsonrpc\":\"2.0\",\"method\":\"server.info\"}", -32600},
	{"{\"id\":true,\"jsonrpc\":\"2.0\",\"method\":\"server.info\"}", -32600},
	{"{\"id\":\"" NAME_OF_64 NAME_OF_64 NAME_OF_64 NAME_OF_64
	 "x\",\"jsonrpc\":\"2.0\",\"method\":\"server.info\"}",
		-32600},
	{"{\"method\":\"server.info\"}", -32600},
	{"{\"jsonrpc\":\"1.0\",\"method\":\"server.info\"}", -32600},
	{"{\"jsonrpc\":2.0,\"method\":\"server.info\"}", -32600},
	{"{\"jsonrpc\":\"2.0\"}", -32600},
	{"{\"jsonrpc\":\"2.0\",\"method\":1}", -32600},
};

START_TEST(a_bad_line_is_refused_with_a_null_id)
{
	json_t *answer = error_of_line(bad_lines[_i].line);

	check_error(answer, bad_lines[_i].code,
		bad_lines[_i].code == -32700 ? "parse_error" : "invalid_request");
	ck_assert(json_is_null(json_object_get(answer, "id")));
	ck_assert_uint_eq(control_counters(world.control)->lines_malformed, 1);
	ck_assert_uint_eq(control_counters(world.control)->requests_failed, 1);
	ck_assert_uint_eq(control_counters(world.control)->requests, 0);
	json_decref(answer);
}
END_TEST

START_TEST(a_line_after_a_bad_one_is_answered)
{
	json_t *answers = world_ask(&world,
		"}{\n{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"server.info\"}\n");

	ck_assert_uint_eq(json_array_size(answers), 2);
	ck_assert_ptr_nonnull(json_object_get(json_array_get(answers, 1), "result"));
	json_decref(answers);
}
END_TEST

START_TEST(a_line_of_very_many_values_is_refused)
{
	size_t count = 5000;
	char *line = mem_new(2 * count + 2);

	line[0] = '[';
	for (size_t i = 0; i < count; i++) {
		memcpy(line + 1 + 2 * i, "1,", 2);
	}
	line[2 * count] = ']';

	json_t *answer = error_of_line(line);

	check_error(answer, -32700, "parse_error");
	json_decref(answer);
	free(line);
}
END_TEST

START_TEST(brackets_and_commas_in_strings_do_not_count)
{
	char value[6001];

	memset(value, '[', 3000);
	memset(value + 3000, ',', 3000);
	value[6000] = '\0';

	char *params;

	ck_assert_int_gt(
		asprintf(&params, "{\"key\":\"a\",\"value\":\"\\\"\\\\%s\"}", value),
		0);
	world_do(&world, "kv.set", params);
	free(params);
}
END_TEST

static const char *const ids[] = {"0", "-7", "9007199254740991", "null", "\"\"",
	"\"a\\\"b\\n\\u00e9\"", "\"" NAME_OF_64 "\""};

START_TEST(the_id_comes_back_as_it_was)
{
	char line[256];
	char wanted[128];

	snprintf(line, sizeof(line),
		"{\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":\"server.info\"}", ids[_i]);
	snprintf(wanted, sizeof(wanted), "[%s]", ids[_i]);

	json_t *answers = world_ask(&world, line);
	json_t *expected = json_loads(wanted, 0, NULL);
	const json_t *answer = json_array_get(answers, 0);

	ck_assert_ptr_nonnull(json_object_get(answer, "result"));
	ck_assert(
		json_equal(json_object_get(answer, "id"), json_array_get(expected, 0)));
	json_decref(answers);
	json_decref(expected);
}
END_TEST

START_TEST(a_notification_is_done_and_not_answered)
{
	json_t *answers = world_ask(&world,
		"{\"jsonrpc\":\"2.0\",\"method\":\"kv.set\","
		"\"params\":{\"key\":\"a\",\"value\":\"x\"}}\n"
		"{\"jsonrpc\":\"2.0\",\"method\":\"kv.get\",\"params\":{\"key\":\"a\"}}"
		"\n"
		"{\"jsonrpc\":\"2.0\",\"method\":\"kv.list\","
		"\"params\":{\"stream\":true}}\n"
		"{\"jsonrpc\":\"2.0\",\"method\":\"kv.set\",\"params\":{}}\n"
		"{\"jsonrpc\":\"2.0\",\"method\":\"no.such\"}\n");

	ck_assert_uint_eq(json_array_size(answers), 0);
	json_decref(answers);

	json_t *item = world_result(&world, "kv.get", "{\"key\":\"a\"}");

	ck_assert_str_eq(text_at(item, "value"), "x");
	json_decref(item);
	ck_assert_uint_eq(control_counters(world.control)->requests, 6);
	ck_assert_uint_eq(control_counters(world.control)->requests_failed, 0);
}
END_TEST

START_TEST(an_unknown_method_is_told)
{
	json_t *answer =
		error_of_line("{\"jsonrpc\":\"2.0\",\"id\":4,\"method\":\"kv.gets\"}");

	check_error(answer, -32601, "method_not_found");
	ck_assert_int_eq(number_at(answer, "id"), 4);
	json_decref(answer);
}
END_TEST

/* --- params --- */

#define KEY_OF_513                                                                   \
	NAME_OF_64 NAME_OF_64 NAME_OF_64 NAME_OF_64 NAME_OF_64 NAME_OF_64 NAME_OF_64 \
		NAME_OF_64 "x"

static const struct {
	const char *method;
	const char *params;
	const char *param; /* at fault; NULL for none */
} bad_params[] = {
	{"kv.set", "[]", NULL},
	{"kv.set", "null", NULL},
	{"kv.set", "\"a\"", NULL},
	{"server.info", "[]", NULL},
	{"server.info", "{\"a\":1}", "a"},
	{"kv.get", "{}", "key"},
	{"kv.get", "{\"key\":null}", "key"},
	{"kv.get", "{\"key\":1}", "key"},
	{"kv.get", "{\"key\":\"\"}", "key"},
	{"kv.get", "{\"key\":\"" KEY_OF_513 "\"}", "key"},
	{"kv.get", "{\"key\":\"a\",\"all\":1}", "all"},
	{"kv.get", "{\"key\":\"a\",\"al\\nl\":true}", "al\nl"},
	{"kv.set", "{\"key\":\"a\"}", "value"},
	{"kv.set", "{\"key\":\"a\",\"value\":\"x\",\"value_b64\":\"eA==\"}", "value"},
	{"kv.set", "{\"key\":\"a\",\"value\":1}", "value"},
	{"kv.set", "{\"key\":\"a\",\"value_b64\":\"e\"}", "value_b64"},
	{"kv.set", "{\"key\":\"a\",\"value_b64\":\"eA\"}", "value_b64"},
	{"kv.set", "{\"key\":\"a\",\"value_b64\":\"e-A=\"}", "value_b64"},
	{"kv.set", "{\"key\":\"a\",\"value\":\"x\",\"ttl_ms\":0}", "ttl_ms"},
	{"kv.set", "{\"key\":\"a\",\"value\":\"x\",\"ttl_ms\":-1}", "ttl_ms"},
	{"kv.set", "{\"key\":\"a\",\"value\":\"x\",\"ttl_ms\":1.0}", "ttl_ms"},
	{"kv.set", "{\"key\":\"a\",\"value\":\"x\",\"ttl_ms\":\"1\"}", "ttl_ms"},
	{"kv.set", "{\"key\":\"a\",\"value\":\"x\",\"ttl_ms\":9007199254740992}",
		"ttl_ms"},
	{"kv.set", "{\"key\":\"a\",\"value\":\"x\",\"if_version\":7}", "if_version"},
	{"kv.set", "{\"key\":\"a\",\"value\":\"x\",\"if_version\":\"7\"}",
		"if_version"},
	{"kv.set",
		"{\"key\":\"a\",\"value\":\"x\","
		"\"if_version\":\"0000000000000000-0000000000000001\"}",
		"if_version"},
	{"kv.set", "{\"key\":\"a\",\"value\":\"x\",\"if_absent\":null}", "if_absent"},
	{"kv.set", "{\"key\":\"a\",\"value\":\"x\",\"value_b65\":\"eA==\"}",
		"value_b65"},
	{"kv.delete", "{}", "key"},
	{"kv.delete", "{\"key\":\"a\",\"if_version\":null}", "if_version"},
	{"kv.list", "{\"limit\":0}", "limit"},
	{"kv.list", "{\"limit\":10001}", "limit"},
	{"kv.list", "{\"prefix\":[]}", "prefix"},
	{"kv.list", "{\"after\":\"" KEY_OF_513 "\"}", "after"},
	{"member.list", "{\"state\":\"asleep\"}", "state"},
	{"member.list", "{\"state\":1}", "state"},
	{"member.join", "{}", "addresses"},
	{"member.join", "{\"addresses\":\"a\"}", "addresses"},
	{"member.join", "{\"addresses\":[]}", "addresses"},
	{"member.join", "{\"addresses\":[1]}", "addresses"},
	{"member.join", "{\"addresses\":[\"" KEY_OF_513 "\"]}", "addresses"},
	{"member.leave", "{\"now\":true}", "now"},
};

START_TEST(wrong_params_are_named_before_anything_is_done)
{
	json_t *answer =
		world_call(&world, bad_params[_i].method, bad_params[_i].params);
	const json_t *data = json_object_get(json_object_get(answer, "error"), "data");

	check_error(answer, -32602, "invalid_params");
	if (bad_params[_i].param != NULL) {
		ck_assert_str_eq(text_at(data, "param"), bad_params[_i].param);
	} else {
		ck_assert_ptr_null(json_object_get(data, "param"));
	}
	json_decref(answer);
	ck_assert_int_eq(world_code(&world, "kv.get", "{\"key\":\"a\"}"), 1);
	ck_assert_uint_eq(world.settle_count, 0);
	ck_assert_uint_eq(world.join_count, 0);
	ck_assert_uint_eq(world.leave_count, 0);
}
END_TEST

START_TEST(params_may_be_absent)
{
	json_t *answers = world_ask(
		&world, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"kv.list\"}");

	ck_assert_ptr_nonnull(json_object_get(json_array_get(answers, 0), "result"));
	json_decref(answers);
}
END_TEST

START_TEST(a_long_name_is_cut_between_characters)
{
	char params[1100] = "{\"";
	size_t len = 2;

	while (len < 1000) {
		len += (size_t)snprintf(
			params + len, sizeof(params) - len, "x\xc3\xa9");
	}
	snprintf(params + len, sizeof(params) - len, "\":1}");

	json_t *answer = world_call(&world, "server.info", params);

	/* That the answer could be parsed shows that it is UTF-8. */
	check_error(answer, -32602, "invalid_params");
	json_decref(answer);
}
END_TEST

#define LEN(array) ((int)(sizeof(array) / sizeof((array)[0])))

static void
add_requests(Suite *suite)
{
	TCase *tcase = add_case(suite, "requests");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(
		tcase, a_bad_line_is_refused_with_a_null_id, 0, LEN(bad_lines));
	tcase_add_test(tcase, a_line_after_a_bad_one_is_answered);
	tcase_add_test(tcase, a_line_of_very_many_values_is_refused);
	tcase_add_test(tcase, brackets_and_commas_in_strings_do_not_count);
	tcase_add_loop_test(tcase, the_id_comes_back_as_it_was, 0, LEN(ids));
	tcase_add_test(tcase, a_notification_is_done_and_not_answered);
	tcase_add_test(tcase, an_unknown_method_is_told);
	tcase_add_loop_test(tcase, wrong_params_are_named_before_anything_is_done, 0,
		LEN(bad_params));
	tcase_add_test(tcase, params_may_be_absent);
	tcase_add_test(tcase, a_long_name_is_cut_between_characters);
}

int
main(void)
{
	Suite *suite = suite_create("control_requests");

	add_requests(suite);
	return run_suite(suite);
}
