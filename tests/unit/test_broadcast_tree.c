/* SPDX-License-Identifier: MIT */
#include "broadcast_bench.h"

/* What links learn from, and how what is missing is asked for: Plumtree, sections 3.3
 * to 3.5. */

#define PRUNE_INTERVAL_US (20 * MS_US)
#define ANNOUNCE_AGAIN_US (15 * MS_US)
#define CROWDED_US (200 * MS_US)
#define CROWDED_HOP_COUNT 10

/* --- duplicates --- */

/* Member 2 has been the first with something. */
static void
let_2_push(void)
{
	struct record_view view = write_of_2(20);

	bench_tell_record(&bench, 2, &view);
	ck_assert(link_to(2)->eager);
}

START_TEST(a_duplicate_makes_the_link_lazy)
{
	struct record_view view = write_of_2(2);

	bench_tell_record(&bench, 2, &view);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_PRUNE, 0), 0);
	bench_tell_record(&bench, 3, &view);
	ck_assert(link_to(2)->eager);
	ck_assert(!link_to(3)->eager);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_PRUNE, 0), 1);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_PRUNE, 3), 1);
}
END_TEST

START_TEST(a_burst_of_duplicates_is_answered_once)
{
	struct record_view view = write_of_2(2);

	bench_tell_record(&bench, 2, &view);
	bench_tell_record(&bench, 3, &view);
	bench_pass_us(&bench, PRUNE_INTERVAL_US - 1);
	bench_tell_record(&bench, 3, &view);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_PRUNE, 0), 0);
	bench_pass_us(&bench, 1);
	bench_tell_record(&bench, 3, &view);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_PRUNE, 3), 1);
}
END_TEST

START_TEST(a_datagram_that_came_twice_says_nothing_about_the_link)
{
	struct record_view others = write_of_2(3);
	struct record_view view = write_of_2(2);

	bench_tell_record(&bench, 3, &others);
	bench_tell_record(&bench, 2, &view);
	bench_tell_record(&bench, 2, &view);
	ck_assert(link_to(2)->eager);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_PRUNE, 0), 0);
}
END_TEST

START_TEST(the_only_link_that_pushes_is_not_pruned)
{
	struct dot dot = bench_set(&bench, "k", "v");
	const struct record *own = store_find_hash(
		&bench.node->store, store_hash(&bench.node->store, dot));
	struct record_view view = record_view(own);

	let_2_push();
	bench_tell_record(&bench, 2, &view);
	ck_assert(link_to(2)->eager);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_PRUNE, 0), 0);
	bench_tell_record(&bench, 3, &view);
	ck_assert(!link_to(3)->eager);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_PRUNE, 3), 1);
}
END_TEST

START_TEST(of_two_links_that_race_one_stays)
{
	struct record_view a = write_of_2(2);
	struct record_view b = write_of_2(3);

	bench_tell_record(&bench, 2, &a);
	bench_tell_record(&bench, 3, &b);
	bench_tell_record(&bench, 3, &a);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_PRUNE, 3), 1);
	bench_tell_record(&bench, 2, &b);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_PRUNE, 2), 0);
	ck_assert(link_to(2)->eager);
	ck_assert(!link_to(3)->eager);
}
END_TEST

START_TEST(who_is_no_neighbour_is_asked_to_leave_us_out)
{
	struct record_view view = write_of_2(2);

	bench_tell_record(&bench, 2, &view);
	bench_tell_record(&bench, 9, &view);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_PRUNE, 9), 1);
}
END_TEST

START_TEST(what_came_by_a_stream_says_nothing_about_a_link)
{
	struct record_view view = write_of_2(2);

	let_2_push();
	take_streamed(&view);
	bench_tell_record(&bench, 3, &view);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_PRUNE, 0), 0);
	ck_assert(link_to(3)->eager);
}
END_TEST

START_TEST(a_prune_makes_the_link_lazy)
{
	tell_prune(3);
	ck_assert(!link_to(3)->eager);
	ck_assert(link_to(2)->eager);
	tell_prune(9);
}
END_TEST

START_TEST(news_over_a_lazy_link_makes_it_eager)
{
	struct record_view view = write_of_2(2);

	make_lazy(3);
	bench_tell_record(&bench, 3, &view);
	ck_assert(link_to(3)->eager);
}
END_TEST

START_TEST(a_push_that_crosses_a_prune_does_not_bring_the_link_back)
{
	struct record_view first = write_of_2(2);
	struct record_view second = write_of_2(3);
	struct record_view third = write_of_2(4);

	bench_tell_record(&bench, 2, &first);
	bench_tell_record(&bench, 3, &first);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_PRUNE, 3), 1);
	bench_pass_us(&bench, PRUNE_INTERVAL_US - 1);
	bench_tell_record(&bench, 3, &second);
	ck_assert(!link_to(3)->eager);
	bench_pass_us(&bench, 1);
	bench_tell_record(&bench, 3, &third);
	ck_assert(link_to(3)->eager);
}
END_TEST

START_TEST(a_refused_record_says_nothing_about_the_link)
{
	struct record_view view = bench_write(&bench, 2, 2, "bad\nkey", "v");

	bench_tell_record(&bench, 2, &view);
	bench_tell_record(&bench, 2, &view);
	ck_assert(link_to(2)->eager);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_PRUNE, 0), 0);
}
END_TEST

/* --- a node without eager links --- */

static void
make_all_lazy(void)
{
	for (unsigned i = 2; i <= 4; i++)
		make_lazy(i);
}

START_TEST(what_begins_here_makes_all_links_eager_when_none_is)
{
	struct dot dot;

	make_all_lazy();
	dot = bench_set(&bench, "k", "v");
	for (unsigned i = 2; i <= 4; i++) {
		ck_assert(link_to(i)->eager);
		ck_assert_uint_eq(sent_record_count(sent, dot, i), 1);
	}
}
END_TEST

START_TEST(what_begins_here_leaves_the_links_alone_when_one_is_eager)
{
	make_lazy(3);
	make_lazy(4);
	bench_set(&bench, "k", "v");
	ck_assert(!link_to(3)->eager);
	ck_assert(!link_to(4)->eager);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_RECORD, 0), 1);
}
END_TEST

START_TEST(what_came_by_a_stream_makes_all_links_eager_too)
{
	struct record_view view = write_of_2(2);

	make_all_lazy();
	take_streamed(&view);
	ck_assert_uint_eq(sent_record_count(sent, view.dot, 3), 1);
	ck_assert_uint_eq(sent_record_count(sent, view.dot, 4), 1);
}
END_TEST

START_TEST(what_came_from_elsewhere_does_not)
{
	struct record_view view = write_of_2(2);

	make_all_lazy();
	bench_tell_record(&bench, 9, &view);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_RECORD, 0), 0);
	for (unsigned i = 2; i <= 4; i++)
		ck_assert(!link_to(i)->eager);
	bench_pass_us(&bench, IHAVE_INTERVAL_US);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_IHAVE, 0), 3);
}
END_TEST

/* --- asking --- */

START_TEST(what_is_announced_and_does_not_come_is_asked_for)
{
	struct dot dot = {sample_writer(2), 2};

	make_lazy(3);
	tell_dot(3, MESSAGE_IHAVE, dot);
	ck_assert_uint_eq(sent->packet_count, 0);
	bench_pass_us(&bench, GRAFT_TIMEOUT_US - 1);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_GRAFT, 0), 0);
	ck_assert(!link_to(3)->eager);
	bench_pass_us(&bench, 1);

	struct message message = sent_message(sent, MESSAGE_GRAFT, 3);

	ck_assert_uint_eq(message.dots.count, 1);
	ck_assert_uint_eq(message.dots.dots[0].writer, dot.writer);
	ck_assert_uint_eq(message.dots.dots[0].seq, dot.seq);
	ck_assert(link_to(3)->eager);
}
END_TEST

START_TEST(who_is_far_away_gets_the_time_of_a_round_trip_more)
{
	bench_member(&bench, 3)->rtt_us = 30 * MS_US;
	tell_dot(3, MESSAGE_IHAVE, (struct dot){sample_writer(2), 2});
	bench_pass_us(&bench, GRAFT_TIMEOUT_US + 30 * MS_US - 1);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_GRAFT, 0), 0);
	bench_pass_us(&bench, 1);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_GRAFT, 3), 1);
}
END_TEST

START_TEST(who_had_to_wait_itself_waits_longer_for_others)
{
	uint64_t patience_us =
		GRAFT_TIMEOUT_US + CROWDED_HOP_COUNT * FORWARD_INTERVAL_US;

	for (unsigned i = 0; i < 20; i++)
		bench_set(&bench, sample_name(i), "v");
	tell_dot(3, MESSAGE_IHAVE, (struct dot){sample_writer(2), 2});
	bench_pass_us(&bench, patience_us - 1);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_GRAFT, 0), 0);
	bench_pass_us(&bench, 1);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_GRAFT, 3), 1);
	bench_pass_us(&bench, CROWDED_US - patience_us);
	tell_dot(4, MESSAGE_IHAVE, (struct dot){sample_writer(2), 3});
	bench_pass_us(&bench, GRAFT_TIMEOUT_US);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_GRAFT, 4), 1);
}
END_TEST

START_TEST(what_comes_in_time_is_not_asked_for)
{
	struct record_view view = write_of_2(2);

	tell_dot(3, MESSAGE_IHAVE, view.dot);
	bench_pass_us(&bench, GRAFT_TIMEOUT_US - 1);
	bench_tell_record(&bench, 2, &view);
	bench_pass_us(&bench, SECOND_US);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_GRAFT, 0), 0);
	ck_assert_ptr_null(missing_find(
		&broadcast->missing, store_hash(&bench.node->store, view.dot)));
}
END_TEST

START_TEST(what_comes_by_a_stream_is_not_asked_for)
{
	struct record_view view = write_of_2(2);

	tell_dot(3, MESSAGE_IHAVE, view.dot);
	take_streamed(&view);
	bench_pass_us(&bench, SECOND_US);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_GRAFT, 0), 0);
	ck_assert_uint_eq(table_count(&broadcast->missing.by_hash), 0);
}
END_TEST

START_TEST(what_is_covered_meanwhile_is_not_asked_for)
{
	struct dot dot = {sample_writer(2), 2};

	tell_dot(3, MESSAGE_IHAVE, dot);
	context_add(&bench.node->store.context, dot);
	bench_pass_us(&bench, SECOND_US);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_GRAFT, 0), 0);
	ck_assert_uint_eq(table_count(&broadcast->missing.by_hash), 0);
}
END_TEST

START_TEST(what_is_known_is_not_asked_for)
{
	struct record_view old = bench_write(&bench, 2, 2, "k", "old");
	struct record_view new = bench_write(&bench, 2, 3, "k", "new");

	bench_tell_record(&bench, 2, &old);
	bench_tell_record(&bench, 2, &new);
	tell_dot(3, MESSAGE_IHAVE, old.dot);
	tell_dot(3, MESSAGE_IHAVE, new.dot);
	ck_assert_uint_eq(table_count(&broadcast->missing.by_hash), 0);
}
END_TEST

START_TEST(what_nobody_will_announce_can_be_asked_for_at_once)
{
	broadcast_ask(broadcast, (struct dot){sample_writer(2), 2}, sample_short_id(3),
		bench_now(&bench).mono_us);
	bench_pass_us(&bench, 0);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_GRAFT, 3), 1);
	ck_assert_uint_eq(sent_message(sent, MESSAGE_GRAFT, 3).dots.dots[0].seq, 2);
}
END_TEST

START_TEST(in_the_end_it_is_left_to_repair)
{
	size_t count = 0;

	tell_dot(3, MESSAGE_IHAVE, (struct dot){sample_writer(2), 2});
	for (int i = 0; i < 100; i++) {
		bench_pass_us(&bench, GRAFT_TIMEOUT_US);
		count += sent_count(sent, MESSAGE_GRAFT, 3);
	}
	ck_assert_uint_eq(count, 5);
	ck_assert_uint_eq(broadcast_deadline(broadcast), DEADLINE_NONE);
}
END_TEST

START_TEST(without_a_tree_it_is_asked_for_at_once)
{
	bench.node->settings.strategy = STRATEGY_PULL;
	tell_dot(3, MESSAGE_IHAVE, (struct dot){sample_writer(2), 2});
	bench_pass_us(&bench, 0);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_GRAFT, 3), 1);
}
END_TEST

START_TEST(a_graft_is_answered_and_makes_the_link_eager)
{
	struct dot dot = bench_set(&bench, "k", "v");

	make_lazy(3);
	tell_dot(3, MESSAGE_GRAFT, dot);
	ck_assert_uint_eq(sent_record_count(sent, dot, 3), 1);
	ck_assert_uint_eq(sent_message(sent, MESSAGE_RECORD, 3).record.hops, 1);
	ck_assert(link_to(3)->eager);
}
END_TEST

START_TEST(a_graft_for_what_is_gone_is_left_to_repair)
{
	struct dot dot = bench_set(&bench, "k", "old");

	bench_set(&bench, "k", "new");
	tell_dot(3, MESSAGE_GRAFT, dot);
	tell_dot(3, MESSAGE_GRAFT, (struct dot){77, 1});
	ck_assert_uint_eq(sent->packet_count, 0);
}
END_TEST

/* --- while datagrams are lost --- */

/* How often a write is announced to 2, whose link is eager, and to 4, whose link is
 * not. */
static void
expect_announcements(size_t over_eager, size_t over_lazy)
{
	size_t counts[5] = {0};

	make_lazy(4);
	bench_set(&bench, "k", "v");
	for (uint64_t us = 0; us < 20 * ANNOUNCE_AGAIN_US; us += MS_US) {
		bench_pass_us(&bench, MS_US);
		for (unsigned i = 2; i <= 4; i++)
			counts[i] += sent_count(sent, MESSAGE_IHAVE, i);
	}
	ck_assert_uint_eq(counts[2], over_eager);
	ck_assert_uint_eq(counts[4], over_lazy);
}

/* Asks member 2 for something, once. */
static void
ask_in_vain(void)
{
	struct dot dot = {77, 1};

	tell_dot(2, MESSAGE_IHAVE, dot);
	bench_pass_us(&bench, GRAFT_TIMEOUT_US);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_GRAFT, 2), 1);
	missing_end(&broadcast->missing, store_hash(&bench.node->store, dot));
}

START_TEST(as_a_rule_a_write_is_announced_once)
{
	expect_announcements(0, 1);
}
END_TEST

START_TEST(who_had_to_ask_announces_again_and_to_all)
{
	ask_in_vain();
	expect_announcements(2, 3);
	bench_pass_us(&bench, LOSSY_US);
	expect_announcements(0, 1);
}
END_TEST

START_TEST(while_neighbours_change_to_have_to_ask_says_nothing)
{
	bench_bury(&bench, 3, MEMBER_DEAD);
	bench_take(&bench);
	bench_pass_us(&bench, LOSSY_US - GRAFT_TIMEOUT_US - 1);
	ask_in_vain();
	expect_announcements(0, 1);
	ask_in_vain();
	expect_announcements(2, 3);
}
END_TEST

static void
add_links(Suite *suite)
{
	TCase *tcase = add_case(suite, "links");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_duplicate_makes_the_link_lazy);
	tcase_add_test(tcase, a_burst_of_duplicates_is_answered_once);
	tcase_add_test(tcase, a_datagram_that_came_twice_says_nothing_about_the_link);
	tcase_add_test(tcase, the_only_link_that_pushes_is_not_pruned);
	tcase_add_test(tcase, of_two_links_that_race_one_stays);
	tcase_add_test(tcase, who_is_no_neighbour_is_asked_to_leave_us_out);
	tcase_add_test(tcase, what_came_by_a_stream_says_nothing_about_a_link);
	tcase_add_test(tcase, a_prune_makes_the_link_lazy);
	tcase_add_test(tcase, news_over_a_lazy_link_makes_it_eager);
	tcase_add_test(tcase, a_push_that_crosses_a_prune_does_not_bring_the_link_back);
	tcase_add_test(tcase, a_refused_record_says_nothing_about_the_link);
	tcase_add_test(tcase, what_begins_here_makes_all_links_eager_when_none_is);
	tcase_add_test(
		tcase, what_begins_here_leaves_the_links_alone_when_one_is_eager);
	tcase_add_test(tcase, what_came_by_a_stream_makes_all_links_eager_too);
	tcase_add_test(tcase, what_came_from_elsewhere_does_not);
}

static void
add_asking(Suite *suite)
{
	TCase *tcase = add_case(suite, "asking");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, what_is_announced_and_does_not_come_is_asked_for);
	tcase_add_test(tcase, who_is_far_away_gets_the_time_of_a_round_trip_more);
	tcase_add_test(tcase, who_had_to_wait_itself_waits_longer_for_others);
	tcase_add_test(tcase, what_comes_in_time_is_not_asked_for);
	tcase_add_test(tcase, what_comes_by_a_stream_is_not_asked_for);
	tcase_add_test(tcase, what_is_covered_meanwhile_is_not_asked_for);
	tcase_add_test(tcase, what_is_known_is_not_asked_for);
	tcase_add_test(tcase, what_nobody_will_announce_can_be_asked_for_at_once);
	tcase_add_test(tcase, in_the_end_it_is_left_to_repair);
	tcase_add_test(tcase, without_a_tree_it_is_asked_for_at_once);
	tcase_add_test(tcase, a_graft_is_answered_and_makes_the_link_eager);
	tcase_add_test(tcase, a_graft_for_what_is_gone_is_left_to_repair);
}

static void
add_losses(Suite *suite)
{
	TCase *tcase = add_case(suite, "losses");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, as_a_rule_a_write_is_announced_once);
	tcase_add_test(tcase, who_had_to_ask_announces_again_and_to_all);
	tcase_add_test(tcase, while_neighbours_change_to_have_to_ask_says_nothing);
}

int
main(void)
{
	Suite *suite = suite_create("broadcast tree");

	add_links(suite);
	add_asking(suite);
	add_losses(suite);
	return run_suite(suite);
}
