/* SPDX-License-Identifier: MIT */
#include "gossip/overlay.h"

#include "base/prng.h"
#include "run.h"
#include "sample.h"

#define RING_COUNT 3
#define DIRECT_COUNT 8
#define NODE_COUNT_MAX 200

/* What one node sees: itself and others. */
struct view {
	struct members members;
	struct overlay overlay;
};

static struct view views[NODE_COUNT_MAX + 1];

static struct member *
know(struct view *view, unsigned number)
{
	struct settings settings = sample_settings(number);
	struct member_info info = sample_info(number);

	return members_put(&view->members, settings.identity.id, &info);
}

static void
view_init(struct view *view, unsigned self)
{
	members_init(&view->members, NODE_COUNT_MAX);
	overlay_init(&view->overlay, &view->members, RING_COUNT, DIRECT_COUNT);
	view->members.self = know(view, self);
	member_set_state(&view->members, view->members.self, MEMBER_ALIVE);
	overlay_add(&view->overlay, view->members.self);
}

static void
come(struct view *view, unsigned number)
{
	struct member *member = know(view, number);

	member_set_state(&view->members, member, MEMBER_ALIVE);
	overlay_add(&view->overlay, member);
	overlay_check(&view->overlay);
}

static void
go(struct view *view, unsigned number, enum member_state state)
{
	struct member *member = know(view, number);

	member_set_state(&view->members, member, state);
	overlay_remove(&view->overlay, member);
	overlay_check(&view->overlay);
}

static struct neighbour *
neighbour(struct view *view, unsigned number)
{
	return overlay_find(&view->overlay, sample_short_id(number));
}

static void
set_up(void)
{
	view_init(&views[1], 1);
}

static void
tear_down(void)
{
	members_fini(&views[1].members);
}

START_TEST(a_lonely_node_has_no_neighbours)
{
	overlay_check(&views[1].overlay);
	ck_assert_uint_eq(views[1].overlay.count, 0);
}
END_TEST

START_TEST(among_few_everybody_is_a_neighbour)
{
	for (unsigned i = 2; i <= DIRECT_COUNT; i++)
		come(&views[1], i);
	ck_assert_uint_eq(views[1].overlay.count, DIRECT_COUNT - 1);
	for (unsigned i = 2; i <= DIRECT_COUNT; i++)
		ck_assert_ptr_nonnull(neighbour(&views[1], i));
	ck_assert_ptr_null(neighbour(&views[1], 1));
}
END_TEST

START_TEST(among_many_there_are_two_on_each_ring_at_most)
{
	for (unsigned i = 2; i <= DIRECT_COUNT + 1; i++)
		come(&views[1], i);
	ck_assert_uint_le(views[1].overlay.count, 2 * RING_COUNT);
	for (unsigned i = DIRECT_COUNT + 2; i <= 100; i++)
		come(&views[1], i);
	ck_assert_uint_le(views[1].overlay.count, 2 * RING_COUNT);
	ck_assert_uint_ge(views[1].overlay.count, 2);
}
END_TEST

/* The short id of the member that comes first going up the ring from this node, or
 * down. */
static uint64_t
nearest(const struct view *view, size_t ring, bool up)
{
	uint64_t own = view->members.self->ring_hash[ring];
	const struct member *best = NULL;
	uint64_t best_steps = UINT64_MAX;

	for (size_t i = 0; i < view->members.count; i++) {
		const struct member *member = view->members.sorted[i];
		uint64_t place = member->ring_hash[ring];
		uint64_t steps = up ? place - own : own - place;

		if (member != view->members.self && steps <= best_steps) {
			best = member;
			best_steps = steps;
		}
	}
	ck_assert_ptr_nonnull(best);
	return best->short_id;
}

START_TEST(the_neighbours_stand_next_on_the_rings)
{
	struct overlay *overlay = &views[1].overlay;

	for (unsigned i = 2; i <= 100; i++)
		come(&views[1], i);
	for (size_t ring = 0; ring < RING_COUNT; ring++) {
		ck_assert_ptr_nonnull(
			overlay_find(overlay, nearest(&views[1], ring, true)));
		ck_assert_ptr_nonnull(
			overlay_find(overlay, nearest(&views[1], ring, false)));
	}
}
END_TEST

START_TEST(a_dead_neighbour_makes_room_for_the_next)
{
	for (unsigned i = 2; i <= 50; i++)
		come(&views[1], i);
	for (unsigned i = 2; i <= 40; i++) {
		go(&views[1], i, i % 2 == 0 ? MEMBER_DEAD : MEMBER_LEFT);
		ck_assert_ptr_null(neighbour(&views[1], i));
		ck_assert_uint_ge(views[1].overlay.count, 2);
	}
}
END_TEST

START_TEST(when_few_are_left_everybody_is_a_neighbour_again)
{
	for (unsigned i = 2; i <= 20; i++)
		come(&views[1], i);
	for (unsigned i = DIRECT_COUNT + 1; i <= 20; i++)
		go(&views[1], i, MEMBER_DEAD);
	ck_assert_uint_eq(views[1].overlay.count, DIRECT_COUNT - 1);
}
END_TEST

START_TEST(a_suspect_stays_a_neighbour)
{
	come(&views[1], 2);
	member_set_state(&views[1].members, know(&views[1], 2), MEMBER_SUSPECT);
	come(&views[1], 3);
	ck_assert_ptr_nonnull(neighbour(&views[1], 2));
}
END_TEST

START_TEST(a_link_begins_eager)
{
	come(&views[1], 2);
	ck_assert(neighbour(&views[1], 2)->eager);
}
END_TEST

START_TEST(a_link_stays_as_it_is_when_others_come_and_go)
{
	come(&views[1], 2);
	come(&views[1], 3);
	neighbour(&views[1], 2)->eager = false;
	neighbour(&views[1], 2)->pruned_us = 77;
	come(&views[1], 4);
	go(&views[1], 3, MEMBER_DEAD);
	ck_assert(!neighbour(&views[1], 2)->eager);
	ck_assert_uint_eq(neighbour(&views[1], 2)->pruned_us, 77);
	ck_assert(neighbour(&views[1], 4)->eager);
}
END_TEST

START_TEST(who_comes_back_begins_eager_again)
{
	come(&views[1], 2);
	neighbour(&views[1], 2)->eager = false;
	go(&views[1], 2, MEMBER_DEAD);
	come(&views[1], 2);
	ck_assert(neighbour(&views[1], 2)->eager);
}
END_TEST

START_TEST(a_node_that_leaves_keeps_its_neighbours)
{
	struct members *members = &views[1].members;

	for (unsigned i = 2; i <= DIRECT_COUNT + 1; i++)
		come(&views[1], i);

	size_t count = views[1].overlay.count;

	member_set_state(members, members->self, MEMBER_LEFT);
	overlay_check(&views[1].overlay);
	ck_assert_uint_eq(views[1].overlay.count, count);
	go(&views[1], 2, MEMBER_DEAD);
	come(&views[1], 2);
}
END_TEST

START_TEST(the_neighbours_follow_from_the_members_alone)
{
	struct prng prng;
	bool present[61] = {false};

	prng_init(&prng, (uint64_t)_i);
	for (int step = 0; step < 2000; step++) {
		unsigned number = 2 + (unsigned)prng_below(&prng, 59);
		bool grows = step / 200 % 2 == 0;

		if (!present[number] && prng_below(&prng, 4) < (grows ? 3 : 1)) {
			come(&views[1], number);
			present[number] = true;
		} else if (present[number]) {
			go(&views[1], number, MEMBER_DEAD);
			present[number] = false;
		}
	}
}
END_TEST

START_TEST(no_setting_makes_more_neighbours_than_there_is_room_for)
{
	struct view *view = &views[1];

	overlay_init(&view->overlay, &view->members, 100, 1000);
	for (unsigned i = 2; i <= 100; i++)
		come(view, i);
	ck_assert_uint_le(view->overlay.count, NEIGHBOUR_COUNT_MAX);
}
END_TEST

/* --- all nodes together --- */

static void
all_know_all(unsigned count)
{
	for (unsigned i = 1; i <= count; i++) {
		if (i != 1)
			view_init(&views[i], i);
		for (unsigned j = count; j >= 1; j--) {
			if (i != j)
				come(&views[i], j);
		}
	}
}

static void
forget_all(unsigned count)
{
	for (unsigned i = 2; i <= count; i++)
		members_fini(&views[i].members);
}

START_TEST(neighbours_are_mutual)
{
	const unsigned count = 60;

	all_know_all(count);
	for (unsigned i = 1; i <= count; i++) {
		for (unsigned j = 1; j <= count; j++)
			ck_assert_int_eq(neighbour(&views[i], j) != NULL,
				neighbour(&views[j], i) != NULL);
	}
	forget_all(count);
}
END_TEST

static size_t
reach_from_first(unsigned count, size_t *ret_hops)
{
	unsigned queue[NODE_COUNT_MAX];
	size_t hops[NODE_COUNT_MAX + 1] = {0};
	size_t queued = 0;

	queue[queued++] = 1;
	for (size_t next = 0; next < queued; next++) {
		unsigned i = queue[next];

		*ret_hops = hops[i];
		for (unsigned j = 2; j <= count; j++) {
			if (hops[j] != 0 || neighbour(&views[i], j) == NULL)
				continue;
			hops[j] = hops[i] + 1;
			queue[queued++] = j;
		}
	}
	return queued;
}

START_TEST(everybody_is_reached_in_a_few_hops)
{
	size_t hops = 0;

	all_know_all(NODE_COUNT_MAX);
	ck_assert_uint_eq(reach_from_first(NODE_COUNT_MAX, &hops), NODE_COUNT_MAX);
	ck_assert_uint_le(hops, 6);
	forget_all(NODE_COUNT_MAX);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("overlay");
	TCase *tcase = add_case(suite, "overlay");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_lonely_node_has_no_neighbours);
	tcase_add_test(tcase, among_few_everybody_is_a_neighbour);
	tcase_add_test(tcase, among_many_there_are_two_on_each_ring_at_most);
	tcase_add_test(tcase, the_neighbours_stand_next_on_the_rings);
	tcase_add_test(tcase, a_dead_neighbour_makes_room_for_the_next);
	tcase_add_test(tcase, when_few_are_left_everybody_is_a_neighbour_again);
	tcase_add_test(tcase, a_suspect_stays_a_neighbour);
	tcase_add_test(tcase, a_link_begins_eager);
	tcase_add_test(tcase, a_link_stays_as_it_is_when_others_come_and_go);
	tcase_add_test(tcase, who_comes_back_begins_eager_again);
	tcase_add_test(tcase, a_node_that_leaves_keeps_its_neighbours);
	tcase_add_loop_test(tcase, the_neighbours_follow_from_the_members_alone, 0, 4);
	tcase_add_test(tcase, no_setting_makes_more_neighbours_than_there_is_room_for);
	tcase_add_test(tcase, neighbours_are_mutual);
	tcase_add_test(tcase, everybody_is_reached_in_a_few_hops);
	return run_suite(suite);
}
