/* SPDX-License-Identifier: MIT */
/*
 * Physics: 200 hosts on a local network, 0.3 to 1 ms one way. Ten of them crash at the
 * same instant, while two others lose four fifths of all they send and get.
 */
#include "scene.h"

#include "../unit/run.h"

#define HOST_COUNT 200
#define DEGRADED_COUNT 2
#define CRASH_COUNT 10

START_TEST(ten_that_crash_together_are_out_in_six_seconds_and_nobody_else_is)
{
	struct path path = scene_local();
	struct world *world = scene_new(&path, HOST_COUNT, 1);
	struct watch watch;

	watch_init(&watch, world);
	for (size_t host = 0; host < DEGRADED_COUNT; host++) {
		watch_degrade(&watch, host);
		world_set_host_loss(world, host, 0.8);
	}
	world_run(world, 3 * SECOND_US);
	for (size_t host = HOST_COUNT - CRASH_COUNT; host < HOST_COUNT; host++) {
		watch_crash(&watch, world, host);
		world_crash(world, host);
	}
	world_run(world, 20 * SECOND_US);
	ck_assert_uint_eq(watch.detected_ms.count, CRASH_COUNT);
	ck_assert_double_le(sample_max(&watch.detected_ms), 6000);
	ck_assert_uint_eq(watch.false_deaths, 0);
	world_check(world);
	watch_fini(&watch);
	world_free(world);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("crashes");
	TCase *tcase = add_case(suite, "crashes");

	tcase_add_test(tcase,
		ten_that_crash_together_are_out_in_six_seconds_and_nobody_else_is);
	return run_suite(suite);
}
