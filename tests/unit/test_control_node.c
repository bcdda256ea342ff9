/* SPDX-License-Identifier: MIT */
#include "control/methods.h"

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

/* --- members and the node --- */

START_TEST(the_member_list_has_this_node)
{
	json_t *list = world_result(&world, "member.list", "{}");
	json_t *items = json_object_get(list, "items");
	const json_t *self = json_array_get(items, 0);

	ck_assert_uint_eq(json_array_size(items), 1);
	ck_assert_str_eq(text_at(self, "name"), "web1");
	ck_assert_str_eq(text_at(self, "id"), "abcd0000000000000000000000000000");
	ck_assert_str_eq(text_at(self, "addr"), "127.0.0.1:7117");
	ck_assert_str_eq(text_at(self, "state"), "alive");
	ck_assert_str_eq(text_at(self, "zone"), "rack1");
	ck_assert_str_eq(text_at(self, "version"), "0.0.1");
	ck_assert_int_eq(number_at(self, "generation"), 3);
	ck_assert(json_is_integer(json_object_get(self, "incarnation")));
	ck_assert(json_is_true(json_object_get(self, "self")));
	ck_assert(json_is_null(json_object_get(self, "rtt_ms")));
	ck_assert(json_is_null(json_object_get(self, "agrees")));
	json_decref(list);
}
END_TEST

START_TEST(members_can_be_chosen_by_state)
{
	json_t *alive = world_result(&world, "member.list", "{\"state\":\"alive\"}");
	json_t *dead = world_result(&world, "member.list", "{\"state\":\"dead\"}");

	ck_assert_uint_eq(json_array_size(json_object_get(alive, "items")), 1);
	ck_assert_uint_eq(json_array_size(json_object_get(dead, "items")), 0);
	json_decref(alive);
	json_decref(dead);
}
END_TEST

START_TEST(joining_tells_what_became_of_each_address)
{
	json_t *joined = world_result(&world, "member.join",
		"{\"addresses\":[\"192.0.2.1:7117\",\"not an "
		"address\",\"db.example\"]}");
	json_t *items = json_object_get(joined, "items");

	ck_assert_uint_eq(json_array_size(items), 3);
	ck_assert_uint_eq(world.join_count, 3);
	ck_assert_ptr_null(json_object_get(json_array_get(items, 0), "error"));
	ck_assert_str_eq(
		text_at(json_array_get(items, 1), "address"), "not an address");
	ck_assert_str_eq(text_at(json_array_get(items, 1), "error"), "invalid");
	ck_assert_ptr_null(json_object_get(json_array_get(items, 2), "error"));
	json_decref(joined);
}
END_TEST

START_TEST(joining_nothing_well_formed_is_an_error)
{
	ck_assert_int_eq(world_code(&world, "member.join",
				 "{\"addresses\":[\"not an address\"]}"),
		2);
	world.join_result = ERR_BUSY;

	json_t *joined =
		world_result(&world, "member.join", "{\"addresses\":[\"a\",\"b\"]}");
	json_t *items = json_object_get(joined, "items");

	ck_assert_str_eq(text_at(json_array_get(items, 1), "error"), "busy");
	json_decref(joined);
}
END_TEST

START_TEST(leaving_is_answered_and_then_writes_are_refused)
{
	world_do(&world, "member.leave", "{}");
	ck_assert_uint_eq(world.leave_count, 1);
	ck_assert_uint_eq(world.settle_count, 1);

	json_t *answer =
		world_call(&world, "kv.set", "{\"key\":\"a\",\"value\":\"x\"}");

	check_error(answer, 7, "left");
	json_decref(answer);
}
END_TEST

static void
check_all_integers(const json_t *object, size_t count)
{
	const char *name;
	json_t *value;

	ck_assert_uint_eq(json_object_size(object), count);
	json_object_foreach((json_t *)(uintptr_t)object, name, value)
	{
		ck_assert_msg(json_is_integer(value), "%s", name);
	}
}

START_TEST(the_status_has_all_its_parts)
{
	world_do(&world, "kv.set", "{\"key\":\"a\",\"value\":\"x\"}");
	json_decref(world_ask(&world, "nonsense\n"));

	json_t *status = world_result(&world, "cluster.status", "{}");
	const json_t *node = json_object_get(status, "node");
	const json_t *members = json_object_get(status, "members");
	const json_t *control = json_object_get(status, "control");
	const json_t *drops = json_object_get(status, "drops");

	ck_assert_str_eq(text_at(node, "name"), "web1");
	ck_assert_str_eq(text_at(node, "cluster"), "test");
	ck_assert_str_eq(text_at(node, "address"), "127.0.0.1:7117");
	ck_assert_str_eq(text_at(node, "version"), "0.0.1");
	ck_assert_int_eq(number_at(node, "uptime_ms"), 5000);
	check_all_integers(members, MEMBER_STATE_COUNT);
	ck_assert_int_eq(number_at(members, "alive"), 1);
	ck_assert_int_eq(number_at(status, "keys"), 1);
	ck_assert_uint_eq(strlen(text_at(status, "fingerprint")), 16);
	ck_assert(json_is_boolean(json_object_get(status, "synced")));
	ck_assert(json_is_false(json_object_get(status, "leaving")));
	ck_assert_int_eq(number_at(status, "clock_offset_ms"), 0);
	check_all_integers(json_object_get(status, "traffic"), 6);
	check_all_integers(json_object_get(status, "repair"), 4);
	check_all_integers(drops, DROP_COUNT + 2);
	ck_assert_int_eq(number_at(drops, "oversized"), 3);
	ck_assert_int_eq(number_at(drops, "unsent"), 4);
	check_all_integers(json_object_get(status, "limits"), 6);
	check_all_integers(control, 7);
	ck_assert_int_eq(number_at(control, "connections"), 3);
	ck_assert_int_eq(number_at(control, "connections_open"), 1);
	ck_assert_int_eq(number_at(control, "requests"), 2);
	ck_assert_int_eq(number_at(control, "lines_malformed"), 1);
	ck_assert_int_eq(number_at(control, "requests_failed"), 1);
	json_decref(status);
}
END_TEST

START_TEST(the_server_tells_what_it_is)
{
	json_t *info = world_result(&world, "server.info", "{}");
	const json_t *limits = json_object_get(info, "limits");

	ck_assert_str_eq(text_at(info, "version"), "0.0.1");
	ck_assert_int_eq(number_at(info, "protocol"), 1);
	ck_assert_str_eq(text_at(info, "node"), "web1");
	ck_assert_str_eq(text_at(info, "started"), "2023-11-14T22:13:15.123Z");
	ck_assert_uint_eq(json_array_size(json_object_get(info, "methods")), 10);
	ck_assert_int_eq(number_at(limits, "key_bytes"), 512);
	ck_assert_int_eq(number_at(limits, "line_bytes"), 2 * 1024 * 1024);
	ck_assert_int_eq(number_at(limits, "connections"), 16);
	json_decref(info);
}
END_TEST

/* --- rpc.describe --- */

static const json_t *
find_described(const json_t *methods, const char *name)
{
	for (size_t i = 0; i < json_array_size(methods); i++) {
		const json_t *method = json_array_get(methods, i);

		if (strcmp(text_at(method, "name"), name) == 0) {
			return method;
		}
	}
	ck_abort_msg("%s is not described", name);
	return NULL;
}

START_TEST(every_method_is_described_by_a_schema)
{
	json_t *info = world_result(&world, "server.info", "{}");
	json_t *description = world_result(&world, "rpc.describe", "{}");
	json_t *names = json_object_get(info, "methods");
	const json_t *methods = json_object_get(description, "methods");

	ck_assert_uint_eq(json_array_size(methods), json_array_size(names));
	for (size_t i = 0; i < json_array_size(names); i++) {
		const char *name = json_string_value(json_array_get(names, i));
		const json_t *method = find_described(methods, name);
		const json_t *schema = json_object_get(method, "params");

		ck_assert_ptr_nonnull(text_at(method, "access"));
		ck_assert_ptr_nonnull(text_at(method, "description"));
		ck_assert_str_eq(text_at(schema, "type"), "object");
		ck_assert(json_is_object(json_object_get(schema, "properties")));
		ck_assert(json_is_array(json_object_get(schema, "required")));
		ck_assert(
			json_is_false(json_object_get(schema, "additionalProperties")));
	}
	json_decref(info);
	json_decref(description);
}
END_TEST

START_TEST(a_schema_says_what_is_checked)
{
	json_t *description = world_result(&world, "rpc.describe", "{}");
	const json_t *methods = json_object_get(description, "methods");
	const json_t *set =
		json_object_get(find_described(methods, "kv.set"), "params");
	const json_t *list =
		json_object_get(find_described(methods, "kv.list"), "params");
	const json_t *key = json_object_get(json_object_get(set, "properties"), "key");
	const json_t *limit =
		json_object_get(json_object_get(list, "properties"), "limit");
	json_t *required = json_object_get(set, "required");

	ck_assert_str_eq(text_at(find_described(methods, "kv.set"), "access"), "write");
	ck_assert_str_eq(text_at(key, "type"), "string");
	ck_assert_int_eq(number_at(key, "minLength"), 1);
	ck_assert_int_eq(number_at(key, "maxLength"), 512);
	ck_assert_int_eq(number_at(limit, "minimum"), 1);
	ck_assert_int_eq(number_at(limit, "maximum"), 10000);
	ck_assert_uint_eq(json_array_size(required), 1);
	ck_assert_str_eq(json_string_value(json_array_get(required, 0)), "key");
	ck_assert_uint_eq(json_array_size(json_object_get(set, "oneOf")), 2);
	ck_assert_ptr_null(json_object_get(list, "oneOf"));
	json_decref(description);
}
END_TEST

static void
add_node(Suite *suite)
{
	TCase *tcase = add_case(suite, "node");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, the_member_list_has_this_node);
	tcase_add_test(tcase, members_can_be_chosen_by_state);
	tcase_add_test(tcase, joining_tells_what_became_of_each_address);
	tcase_add_test(tcase, joining_nothing_well_formed_is_an_error);
	tcase_add_test(tcase, leaving_is_answered_and_then_writes_are_refused);
	tcase_add_test(tcase, the_status_has_all_its_parts);
	tcase_add_test(tcase, the_server_tells_what_it_is);
	tcase_add_test(tcase, every_method_is_described_by_a_schema);
	tcase_add_test(tcase, a_schema_says_what_is_checked);
}

int
main(void)
{
	Suite *suite = suite_create("control_node");

	add_node(suite);
	return run_suite(suite);
}
