/* SPDX-License-Identifier: MIT */
/*
 * Physics: 50 hosts on a local network, 0.3 to 1 ms one way. Every second one of ten
 * hosts stands still for 1 to 5 s and then takes all that has waited for it.
 */
#include "scene.h"

#include "../unit/run.h"

START_TEST(hosts_that_stand_still_take_nobody_else_for_dead)
{
	struct path path = scene_local();
	struct world *world = scene_new(&path, 50, 1);
	uint64_t resume_us[10] = {0};
	struct watch watch;

	watch_init(&watch, world);
	for (uint64_t second = 0; second < 60; second++) {
		size_t host = (size_t)(second % 10);

		for (size_t i = 0; i < 10; i++) {
			if (world_is_stalled(world, i) &&
				world_time_us(world) >= resume_us[i]) {
				watch_resumed(&watch, world, i);
				world_resume(world, i);
			}
		}
		world_stall(world, host);
		resume_us[host] = world_time_us(world) + (1 + second % 5) * SECOND_US;
		world_run(world, SECOND_US);
	}
	ck_assert_uint_eq(watch.false_deaths, 0);
	for (size_t i = 0; i < 10; i++) {
		if (world_is_stalled(world, i))
			world_resume(world, i);
	}
	ck_assert(world_run_until(world, world_knows_all, NULL, 30 * SECOND_US));
	world_check(world);
	watch_fini(&watch);
	world_free(world);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("stall");
	TCase *tcase = add_case(suite, "stall");

	tcase_add_test(tcase, hosts_that_stand_still_take_nobody_else_for_dead);
	return run_suite(suite);
}
