/* SPDX-License-Identifier: MIT */
#include "gossip/request.h"

#include "bench.h"
#include "run.h"

#define VALUE_SIZE_MAX 100
#define KEY_SIZE_MAX 64

static struct bench bench;
static struct item item;

static void
set_up(void)
{
	struct settings settings = sample_settings(1);

	settings.name = "web1";
	settings.value_size_max = VALUE_SIZE_MAX;
	settings.key_size_max = KEY_SIZE_MAX;
	bench_init(&bench, &settings);
}

static void
tear_down(void)
{
	bench_fini(&bench);
}

static enum err
get(const char *key)
{
	return node_get(bench.node, bytes_of_string(key), false, &item);
}

static enum err
write_with(struct write write, const char *key, const char *value,
	struct version *ret_version)
{
	write.key = bytes_of_string(key);
	write.value = bytes_of_string(value);
	return node_set(bench.node, &write, bench_now(&bench), ret_version);
}

static enum err
set(const char *key, const char *value)
{
	return write_with((struct write){0}, key, value, NULL);
}

static enum err
delete_if(const char *key, struct version version)
{
	return node_delete(
		bench.node, bytes_of_string(key), version, bench_now(&bench), NULL);
}

static enum err
erase(const char *key)
{
	return delete_if(key, (struct version){0});
}

static bool
has(const char *key, const char *value)
{
	return get(key) == ERR_OK && bytes_equal(item.value, bytes_of_string(value));
}

static struct version
version_of(const char *key)
{
	ck_assert_int_eq(get(key), ERR_OK);
	return item.version;
}

/* --- versions --- */

START_TEST(a_version_is_written_and_read_again)
{
	struct version version = {UINT64_C(0x0123456789abcdef), 42};
	struct version again;
	char text[VERSION_TEXT_SIZE];

	ck_assert_str_eq(
		version_format(version, text), "0123456789abcdef-000000000000002a");
	ck_assert_int_eq(version_parse(text, &again), ERR_OK);
	ck_assert_uint_eq(again.stamp, version.stamp);
	ck_assert_uint_eq(again.writer, version.writer);
}
END_TEST

START_TEST(anything_else_is_no_version)
{
	static const char *const texts[] = {"", "1-2",
		"0123456789abcdef-000000000000002",
		"0123456789abcdef-000000000000002a0",
		"0123456789abcdef_000000000000002a",
		"0123456789ABCDEF-000000000000002a",
		" 123456789abcdef-000000000000002a",
		"0123456789abcdeg-000000000000002a",
		"0000000000000000-000000000000002a"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct version version = {7, 8};

		ck_assert_int_eq(version_parse(texts[i], &version), ERR_INVALID);
		ck_assert_uint_eq(version.stamp, 7);
	}
}
END_TEST

/* --- reading and writing --- */

START_TEST(what_is_set_can_be_read)
{
	struct version version;

	bench.time_us = 5 * SECOND_US;
	ck_assert_int_eq(write_with((struct write){0}, "k", "v", &version), ERR_OK);
	ck_assert_int_eq(get("k"), ERR_OK);
	ck_assert(bytes_equal(item.key, bytes_of_string("k")));
	ck_assert(bytes_equal(item.value, bytes_of_string("v")));
	ck_assert_uint_eq(item.version.stamp, version.stamp);
	ck_assert_uint_eq(item.version.writer, version.writer);
	ck_assert_str_eq(item.origin, "web1");
	ck_assert_uint_eq(item.modified_ms, SAMPLE_WALL_MS + 5000);
	ck_assert_uint_eq(item.expires_ms, 0);
}
END_TEST

START_TEST(what_was_never_set_is_not_found)
{
	item.key = bytes_of_string("untouched");
	ck_assert_int_eq(get("k"), ERR_NOT_FOUND);
	ck_assert(bytes_equal(item.key, bytes_of_string("untouched")));
}
END_TEST

START_TEST(an_empty_value_is_a_value)
{
	ck_assert_int_eq(set("k", ""), ERR_OK);
	ck_assert(has("k", ""));
}
END_TEST

START_TEST(a_key_against_the_rules_is_invalid)
{
	static const char *const keys[] = {"", "a\nb", "\xff", "@web1", "@/x"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		ck_assert_int_eq(get(keys[i]), ERR_INVALID);
		ck_assert_int_eq(set(keys[i], "v"), ERR_INVALID);
		ck_assert_int_eq(erase(keys[i]), ERR_INVALID);
	}
}
END_TEST

START_TEST(a_key_beyond_the_limit_is_too_large_to_write)
{
	char key[KEY_SIZE_MAX + 2] = {0};

	memset(key, 'k', KEY_SIZE_MAX + 1);
	ck_assert_int_eq(set(key, "v"), ERR_TOO_LARGE);
	ck_assert_int_eq(get(key), ERR_NOT_FOUND);
	key[KEY_SIZE_MAX] = '\0';
	ck_assert_int_eq(set(key, "v"), ERR_OK);
}
END_TEST

START_TEST(a_value_beyond_the_limit_is_too_large)
{
	char value[VALUE_SIZE_MAX + 2] = {0};

	memset(value, 'v', VALUE_SIZE_MAX + 1);
	ck_assert_int_eq(set("k", value), ERR_TOO_LARGE);
	ck_assert_int_eq(get("k"), ERR_NOT_FOUND);
	value[VALUE_SIZE_MAX] = '\0';
	ck_assert_int_eq(set("k", value), ERR_OK);
}
END_TEST

START_TEST(a_full_state_refuses_growth)
{
	struct settings settings = sample_settings(1);

	settings.state_size_max = 300;
	bench_fini(&bench);
	bench_init(&bench, &settings);
	ck_assert_int_eq(set("a", "12345678901234567890"), ERR_OK);

	size_t left = 300 - bench.node->store.size;
	char value[300] = {0};

	memset(value, 'v', left);
	ck_assert_int_eq(set("b", value), ERR_QUOTA);
	ck_assert_int_eq(get("b"), ERR_NOT_FOUND);
	value[left - 1] = '\0';
	ck_assert_int_eq(set("b", value), ERR_OK);
	ck_assert_int_eq(set("a", "1"), ERR_OK);
	ck_assert_int_eq(erase("b"), ERR_OK);
}
END_TEST

START_TEST(writing_again_replaces_and_makes_a_later_version)
{
	struct version before;

	set("k", "old");
	before = version_of("k");
	set("k", "new");
	ck_assert(has("k", "new"));
	ck_assert_uint_gt(version_of("k").stamp, before.stamp);
}
END_TEST

START_TEST(a_deleted_key_is_gone)
{
	ck_assert_int_eq(erase("k"), ERR_NOT_FOUND);
	set("k", "v");
	ck_assert_int_eq(erase("k"), ERR_OK);
	ck_assert_int_eq(get("k"), ERR_NOT_FOUND);
	ck_assert_int_eq(erase("k"), ERR_NOT_FOUND);
	ck_assert_int_eq(set("k", "again"), ERR_OK);
	ck_assert(has("k", "again"));
}
END_TEST

START_TEST(a_key_with_a_time_to_live_expires)
{
	write_with((struct write){.ttl_ms = 1000}, "k", "v", NULL);
	ck_assert_int_eq(get("k"), ERR_OK);
	ck_assert_uint_eq(item.expires_ms, SAMPLE_WALL_MS + 1000);
	bench_pass_us(&bench, SECOND_US - MS_US);
	ck_assert(has("k", "v"));
	bench_pass_us(&bench, MS_US);
	ck_assert_int_eq(get("k"), ERR_NOT_FOUND);
	ck_assert_int_eq(erase("k"), ERR_NOT_FOUND);
}
END_TEST

START_TEST(writing_without_a_time_to_live_keeps_the_key)
{
	write_with((struct write){.ttl_ms = 1000}, "k", "v", NULL);
	set("k", "for ever");
	bench_pass_us(&bench, 10 * SECOND_US);
	ck_assert(has("k", "for ever"));
}
END_TEST

START_TEST(the_longest_time_to_live_does_not_wrap_round)
{
	write_with((struct write){.ttl_ms = UINT64_MAX}, "k", "v", NULL);
	bench_pass_us(&bench, SECOND_US);
	ck_assert(has("k", "v"));
}
END_TEST

/* --- conditions --- */

START_TEST(a_write_may_depend_on_the_version)
{
	struct version first;
	struct write write = {0};

	set("k", "1");
	first = version_of("k");
	write.if_version = first;
	ck_assert_int_eq(write_with(write, "k", "2", NULL), ERR_OK);
	ck_assert_int_eq(write_with(write, "k", "3", NULL), ERR_CONFLICT);
	ck_assert(has("k", "2"));
	write.if_version = version_of("k");
	write.if_version.writer++;
	ck_assert_int_eq(write_with(write, "k", "3", NULL), ERR_CONFLICT);
	ck_assert_int_eq(write_with(write, "absent", "3", NULL), ERR_CONFLICT);
}
END_TEST

START_TEST(a_write_may_depend_on_absence)
{
	struct write write = {.if_absent = true};

	ck_assert_int_eq(write_with(write, "k", "1", NULL), ERR_OK);
	ck_assert_int_eq(write_with(write, "k", "2", NULL), ERR_CONFLICT);
	erase("k");
	ck_assert_int_eq(write_with(write, "k", "3", NULL), ERR_OK);
	write.ttl_ms = 1000;
	ck_assert_int_eq(write_with(write, "ttl", "1", NULL), ERR_OK);
	bench.time_us += SECOND_US;
	ck_assert_int_eq(write_with(write, "ttl", "2", NULL), ERR_OK);
}
END_TEST

START_TEST(a_delete_may_depend_on_the_version)
{
	struct version first;

	set("k", "1");
	first = version_of("k");
	set("k", "2");
	ck_assert_int_eq(delete_if("k", first), ERR_CONFLICT);
	ck_assert(has("k", "2"));
	ck_assert_int_eq(delete_if("k", version_of("k")), ERR_OK);
	ck_assert_int_eq(delete_if("k", first), ERR_NOT_FOUND);
}
END_TEST

/* --- facts --- */

START_TEST(self_stands_for_the_name_of_the_node)
{
	ck_assert_int_eq(set("@self/role", "db"), ERR_OK);
	ck_assert(has("@web1/role", "db"));
	ck_assert(has("@self/role", "db"));
	ck_assert(bytes_equal(item.key, bytes_of_string("@web1/role")));
	ck_assert_int_eq(set("@web1/role", "cache"), ERR_OK);
	ck_assert(has("@self/role", "cache"));
	ck_assert_int_eq(erase("@self/role"), ERR_OK);
	ck_assert_int_eq(get("@web1/role"), ERR_NOT_FOUND);
}
END_TEST

START_TEST(an_owned_key_of_another_node_is_refused)
{
	ck_assert_int_eq(set("@web2/role", "db"), ERR_NOT_OWNER);
	ck_assert_int_eq(erase("@web2/role"), ERR_NOT_OWNER);
	ck_assert_int_eq(set("@web/role", "db"), ERR_NOT_OWNER);
	ck_assert_int_eq(set("@web11/role", "db"), ERR_NOT_OWNER);
}
END_TEST

START_TEST(a_fact_that_grows_too_long_by_the_name_is_too_large)
{
	struct settings settings = sample_settings(1);
	char key[KEY_LEN_MAX + 1] = "@self/";

	settings.name = "a-name-longer-than-self";
	bench_fini(&bench);
	bench_init(&bench, &settings);
	memset(key + 6, 'k', KEY_LEN_MAX - 6);
	ck_assert_int_eq(set(key, "v"), ERR_TOO_LARGE);
	ck_assert_int_eq(get(key), ERR_TOO_LARGE);
	key[KEY_LEN_MAX - strlen(settings.name) + 4] = '\0';
	ck_assert_int_eq(set(key, "v"), ERR_OK);
	ck_assert(has(key, "v"));
}
END_TEST

/* A fact of member 2, "n2". */
static void
learn_fact(void)
{
	struct record_view view = bench_write(&bench, 2, 2, "@n2/role", "db");

	view.kind = RECORD_OWNED;
	view.owner = sample_short_id(2);
	bench_tell_record(&bench, 2, &view);
}

START_TEST(a_fact_is_shown_while_its_owner_lives)
{
	struct bytes key = bytes_of_string("@n2/role");

	bench_join_up_to(&bench, 2);
	learn_fact();
	ck_assert(has("@n2/role", "db"));
	ck_assert_str_eq(item.origin, "n2");
	member_set_state(&bench.node->members, bench_member(&bench, 2), MEMBER_DEAD);
	overlay_remove(&bench.node->overlay, bench_member(&bench, 2));
	ck_assert_int_eq(get("@n2/role"), ERR_NOT_FOUND);
	ck_assert_int_eq(node_get(bench.node, key, true, &item), ERR_OK);
	ck_assert(!node_next(
		bench.node, bytes_of_string("@n2/"), (struct bytes){0}, false, &item));
	ck_assert(node_next(
		bench.node, bytes_of_string("@n2/"), (struct bytes){0}, true, &item));
}
END_TEST

START_TEST(a_fact_of_an_unknown_node_is_not_shown)
{
	learn_fact();
	ck_assert_int_eq(get("@n2/role"), ERR_NOT_FOUND);
	bench_join_up_to(&bench, 2);
	ck_assert(has("@n2/role", "db"));
}
END_TEST

START_TEST(two_nodes_of_one_name_do_not_fight_over_their_facts)
{
	struct settings settings = sample_settings(1);

	settings.name = "n2";
	bench_fini(&bench);
	bench_init(&bench, &settings);
	ck_assert_int_eq(set("@self/role", "db"), ERR_OK);
	bench_join_up_to(&bench, 2);
	ck_assert_int_eq(set("@self/role", "cache"), ERR_DUPLICATE);
	ck_assert_int_eq(set("shared", "v"), ERR_OK);
	bench_bury(&bench, 2, MEMBER_DEAD);
	ck_assert_int_eq(set("@self/role", "cache"), ERR_OK);
}
END_TEST

/* --- listing --- */

/* The keys under a prefix, apart by commas. */
static const char *
list(const char *prefix, const char *after)
{
	static char text[200];
	struct bytes at = bytes_of_string(after);
	size_t len = 0;

	text[0] = '\0';
	while (node_next(bench.node, bytes_of_string(prefix), at, false, &item)) {
		ck_assert_uint_lt(len + item.key.len + 2, sizeof(text));
		memcpy(text + len, item.key.data, item.key.len);
		len += item.key.len;
		text[len++] = ',';
		text[len] = '\0';
		at = item.key;
	}
	return text;
}

START_TEST(keys_are_listed_in_order_under_their_prefix)
{
	static const char *const keys[] = {"b", "app/2", "app", "app/1", "app0", "ap"};

	for (size_t i = 0; i < 6; i++)
		set(keys[i], "v");
	ck_assert_str_eq(list("", ""), "ap,app,app/1,app/2,app0,b,");
	ck_assert_str_eq(list("app/", ""), "app/1,app/2,");
	ck_assert_str_eq(list("app", ""), "app,app/1,app/2,app0,");
	ck_assert_str_eq(list("c", ""), "");
}
END_TEST

START_TEST(a_list_goes_on_after_a_key)
{
	set("a/1", "v");
	set("a/2", "v");
	set("a/3", "v");
	set("b", "v");
	ck_assert_str_eq(list("a/", "a/1"), "a/2,a/3,");
	ck_assert_str_eq(list("a/", "a/15"), "a/2,a/3,");
	ck_assert_str_eq(list("a/", "a/3"), "");
	ck_assert_str_eq(list("a/", "a"), "a/1,a/2,a/3,");
	ck_assert_str_eq(list("a/", "b"), "");
	ck_assert_str_eq(list("", "a/3"), "b,");
	ck_assert_str_eq(list("a/1", "a/1"), "");
}
END_TEST

START_TEST(what_is_gone_is_not_listed)
{
	set("a", "v");
	set("b", "v");
	write_with((struct write){.ttl_ms = 1000}, "c", "v", NULL);
	set("d", "v");
	erase("b");
	ck_assert_str_eq(list("", ""), "a,c,d,");
	bench_pass_us(&bench, SECOND_US);
	ck_assert_str_eq(list("", ""), "a,d,");
}
END_TEST

START_TEST(own_facts_are_listed_under_self)
{
	set("@self/b", "v");
	set("@self/a", "v");
	set("other", "v");
	ck_assert_str_eq(list("@self/", ""), "@web1/a,@web1/b,");
	ck_assert_str_eq(list("@self/", "@web1/a"), "@web1/b,");
	ck_assert_str_eq(list("@", ""), "@web1/a,@web1/b,");
}
END_TEST

static void
add_reading_and_writing(Suite *suite)
{
	TCase *tcase = add_case(suite, "reading and writing");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, what_is_set_can_be_read);
	tcase_add_test(tcase, what_was_never_set_is_not_found);
	tcase_add_test(tcase, an_empty_value_is_a_value);
	tcase_add_test(tcase, a_key_against_the_rules_is_invalid);
	tcase_add_test(tcase, a_key_beyond_the_limit_is_too_large_to_write);
	tcase_add_test(tcase, a_value_beyond_the_limit_is_too_large);
	tcase_add_test(tcase, a_full_state_refuses_growth);
	tcase_add_test(tcase, writing_again_replaces_and_makes_a_later_version);
	tcase_add_test(tcase, a_deleted_key_is_gone);
	tcase_add_test(tcase, a_key_with_a_time_to_live_expires);
	tcase_add_test(tcase, writing_without_a_time_to_live_keeps_the_key);
	tcase_add_test(tcase, the_longest_time_to_live_does_not_wrap_round);
	tcase_add_test(tcase, a_write_may_depend_on_the_version);
	tcase_add_test(tcase, a_write_may_depend_on_absence);
	tcase_add_test(tcase, a_delete_may_depend_on_the_version);
}

static void
add_facts_and_lists(Suite *suite)
{
	TCase *tcase = add_case(suite, "facts and lists");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, self_stands_for_the_name_of_the_node);
	tcase_add_test(tcase, an_owned_key_of_another_node_is_refused);
	tcase_add_test(tcase, a_fact_that_grows_too_long_by_the_name_is_too_large);
	tcase_add_test(tcase, a_fact_is_shown_while_its_owner_lives);
	tcase_add_test(tcase, a_fact_of_an_unknown_node_is_not_shown);
	tcase_add_test(tcase, two_nodes_of_one_name_do_not_fight_over_their_facts);
	tcase_add_test(tcase, keys_are_listed_in_order_under_their_prefix);
	tcase_add_test(tcase, a_list_goes_on_after_a_key);
	tcase_add_test(tcase, what_is_gone_is_not_listed);
	tcase_add_test(tcase, own_facts_are_listed_under_self);
}

int
main(void)
{
	Suite *suite = suite_create("request");
	TCase *versions = add_case(suite, "versions");

	tcase_add_test(versions, a_version_is_written_and_read_again);
	tcase_add_test(versions, anything_else_is_no_version);
	add_reading_and_writing(suite);
	add_facts_and_lists(suite);
	return run_suite(suite);
}
