/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "sim/conditions.h"
#include "sim/world.h"

#include "../unit/run.h"

/* Links of a local network: 0.3 to 1 ms one way. */
static const struct path local = {
	.delay = {.kind = DELAY_UNIFORM, .a_us = 300, .b_us = 1000},
};

/* A world of `count` hosts that join through the first and know one another. */
static struct world *
cluster_new(size_t count, double loss, uint64_t seed)
{
	struct world *world = world_new(&local, seed);
	size_t first = world_add(world);

	world_set_seeds(world, &first, 1);
	while (world_count(world) < count)
		world_add(world);
	ck_assert(world_run_until(world, world_knows_all, NULL, 30 * SECOND_US));
	ck_assert(world_run_until(world, world_agrees, NULL, 30 * SECOND_US));
	world_paths(world)->usual.loss = loss;
	return world;
}

static void
set(struct world *world, size_t host, const char *key, const char *value)
{
	struct write write = {
		.key = bytes_of_string(key),
		.value = bytes_of_string(value),
	};

	ck_assert_int_eq(
		node_set(world_node(world, host), &write, world_now(world, host), NULL),
		ERR_OK);
	world_settle(world, host);
}

static void delete (struct world *world, size_t host, const char *key)
{
	ck_assert_int_eq(node_delete(world_node(world, host), bytes_of_string(key),
				 (struct version){0}, world_now(world, host), NULL),
		ERR_OK);
	world_settle(world, host);
}

static bool
has(const struct world *world, size_t host, const char *key, const char *value)
{
	struct item item;

	if (node_get(world_node(world, host), bytes_of_string(key), false, &item) !=
		ERR_OK)
		return value == NULL;
	return value != NULL && bytes_equal(item.value, bytes_of_string(value));
}

/* What every running host must hold: value NULL for no such key. */
struct expectation {
	const char *key;
	const char *value;
};

static bool
all_have(const struct world *world, const void *context)
{
	const struct expectation *expected = context;

	for (size_t i = 0; i < world_count(world); i++) {
		if (world_node(world, i) != NULL &&
			!has(world, i, expected->key, expected->value))
			return false;
	}
	return true;
}

static void
expect_everywhere(
	struct world *world, const char *key, const char *value, uint64_t span_us)
{
	struct expectation expected = {key, value};

	ck_assert_msg(world_run_until(world, all_have, &expected, span_us),
		"%s is not everywhere %s after %llu us", key,
		value == NULL ? "absent" : value, (unsigned long long)span_us);
}

static void
writes_overwrites_and_deletes_reach_all(size_t count)
{
	struct world *world = cluster_new(count, 0, count);

	set(world, 0, "colour", "red");
	expect_everywhere(world, "colour", "red", 100 * MS_US);
	set(world, count - 1, "colour", "blue");
	expect_everywhere(world, "colour", "blue", 100 * MS_US);
	delete (world, count / 2, "colour");
	expect_everywhere(world, "colour", NULL, 100 * MS_US);
	ck_assert(world_run_until(world, world_agrees, NULL, SECOND_US));
	world_check(world);
	world_free(world);
}

START_TEST(three_hosts_share_writes_overwrites_and_deletes)
{
	writes_overwrites_and_deletes_reach_all(3);
}
END_TEST

START_TEST(ten_hosts_share_writes_overwrites_and_deletes)
{
	writes_overwrites_and_deletes_reach_all(10);
}
END_TEST

START_TEST(a_hundred_hosts_share_writes_overwrites_and_deletes)
{
	writes_overwrites_and_deletes_reach_all(100);
}
END_TEST

/* Physics: every tenth datagram is lost, everywhere, all the time. */
START_TEST(at_ten_percent_loss_every_write_arrives)
{
	struct world *world = cluster_new(10, 0.1, 7);
	char key[16];

	for (int i = 0; i < 100; i++) {
		snprintf(key, sizeof(key), "key%d", i);
		set(world, (size_t)i % 10, key, "value");
		world_run(world, 20 * MS_US);
	}
	ck_assert(world_run_until(world, world_agrees, NULL, 5 * SECOND_US));
	for (int i = 0; i < 100; i++) {
		snprintf(key, sizeof(key), "key%d", i);
		expect_everywhere(world, key, "value", 0);
	}
	ck_assert_uint_gt(world_network(world)->datagrams_lost, 0);
	world_check(world);
	world_free(world);
}
END_TEST

START_TEST(writes_to_one_key_at_the_same_instant_end_equal)
{
	struct world *world = cluster_new(10, 0, 11);

	for (size_t i = 0; i < 10; i++) {
		char value[8];

		snprintf(value, sizeof(value), "%zu", i);
		set(world, i, "contested", value);
	}
	ck_assert(world_run_until(world, world_agrees, NULL, 3 * SECOND_US));
	world_check(world);
	world_free(world);
}
END_TEST

START_TEST(a_crashed_host_is_dead_for_all_and_comes_back_elsewhere)
{
	struct world *world = cluster_new(10, 0, 13);

	set(world, 3, "@self/role", "database");
	expect_everywhere(world, "@n3/role", "database", 100 * MS_US);
	world_crash(world, 3);
	ck_assert(world_run_until(world, world_knows_all, NULL, 15 * SECOND_US));
	expect_everywhere(world, "@n3/role", NULL, 0);
	world_move(world, 3);
	world_restart(world, 3, KEPT_IDENTITY);
	ck_assert(world_run_until(world, world_knows_all, NULL, 5 * SECOND_US));
	expect_everywhere(world, "@n3/role", "database", SECOND_US);
	world_check(world);
	world_free(world);
}
END_TEST

static void
split(struct world *world, unsigned sides)
{
	for (size_t i = 0; i < world_count(world); i++)
		world_set_side(world, i, (unsigned)i % sides);
}

/* Physics: two halves without any path between them for a minute. */
START_TEST(a_partition_heals_to_what_both_sides_wrote)
{
	struct world *world = cluster_new(10, 0, 17);

	set(world, 0, "kept", "old");
	set(world, 0, "doomed", "old");
	expect_everywhere(world, "doomed", "old", 100 * MS_US);
	split(world, 2);
	world_run(world, 30 * SECOND_US);
	set(world, 0, "even", "0");
	set(world, 1, "odd", "1");
	set(world, 1, "kept", "new");
	delete (world, 0, "doomed");
	world_run(world, 30 * SECOND_US);
	ck_assert(!world_agrees(world, NULL));
	split(world, 1);
	ck_assert(world_run_until(world, world_agrees, NULL, 10 * SECOND_US));
	ck_assert(world_run_until(world, world_knows_all, NULL, 10 * SECOND_US));
	expect_everywhere(world, "even", "0", 0);
	expect_everywhere(world, "odd", "1", 0);
	expect_everywhere(world, "kept", "new", 0);
	expect_everywhere(world, "doomed", NULL, 0);
	world_check(world);
	world_free(world);
}
END_TEST

START_TEST(a_host_may_start_before_its_seed)
{
	struct world *world = world_new(&local, 19);
	size_t seed = world_add(world);

	world_crash(world, seed);
	world_set_seeds(world, &seed, 1);
	world_add(world);
	world_run(world, 20 * SECOND_US);
	world_restart(world, seed, KEPT_IDENTITY);
	ck_assert(world_run_until(world, world_knows_all, NULL, 10 * SECOND_US));
	world_free(world);
}
END_TEST

/* Physics: a fifth of the datagrams lost; nobody stalls or stops. */
START_TEST(nobody_is_falsely_dead_for_a_minute_at_twenty_percent_loss)
{
	struct world *world = cluster_new(20, 0.2, 23);

	for (int i = 0; i < 60; i++) {
		world_run(world, SECOND_US);
		for (size_t host = 0; host < 20; host++) {
			struct status status;

			node_status(world_node(world, host), &status);
			ck_assert_uint_eq(status.members[MEMBER_DEAD], 0);
		}
	}
	world_free(world);
}
END_TEST

static uint64_t
trace_of(uint64_t seed)
{
	struct world *world = cluster_new(10, 0.1, seed);
	uint64_t trace;

	set(world, 4, "key", "value");
	world_crash(world, 5);
	world_run(world, 10 * SECOND_US);
	world_restart(world, 5, KEPT_IDENTITY);
	world_run(world, 5 * SECOND_US);
	trace = world_trace(world);
	world_free(world);
	return trace;
}

START_TEST(the_same_seed_gives_the_same_run)
{
	ck_assert_uint_eq(trace_of(1), trace_of(1));
	ck_assert_uint_ne(trace_of(1), trace_of(2));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("cluster");
	TCase *tcase = add_case(suite, "cluster");

	tcase_add_test(tcase, three_hosts_share_writes_overwrites_and_deletes);
	tcase_add_test(tcase, ten_hosts_share_writes_overwrites_and_deletes);
	tcase_add_test(tcase, a_hundred_hosts_share_writes_overwrites_and_deletes);
	tcase_add_test(tcase, at_ten_percent_loss_every_write_arrives);
	tcase_add_test(tcase, writes_to_one_key_at_the_same_instant_end_equal);
	tcase_add_test(tcase, a_crashed_host_is_dead_for_all_and_comes_back_elsewhere);
	tcase_add_test(tcase, a_partition_heals_to_what_both_sides_wrote);
	tcase_add_test(tcase, a_host_may_start_before_its_seed);
	tcase_add_test(
		tcase, nobody_is_falsely_dead_for_a_minute_at_twenty_percent_loss);
	tcase_add_test(tcase, the_same_seed_gives_the_same_run);
	return run_suite(suite);
}
