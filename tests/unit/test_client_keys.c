/* SPDX-License-Identifier: MIT */
#include "client/rumor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client_side.h"
#include "run.h"

/* --- keys --- */

START_TEST(get_gives_text_and_version)
{
	void *value;
	size_t value_len;
	char *version;

	begin(ANSWERS(RESULT(
		1, "{\"key\":\"a\",\"value\":\"gr\\u00fcn\\n\",\"version\":\"7-1\"}")));
	ck_assert_int_eq(rumor_get(rumor, "a", &value, &value_len, &version), RUMOR_OK);
	ck_assert_uint_eq(value_len, strlen("grün\n"));
	ck_assert_str_eq(value, "grün\n");
	ck_assert_str_eq(version, "7-1");
	ck_assert_str_eq(rumor_error_text(rumor), "");
	free(value);
	free(version);
	end();
	ck_assert_str_eq(fake.requests[0],
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"kv.get\","
		"\"params\":{\"key\":\"a\"}}\n");
}
END_TEST

START_TEST(get_gives_the_bytes_that_are_no_text)
{
	void *value;
	size_t value_len;

	begin(ANSWERS(RESULT(1, "{\"key\":\"a\",\"value_b64\":\"AP9h\"}")));
	ck_assert_int_eq(rumor_get(rumor, "a", &value, &value_len, NULL), RUMOR_OK);
	ck_assert_uint_eq(value_len, 3);
	ck_assert_mem_eq(value,
		"\0\xff"
		"a\0",
		4);
	free(value);
	end();
}
END_TEST

START_TEST(an_absent_key_is_a_negative_answer_with_its_reason)
{
	void *value = NULL;
	size_t value_len;
	char *version = NULL;

	begin(ANSWERS(ERROR(1, 1, "not_found", "no such key")));
	ck_assert_int_eq(
		rumor_get(rumor, "a", &value, &value_len, &version), RUMOR_NEGATIVE);
	ck_assert_ptr_null(value);
	ck_assert_ptr_null(version);
	ck_assert_str_eq(rumor_error_text(rumor), "no such key");
	ck_assert_str_eq(rumor_error_reason(rumor), "not_found");
	ck_assert_int_ge(rumor_fd(rumor), 0);
	end();
}
END_TEST

START_TEST(a_value_that_cannot_be_read_ends_the_connection)
{
	static const char *const answers[] = {
		RESULT(1, "{\"key\":\"a\",\"version\":\"7-1\"}"),
		RESULT(1, "{\"key\":\"a\",\"value\":7,\"version\":\"7-1\"}"),
		RESULT(1, "{\"key\":\"a\",\"value_b64\":\"!\",\"version\":\"7-1\"}"),
		RESULT(1, "[]"),
	};
	void *value = NULL;
	size_t value_len;
	char *version = NULL;

	begin(ANSWERS(answers[_i]));
	ck_assert_int_eq(
		rumor_get(rumor, "a", &value, &value_len, &version), RUMOR_UNREACHABLE);
	ck_assert_ptr_null(value);
	ck_assert_ptr_null(version);
	assert_lost("protocol");
	end();
}
END_TEST

START_TEST(set_sends_what_is_asked_and_gives_the_version)
{
	char *version;
	struct rumor_write write = {
		.key = "a",
		.value = "x",
		.value_len = 1,
		.ttl_ms = 60000,
		.if_version = "7-1",
		.if_absent = true,
	};

	begin(ANSWERS(RESULT(1, "{\"version\":\"8-1\"}")));
	ck_assert_int_eq(rumor_set(rumor, &write, &version), RUMOR_OK);
	ck_assert_str_eq(version, "8-1");
	free(version);
	end();
	ck_assert_str_eq(fake.requests[0],
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"kv.set\",\"params\":"
		"{\"key\":\"a\",\"if_version\":\"7-1\",\"value\":\"x\","
		"\"ttl_ms\":60000,\"if_absent\":true}}\n");
}
END_TEST

START_TEST(set_sends_text_as_text_and_other_bytes_as_base64)
{
	begin(ANSWERS(
		RESULT(1, "{}"), RESULT(2, "{}"), RESULT(3, "{}"), RESULT(4, "{}")));
	ck_assert_int_eq(set_key("a\"b\n", 4), RUMOR_OK);
	ck_assert_int_eq(set_key(NULL, 0), RUMOR_OK);
	ck_assert_int_eq(set_key("a\0b", 3), RUMOR_OK);
	ck_assert_int_eq(set_key("\xc3", 1), RUMOR_OK);
	end();
	ck_assert_ptr_nonnull(strstr(fake.requests[0], ",\"value\":\"a\\\"b\\n\"}"));
	ck_assert_ptr_nonnull(strstr(fake.requests[1], ",\"value\":\"\"}"));
	ck_assert_ptr_nonnull(strstr(fake.requests[2], ",\"value_b64\":\"YQBi\"}"));
	ck_assert_ptr_nonnull(strstr(fake.requests[3], ",\"value_b64\":\"ww==\"}"));
}
END_TEST

START_TEST(no_request_is_much_longer_than_base64_makes_it)
{
	static char value[1 << 20];

	memset(value, '\x01', sizeof(value));
	begin(ANSWERS(RESULT(1, "{}")));
	ck_assert_int_eq(set_key(value, sizeof(value)), RUMOR_OK);
	end();
	ck_assert_uint_le(strlen(fake.requests[0]), sizeof(value) / 3 * 4 + 200);
}
END_TEST

START_TEST(a_time_to_live_that_is_no_exact_number_is_invalid)
{
	struct rumor_write write = {.key = "a", .ttl_ms = UINT64_C(1) << 53};

	begin(ANSWERS(RESULT(1, "{}")));
	ck_assert_int_eq(rumor_set(rumor, &write, NULL), RUMOR_INVALID);
	write.ttl_ms--;
	ck_assert_int_eq(rumor_set(rumor, &write, NULL), RUMOR_OK);
	end();
	ck_assert_uint_eq(fake.request_count, 1);
}
END_TEST

START_TEST(delete_can_meet_a_conflict)
{
	begin(ANSWERS(RESULT(1, "{\"version\":\"8-1\"}"),
		ERROR(2, 5, "conflict", "another version")));
	ck_assert_int_eq(rumor_delete(rumor, "a", NULL), RUMOR_OK);
	ck_assert_int_eq(rumor_delete(rumor, "a", "7-1"), RUMOR_CONFLICT);
	end();
	ck_assert_ptr_nonnull(strstr(fake.requests[0], "\"params\":{\"key\":\"a\"}}"));
	ck_assert_ptr_nonnull(
		strstr(fake.requests[1], "{\"key\":\"a\",\"if_version\":\"7-1\"}"));
}
END_TEST

START_TEST(what_is_not_utf8_is_invalid_and_never_sent)
{
	void *value;
	size_t value_len;

	begin(NULL);
	ck_assert_int_eq(
		rumor_get(rumor, "\xff", &value, &value_len, NULL), RUMOR_INVALID);
	ck_assert_int_eq(rumor_delete(rumor, "a", "\xff"), RUMOR_INVALID);
	ck_assert_str_eq(rumor_error_reason(rumor), "invalid");
	ck_assert_int_eq(rumor_list(rumor, "\xff", NULL, NULL), RUMOR_INVALID);
	ck_assert_int_eq(call("\xff"), RUMOR_INVALID);
	end();
	ck_assert_uint_eq(fake.request_count, 0);
}
END_TEST

/* --- lists --- */

#define ITEM(key) "{\"key\":\"" key "\",\"value\":\"v-" key "\",\"version\":\"1-1\"}"

struct visited {
	char keys[64];
	size_t count_max;
	size_t count;
};

static bool
visit(void *context, const char *key, const void *value, size_t value_len,
	const char *version)
{
	struct visited *visited = context;
	size_t len = strlen(visited->keys);

	ck_assert_uint_eq(value_len, strlen(key) + 2);
	ck_assert_str_eq((const char *)value + 2, key);
	ck_assert_str_eq(version, "1-1");
	snprintf(visited->keys + len, sizeof(visited->keys) - len, "%s ", key);
	visited->count++;
	return visited->count != visited->count_max;
}

START_TEST(list_turns_pages_to_the_end)
{
	struct visited visited = {0};

	begin(ANSWERS(
		RESULT(1, "{\"items\":[" ITEM("a") "," ITEM("b") "],\"next\":\"b\"}"),
		RESULT(2, "{\"items\":[],\"next\":\"c\"}"),
		RESULT(3, "{\"items\":[" ITEM("d") "]}")));
	ck_assert_int_eq(rumor_list(rumor, "p", visit, &visited), RUMOR_OK);
	ck_assert_str_eq(visited.keys, "a b d ");
	end();
	ck_assert_uint_eq(fake.request_count, 3);
	ck_assert_ptr_nonnull(
		strstr(fake.requests[0], "{\"prefix\":\"p\",\"limit\":500}"));
	ck_assert_ptr_nonnull(strstr(fake.requests[1], "\"after\":\"b\""));
	ck_assert_ptr_nonnull(strstr(fake.requests[2], "\"after\":\"c\""));
}
END_TEST

START_TEST(a_handler_ends_a_list_when_it_has_enough)
{
	struct visited visited = {.count_max = 2};

	begin(ANSWERS(RESULT(1, "{\"items\":[" ITEM("a") "," ITEM("b") "," ITEM(
					"c") "],\"next\":\"c\"}")));
	ck_assert_int_eq(rumor_list(rumor, "", visit, &visited), RUMOR_OK);
	ck_assert_str_eq(visited.keys, "a b ");
	end();
	ck_assert_uint_eq(fake.request_count, 1);
}
END_TEST

START_TEST(a_list_without_items_is_fine)
{
	struct visited visited = {0};

	begin(ANSWERS(RESULT(1, "{\"items\":[]}")));
	ck_assert_int_eq(rumor_list(rumor, "", visit, &visited), RUMOR_OK);
	ck_assert_uint_eq(visited.count, 0);
	end();
}
END_TEST

START_TEST(a_list_that_makes_no_sense_ends_the_connection)
{
	static const char *const answers[][2] = {
		{RESULT(1, "{}")},
		{RESULT(1, "{\"items\":[7]}")},
		{RESULT(1, "{\"items\":[],\"next\":7}")},
		{RESULT(1, "{\"items\":[],\"next\":\"a\"}"),
			RESULT(2, "{\"items\":[],\"next\":\"a\"}")},
	};
	struct visited visited = {0};

	begin(ANSWERS(answers[_i][0], answers[_i][1]));
	ck_assert_int_eq(rumor_list(rumor, "", visit, &visited), RUMOR_UNREACHABLE);
	assert_lost("protocol");
	end();
}
END_TEST

static bool
delete_in_between(void *context, const json_t *item)
{
	(void)context;
	ck_assert_int_eq(rumor_delete(rumor,
				 json_string_value(json_object_get(item, "key")), NULL),
		RUMOR_OK);
	return true;
}

START_TEST(a_handler_may_use_the_connection)
{
	json_t *params = json_pack("{sb}", "keys_only", 1);

	begin(ANSWERS(RESULT(1, "{\"items\":[{\"key\":\"a\"}],\"next\":\"a\"}"),
		RESULT(2, "{}"), RESULT(3, "{\"items\":[{\"key\":\"b\"}]}"),
		RESULT(4, "{}")));
	ck_assert_int_eq(
		rumor_list_objects(rumor, params, delete_in_between, NULL), RUMOR_OK);
	ck_assert_uint_eq(json_object_size(params), 1);
	json_decref(params);
	end();
	ck_assert_uint_eq(fake.request_count, 4);
	ck_assert_ptr_nonnull(strstr(fake.requests[2], "\"keys_only\":true"));
	ck_assert_ptr_nonnull(strstr(fake.requests[3], "{\"key\":\"b\"}"));
}
END_TEST

static void
add_key_tests(Suite *suite)
{
	TCase *tcase = add_case(suite, "keys");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, get_gives_text_and_version);
	tcase_add_test(tcase, get_gives_the_bytes_that_are_no_text);
	tcase_add_test(tcase, an_absent_key_is_a_negative_answer_with_its_reason);
	tcase_add_loop_test(
		tcase, a_value_that_cannot_be_read_ends_the_connection, 0, 4);
	tcase_add_test(tcase, set_sends_what_is_asked_and_gives_the_version);
	tcase_add_test(tcase, set_sends_text_as_text_and_other_bytes_as_base64);
	tcase_add_test(tcase, no_request_is_much_longer_than_base64_makes_it);
	tcase_add_test(tcase, a_time_to_live_that_is_no_exact_number_is_invalid);
	tcase_add_test(tcase, delete_can_meet_a_conflict);
	tcase_add_test(tcase, what_is_not_utf8_is_invalid_and_never_sent);
}

static void
add_list_tests(Suite *suite)
{
	TCase *tcase = add_case(suite, "list");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, list_turns_pages_to_the_end);
	tcase_add_test(tcase, a_handler_ends_a_list_when_it_has_enough);
	tcase_add_test(tcase, a_list_without_items_is_fine);
	tcase_add_loop_test(
		tcase, a_list_that_makes_no_sense_ends_the_connection, 0, 4);
	tcase_add_test(tcase, a_handler_may_use_the_connection);
}

int
main(void)
{
	Suite *suite = suite_create("client_keys");

	add_key_tests(suite);
	add_list_tests(suite);
	return run_suite(suite);
}
