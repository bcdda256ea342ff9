/* SPDX-License-Identifier: MIT */
/*
 * Physics: 20 hosts, 0.3 to 1 ms one way. What the first host sends to the second never
 * comes; all other ways are open, also the one back.
 */
#include "scene.h"

#include "../unit/run.h"

START_TEST(a_one_way_link_between_two_makes_nobody_dead)
{
	struct path path = scene_local();
	struct world *world = scene_new(&path, 20, 1);
	struct watch watch;

	watch_init(&watch, world);
	paths_own(world_paths(world), 0, 1)->cut = true;
	world_run(world, 120 * SECOND_US);
	ck_assert_uint_eq(watch.false_deaths, 0);
	world_check(world);
	watch_fini(&watch);
	world_free(world);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("one way");
	TCase *tcase = add_case(suite, "one way");

	tcase_add_test(tcase, a_one_way_link_between_two_makes_nobody_dead);
	return run_suite(suite);
}
