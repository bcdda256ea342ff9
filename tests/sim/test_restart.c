/* SPDX-License-Identifier: MIT */
/*
 * Physics: 30 hosts on a local network, 0.3 to 1 ms one way, that join through three.
 * All of them crash and start again one by one within a second, while the others still
 * have their old generations in memory.
 */
#include "scene.h"

#include "../unit/run.h"

#define HOST_COUNT 30

START_TEST(after_a_mass_restart_all_know_each_other_soon)
{
	static const size_t seeds[] = {0, 1, 2};
	struct path path = scene_local();
	struct world *world = world_new(&path, 1);

	for (size_t i = 0; i < HOST_COUNT; i++) {
		world_set_seeds(world, seeds, i < 3 ? i : 3);
		world_add(world);
	}
	ck_assert(world_run_until(world, world_knows_all, NULL, 30 * SECOND_US));
	for (size_t i = 0; i < HOST_COUNT; i++) {
		world_crash(world, i);
		world_restart(world, i, KEPT_IDENTITY);
		world_run(world, SECOND_US / HOST_COUNT);
	}
	ck_assert(world_run_until(world, world_knows_all, NULL, 30 * SECOND_US));
	ck_assert(world_run_until(world, world_agrees, NULL, 10 * SECOND_US));
	world_check(world);
	world_free(world);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("restart");
	TCase *tcase = add_case(suite, "restart");

	tcase_add_test(tcase, after_a_mass_restart_all_know_each_other_soon);
	return run_suite(suite);
}
