/* SPDX-License-Identifier: MIT */
#include "exchange_bench.h"

START_TEST(strangers_become_members_of_each_other)
{
	reconcile();
	ck_assert_ptr_nonnull(members_find(&one.node->members, sample_short_id(OTHER)));
	ck_assert_ptr_nonnull(members_find(&two.node->members, sample_short_id(1)));
	ck_assert(agree());
	ck_assert(know_the_same());
}
END_TEST

START_TEST(each_side_gets_what_it_lacks)
{
	set(&one, "a", "1");
	set(&two, "b", "2");
	reconcile();
	ck_assert(has(&one, "a", "1") && has(&one, "b", "2"));
	ck_assert(has(&two, "a", "1") && has(&two, "b", "2"));
	ck_assert(agree());
	ck_assert(know_the_same());
}
END_TEST

START_TEST(the_later_write_wins_on_both_sides)
{
	set(&one, "k", "old");
	time_us += MS_US;
	set(&two, "k", "new");
	reconcile();
	ck_assert(has(&one, "k", "new"));
	ck_assert(has(&two, "k", "new"));
	ck_assert(agree());
}
END_TEST

START_TEST(records_are_sent_once)
{
	size_t first_size;

	for (unsigned i = 0; i < 1000; i++)
		set(&one, sample_name(i), "a value of some length, to see it move");
	reconcile();
	first_size = one.sent_size;
	reconcile();
	ck_assert_uint_lt(one.sent_size, 1003 * 8 + 200);
	ck_assert_uint_gt(first_size, one.sent_size + 1000 * 38);
	ck_assert_uint_eq(two.node->intake.applied, 1001);
	ck_assert_uint_eq(two.node->intake.duplicates, 0);
}
END_TEST

START_TEST(a_deleted_key_does_not_come_back_from_an_old_holder)
{
	set(&one, "k", "v");
	reconcile();
	erase(&one, "k");
	reconcile();
	ck_assert(lacks(&one, "k"));
	ck_assert(lacks(&two, "k"));
	ck_assert_uint_eq(two.node->store.tombstone_count, 1);
	ck_assert(agree());
}
END_TEST

START_TEST(it_does_not_come_back_after_the_tombstone_either)
{
	set(&one, "k", "v");
	reconcile();
	erase(&one, "k");
	pass_ms(TOMBSTONE_LIFE_MS);
	ck_assert_uint_eq(one.node->store.tombstone_count, 0);
	reconcile();
	ck_assert(lacks(&one, "k"));
	ck_assert(lacks(&two, "k"));
	ck_assert(agree());
	ck_assert(know_the_same());
}
END_TEST

/* An older write of the key, which no node has seen yet, comes to node 2. */
static void
come_late(const char *key, uint64_t stamp)
{
	struct record_view view =
		sample_shared((struct dot){sample_writer(3), 5}, stamp, key, "late");

	sample_tell_record(two.node, 3, &view, at_us(time_us));
}

START_TEST(what_was_dropped_does_not_give_way_to_older_writes)
{
	time_us += 10 * MS_US;
	set(&one, "k", "v");
	reconcile();
	erase(&one, "k");
	pass_ms(TOMBSTONE_LIFE_MS);
	reconcile();
	ck_assert_uint_eq(two.node->store.tombstone_count, 1);
	come_late("k", stamp_at_ms(9));
	ck_assert(lacks(&two, "k"));
	pass_ms(TOMBSTONE_LIFE_MS);
	ck_assert_uint_eq(two.node->store.tombstone_count, 0);
	ck_assert(agree());
}
END_TEST

START_TEST(what_was_dropped_gives_way_to_later_writes)
{
	time_us += 10 * MS_US;
	set(&one, "k", "v");
	reconcile();
	erase(&one, "k");
	pass_ms(TOMBSTONE_LIFE_MS);
	reconcile();
	come_late("k", stamp_at_ms(11));
	ck_assert(has(&two, "k", "late"));
}
END_TEST

START_TEST(what_one_side_lacks_may_stand_between_what_both_have)
{
	for (unsigned i = 0; i < 1200; i += 2)
		set(&one, sample_name(i), "v");
	reconcile();
	for (unsigned i = 1; i < 1200; i += 2)
		set(i % 3 == 0 ? &one : &two, sample_name(i), "v");
	reconcile();
	ck_assert_uint_eq(one.node->store.live_count[SPACE_KEYS], 1200);
	ck_assert_uint_eq(two.node->store.live_count[SPACE_KEYS], 1200);
	ck_assert(agree());
}
END_TEST

START_TEST(an_overwritten_key_does_not_come_back)
{
	set(&one, "k", "old");
	reconcile();
	set(&two, "k", "new");
	reconcile();
	ck_assert(has(&one, "k", "new"));
	ck_assert(agree());
}
END_TEST

START_TEST(what_was_written_and_deleted_between_meetings_leaves_no_trace)
{
	set(&one, "k", "v");
	erase(&one, "k");
	pass_ms(TOMBSTONE_LIFE_MS);
	reconcile();
	ck_assert(lacks(&two, "k"));
	ck_assert_uint_eq(two.node->store.tombstone_count, 0);
	ck_assert(know_the_same());
}
END_TEST

START_TEST(what_the_other_has_deleted_and_written_anew_is_taken)
{
	set(&one, "k", "first");
	reconcile();
	erase(&one, "k");
	pass_ms(TOMBSTONE_LIFE_MS);
	set(&one, "k", "second");
	reconcile();
	ck_assert(has(&two, "k", "second"));
	ck_assert(agree());
}
END_TEST

/* --- this node's own record --- */

START_TEST(an_own_record_that_others_count_as_gone_is_told_again)
{
	struct context *context = &two.node->store.context;
	uint64_t last = one.node->author.seq_next - 1;

	/* Node 2 knew this very record and forgot the member. */
	context_add_range(context, sample_writer(1), 1, last);
	reconcile();
	ck_assert(one.told_again);
	ck_assert(!two.told_again);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("exchange");
	TCase *tcase = add_case(suite, "reconciling");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, strangers_become_members_of_each_other);
	tcase_add_test(tcase, each_side_gets_what_it_lacks);
	tcase_add_test(tcase, the_later_write_wins_on_both_sides);
	tcase_add_test(tcase, records_are_sent_once);
	tcase_add_test(tcase, a_deleted_key_does_not_come_back_from_an_old_holder);
	tcase_add_test(tcase, it_does_not_come_back_after_the_tombstone_either);
	tcase_add_test(tcase, what_was_dropped_does_not_give_way_to_older_writes);
	tcase_add_test(tcase, what_was_dropped_gives_way_to_later_writes);
	tcase_add_test(tcase, what_one_side_lacks_may_stand_between_what_both_have);
	tcase_add_test(tcase, an_overwritten_key_does_not_come_back);
	tcase_add_test(
		tcase, what_was_written_and_deleted_between_meetings_leaves_no_trace);
	tcase_add_test(tcase, what_the_other_has_deleted_and_written_anew_is_taken);
	tcase_add_test(tcase, an_own_record_that_others_count_as_gone_is_told_again);
	return run_suite(suite);
}
