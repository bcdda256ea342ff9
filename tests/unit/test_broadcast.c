/* SPDX-License-Identifier: MIT */
#include "broadcast_bench.h"

/* What is pushed and announced, to whom and when: Plumtree, section 3.3. */

static void
tell_record_with_hops(unsigned from, const struct record_view *view, uint8_t hops)
{
	struct message message = {
		.type = MESSAGE_RECORD,
		.record = {.hops = hops, .view = *view},
	};

	bench_tell(&bench, from, &message);
}

/* So many announcements are sent until then, one at the end of it. */
static void
expect_announced(uint64_t wait_us, unsigned to, struct dot dot)
{
	bench_pass_us(&bench, wait_us - 1);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_IHAVE, 0), 0);
	bench_pass_us(&bench, 1);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_IHAVE, to), 1);

	struct message message = sent_message(sent, MESSAGE_IHAVE, to);

	ck_assert_uint_eq(message.dots.count, 1);
	ck_assert_uint_eq(message.dots.dots[0].writer, dot.writer);
	ck_assert_uint_eq(message.dots.dots[0].seq, dot.seq);
}

/* --- pushing --- */

START_TEST(a_write_is_pushed_over_eager_links_in_the_same_turn)
{
	struct dot dot = bench_set(&bench, "k", "v");

	for (unsigned i = 2; i <= 4; i++)
		ck_assert_uint_eq(sent_record_count(sent, dot, i), 1);
	ck_assert_uint_eq(sent_message(sent, MESSAGE_RECORD, 2).record.hops, 0);
	bench_pass_us(&bench, IHAVE_INTERVAL_US);
	ck_assert_uint_eq(sent->packet_count, 0);
}
END_TEST

START_TEST(news_is_passed_on_but_not_to_where_it_came_from)
{
	struct record_view view = write_of_2(2);

	make_lazy(4);
	tell_record_with_hops(2, &view, 4);
	ck_assert_uint_eq(sent_record_count(sent, view.dot, 2), 0);
	ck_assert_uint_eq(sent_record_count(sent, view.dot, 3), 1);
	ck_assert_uint_eq(sent_record_count(sent, view.dot, 4), 0);
	ck_assert_uint_eq(sent_message(sent, MESSAGE_RECORD, 3).record.hops, 5);
	expect_announced(IHAVE_INTERVAL_US, 4, view.dot);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_IHAVE, 0), 1);
}
END_TEST

START_TEST(hops_are_counted_to_the_end_of_a_byte)
{
	struct record_view view = write_of_2(2);

	tell_record_with_hops(2, &view, UINT8_MAX);
	ck_assert_uint_eq(sent_message(sent, MESSAGE_RECORD, 3).record.hops, UINT8_MAX);
}
END_TEST

START_TEST(what_came_by_a_stream_begins_its_way_here)
{
	struct record_view view = write_of_2(2);

	take_streamed(&view);
	ck_assert_uint_eq(sent_message(sent, MESSAGE_RECORD, 3).record.hops, 0);
	ck_assert_uint_eq(sent_record_count(sent, view.dot, 2), 0);
}
END_TEST

START_TEST(two_versions_of_a_key_never_leave_in_one_turn)
{
	struct write write = {
		.key = bytes_of_string("k"),
		.value = bytes_of_string("old"),
	};

	ck_assert_int_eq(node_set(bench.node, &write, bench_now(&bench), NULL), ERR_OK);
	bench_set(&bench, "k", "new");
	ck_assert_uint_eq(sent_count(sent, MESSAGE_RECORD, 2), 1);
	ck_assert(bytes_equal(sent_message(sent, MESSAGE_RECORD, 2).record.view.value,
		bytes_of_string("new")));
}
END_TEST

/* --- while everybody is a neighbour --- */

START_TEST(among_few_a_write_goes_to_all_whatever_their_links_are)
{
	struct dot dot;

	bench_set(&bench, "k", "v");
	make_lazy(3);
	dot = bench_set(&bench, "k", "w");
	for (unsigned i = 2; i <= 4; i++)
		ck_assert_uint_eq(sent_record_count(sent, dot, i), 1);
	bench_pass_us(&bench, IHAVE_INTERVAL_US);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_IHAVE, 0), 0);
}
END_TEST

START_TEST(among_few_what_came_by_a_stream_goes_to_all)
{
	struct record_view view = write_of_2(2);

	take_streamed(&view);
	ck_assert_uint_eq(sent_record_count(sent, view.dot, 3), 1);
	ck_assert_uint_eq(sent_record_count(sent, view.dot, 4), 1);
}
END_TEST

START_TEST(among_few_nobody_forwards)
{
	struct record_view view = write_of_2(2);

	for (unsigned i = 3; i <= 4; i++)
		link_to(i)->eager = true;
	bench_tell_record(&bench, 2, &view);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_RECORD, 0), 0);
}
END_TEST

/* Nobody else would notice when the datagram of who wrote it was lost. */
START_TEST(among_few_the_next_on_the_first_ring_are_told_of_what_came)
{
	struct record_view view = write_of_2(2);

	bench_set(&bench, "k", "v");
	bench_pass_us(&bench, SECOND_US);
	bench_tell_record(&bench, 2, &view);
	bench_pass_us(&bench, IHAVE_INTERVAL_US);
	for (size_t place = 0; place < 2; place++) {
		uint64_t next = bench.node->overlay.places[place]->short_id;

		for (unsigned i = 2; i <= 4; i++) {
			if (sample_short_id(i) == next)
				ck_assert_uint_eq(sent_count(sent, MESSAGE_IHAVE, i),
					i == 2 ? 0 : 1);
		}
	}
}
END_TEST

START_TEST(among_few_it_is_enough_to_tell_two)
{
	struct record_view view = write_of_2(2);

	for (unsigned i = 5; i <= FEW_COUNT; i++)
		sample_join(bench.node, i, bench_now(&bench));
	ck_assert_uint_eq(bench.node->overlay.count, FEW_COUNT - 1);
	bench_set(&bench, "k", "v");
	bench_pass_us(&bench, SECOND_US);
	bench_tell_record(&bench, 2, &view);
	bench_pass_us(&bench, IHAVE_INTERVAL_US);
	ck_assert_uint_ge(sent_count(sent, MESSAGE_IHAVE, 0), 1);
	ck_assert_uint_le(sent_count(sent, MESSAGE_IHAVE, 0), 2);
}
END_TEST

/* --- announcing --- */

START_TEST(over_a_lazy_link_it_is_announced_a_little_later)
{
	make_lazy(3);

	struct dot dot = bench_set(&bench, "k", "v");

	ck_assert_uint_eq(sent_record_count(sent, dot, 3), 0);
	ck_assert_uint_eq(sent_record_count(sent, dot, 2), 1);
	expect_announced(IHAVE_INTERVAL_US, 3, dot);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_IHAVE, 0), 1);
}
END_TEST

START_TEST(announcements_are_gathered)
{
	make_lazy(3);
	bench_set(&bench, "a", "1");
	bench.time_us += IHAVE_INTERVAL_US - 1;
	bench_set(&bench, "b", "2");
	bench_pass_us(&bench, 1);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_IHAVE, 3), 1);
	ck_assert_uint_eq(sent_message(sent, MESSAGE_IHAVE, 3).dots.count, 2);
	bench_pass_us(&bench, SECOND_US);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_IHAVE, 3), 0);
}
END_TEST

START_TEST(many_announcements_take_several_messages)
{
	make_lazy(3);
	for (unsigned i = 0; i < 40; i++) {
		struct write write = {.key = bytes_of_string(sample_name(i))};

		ck_assert_int_eq(
			node_set(bench.node, &write, bench_now(&bench), NULL), ERR_OK);
	}
	bench_take(&bench);
	bench_pass_us(&bench, IHAVE_INTERVAL_US);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_IHAVE, 3), 3);
	ck_assert_uint_eq(sent_message(sent, MESSAGE_IHAVE, 3).dots.count, 16);
}
END_TEST

START_TEST(what_was_superseded_meanwhile_is_not_announced)
{
	struct dot dot;

	make_lazy(3);
	bench_set(&bench, "k", "old");
	dot = bench_set(&bench, "k", "new");
	expect_announced(IHAVE_INTERVAL_US, 3, dot);
}
END_TEST

START_TEST(a_link_made_eager_before_the_announcement_still_hears_of_it)
{
	struct dot dot;

	make_lazy(3);
	dot = bench_set(&bench, "k", "v");
	tell_dot(3, MESSAGE_GRAFT, (struct dot){sample_writer(1), 1});
	ck_assert(link_to(3)->eager);
	ck_assert_uint_eq(sent_record_count(sent, dot, 3), 0);
	expect_announced(IHAVE_INTERVAL_US, 3, dot);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_IHAVE, 0), 1);
	bench_set(&bench, "k", "w");
	bench_pass_us(&bench, IHAVE_INTERVAL_US);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_IHAVE, 3), 0);
}
END_TEST

/* --- neighbours that have it --- */

START_TEST(what_a_neighbour_has_announced_is_not_pushed_to_it)
{
	struct record_view view = write_of_2(2);

	tell_dot(3, MESSAGE_IHAVE, view.dot);
	bench_tell_record(&bench, 2, &view);
	ck_assert_uint_eq(sent_record_count(sent, view.dot, 3), 0);
	ck_assert_uint_eq(sent_record_count(sent, view.dot, 4), 1);
}
END_TEST

START_TEST(what_a_neighbour_has_announced_is_not_announced_to_it)
{
	struct record_view view = write_of_2(2);

	make_lazy(3);
	make_lazy(4);
	bench_tell_record(&bench, 2, &view);
	tell_dot(3, MESSAGE_IHAVE, view.dot);
	expect_announced(IHAVE_INTERVAL_US, 4, view.dot);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_IHAVE, 3), 0);
}
END_TEST

START_TEST(what_a_neighbour_has_sent_is_not_announced_to_it)
{
	struct record_view view = write_of_2(2);

	make_lazy(3);
	make_lazy(4);
	bench_tell_record(&bench, 2, &view);
	bench_tell_record(&bench, 3, &view);
	expect_announced(IHAVE_INTERVAL_US, 4, view.dot);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_IHAVE, 3), 0);
}
END_TEST

START_TEST(who_has_one_record_is_told_of_the_next)
{
	struct record_view first = write_of_2(2);
	struct record_view second = write_of_2(3);

	tell_dot(3, MESSAGE_IHAVE, first.dot);
	bench_tell_record(&bench, 2, &first);
	bench_tell_record(&bench, 2, &second);
	ck_assert_uint_eq(sent_record_count(sent, second.dot, 3), 1);
}
END_TEST

/* Who stands there in the list of neighbours. */
static unsigned
number_at(size_t index)
{
	for (unsigned i = 2; i <= 4; i++) {
		if (link_to(i) == &bench.node->overlay.neighbours[index])
			return i;
	}
	ck_abort_msg("nobody stands there");
	return 0;
}

/* Whoever moves up in the list must not be taken for who was there. */
START_TEST(who_has_what_is_not_mixed_up_when_neighbours_change)
{
	struct record_view view = write_of_2(2);
	unsigned first = number_at(0);

	for (unsigned i = 2; i <= 4; i++)
		make_lazy(i);
	bench_tell_record(&bench, 9, &view);
	tell_dot(first, MESSAGE_IHAVE, view.dot);
	bench_bury(&bench, first, MEMBER_DEAD);
	bench_pass_us(&bench, IHAVE_INTERVAL_US);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_IHAVE, number_at(0)), 1);
}
END_TEST

/* --- records too large for a packet --- */

static struct dot
take_oversized(void)
{
	static char value[2000];
	struct record_view view;

	memset(value, 'v', sizeof(value) - 1);
	view = bench_write(&bench, 2, 10, "large", value);
	take_streamed(&view);
	return view.dot;
}

START_TEST(a_record_too_large_for_a_packet_is_announced_to_all)
{
	struct dot dot = take_oversized();

	ck_assert_uint_eq(sent_count(sent, MESSAGE_RECORD, 0), 0);
	expect_announced(IHAVE_INTERVAL_US, 3, dot);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_IHAVE, 4), 1);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_IHAVE, 2), 0);
}
END_TEST

START_TEST(a_record_too_large_for_a_packet_goes_by_a_stream)
{
	struct dot dot = take_oversized();
	struct address address = sample_address(3);

	tell_dot(3, MESSAGE_GRAFT, dot);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_RECORD, 0), 0);
	ck_assert_uint_eq(sent_output_count(sent, OUTPUT_STREAM_OPEN), 1);
	ck_assert(address_equal(
		&sent_output(sent, OUTPUT_STREAM_OPEN)->address, &address));
}
END_TEST

/* --- when there is much to push --- */

/* One turn for each, all at the same time; how many of them pushed. */
static size_t
set_many(unsigned count)
{
	size_t pushed = 0;

	for (unsigned i = 0; i < count; i++) {
		bench_set(&bench, sample_name(i), "v");
		pushed += sent_count(sent, MESSAGE_RECORD, 2) != 0;
	}
	return pushed;
}

START_TEST(a_burst_of_turns_leaves_at_once)
{
	ck_assert_uint_eq(set_many(16), 16);
	ck_assert_uint_eq(broadcast_deadline(broadcast), DEADLINE_NONE);
}
END_TEST

START_TEST(beyond_the_burst_records_are_collected)
{
	set_many(17);
	ck_assert_uint_eq(set_many(5), 0);
	ck_assert_uint_eq(broadcast_deadline(broadcast),
		bench_now(&bench).mono_us + FORWARD_INTERVAL_US);
	bench_pass_us(&bench, FORWARD_INTERVAL_US - 1);
	ck_assert_uint_eq(sent->packet_count, 0);
	bench_pass_us(&bench, 1);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_RECORD, 2), 5);
	ck_assert_uint_eq(sent->packet_count, 3);
	ck_assert_uint_eq(broadcast_deadline(broadcast), DEADLINE_NONE);
}
END_TEST

START_TEST(under_load_there_is_one_turn_of_pushing_in_each_interval)
{
	size_t pushed = 0;

	set_many(20);
	bench_pass_us(&bench, FORWARD_INTERVAL_US);
	for (int i = 0; i < 100; i++) {
		bench_set(&bench, "k", sample_name((unsigned)i));
		pushed += sent_count(sent, MESSAGE_RECORD, 2);
		bench_pass_us(&bench, FORWARD_INTERVAL_US / 4);
		pushed += sent_count(sent, MESSAGE_RECORD, 2);
	}
	ck_assert_uint_eq(pushed, 25);
}
END_TEST

START_TEST(room_for_a_burst_comes_back_with_time)
{
	set_many(20);
	bench_pass_us(&bench, FORWARD_INTERVAL_US);
	bench_pass_us(&bench, 5 * FORWARD_INTERVAL_US);
	ck_assert_uint_eq(set_many(10), 5);
	bench_pass_us(&bench, FORWARD_INTERVAL_US);
	bench_pass_us(&bench, 1000 * FORWARD_INTERVAL_US);
	ck_assert_uint_le(set_many(50), 17);
}
END_TEST

static void
add_pushing(Suite *suite)
{
	TCase *tcase = add_case(suite, "pushing");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_write_is_pushed_over_eager_links_in_the_same_turn);
	tcase_add_test(tcase, news_is_passed_on_but_not_to_where_it_came_from);
	tcase_add_test(tcase, hops_are_counted_to_the_end_of_a_byte);
	tcase_add_test(tcase, what_came_by_a_stream_begins_its_way_here);
	tcase_add_test(tcase, two_versions_of_a_key_never_leave_in_one_turn);
	tcase_add_test(tcase, a_record_too_large_for_a_packet_is_announced_to_all);
	tcase_add_test(tcase, a_record_too_large_for_a_packet_goes_by_a_stream);
	tcase_add_test(tcase, a_burst_of_turns_leaves_at_once);
	tcase_add_test(tcase, beyond_the_burst_records_are_collected);
	tcase_add_test(tcase, under_load_there_is_one_turn_of_pushing_in_each_interval);
	tcase_add_test(tcase, room_for_a_burst_comes_back_with_time);
}

static void
add_few(Suite *suite)
{
	TCase *tcase = add_case(suite, "few");

	tcase_add_checked_fixture(tcase, set_up_few, tear_down);
	tcase_add_test(tcase, among_few_a_write_goes_to_all_whatever_their_links_are);
	tcase_add_test(tcase, among_few_what_came_by_a_stream_goes_to_all);
	tcase_add_test(tcase, among_few_nobody_forwards);
	tcase_add_test(
		tcase, among_few_the_next_on_the_first_ring_are_told_of_what_came);
	tcase_add_test(tcase, among_few_it_is_enough_to_tell_two);
}

static void
add_announcing(Suite *suite)
{
	TCase *tcase = add_case(suite, "announcing");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, over_a_lazy_link_it_is_announced_a_little_later);
	tcase_add_test(tcase, announcements_are_gathered);
	tcase_add_test(tcase, many_announcements_take_several_messages);
	tcase_add_test(tcase, what_was_superseded_meanwhile_is_not_announced);
	tcase_add_test(
		tcase, a_link_made_eager_before_the_announcement_still_hears_of_it);
	tcase_add_test(tcase, what_a_neighbour_has_announced_is_not_pushed_to_it);
	tcase_add_test(tcase, what_a_neighbour_has_announced_is_not_announced_to_it);
	tcase_add_test(tcase, what_a_neighbour_has_sent_is_not_announced_to_it);
	tcase_add_test(tcase, who_has_one_record_is_told_of_the_next);
	tcase_add_test(tcase, who_has_what_is_not_mixed_up_when_neighbours_change);
}

int
main(void)
{
	Suite *suite = suite_create("broadcast");

	add_pushing(suite);
	add_few(suite);
	add_announcing(suite);
	return run_suite(suite);
}
