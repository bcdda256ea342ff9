/* SPDX-License-Identifier: MIT */
/*
 * Physics: 50 hosts on a local network, 0.3 to 1 ms one way, that join through three.
 * All of them crash and start again within one second, each after 200 ms and in a new
 * generation, while the others still have the old one in memory.
 */
#include "scene.h"

#include "../unit/run.h"

#define HOST_COUNT 50
#define DOWN_US (200 * MS_US)

/* Counts who is taken for dead, by whomever. */
struct deaths {
	struct observer observer;
	size_t count;
};

static void
on_notice(struct observer *observer, const struct world *world, size_t host,
	const struct notice *notice)
{
	struct deaths *deaths = (struct deaths *)observer;

	(void)world;
	(void)host;
	deaths->count += notice->kind == NOTICE_MEMBER_DEAD;
}

static struct world *
joined(void)
{
	static const size_t seeds[] = {0, 1, 2};
	struct path path = scene_local();
	struct world *world = world_new(&path, 1);

	for (size_t i = 0; i < HOST_COUNT; i++) {
		world_set_seeds(world, seeds, i < 3 ? i : 3);
		world_add(world);
	}
	ck_assert(world_run_until(world, world_knows_all, NULL, 30 * SECOND_US));
	return world;
}

/* One after the other over what is left of the second. */
static void
restart_all(struct world *world)
{
	uint64_t begin_us = world_time_us(world);
	uint64_t step_us = (SECOND_US - DOWN_US) / HOST_COUNT;
	size_t down = 0;
	size_t up = 0;

	while (up < HOST_COUNT) {
		uint64_t up_us = begin_us + up * step_us + DOWN_US;

		if (down < HOST_COUNT && begin_us + down * step_us < up_us) {
			world_run_to(world, begin_us + down * step_us);
			world_crash(world, down++);
		} else {
			world_run_to(world, up_us);
			world_restart(world, up++, KEPT_IDENTITY);
		}
	}
}

START_TEST(after_a_mass_restart_all_know_all_and_nobody_counts_as_dead)
{
	struct world *world = joined();
	struct deaths deaths = {.observer = {.noticed = on_notice}};

	world_observe(world, &deaths.observer);
	restart_all(world);
	ck_assert(world_run_until(world, world_knows_all, NULL, 10 * SECOND_US));
	ck_assert(world_run_until(world, world_agrees, NULL, 10 * SECOND_US));
	world_run(world, 10 * SECOND_US);
	ck_assert(world_knows_all(world, NULL));
	ck_assert_uint_eq(deaths.count, 0);
	world_check(world);
	world_free(world);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("mass restart");
	TCase *tcase = add_case(suite, "mass restart");

	tcase_add_test(
		tcase, after_a_mass_restart_all_know_all_and_nobody_counts_as_dead);
	return run_suite(suite);
}
