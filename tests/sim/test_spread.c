/* SPDX-License-Identifier: MIT */
/*
 * Physics: five hosts, exactly 10 ms from one to any other, nothing lost. They are few
 * enough to send to each other directly.
 */
#include "scene.h"
#include "sim/spread.h"

#include "../unit/run.h"

#define HOST_COUNT 5

static struct world *world;
static struct spread spread;

static void
setup(void)
{
	struct path path = {.delay = delay_uniform(10 * MS_US, 10 * MS_US)};

	world = scene_new(&path, HOST_COUNT, 1);
	spread_init(&spread, world);
	spread_write(&spread, world, 2, 64);
	world_run(world, SECOND_US);
}

static void
teardown(void)
{
	spread_fini(&spread);
	world_free(world);
}

START_TEST(each_host_and_write_is_one_pair_and_the_writer_has_it_at_once)
{
	struct sample pairs;

	sample_init(&pairs);
	spread_pairs(&spread, &pairs);
	ck_assert_uint_eq(pairs.count, HOST_COUNT);
	ck_assert_double_eq(sample_quantile(&pairs, 0), 0);
	ck_assert_double_ge(sample_median(&pairs), 10);
	ck_assert_double_lt(sample_max(&pairs), 20);
	sample_fini(&pairs);
}
END_TEST

START_TEST(datagrams_of_a_write_count_and_others_do_not)
{
	uint64_t datagrams = spread.datagrams;

	ck_assert_uint_ge(datagrams, HOST_COUNT - 1);
	ck_assert_uint_ge(datagrams, spread.copies);
	world_run(world, 10 * SECOND_US);
	ck_assert_uint_eq(spread.datagrams, datagrams);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("spread");
	TCase *tcase = add_case(suite, "spread");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(
		tcase, each_host_and_write_is_one_pair_and_the_writer_has_it_at_once);
	tcase_add_test(tcase, datagrams_of_a_write_count_and_others_do_not);
	return run_suite(suite);
}
