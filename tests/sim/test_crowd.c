/* SPDX-License-Identifier: MIT */
/*
 * Physics: 100 hosts on a local network, 0.3 to 1 ms one way. Ten of them crash at the
 * same instant, while two others lose four fifths of all they send and get.
 */
#include "scene.h"

#include "../unit/run.h"

START_TEST(ten_that_crash_together_are_dead_for_all_and_nobody_else_is)
{
	struct path path = scene_local();
	struct world *world = scene_new(&path, 100, 1);
	struct watch watch;

	watch_init(&watch, world);
	for (size_t host = 0; host < 2; host++) {
		watch_degrade(&watch, host);
		world_set_host_loss(world, host, 0.8);
	}
	world_run(world, 3 * SECOND_US);
	for (size_t host = 10; host < 20; host++) {
		watch_crash(&watch, world, host);
		world_crash(world, host);
	}
	world_run(world, 20 * SECOND_US);
	ck_assert_uint_eq(watch.detected_ms.count, 10);
	ck_assert_double_le(sample_max(&watch.detected_ms), 10000);
	ck_assert_uint_eq(watch.false_deaths, 0);
	world_check(world);
	watch_fini(&watch);
	world_free(world);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("crowd");
	TCase *tcase = add_case(suite, "crowd");

	tcase_add_test(
		tcase, ten_that_crash_together_are_dead_for_all_and_nobody_else_is);
	return run_suite(suite);
}
