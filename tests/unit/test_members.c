/* SPDX-License-Identifier: MIT */
#include "gossip/members.h"

#include <signal.h>

#include "run.h"
#include "sample.h"

#define COUNT_MAX 5

static struct members members;

static void
set_up(void)
{
	members_init(&members, COUNT_MAX);
}

static void
tear_down(void)
{
	members_check(&members);
	members_fini(&members);
}

static struct member *
put_info(unsigned number, const struct member_info *info)
{
	struct settings settings = sample_settings(number);
	struct member *member = members_put(&members, settings.identity.id, info);

	members_check(&members);
	return member;
}

static struct member *
put(unsigned number, enum member_state state)
{
	struct member_info info = sample_info(number);
	struct member *member = put_info(number, &info);

	member_set_state(&members, member, state);
	members_check(&members);
	return member;
}

static struct member *
put_named(unsigned number, const char *name, enum member_state state)
{
	struct member_info info = sample_info(number);

	info.name = bytes_of_string(name);

	struct member *member = put_info(number, &info);

	member_set_state(&members, member, state);
	return member;
}

START_TEST(a_short_id_is_the_beginning_of_an_id)
{
	uint8_t id[NODE_ID_SIZE] = {1, 2, 0, 0, 0, 0, 0, 0, 9, 9};

	ck_assert_uint_eq(short_id_of(id), 0x0201);
}
END_TEST

START_TEST(a_short_id_is_never_zero)
{
	uint8_t id[NODE_ID_SIZE] = {[15] = 1};

	ck_assert_uint_ne(short_id_of(id), 0);
}
END_TEST

START_TEST(a_member_is_found_by_its_short_id_and_its_writer)
{
	struct member *member = put(3, MEMBER_ALIVE);

	ck_assert_ptr_eq(members_find(&members, sample_short_id(3)), member);
	ck_assert_ptr_eq(members_find_writer(&members, sample_writer(3)), member);
	ck_assert_ptr_null(members_find(&members, sample_short_id(4)));
	ck_assert_ptr_null(members_find_writer(&members, sample_writer(4)));
}
END_TEST

START_TEST(a_member_is_what_its_record_says)
{
	struct member *member = put(3, MEMBER_ALIVE);
	struct address address = sample_address(3);

	ck_assert_str_eq(member->name, "n3");
	ck_assert_str_eq(member->zone, "z");
	ck_assert_str_eq(member->software, "test");
	ck_assert(address_equal(&member->address, &address));
	ck_assert_uint_eq(member->generation, 1);
	ck_assert_uint_eq(member->incarnation, 0);
}
END_TEST

START_TEST(a_later_record_changes_the_member_in_place)
{
	struct member *member = put(3, MEMBER_ALIVE);
	struct member_info info = sample_info(3);

	put(4, MEMBER_ALIVE);
	info.name = bytes_of_string("zulu");
	info.zone = bytes_of_string("");
	info.address = sample_address(9);
	info.incarnation = 7;
	info.writer = 77;
	ck_assert_ptr_eq(put_info(3, &info), member);
	ck_assert_str_eq(member->name, "zulu");
	ck_assert_str_eq(member->zone, "");
	ck_assert_uint_eq(member->incarnation, 7);
	ck_assert_ptr_eq(members.sorted[1], member);
	ck_assert_ptr_eq(members_find_writer(&members, 77), member);
	ck_assert_ptr_null(members_find_writer(&members, sample_writer(3)));
	ck_assert_uint_eq(members.count, 2);
}
END_TEST

START_TEST(a_new_generation_has_to_be_measured_again)
{
	struct member *member = put(3, MEMBER_ALIVE);
	struct member_info info = sample_info(3);

	member_measured(member, 1000);
	member->agreement_known = true;
	put_info(3, &info);
	ck_assert_uint_eq(member->rtt_us, 1000);
	ck_assert(member->agreement_known);
	info.generation++;
	put_info(3, &info);
	ck_assert_uint_eq(member->rtt_us, 0);
	ck_assert(!member->agreement_known);
}
END_TEST

START_TEST(members_stand_in_order_of_name)
{
	put_named(1, "delta", MEMBER_ALIVE);
	put_named(2, "alpha", MEMBER_DEAD);
	put_named(3, "charlie", MEMBER_ALIVE);
	put_named(4, "alphabet", MEMBER_ALIVE);
	ck_assert_str_eq(members.sorted[0]->name, "alpha");
	ck_assert_str_eq(members.sorted[1]->name, "alphabet");
	ck_assert_str_eq(members.sorted[2]->name, "charlie");
	ck_assert_str_eq(members.sorted[3]->name, "delta");
}
END_TEST

START_TEST(each_state_is_counted)
{
	put(1, MEMBER_ALIVE);
	put(2, MEMBER_SUSPECT);
	put(3, MEMBER_DEAD);

	struct member *member = put(4, MEMBER_LEFT);

	ck_assert_uint_eq(members.state_count[MEMBER_ALIVE], 1);
	ck_assert_uint_eq(members.state_count[MEMBER_SUSPECT], 1);
	ck_assert_uint_eq(members.state_count[MEMBER_DEAD], 1);
	ck_assert_uint_eq(members.state_count[MEMBER_LEFT], 1);
	member_set_state(&members, member, MEMBER_ALIVE);
	ck_assert_uint_eq(members.state_count[MEMBER_LEFT], 0);
	ck_assert_uint_eq(members.state_count[MEMBER_ALIVE], 2);
}
END_TEST

START_TEST(who_is_suspected_still_lives)
{
	ck_assert(member_is_live(put(1, MEMBER_ALIVE)));
	ck_assert(member_is_live(put(2, MEMBER_SUSPECT)));
	ck_assert(!member_is_live(put(3, MEMBER_DEAD)));
	ck_assert(!member_is_live(put(4, MEMBER_LEFT)));
	ck_assert_uint_eq(members_live_count(&members), 2);
}
END_TEST

START_TEST(a_live_member_of_the_same_name_is_a_namesake)
{
	struct member *one = put_named(1, "web", MEMBER_ALIVE);
	struct member *two = put_named(2, "web", MEMBER_ALIVE);
	struct member *three = put_named(3, "webs", MEMBER_ALIVE);

	ck_assert_ptr_eq(members_find_namesake(&members, one), two);
	ck_assert_ptr_eq(members_find_namesake(&members, two), one);
	ck_assert_ptr_null(members_find_namesake(&members, three));
	member_set_state(&members, two, MEMBER_DEAD);
	ck_assert_ptr_null(members_find_namesake(&members, one));
	ck_assert_ptr_eq(members_find_namesake(&members, two), one);
}
END_TEST

START_TEST(a_live_namesake_is_found_among_dead_ones)
{
	struct member *members_of_name[COUNT_MAX];

	for (unsigned i = 0; i < COUNT_MAX; i++)
		members_of_name[i] = put_named(i + 1, "web", MEMBER_DEAD);
	for (unsigned i = 0; i < COUNT_MAX; i++) {
		member_set_state(&members, members_of_name[i], MEMBER_ALIVE);
		for (unsigned j = 0; j < COUNT_MAX; j++)
			ck_assert_ptr_eq(
				members_find_namesake(&members, members_of_name[j]),
				i == j ? NULL : members_of_name[i]);
		member_set_state(&members, members_of_name[i], MEMBER_DEAD);
	}
}
END_TEST

START_TEST(there_is_room_for_as_many_as_the_limit_says)
{
	for (unsigned i = 1; i < COUNT_MAX; i++)
		put(i, MEMBER_ALIVE);
	ck_assert(!members_are_full(&members));
	put(COUNT_MAX, MEMBER_ALIVE);
	ck_assert(members_are_full(&members));
}
END_TEST

START_TEST(a_removed_member_is_unknown)
{
	put(1, MEMBER_ALIVE);
	members_remove(&members, put(2, MEMBER_DEAD));
	members_check(&members);
	ck_assert_uint_eq(members.count, 1);
	ck_assert_ptr_null(members_find(&members, sample_short_id(2)));
	ck_assert_ptr_null(members_find_writer(&members, sample_writer(2)));
	ck_assert_uint_eq(members.state_count[MEMBER_DEAD], 0);
}
END_TEST

START_TEST(this_node_cannot_be_removed)
{
	members.self = put(1, MEMBER_ALIVE);
	members_remove(&members, members.self);
}
END_TEST

START_TEST(a_member_can_be_told_on)
{
	struct member_info info = sample_info(3);

	info.generation = 4;
	info.incarnation = 5;

	struct member_info told = member_info_of(put_info(3, &info), CLAIM_DEAD);

	ck_assert_int_eq(told.claim, CLAIM_DEAD);
	ck_assert_uint_eq(told.generation, 4);
	ck_assert_uint_eq(told.incarnation, 5);
	ck_assert_uint_eq(told.writer, sample_writer(3));
	ck_assert(bytes_equal(told.name, bytes_of_string("n3")));
	ck_assert(bytes_equal(told.zone, bytes_of_string("z")));
	ck_assert(address_equal(&told.address, &info.address));
}
END_TEST

/* --- round trips: RFC 6298, section 2, alpha 1/8, beta 1/4 --- */

START_TEST(the_first_round_trip_is_the_estimate)
{
	struct member member = {0};

	member_measured(&member, 800);
	ck_assert_uint_eq(member.rtt_us, 800);
	ck_assert_uint_eq(member.rtt_deviation_us, 400);
}
END_TEST

START_TEST(later_round_trips_move_the_estimate_by_an_eighth)
{
	struct member member = {0};

	member_measured(&member, 800);
	member_measured(&member, 1600);
	/* 3/4 · 400 + 1/4 · 800 and 7/8 · 800 + 1/8 · 1600 */
	ck_assert_uint_eq(member.rtt_deviation_us, 500);
	ck_assert_uint_eq(member.rtt_us, 900);
	member_measured(&member, 100);
	/* 3/4 · 500 + 1/4 · 800 and 7/8 · 900 + 1/8 · 100 */
	ck_assert_uint_eq(member.rtt_deviation_us, 575);
	ck_assert_uint_eq(member.rtt_us, 800);
}
END_TEST

START_TEST(a_steady_round_trip_is_learned)
{
	struct member member = {0};

	member_measured(&member, 100000);
	for (int i = 0; i < 200; i++)
		member_measured(&member, 2000);
	ck_assert_uint_ge(member.rtt_us, 2000);
	ck_assert_uint_le(member.rtt_us, 2010);
	ck_assert_uint_le(member.rtt_deviation_us, 10);
}
END_TEST

START_TEST(a_measured_member_is_never_unknown)
{
	struct member member = {0};

	member_measured(&member, 0);
	ck_assert_uint_ne(member.rtt_us, 0);
	for (int i = 0; i < 100; i++)
		member_measured(&member, 0);
	ck_assert_uint_ne(member.rtt_us, 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("members");
	TCase *tcase = add_case(suite, "members");
	TCase *rtt = add_case(suite, "round trips");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_short_id_is_the_beginning_of_an_id);
	tcase_add_test(tcase, a_short_id_is_never_zero);
	tcase_add_test(tcase, a_member_is_found_by_its_short_id_and_its_writer);
	tcase_add_test(tcase, a_member_is_what_its_record_says);
	tcase_add_test(tcase, a_later_record_changes_the_member_in_place);
	tcase_add_test(tcase, a_new_generation_has_to_be_measured_again);
	tcase_add_test(tcase, members_stand_in_order_of_name);
	tcase_add_test(tcase, each_state_is_counted);
	tcase_add_test(tcase, who_is_suspected_still_lives);
	tcase_add_test(tcase, a_live_member_of_the_same_name_is_a_namesake);
	tcase_add_test(tcase, a_live_namesake_is_found_among_dead_ones);
	tcase_add_test(tcase, there_is_room_for_as_many_as_the_limit_says);
	tcase_add_test(tcase, a_removed_member_is_unknown);
	tcase_add_test_raise_signal(tcase, this_node_cannot_be_removed, SIGABRT);
	tcase_add_test(tcase, a_member_can_be_told_on);
	tcase_add_test(rtt, the_first_round_trip_is_the_estimate);
	tcase_add_test(rtt, later_round_trips_move_the_estimate_by_an_eighth);
	tcase_add_test(rtt, a_steady_round_trip_is_learned);
	tcase_add_test(rtt, a_measured_member_is_never_unknown);
	return run_suite(suite);
}
