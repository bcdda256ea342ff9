/* SPDX-License-Identifier: MIT */
#include "gossip/difference.h"

#include "pair.h"

/* --- what one lacks --- */

START_TEST(nothing_is_said_when_nothing_differs)
{
	write_together("k", "v");
	tell();
	ck_assert_uint_eq(sent_count(&ours.sent, MESSAGE_SKETCH, 2), 1);
	carry_to_them();
	ck_assert_uint_eq(theirs.sent.packet_count, 0);
}
END_TEST

START_TEST(what_the_teller_lacks_is_offered_and_comes)
{
	struct dot dot = write_alone(&theirs, "k", "v");
	struct message message;

	tell();
	carry_to_them();
	ck_assert_uint_eq(sent_count(&theirs.sent, MESSAGE_WANT, 0), 0);
	message = sent_message(&theirs.sent, MESSAGE_OFFER, 1);
	ck_assert_uint_eq(message.dots.count, 1);
	ck_assert_uint_eq(message.dots.dots[0].writer, dot.writer);
	ck_assert_uint_eq(message.dots.dots[0].seq, dot.seq);
	carry_to_us();
	ck_assert_uint_eq(sent_count(&ours.sent, MESSAGE_GRAFT, 2), 1);
	carry_to_them();
	ck_assert_uint_eq(sent_record_count(&theirs.sent, dot, 1), 1);
	carry_to_us();
	ck_assert(holds(&ours, "k", "v"));
	assert_agreement();
}
END_TEST

START_TEST(what_the_other_lacks_is_wanted_and_comes)
{
	struct dot dot = write_alone(&ours, "k", "v");
	struct message message;

	tell();
	carry_to_them();
	ck_assert_uint_eq(sent_count(&theirs.sent, MESSAGE_OFFER, 0), 0);
	message = sent_message(&theirs.sent, MESSAGE_WANT, 1);
	ck_assert_uint_eq(message.digest.count, 1);
	ck_assert_uint_eq(digest_hash(message.digest.hashes, 0), hash_of(dot));
	carry_to_us();
	ck_assert_uint_eq(sent_message(&ours.sent, MESSAGE_OFFER, 2).dots.count, 1);
	carry_to_them();
	ck_assert_uint_eq(sent_count(&theirs.sent, MESSAGE_GRAFT, 1), 1);
	carry_to_us();
	ck_assert_uint_eq(sent_record_count(&ours.sent, dot, 2), 1);
	carry_to_them();
	ck_assert(holds(&theirs, "k", "v"));
	assert_agreement();
}
END_TEST

START_TEST(what_each_lacks_comes_both_ways)
{
	for (char i = 'a'; i < 'd'; i++) {
		write_alone(&ours, (char[]){'o', i, '\0'}, "v");
		write_alone(&theirs, (char[]){'t', i, '\0'}, "v");
	}
	repair();
	assert_agreement();
	for (char i = 'a'; i < 'd'; i++) {
		ck_assert(holds(&ours, (char[]){'t', i, '\0'}, "v"));
		ck_assert(holds(&theirs, (char[]){'o', i, '\0'}, "v"));
	}
}
END_TEST

START_TEST(of_two_writes_to_a_key_both_end_with_the_later)
{
	write_together("k", "old");
	write_alone(&ours, "k", "earlier");
	theirs.time_us += 10 * MS_US;
	write_alone(&theirs, "k", "later");
	repair();
	ck_assert(holds(&ours, "k", "later"));
	ck_assert(holds(&theirs, "k", "later"));
	assert_agreement();
	ck_assert_uint_eq(ours.node->store.tombstone_count, 0);
	ck_assert_uint_eq(theirs.node->store.tombstone_count, 0);
}
END_TEST

START_TEST(too_few_symbols_are_left_to_somebody_else)
{
	struct message message;
	struct address from = sample_address(1);

	for (char i = 'a'; i < 'z'; i++)
		write_alone(&ours, (char[]){i, '\0'}, "v");
	tell();
	message = sent_message(&ours.sent, MESSAGE_SKETCH, 2);
	ck_assert(!difference_on_sketch(&theirs.node->difference, &from, &message));
	bench_take(&theirs);
	ck_assert_uint_eq(theirs.sent.packet_count, 0);
}
END_TEST

/* --- what is gone --- */

START_TEST(what_the_other_has_deleted_is_dropped)
{
	struct dot dot = write_together("k", "v");
	struct message message;

	delete_alone(&theirs, "k");
	tell();
	carry_to_them();
	ck_assert_uint_eq(sent_count(&theirs.sent, MESSAGE_WANT, 1), 1);
	carry_to_us();
	ck_assert_uint_eq(sent_count(&ours.sent, MESSAGE_OFFER, 2), 1);
	carry_to_them();
	message = sent_message(&theirs.sent, MESSAGE_GONE, 1);
	ck_assert_uint_eq(message.dots.fingerprint, fingerprint(&theirs));
	ck_assert_uint_eq(message.dots.count, 1);
	ck_assert_uint_eq(message.dots.dots[0].seq, dot.seq);
	carry_to_us();
	ck_assert(find(&ours, "k")->deleted);
	assert_agreement();
}
END_TEST

START_TEST(what_the_teller_has_deleted_is_dropped)
{
	write_together("k", "v");
	delete_alone(&ours, "k");
	repair();
	ck_assert(find(&theirs, "k")->deleted);
	assert_agreement();
}
END_TEST

START_TEST(nothing_is_dropped_before_all_else_has_come)
{
	write_together("gone", "v");
	delete_alone(&theirs, "gone");
	write_alone(&theirs, "new", "v");
	repair();
	ck_assert(holds(&ours, "new", "v"));
	ck_assert(holds(&ours, "gone", "v"));
	repair();
	ck_assert(find(&ours, "gone")->deleted);
	assert_agreement();
}
END_TEST

/* None of the two drops anything before the other has: it takes an exchange. */
START_TEST(what_each_has_deleted_stays_with_the_other)
{
	write_together("a", "v");
	write_together("b", "v");
	delete_alone(&ours, "a");
	delete_alone(&theirs, "b");
	repair();
	ck_assert(holds(&theirs, "a", "v"));
	ck_assert(holds(&ours, "b", "v"));
}
END_TEST

START_TEST(a_dropped_key_orders_older_writes)
{
	struct dot dot = {sample_writer(3), 1};
	struct record_view late = sample_shared(dot, stamp_at_ms(0) - 1, "k", "late");

	write_together("k", "v");
	delete_alone(&theirs, "k");
	repair();
	bench_tell_record(&ours, 2, &late);
	ck_assert(find(&ours, "k")->deleted);
	ck_assert(context_covers(&ours.node->store.context, dot));
	assert_agreement();
}
END_TEST

/* Of what another node has told, and has forgotten since. */
START_TEST(a_dropped_member_record_leaves_nothing)
{
	struct dot dot = {sample_writer(3), 1};

	sample_join(ours.node, 3, bench_now(&ours));
	bench_take(&ours);
	sent_clear(&ours.sent);
	context_add(&theirs.node->store.context, dot);
	ck_assert_ptr_nonnull(find_member(&ours, 3));
	repair();
	ck_assert_ptr_null(find_member(&ours, 3));
	ck_assert_ptr_null(store_find_hash(&ours.node->store, hash_of(dot)));
	ck_assert_uint_eq(ours.node->store.tombstone_count, 0);
	assert_agreement();
}
END_TEST

static void
add_lacking(Suite *suite)
{
	TCase *tcase = add_case(suite, "what one lacks");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, nothing_is_said_when_nothing_differs);
	tcase_add_test(tcase, what_the_teller_lacks_is_offered_and_comes);
	tcase_add_test(tcase, what_the_other_lacks_is_wanted_and_comes);
	tcase_add_test(tcase, what_each_lacks_comes_both_ways);
	tcase_add_test(tcase, of_two_writes_to_a_key_both_end_with_the_later);
	tcase_add_test(tcase, too_few_symbols_are_left_to_somebody_else);
}

static void
add_gone(Suite *suite)
{
	TCase *tcase = add_case(suite, "what is gone");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, what_the_other_has_deleted_is_dropped);
	tcase_add_test(tcase, what_the_teller_has_deleted_is_dropped);
	tcase_add_test(tcase, nothing_is_dropped_before_all_else_has_come);
	tcase_add_test(tcase, what_each_has_deleted_stays_with_the_other);
	tcase_add_test(tcase, a_dropped_key_orders_older_writes);
	tcase_add_test(tcase, a_dropped_member_record_leaves_nothing);
}

int
main(void)
{
	Suite *suite = suite_create("difference");

	add_lacking(suite);
	add_gone(suite);
	return run_suite(suite);
}
