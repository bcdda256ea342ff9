/* SPDX-License-Identifier: MIT */
#include "control/kv.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

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

/* --- kv --- */

START_TEST(what_is_set_can_be_read)
{
	json_t *set = world_result(
		&world, "kv.set", "{\"key\":\"a/b\",\"value\":\"x\\\"y\\n\\u00e9\"}");
	json_t *item = world_result(&world, "kv.get", "{\"key\":\"a/b\"}");

	ck_assert_str_eq(text_at(item, "key"), "a/b");
	ck_assert_str_eq(text_at(item, "value"), "x\"y\n\xc3\xa9");
	ck_assert_str_eq(text_at(item, "version"), text_at(set, "version"));
	ck_assert_str_eq(text_at(item, "origin"), "web1");
	ck_assert_str_eq(text_at(item, "modified"), "2023-11-14T22:13:20.123Z");
	ck_assert_ptr_null(json_object_get(item, "ttl_ms"));
	ck_assert_uint_eq(json_object_size(item), 5);
	json_decref(set);
	json_decref(item);
}
END_TEST

static const struct {
	const char *sent;
	const char *name;
	const char *got;
} values[] = {
	{"\"value\":\"\"", "value", ""},
	{"\"value_b64\":\"\"", "value", ""},
	{"\"value_b64\":\"aGVsbG8=\"", "value", "hello"},
	{"\"value\":\"\\u0001\\u007f\\t\"", "value", "\x01\x7f\t"},
	{"\"value\":\"\xf0\x9f\x98\x80\"", "value", "\xf0\x9f\x98\x80"},
	{"\"value_b64\":\"AA==\"", "value_b64", "AA=="},
	{"\"value_b64\":\"/w==\"", "value_b64", "/w=="},
	{"\"value_b64\":\"aAD/\"", "value_b64", "aAD/"},
	{"\"value_b64\":\"7aCA\"", "value_b64", "7aCA"},
};

START_TEST(a_value_is_text_when_it_can_be_and_base64_otherwise)
{
	char params[128];

	snprintf(params, sizeof(params), "{\"key\":\"a\",%s}", values[_i].sent);
	world_do(&world, "kv.set", params);

	json_t *item = world_result(&world, "kv.get", "{\"key\":\"a\"}");

	ck_assert_str_eq(text_at(item, values[_i].name), values[_i].got);
	ck_assert((json_object_get(item, "value") == NULL) !=
		  (json_object_get(item, "value_b64") == NULL));
	json_decref(item);
}
END_TEST

START_TEST(a_value_of_all_bytes_comes_back)
{
	/* 3072 bytes 0xff: several portions of the encoder. */
	char value[4097];
	char *params;

	memset(value, '/', 4096);
	value[4096] = '\0';
	ck_assert_int_gt(
		asprintf(&params, "{\"key\":\"a\",\"value_b64\":\"%s\"}", value), 0);
	world_do(&world, "kv.set", params);

	json_t *item = world_result(&world, "kv.get", "{\"key\":\"a\"}");

	ck_assert_str_eq(text_at(item, "value_b64"), value);
	json_decref(item);
	free(params);
}
END_TEST

START_TEST(time_to_live_counts_down_and_the_key_is_gone)
{
	world_do(&world, "kv.set", "{\"key\":\"a\",\"value\":\"x\",\"ttl_ms\":5000}");
	world.now.wall_ms += 2000;
	world.now.mono_us += 2000 * MS_US;
	node_tick(world.node, world.now);

	json_t *item = world_result(&world, "kv.get", "{\"key\":\"a\"}");

	ck_assert_int_eq(number_at(item, "ttl_ms"), 3000);
	json_decref(item);
	world.now.wall_ms += 3001;
	world.now.mono_us += 3001 * MS_US;
	node_tick(world.node, world.now);
	ck_assert_int_eq(world_code(&world, "kv.get", "{\"key\":\"a\"}"), 1);
}
END_TEST

static json_t *
set_if_version(const char *version)
{
	char params[128];

	snprintf(params, sizeof(params),
		"{\"key\":\"a\",\"value\":\"y\",\"if_version\":\"%s\"}", version);
	return world_call(&world, "kv.set", params);
}

START_TEST(if_version_writes_only_over_that_version)
{
	json_t *set = world_result(&world, "kv.set", "{\"key\":\"a\",\"value\":\"x\"}");
	json_t *first = set_if_version(text_at(set, "version"));
	json_t *second = set_if_version(text_at(set, "version"));

	ck_assert_ptr_nonnull(json_object_get(first, "result"));
	check_error(second, 5, "conflict");
	json_decref(set);
	json_decref(first);
	json_decref(second);
}
END_TEST

START_TEST(if_absent_writes_only_once)
{
	const char *params = "{\"key\":\"a\",\"value\":\"x\",\"if_absent\":true}";

	ck_assert_int_eq(world_code(&world, "kv.set", params), 0);
	ck_assert_int_eq(world_code(&world, "kv.set", params), 5);
	world_do(&world, "kv.delete", "{\"key\":\"a\"}");
	ck_assert_int_eq(world_code(&world, "kv.set", params), 0);
}
END_TEST

START_TEST(deleting_works_once_and_then_says_not_found)
{
	json_t *set = world_result(&world, "kv.set", "{\"key\":\"a\",\"value\":\"x\"}");
	json_t *deleted = world_result(&world, "kv.delete", "{\"key\":\"a\"}");

	ck_assert_str_ne(text_at(set, "version"), text_at(deleted, "version"));
	ck_assert_int_eq(world_code(&world, "kv.delete", "{\"key\":\"a\"}"), 1);
	ck_assert_int_eq(world_code(&world, "kv.get", "{\"key\":\"a\"}"), 1);
	json_decref(set);
	json_decref(deleted);
}
END_TEST

START_TEST(delete_if_version_keeps_another_version)
{
	world_do(&world, "kv.set", "{\"key\":\"a\",\"value\":\"x\"}");
	ck_assert_int_eq(world_code(&world, "kv.delete",
				 "{\"key\":\"a\",\"if_version\":"
				 "\"0000000000000001-0000000000000001\"}"),
		5);
	ck_assert_int_eq(world_code(&world, "kv.get", "{\"key\":\"a\"}"), 0);
}
END_TEST

START_TEST(refusals_have_their_codes_and_words)
{
	json_t *foreign = world_call(
		&world, "kv.set", "{\"key\":\"@web2/role\",\"value\":\"db\"}");
	json_t *control =
		world_call(&world, "kv.set", "{\"key\":\"a\\nb\",\"value\":\"db\"}");

	check_error(foreign, 6, "not_owner");
	check_error(control, 2, "invalid");
	json_decref(foreign);
	json_decref(control);
}
END_TEST

START_TEST(a_value_beyond_the_limit_is_too_large)
{
	size_t len = 1024 * 1024 + 1;
	char *value = mem_new(len + 1);
	char *params;

	memset(value, 'v', len);
	ck_assert_int_gt(
		asprintf(&params, "{\"key\":\"a\",\"value\":\"%s\"}", value), 0);

	json_t *answer = world_call(&world, "kv.set", params);

	check_error(answer, 7, "too_large");
	ck_assert_int_eq(world_code(&world, "kv.get", "{\"key\":\"a\"}"), 1);
	json_decref(answer);
	free(params);
	free(value);
}
END_TEST

START_TEST(self_stands_for_this_node_in_keys)
{
	world_do(&world, "kv.set", "{\"key\":\"@self/role\",\"value\":\"db\"}");

	json_t *item = world_result(&world, "kv.get", "{\"key\":\"@web1/role\"}");

	ck_assert_str_eq(text_at(item, "key"), "@web1/role");
	ck_assert_str_eq(text_at(item, "value"), "db");
	json_decref(item);
}
END_TEST

/* --- kv.list --- */

/* Sets `count` keys k0000, k0001 ... with a value of `value_len` letters. */
static void
set_many(size_t count, size_t value_len)
{
	char *value = mem_new(value_len + 1);
	int fd = world_connect(&world);

	memset(value, 'v', value_len);
	for (size_t i = 0; i < count; i++) {
		char *line;
		int len = asprintf(&line,
			"{\"jsonrpc\":\"2.0\",\"method\":\"kv.set\",\"params\":"
			"{\"key\":\"k%04zu\",\"value\":\"%s\"}}\n",
			i, value);

		ck_assert_int_gt(len, 0);
		world_send(&world, fd, line, (size_t)len);
		free(line);
	}
	close(fd);
	world_turn(&world);
	free(value);
}

static void
check_key(const json_t *item, size_t number)
{
	char key[16];

	snprintf(key, sizeof(key), "k%04zu", number);
	ck_assert_str_eq(text_at(item, "key"), key);
}

START_TEST(a_list_is_in_key_order_and_has_whole_items)
{
	world_do(&world, "kv.set", "{\"key\":\"b\",\"value\":\"2\"}");
	world_do(&world, "kv.set", "{\"key\":\"a\",\"value\":\"1\",\"ttl_ms\":1000}");

	json_t *list = world_result(&world, "kv.list", "{}");
	json_t *items = json_object_get(list, "items");
	json_t *item = world_result(&world, "kv.get", "{\"key\":\"a\"}");

	ck_assert_uint_eq(json_array_size(items), 2);
	ck_assert(json_equal(json_array_get(items, 0), item));
	ck_assert_str_eq(text_at(json_array_get(items, 1), "key"), "b");
	ck_assert_ptr_null(json_object_get(list, "next"));
	json_decref(item);
	json_decref(list);
}
END_TEST

START_TEST(a_prefix_keeps_to_its_keys)
{
	set_many(30, 1);

	json_t *list = world_result(
		&world, "kv.list", "{\"prefix\":\"k001\",\"keys_only\":true}");
	json_t *items = json_object_get(list, "items");

	ck_assert_uint_eq(json_array_size(items), 10);
	check_key(json_array_get(items, 0), 10);
	check_key(json_array_get(items, 9), 19);
	ck_assert_uint_eq(json_object_size(json_array_get(items, 0)), 1);
	json_decref(list);
	list = world_result(&world, "kv.list", "{\"prefix\":\"x\"}");
	ck_assert_uint_eq(json_array_size(json_object_get(list, "items")), 0);
	json_decref(list);
}
END_TEST

/* Lists page by page and returns how many pages there were. */
static size_t
check_pages(size_t limit, size_t count)
{
	char params[64];
	size_t page_count = 0;
	size_t seen = 0;

	snprintf(params, sizeof(params), "{\"limit\":%zu}", limit);
	for (;;) {
		json_t *page = world_result(&world, "kv.list", params);
		json_t *items = json_object_get(page, "items");
		const char *next = text_at(page, "next");

		ck_assert_uint_le(json_array_size(items), limit);
		for (size_t i = 0; i < json_array_size(items); i++) {
			check_key(json_array_get(items, i), seen++);
		}
		page_count++;
		if (next == NULL) {
			json_decref(page);
			break;
		}
		snprintf(params, sizeof(params), "{\"limit\":%zu,\"after\":\"%s\"}",
			limit, next);
		json_decref(page);
	}
	ck_assert_uint_eq(seen, count);
	return page_count;
}

START_TEST(pages_show_every_key_once)
{
	set_many(100, 1);
	ck_assert_uint_eq(check_pages(7, 100), 15);
	ck_assert_uint_eq(check_pages(99, 100), 2);
	ck_assert_uint_eq(check_pages(100, 100), 1);
	ck_assert_uint_eq(check_pages(1, 100), 100);
}
END_TEST

START_TEST(a_page_ends_by_its_size_too)
{
	set_many(20, 100000);
	ck_assert_uint_eq(check_pages(1000, 20), 7);
}
END_TEST

START_TEST(a_page_has_a_thousand_items_when_nothing_is_asked)
{
	set_many(1001, 1);

	json_t *page = world_result(&world, "kv.list", "{\"keys_only\":true}");

	ck_assert_uint_eq(json_array_size(json_object_get(page, "items")), 1000);
	ck_assert_str_eq(text_at(page, "next"), "k0999");
	json_decref(page);
}
END_TEST

#define STREAM                                                      \
	"{\"jsonrpc\":\"2.0\",\"id\":\"s\",\"method\":\"kv.list\"," \
	"\"params\":{\"stream\":true}}\n"

static void
check_streamed(const json_t *answers, size_t count)
{
	ck_assert_uint_ge(json_array_size(answers), count + 1);
	for (size_t i = 0; i < count; i++) {
		const json_t *answer = json_array_get(answers, i);
		const json_t *params = json_object_get(answer, "params");

		ck_assert_str_eq(text_at(answer, "method"), "kv.item");
		ck_assert_ptr_null(json_object_get(answer, "id"));
		ck_assert_str_eq(text_at(params, "id"), "s");
		check_key(params, i);
		ck_assert_ptr_nonnull(json_object_get(params, "version"));
	}

	const json_t *end = json_array_get(answers, count);

	ck_assert_str_eq(text_at(end, "id"), "s");
	ck_assert_int_eq(
		number_at(json_object_get(end, "result"), "count"), (json_int_t)count);
}

START_TEST(a_stream_tells_each_item_and_then_the_count)
{
	set_many(50, 1);

	json_t *answers = world_ask(&world,
		STREAM "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"server.info\"}");

	check_streamed(answers, 50);
	ck_assert_uint_eq(json_array_size(answers), 52);
	ck_assert_int_eq(number_at(json_array_get(answers, 51), "id"), 2);
	json_decref(answers);
}
END_TEST

START_TEST(a_stream_of_nothing_has_the_count_zero)
{
	json_t *answers = world_ask(&world, STREAM);

	check_streamed(answers, 0);
	json_decref(answers);
}
END_TEST

START_TEST(a_stream_ends_at_its_limit)
{
	set_many(5, 1);

	json_t *answers = world_ask(&world,
		"{\"jsonrpc\":\"2.0\",\"id\":\"s\",\"method\":\"kv.list\",\"params\":"
		"{\"stream\":true,\"limit\":3}}\n");

	check_streamed(answers, 3);
	ck_assert_uint_eq(json_array_size(answers), 4);
	json_decref(answers);
}
END_TEST

START_TEST(a_stream_waits_for_its_reader_and_follows_changes)
{
	int fd;

	set_many(100, 50000);
	fd = world_connect(&world);
	world_send(&world, fd, STREAM, strlen(STREAM));

	/* The stream waits by now: others are served, and change what is ahead of it.
	 */
	world_do(&world, "kv.delete", "{\"key\":\"k0098\"}");
	world_do(&world, "kv.delete", "{\"key\":\"k0000\"}");
	world_do(&world, "kv.set", "{\"key\":\"k0099\",\"value\":\"changed\"}");
	world_do(&world, "kv.set", "{\"key\":\"l\",\"value\":\"new\"}");

	char *text = world_read_lines(&world, fd, 101);
	json_t *answers = parse_lines(text);

	ck_assert_uint_eq(json_array_size(answers), 101);
	for (size_t i = 0; i < 98; i++) {
		check_key(json_object_get(json_array_get(answers, i), "params"), i);
	}

	const json_t *changed = json_object_get(json_array_get(answers, 98), "params");
	const json_t *added = json_object_get(json_array_get(answers, 99), "params");

	check_key(changed, 99);
	ck_assert_str_eq(text_at(changed, "value"), "changed");
	ck_assert_str_eq(text_at(added, "key"), "l");
	json_decref(answers);
	free(text);
	close(fd);
}
END_TEST

START_TEST(a_client_that_leaves_ends_its_stream)
{
	int fd;

	set_many(100, 50000);
	fd = world_connect(&world);
	world_send(&world, fd, STREAM, strlen(STREAM));
	close(fd);
	world_turn(&world);
	ck_assert_int_eq(world_code(&world, "kv.get", "{\"key\":\"k0000\"}"), 0);
}
END_TEST

#define LEN(array) ((int)(sizeof(array) / sizeof((array)[0])))

static void
add_keys(Suite *suite)
{
	TCase *tcase = add_case(suite, "keys");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, what_is_set_can_be_read);
	tcase_add_loop_test(tcase, a_value_is_text_when_it_can_be_and_base64_otherwise,
		0, LEN(values));
	tcase_add_test(tcase, a_value_of_all_bytes_comes_back);
	tcase_add_test(tcase, time_to_live_counts_down_and_the_key_is_gone);
	tcase_add_test(tcase, if_version_writes_only_over_that_version);
	tcase_add_test(tcase, if_absent_writes_only_once);
	tcase_add_test(tcase, deleting_works_once_and_then_says_not_found);
	tcase_add_test(tcase, delete_if_version_keeps_another_version);
	tcase_add_test(tcase, refusals_have_their_codes_and_words);
	tcase_add_test(tcase, a_value_beyond_the_limit_is_too_large);
	tcase_add_test(tcase, self_stands_for_this_node_in_keys);
}

static void
add_lists(Suite *suite)
{
	TCase *tcase = add_case(suite, "lists");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_list_is_in_key_order_and_has_whole_items);
	tcase_add_test(tcase, a_prefix_keeps_to_its_keys);
	tcase_add_test(tcase, pages_show_every_key_once);
	tcase_add_test(tcase, a_page_ends_by_its_size_too);
	tcase_add_test(tcase, a_page_has_a_thousand_items_when_nothing_is_asked);
	tcase_add_test(tcase, a_stream_tells_each_item_and_then_the_count);
	tcase_add_test(tcase, a_stream_of_nothing_has_the_count_zero);
	tcase_add_test(tcase, a_stream_ends_at_its_limit);
	tcase_add_test(tcase, a_stream_waits_for_its_reader_and_follows_changes);
	tcase_add_test(tcase, a_client_that_leaves_ends_its_stream);
}

int
main(void)
{
	Suite *suite = suite_create("control_kv");

	add_keys(suite);
	add_lists(suite);
	return run_suite(suite);
}
