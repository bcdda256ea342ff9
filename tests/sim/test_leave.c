/* SPDX-License-Identifier: MIT */
/*
 * Physics: 300 hosts on a local network, 0.3 to 1 ms one way, nothing lost. One of them
 * says goodbye and stops as soon as enough others have confirmed it.
 */
#include "scene.h"

#include "../unit/run.h"

#define HOST_COUNT 300
#define LEAVER 150

/* What is said of the one that leaves. */
struct talk {
	struct observer observer;
	size_t doubts; /* suspected, or taken for dead */
	bool done;
};

static void
on_notice(struct observer *observer, const struct world *world, size_t host,
	const struct notice *notice)
{
	struct talk *talk = (struct talk *)observer;

	(void)world;
	if (notice->kind == NOTICE_LEAVE_DONE && host == LEAVER)
		talk->done = true;
	if ((notice->kind == NOTICE_MEMBER_SUSPECT ||
		    notice->kind == NOTICE_MEMBER_DEAD) &&
		world_index(notice->member) == LEAVER)
		talk->doubts++;
}

static bool
has_said_goodbye(const struct world *world, const void *context)
{
	const struct talk *talk = context;

	(void)world;
	return talk->done;
}

/* Among all others one has left, and the rest is alive. */
static bool
has_left_for_all(const struct world *world, const void *context)
{
	(void)context;
	for (size_t host = 0; host < HOST_COUNT; host++) {
		struct status status;

		if (host == LEAVER)
			continue;
		node_status(world_node(world, host), &status);
		if (status.members[MEMBER_LEFT] != 1 ||
			status.members[MEMBER_ALIVE] != HOST_COUNT - 1)
			return false;
	}
	return true;
}

START_TEST(a_goodbye_is_known_to_all_in_a_second_and_raises_no_suspicion)
{
	struct path path = scene_local();
	struct world *world = scene_new(&path, HOST_COUNT, 1);
	struct talk talk = {.observer = {.noticed = on_notice}};
	uint64_t begin_us = world_time_us(world);

	world_observe(world, &talk.observer);
	node_leave(world_node(world, LEAVER), world_now(world, LEAVER));
	world_settle(world, LEAVER);
	ck_assert(world_run_until(world, has_said_goodbye, &talk, SECOND_US));
	world_crash(world, LEAVER);
	ck_assert(world_run_until(world, has_left_for_all, NULL,
		begin_us + SECOND_US - world_time_us(world)));
	world_run(world, 10 * SECOND_US);
	ck_assert(has_left_for_all(world, NULL));
	ck_assert_uint_eq(talk.doubts, 0);
	world_check(world);
	world_free(world);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("leave");
	TCase *tcase = add_case(suite, "leave");

	tcase_add_test(
		tcase, a_goodbye_is_known_to_all_in_a_second_and_raises_no_suspicion);
	return run_suite(suite);
}
