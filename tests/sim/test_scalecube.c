/* SPDX-License-Identifier: MIT */
/*
 * Physics: 200 hosts, one way exponential with a mean of 2 ms, one datagram in a
 * hundred lost: the case for which ScaleCube publishes that a write takes 3617 ms and
 * that an idle node sends 582 bytes per second.
 */
#include "sim/cluster.h"
#include "sim/spread.h"

#include "../unit/run.h"

#define HOST_COUNT 200
#define WRITE_COUNT 20
#define IDLE_S 10

static struct world *
scalecube_new(void)
{
	struct options options;
	struct world *world;

	options_init(&options, COMMAND_BROADCAST);
	options.nodes = HOST_COUNT;
	options.path.delay =
		(struct delay){.kind = DELAY_EXPONENTIAL, .a_us = 2 * MS_US};
	options.path.loss = 0.01;
	world = cluster_new(&options, "plumtree", 1);
	options_fini(&options);
	return world;
}

static void
write_some(struct spread *spread, struct world *world)
{
	for (size_t i = 0; i < WRITE_COUNT; i++) {
		spread_write(spread, world, i * 7 % HOST_COUNT, 64);
		world_run(world, 100 * MS_US);
	}
	ck_assert(world_run_until(world, spread_is_complete, spread, 10 * SECOND_US));
}

START_TEST(the_last_of_two_hundred_has_a_write_in_sixty_ms)
{
	struct world *world = scalecube_new();
	struct spread warmup;
	struct spread spread;
	struct sample times;

	spread_init(&warmup, world);
	write_some(&warmup, world);
	world_unobserve(world, &warmup.observer);
	spread_init(&spread, world);
	write_some(&spread, world);
	sample_init(&times);
	spread_times(&spread, 1, &times);
	ck_assert_uint_eq(times.count, WRITE_COUNT);
	ck_assert_double_le(sample_median(&times), 60);
	sample_fini(&times);
	spread_fini(&warmup);
	spread_fini(&spread);
	world_free(world);
}
END_TEST

START_TEST(an_idle_node_sends_at_most_two_hundred_bytes_per_second)
{
	struct world *world = scalecube_new();
	double bytes = cluster_bytes(world);

	world_run(world, IDLE_S * SECOND_US);
	bytes = cluster_bytes(world) - bytes;
	ck_assert_double_gt(bytes, 0);
	ck_assert_double_le(bytes / HOST_COUNT / IDLE_S, 200);
	world_free(world);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("ScaleCube");
	TCase *tcase = add_case(suite, "ScaleCube");

	tcase_add_test(tcase, the_last_of_two_hundred_has_a_write_in_sixty_ms);
	tcase_add_test(tcase, an_idle_node_sends_at_most_two_hundred_bytes_per_second);
	return run_suite(suite);
}
