/* SPDX-License-Identifier: MIT */
#include "scene.h"

#include "../unit/run.h"

/* Physics: a constant millisecond from host to host, and one fault at a time. */
static const struct path plain = {.delay = {DELAY_UNIFORM, 1000, 1000}};

/* Counts what passes, by host. */
struct counter {
	struct observer observer;
	size_t sent[4];
	size_t received[4];
};

static void
on_sent(struct observer *observer, const struct world *world, size_t host,
	struct bytes datagram)
{
	struct counter *counter = (struct counter *)observer;

	(void)world;
	(void)datagram;
	counter->sent[host]++;
}

static void
on_received(struct observer *observer, const struct world *world, size_t host,
	struct bytes datagram)
{
	struct counter *counter = (struct counter *)observer;

	(void)world;
	(void)datagram;
	counter->received[host]++;
}

/* Two hosts, counted, that send each write by itself, however fast they come. */
static struct world *
pair_new(const struct path *path, struct counter *counter)
{
	struct world *world = world_new(path, 1);

	world_settings(world)->forward_interval_us = MS_US / 10;
	world_add(world);
	world_add(world);
	acquaint_all(world);
	world_run(world, 3 * SECOND_US);
	*counter = (struct counter){
		.observer = {.sent = on_sent, .received = on_received},
	};
	world_observe(world, &counter->observer);
	return world;
}

START_TEST(a_cut_way_carries_nothing_and_the_way_back_goes_on)
{
	struct counter counter;
	struct world *world = pair_new(&plain, &counter);

	paths_own(world_paths(world), 0, 1)->cut = true;
	world_run(world, 10 * SECOND_US);
	ck_assert_uint_gt(counter.sent[0], 0);
	ck_assert_uint_eq(counter.received[1], 0);
	ck_assert_uint_gt(counter.received[0], 0);
	world_free(world);
}
END_TEST

START_TEST(a_doubled_datagram_comes_twice)
{
	struct path path = plain;
	struct counter counter;
	struct world *world;

	path.duplicate = 1;
	world = pair_new(&path, &counter);
	world_run(world, 10 * SECOND_US);
	/* The last ones may still be on their way. */
	ck_assert_uint_gt(counter.sent[0], 5);
	ck_assert_uint_ge(counter.received[1] + 2, 2 * counter.sent[0]);
	world_free(world);
}
END_TEST

START_TEST(a_clogged_way_holds_all_and_then_lets_it_go)
{
	struct counter counter;
	struct world *world = pair_new(&plain, &counter);

	paths_own(world_paths(world), 0, 1)->clogged_until_us =
		world_time_us(world) + 5 * SECOND_US;
	world_run(world, 5 * SECOND_US - 1);
	ck_assert_uint_gt(counter.sent[0], 0);
	ck_assert_uint_eq(counter.received[1], 0);
	world_run(world, 2 * MS_US);
	ck_assert_uint_ge(counter.received[1] + 1, counter.sent[0]);
	world_free(world);
}
END_TEST

START_TEST(a_host_that_stands_still_sends_nothing_and_then_takes_all_at_once)
{
	struct counter counter;
	struct world *world = pair_new(&plain, &counter);

	world_stall(world, 1);
	world_run(world, 2 * SECOND_US);
	ck_assert_uint_eq(counter.sent[1], 0);
	ck_assert_uint_eq(counter.received[1], 0);
	world_resume(world, 1);
	ck_assert_uint_gt(counter.received[1], 0);
	ck_assert_uint_gt(counter.sent[1], 0);
	world_free(world);
}
END_TEST

START_TEST(what_waits_for_a_host_that_stands_still_is_bounded)
{
	struct counter counter;
	struct world *world = pair_new(&plain, &counter);

	world_stall(world, 1);
	for (int i = 0; i < 2 * STALL_DATAGRAM_COUNT_MAX; i++) {
		struct write write = {
			.key = bytes_of_string("key"),
			.value = bytes_of_string("value"),
		};

		ck_assert_int_eq(node_set(world_node(world, 0), &write,
					 world_now(world, 0), NULL),
			ERR_OK);
		world_settle(world, 0);
		world_run(world, MS_US);
	}
	world_resume(world, 1);
	ck_assert_uint_eq(counter.received[1], STALL_DATAGRAM_COUNT_MAX);
	world_free(world);
}
END_TEST

START_TEST(a_host_may_crash_while_it_stands_still)
{
	struct counter counter;
	struct world *world = pair_new(&plain, &counter);

	world_stall(world, 1);
	world_run(world, 2 * SECOND_US);
	world_crash(world, 1);
	world_run(world, 2 * SECOND_US);
	world_restart(world, 1, KEPT_IDENTITY);
	ck_assert(!world_is_stalled(world, 1));
	ck_assert(world_run_until(world, world_knows_all, NULL, 60 * SECOND_US));
	world_free(world);
}
END_TEST

START_TEST(a_narrow_link_lets_through_what_fits)
{
	struct counter counter;
	struct world *world = pair_new(&plain, &counter);
	uint8_t value[1000] = {0};

	/* Each write takes about a tenth of a second to send; the queue holds ten. */
	world_set_bandwidth(world, 0, 10000);
	for (int i = 0; i < 30; i++) {
		struct write write = {
			.key = bytes_of_string("key"),
			.value = bytes_of(value, sizeof(value)),
		};

		ck_assert_int_eq(node_set(world_node(world, 0), &write,
					 world_now(world, 0), NULL),
			ERR_OK);
		world_settle(world, 0);
		world_run(world, MS_US);
	}
	ck_assert_uint_ge(world_network(world)->datagrams_lost, 18);
	world_run(world, 500 * MS_US);
	ck_assert_uint_ge(counter.received[1], 3);
	ck_assert_uint_le(counter.received[1], 6);
	world_free(world);
}
END_TEST

START_TEST(regions_are_their_round_trip_apart)
{
	static const uint64_t rtt_us[] = {0, 80000, 80000, 0};
	struct world *world = world_new(&plain, 1);
	struct member_view view;
	size_t cursor = 0;

	paths_set_regions(world_paths(world), rtt_us, 2);
	for (size_t i = 0; i < 2; i++)
		world_set_region(world, world_add(world), i);
	acquaint_all(world);
	world_run(world, 10 * SECOND_US);
	while (node_next_member(world_node(world, 0), &cursor, &view)) {
		if (!view.is_self)
			ck_assert_uint_eq(view.rtt_us, 82000);
	}
	world_free(world);
}
END_TEST

START_TEST(clocks_differ_by_their_steps_and_their_rates)
{
	struct world *world = scene_new(&plain, 3, 1);
	struct now before[3];
	struct now after[3];

	for (size_t i = 0; i < 3; i++)
		before[i] = world_now(world, i);
	world_step_clock(world, 1, -1000);
	world_set_clock_rate(world, 2, 2);
	world_run(world, 10 * SECOND_US);
	for (size_t i = 0; i < 3; i++)
		after[i] = world_now(world, i);
	ck_assert_uint_eq(after[0].wall_ms - before[0].wall_ms, 10000);
	ck_assert_uint_eq(after[1].wall_ms - before[1].wall_ms, 9000);
	ck_assert_uint_eq(after[1].mono_us - before[1].mono_us, 10 * SECOND_US);
	ck_assert_uint_eq(after[2].wall_ms - before[2].wall_ms, 20000);
	ck_assert_uint_eq(after[2].mono_us - before[2].mono_us, 20 * SECOND_US);
	world_free(world);
}
END_TEST

START_TEST(a_host_without_its_state_comes_back_as_somebody_new)
{
	struct path path = scene_local();
	struct world *world = world_new(&path, 1);
	size_t first = world_add(world);
	struct status before;
	struct status after;

	world_set_seeds(world, &first, 1);
	while (world_count(world) < 3)
		world_add(world);
	ck_assert(world_run_until(world, world_knows_all, NULL, 10 * SECOND_US));
	node_status(world_node(world, 2), &before);
	world_crash(world, 2);
	world_restart(world, 2, KEPT_NOTHING);
	node_status(world_node(world, 2), &after);
	ck_assert_mem_ne(before.id, after.id, NODE_ID_SIZE);
	ck_assert(world_run_until(world, world_knows_all, NULL, 60 * SECOND_US));
	world_free(world);
}
END_TEST

static uint64_t
trace_of(uint64_t seed)
{
	struct path path = {
		.delay = {DELAY_EXPONENTIAL, 2000, 0},
		.loss = 0.1,
		.duplicate = 0.1,
		.reorder = 0.1,
		.reorder_us = 5000,
	};
	struct world *world = scene_new(&path, 10, seed);
	uint64_t trace;

	world_stall(world, 3);
	world_set_host_loss(world, 4, 0.5);
	world_set_bandwidth(world, 5, 10000);
	world_set_clock_rate(world, 6, 1.01);
	world_run(world, 5 * SECOND_US);
	world_resume(world, 3);
	world_crash(world, 7);
	world_run(world, 5 * SECOND_US);
	world_check(world);
	trace = world_trace(world);
	world_free(world);
	return trace;
}

START_TEST(the_same_seed_gives_the_same_run_with_every_fault)
{
	ck_assert_uint_eq(trace_of(1), trace_of(1));
	ck_assert_uint_ne(trace_of(1), trace_of(2));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("world");
	TCase *tcase = add_case(suite, "world");

	tcase_add_test(tcase, a_cut_way_carries_nothing_and_the_way_back_goes_on);
	tcase_add_test(tcase, a_doubled_datagram_comes_twice);
	tcase_add_test(tcase, a_clogged_way_holds_all_and_then_lets_it_go);
	tcase_add_test(tcase,
		a_host_that_stands_still_sends_nothing_and_then_takes_all_at_once);
	tcase_add_test(tcase, what_waits_for_a_host_that_stands_still_is_bounded);
	tcase_add_test(tcase, a_host_may_crash_while_it_stands_still);
	tcase_add_test(tcase, a_narrow_link_lets_through_what_fits);
	tcase_add_test(tcase, regions_are_their_round_trip_apart);
	tcase_add_test(tcase, clocks_differ_by_their_steps_and_their_rates);
	tcase_add_test(tcase, a_host_without_its_state_comes_back_as_somebody_new);
	tcase_add_test(tcase, the_same_seed_gives_the_same_run_with_every_fault);
	return run_suite(suite);
}
