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

START_TEST(a_link_begins_lazy)
{
	come(&views[1], 2);
	ck_assert(!neighbour(&views[1], 2)->eager);
	ck_assert(!neighbour(&views[1], 2)->pushes);
}
END_TEST

START_TEST(a_link_stays_as_it_is_when_others_come_and_go)
{
	come(&views[1], 2);
	come(&views[1], 3);
	*neighbour(&views[1], 2) = (struct neighbour){
		.member = know(&views[1], 2),
		.eager = true,
		.was_lazy = true,
		.pushes = true,
		.pruned_us = 77,
	};
	come(&views[1], 4);
	go(&views[1], 3, MEMBER_DEAD);
	ck_assert(neighbour(&views[1], 2)->eager);
	ck_assert(neighbour(&views[1], 2)->was_lazy);
	ck_assert(neighbour(&views[1], 2)->pushes);
	ck_assert_uint_eq(neighbour(&views[1], 2)->pruned_us, 77);
}
END_TEST

START_TEST(who_comes_back_begins_anew)
{
	come(&views[1], 2);
	neighbour(&views[1], 2)->pushes = true;
	neighbour(&views[1], 2)->pruned_us = 77;
	go(&views[1], 2, MEMBER_DEAD);
	come(&views[1], 2);
	ck_assert(!neighbour(&views[1], 2)->pushes);
	ck_assert_uint_eq(neighbour(&views[1], 2)->pruned_us, 0);
}
END_TEST

/* --- links that take the place of others --- */

static void
come_all(unsigned last)
{
	for (unsigned i = 2; i <= last; i++)
		come(&views[1], i);
}

/* Where on the rings that member stands next to this node; none when not. */
static bool
stands_at(const struct view *view, size_t place, unsigned number)
{
	const struct member *member = view->overlay.places[place];

	return member != NULL && member->short_id == sample_short_id(number);
}

/* A member that stands at one place only, from the second on. */
static unsigned
draw_single(struct view *view, size_t *ret_place)
{
	for (unsigned i = 2; i <= 60; i++) {
		size_t count = 0;

		for (size_t place = 0; place < 2 * RING_COUNT; place++) {
			if (!stands_at(view, place, i))
				continue;
			*ret_place = place;
			count++;
		}
		if (count == 1)
			return i;
	}
	ck_abort_msg("nobody stands at one place only");
	return 0;
}

static unsigned
number_at(const struct view *view, size_t place)
{
	for (unsigned i = 2; i <= 60; i++) {
		if (stands_at(view, place, i))
			return i;
	}
	ck_abort_msg("nobody stands there");
	return 0;
}

static void
set_all(struct view *view, bool eager)
{
	for (size_t i = 0; i < view->overlay.count; i++)
		view->overlay.neighbours[i].eager = eager;
}

/* One neighbour goes; who takes its place, and was no neighbour before, is what it was,
 * and the others stay what they were. */
static void
expect_inherited(bool eager)
{
	struct view *view = &views[1];
	struct overlay before;
	size_t place = 0;
	unsigned gone;

	come_all(60);
	gone = draw_single(view, &place);
	set_all(view, !eager);
	neighbour(view, gone)->eager = eager;
	before = view->overlay;
	go(view, gone, MEMBER_DEAD);

	struct neighbour *follower = neighbour(view, number_at(view, place));

	ck_assert_ptr_null(overlay_find(&before, follower->member->short_id));
	ck_assert_int_eq(follower->eager, eager);
	for (size_t i = 0; i < view->overlay.count; i++) {
		if (&view->overlay.neighbours[i] != follower)
			ck_assert_int_eq(view->overlay.neighbours[i].eager, !eager);
	}
}

START_TEST(who_takes_the_place_of_an_eager_link_is_eager)
{
	expect_inherited(true);
}
END_TEST

START_TEST(who_takes_the_place_of_a_lazy_link_is_lazy)
{
	expect_inherited(false);
}
END_TEST

START_TEST(a_newcomer_on_a_ring_takes_over_what_it_displaces)
{
	struct view *view = &views[1];
	size_t place = 0;
	unsigned gone;

	come_all(60);
	gone = draw_single(view, &place);
	go(view, gone, MEMBER_DEAD);
	set_all(view, false);
	neighbour(view, number_at(view, place))->eager = true;
	come(view, gone);
	ck_assert(neighbour(view, gone)->eager);
}
END_TEST

START_TEST(a_lazy_neighbour_that_takes_one_more_place_stays_lazy)
{
	struct view *view = &views[1];

	come_all(DIRECT_COUNT + 2);
	for (unsigned i = 2; i <= DIRECT_COUNT + 2; i++) {
		struct overlay before = view->overlay;
		struct neighbour *gone = neighbour(view, i);

		if (gone == NULL)
			continue;
		set_all(view, false);
		gone->eager = true;
		go(view, i, MEMBER_DEAD);
		for (size_t j = 0; j < view->overlay.count; j++) {
			const struct neighbour *other = &view->overlay.neighbours[j];

			ck_assert(
				!other->eager ||
				overlay_find(&before, other->member->short_id) == NULL);
		}
		come(view, i);
	}
}
END_TEST

START_TEST(changes_of_the_neighbours_are_counted)
{
	struct view *view = &views[1];
	uint64_t count = view->overlay.change_count;

	come(view, 2);
	ck_assert_uint_gt(view->overlay.change_count, count);
	count = view->overlay.change_count;
	go(view, 2, MEMBER_DEAD);
	ck_assert_uint_gt(view->overlay.change_count, count);
	come_all(60);
	count = view->overlay.change_count;
	for (unsigned i = 2; i <= 30; i++) {
		if (neighbour(view, i) == NULL)
			go(view, i, MEMBER_LEFT);
	}
	ck_assert_uint_eq(view->overlay.change_count, count);
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
	tcase_add_test(tcase, a_link_begins_lazy);
	tcase_add_test(tcase, a_link_stays_as_it_is_when_others_come_and_go);
	tcase_add_test(tcase, who_comes_back_begins_anew);
	tcase_add_test(tcase, who_takes_the_place_of_an_eager_link_is_eager);
	tcase_add_test(tcase, who_takes_the_place_of_a_lazy_link_is_lazy);
	tcase_add_test(tcase, a_newcomer_on_a_ring_takes_over_what_it_displaces);
	tcase_add_test(tcase, a_lazy_neighbour_that_takes_one_more_place_stays_lazy);
	tcase_add_test(tcase, changes_of_the_neighbours_are_counted);
	tcase_add_test(tcase, a_node_that_leaves_keeps_its_neighbours);
	tcase_add_loop_test(tcase, the_neighbours_follow_from_the_members_alone, 0, 4);
	tcase_add_test(tcase, no_setting_makes_more_neighbours_than_there_is_room_for);
	tcase_add_test(tcase, neighbours_are_mutual);
	tcase_add_test(tcase, everybody_is_reached_in_a_few_hops);
	return run_suite(suite);
}
