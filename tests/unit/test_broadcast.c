/* SPDX-License-Identifier: MIT */
#include "gossip/broadcast.h"

#include "bench.h"
#include "run.h"

#define IHAVE_INTERVAL_US (10 * MS_US)
#define GRAFT_TIMEOUT_US (50 * MS_US)

/* The node has three neighbours: 2, 3 and 4. */
static struct bench bench;
static struct sent *sent = &bench.sent;

static void
set_up(void)
{
	struct settings settings = sample_settings(1);

	settings.ihave_interval_us = IHAVE_INTERVAL_US;
	settings.graft_timeout_us = GRAFT_TIMEOUT_US;
	/* Nothing else is to happen in the time these tests take. */
	settings.probe_interval_us = 3600 * SECOND_US;
	bench_init(&bench, &settings);
	bench.node->probes.round_at_us = UINT64_MAX;
	bench_join_up_to(&bench, 4);
}

static void
tear_down(void)
{
	bench_fini(&bench);
}

static struct neighbour *
link_to(unsigned number)
{
	return overlay_find(&bench.node->overlay, sample_short_id(number));
}

static struct message
dots_message(enum message_type type, struct dot dot)
{
	return (struct message){
		.type = type,
		.dots = {.count = 1, .dots = {dot}},
	};
}

static void
tell_dot(unsigned from, enum message_type type, struct dot dot)
{
	struct message message = dots_message(type, dot);

	bench_tell(&bench, from, &message);
}

static void
tell_prune(unsigned from)
{
	struct message message = {.type = MESSAGE_PRUNE};

	bench_tell(&bench, from, &message);
}

static void
make_lazy(unsigned number)
{
	tell_prune(number);
	ck_assert(!link_to(number)->eager);
}

/* A large record of member 2 comes by a stream. */
static struct dot
take_oversized(void)
{
	static char value[2000];
	struct source source = {
		.member = sample_short_id(2),
		.address = sample_address(2),
		.pass_on = true,
	};

	memset(value, 'v', sizeof(value) - 1);

	struct record_view view = bench_write(&bench, 2, 10, "large", value);

	ck_assert_int_eq(
		intake_record(&bench.node->intake, &view, &source, bench_now(&bench)),
		INTAKE_NEW);
	bench_take(&bench);
	return view.dot;
}

/* --- pushing: Plumtree, section 3.3 --- */

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

START_TEST(over_a_lazy_link_it_is_announced_a_little_later)
{
	make_lazy(3);

	struct dot dot = bench_set(&bench, "k", "v");

	ck_assert_uint_eq(sent_record_count(sent, dot, 3), 0);
	ck_assert_uint_eq(sent_record_count(sent, dot, 2), 1);
	bench_pass_us(&bench, IHAVE_INTERVAL_US - 1);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_IHAVE, 0), 0);
	bench_pass_us(&bench, 1);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_IHAVE, 0), 1);

	struct message message = sent_message(sent, MESSAGE_IHAVE, 3);

	ck_assert_uint_eq(message.dots.count, 1);
	ck_assert_uint_eq(message.dots.dots[0].writer, dot.writer);
	ck_assert_uint_eq(message.dots.dots[0].seq, dot.seq);
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
	size_t before = 0;

	make_lazy(3);
	for (unsigned i = 0; i < 40; i++)
		bench_set(&bench, sample_name(i), "v");
	bench_pass_us(&bench, IHAVE_INTERVAL_US);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_IHAVE, 3), 3);
	before = sent_message(sent, MESSAGE_IHAVE, 3).dots.count;
	ck_assert_uint_eq(before, 16);
}
END_TEST

START_TEST(news_is_passed_on_but_not_to_where_it_came_from)
{
	struct record_view view = bench_write(&bench, 2, 2, "k", "v");
	struct message message = {
		.type = MESSAGE_RECORD,
		.record = {.hops = 4, .view = view},
	};

	make_lazy(4);
	bench_tell(&bench, 2, &message);
	ck_assert_uint_eq(sent_record_count(sent, view.dot, 2), 0);
	ck_assert_uint_eq(sent_record_count(sent, view.dot, 3), 1);
	ck_assert_uint_eq(sent_message(sent, MESSAGE_RECORD, 3).record.hops, 5);
	bench_pass_us(&bench, IHAVE_INTERVAL_US);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_IHAVE, 2), 0);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_IHAVE, 4), 1);
}
END_TEST

START_TEST(hops_are_counted_to_the_end_of_a_byte)
{
	struct record_view view = bench_write(&bench, 2, 2, "k", "v");
	struct message message = {
		.type = MESSAGE_RECORD,
		.record = {.hops = UINT8_MAX, .view = view},
	};

	bench_tell(&bench, 2, &message);
	ck_assert_uint_eq(sent_message(sent, MESSAGE_RECORD, 3).record.hops, UINT8_MAX);
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

START_TEST(what_was_superseded_meanwhile_is_not_announced)
{
	struct dot dot;

	make_lazy(3);
	bench_set(&bench, "k", "old");
	dot = bench_set(&bench, "k", "new");
	bench_pass_us(&bench, IHAVE_INTERVAL_US);

	struct message message = sent_message(sent, MESSAGE_IHAVE, 3);

	ck_assert_uint_eq(message.dots.count, 1);
	ck_assert_uint_eq(message.dots.dots[0].seq, dot.seq);
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
	bench_pass_us(&bench, IHAVE_INTERVAL_US);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_IHAVE, 3), 1);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_IHAVE, 2), 0);
	bench_set(&bench, "k", "w");
	bench_pass_us(&bench, IHAVE_INTERVAL_US);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_IHAVE, 3), 0);
}
END_TEST

/* --- the tree: Plumtree, sections 3.3 and 3.4 --- */

START_TEST(a_duplicate_makes_the_link_lazy)
{
	struct record_view view = bench_write(&bench, 2, 2, "k", "v");

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
	struct record_view view = bench_write(&bench, 2, 2, "k", "v");

	bench_tell_record(&bench, 2, &view);
	bench_tell_record(&bench, 3, &view);
	bench_tell_record(&bench, 3, &view);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_PRUNE, 0), 0);
	bench_pass_us(&bench, 100 * MS_US);
	bench_tell_record(&bench, 3, &view);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_PRUNE, 3), 1);
}
END_TEST

START_TEST(who_is_no_neighbour_is_asked_to_leave_us_out)
{
	struct record_view view = bench_write(&bench, 2, 2, "k", "v");

	bench_tell_record(&bench, 2, &view);
	bench_tell_record(&bench, 9, &view);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_PRUNE, 9), 1);
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
	struct record_view view = bench_write(&bench, 2, 2, "k", "v");

	make_lazy(3);
	bench_tell_record(&bench, 3, &view);
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

/* --- asking for what is missing: Plumtree, section 3.5 --- */

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

START_TEST(what_comes_in_time_is_not_asked_for)
{
	struct record_view view = bench_write(&bench, 2, 2, "k", "v");

	tell_dot(3, MESSAGE_IHAVE, view.dot);
	bench_pass_us(&bench, GRAFT_TIMEOUT_US - 1);
	bench_tell_record(&bench, 2, &view);
	bench_pass_us(&bench, SECOND_US);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_GRAFT, 0), 0);
	ck_assert_uint_eq(table_count(&bench.node->broadcast.missing), 0);
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
	ck_assert_uint_eq(table_count(&bench.node->broadcast.missing), 0);
}
END_TEST

/* Counts the GRAFTs to each member until nothing is asked any more. */
static void
count_grafts(size_t ret_counts[5])
{
	for (unsigned i = 2; i <= 4; i++)
		ret_counts[i] = 0;
	for (int i = 0; i < 50; i++) {
		bench_pass_us(&bench, GRAFT_TIMEOUT_US);
		for (unsigned to = 2; to <= 4; to++)
			ret_counts[to] += sent_count(sent, MESSAGE_GRAFT, to);
	}
}

START_TEST(all_announcers_are_asked_in_turn_and_twice)
{
	size_t counts[5];
	struct dot dot = {sample_writer(2), 2};

	tell_dot(2, MESSAGE_IHAVE, dot);
	tell_dot(3, MESSAGE_IHAVE, dot);
	bench_pass_us(&bench, GRAFT_TIMEOUT_US);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_GRAFT, 2), 1);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_GRAFT, 3), 0);
	bench_pass_us(&bench, GRAFT_TIMEOUT_US);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_GRAFT, 3), 1);
	count_grafts(counts);
	ck_assert_uint_eq(counts[2], 1);
	ck_assert_uint_eq(counts[3], 1);
	ck_assert_uint_eq(counts[4], 0);
	ck_assert_uint_eq(table_count(&bench.node->broadcast.missing), 0);
	ck_assert_uint_eq(broadcast_deadline(&bench.node->broadcast), DEADLINE_NONE);
}
END_TEST

START_TEST(an_announcer_is_asked_twice_however_often_it_announces)
{
	size_t counts[5];
	struct dot dot = {sample_writer(2), 2};

	for (int i = 0; i < 5; i++)
		tell_dot(2, MESSAGE_IHAVE, dot);
	tell_dot(3, MESSAGE_IHAVE, dot);
	count_grafts(counts);
	ck_assert_uint_eq(counts[2], 2);
	ck_assert_uint_eq(counts[3], 2);
}
END_TEST

START_TEST(what_was_given_up_can_be_announced_again)
{
	size_t counts[5];
	struct dot dot = {sample_writer(2), 2};

	tell_dot(2, MESSAGE_IHAVE, dot);
	count_grafts(counts);
	tell_dot(4, MESSAGE_IHAVE, dot);
	count_grafts(counts);
	ck_assert_uint_eq(counts[2], 0);
	ck_assert_uint_eq(counts[4], 2);
}
END_TEST

START_TEST(what_is_missing_is_tracked_within_a_limit)
{
	struct message message = {
		.type = MESSAGE_IHAVE,
		.dots = {.count = WIRE_DOT_COUNT_MAX},
	};
	struct broadcast *broadcast = &bench.node->broadcast;

	for (uint64_t i = 0; i < 600; i++) {
		for (uint64_t j = 0; j < WIRE_DOT_COUNT_MAX; j++)
			message.dots.dots[j] =
				(struct dot){9, 1 + i * WIRE_DOT_COUNT_MAX + j};
		broadcast_on_ihave(broadcast, sample_short_id(2), &message,
			bench_now(&bench).mono_us);
	}
	ck_assert_uint_eq(table_count(&broadcast->missing), 65536);
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

/* --- records too large for a packet --- */

START_TEST(a_record_too_large_for_a_packet_is_announced_to_all)
{
	struct dot dot = take_oversized();

	ck_assert_uint_eq(sent_count(sent, MESSAGE_RECORD, 0), 0);
	bench_pass_us(&bench, IHAVE_INTERVAL_US);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_IHAVE, 2), 0);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_IHAVE, 3), 1);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_IHAVE, 4), 1);
	ck_assert_uint_eq(
		sent_message(sent, MESSAGE_IHAVE, 3).dots.dots[0].seq, dot.seq);
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

static void
add_pushing(Suite *suite)
{
	TCase *tcase = add_case(suite, "pushing");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_write_is_pushed_over_eager_links_in_the_same_turn);
	tcase_add_test(tcase, over_a_lazy_link_it_is_announced_a_little_later);
	tcase_add_test(tcase, announcements_are_gathered);
	tcase_add_test(tcase, many_announcements_take_several_messages);
	tcase_add_test(tcase, news_is_passed_on_but_not_to_where_it_came_from);
	tcase_add_test(tcase, hops_are_counted_to_the_end_of_a_byte);
	tcase_add_test(tcase, two_versions_of_a_key_never_leave_in_one_turn);
	tcase_add_test(tcase, what_was_superseded_meanwhile_is_not_announced);
	tcase_add_test(
		tcase, a_link_made_eager_before_the_announcement_still_hears_of_it);
	tcase_add_test(tcase, a_record_too_large_for_a_packet_is_announced_to_all);
	tcase_add_test(tcase, a_record_too_large_for_a_packet_goes_by_a_stream);
}

static void
add_tree(Suite *suite)
{
	TCase *tcase = add_case(suite, "tree");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_duplicate_makes_the_link_lazy);
	tcase_add_test(tcase, a_burst_of_duplicates_is_answered_once);
	tcase_add_test(tcase, who_is_no_neighbour_is_asked_to_leave_us_out);
	tcase_add_test(tcase, a_prune_makes_the_link_lazy);
	tcase_add_test(tcase, news_over_a_lazy_link_makes_it_eager);
	tcase_add_test(tcase, a_refused_record_says_nothing_about_the_link);
}

static void
add_asking(Suite *suite)
{
	TCase *tcase = add_case(suite, "asking");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, what_is_announced_and_does_not_come_is_asked_for);
	tcase_add_test(tcase, what_comes_in_time_is_not_asked_for);
	tcase_add_test(tcase, what_is_known_is_not_asked_for);
	tcase_add_test(tcase, all_announcers_are_asked_in_turn_and_twice);
	tcase_add_test(tcase, an_announcer_is_asked_twice_however_often_it_announces);
	tcase_add_test(tcase, what_was_given_up_can_be_announced_again);
	tcase_add_test(tcase, what_is_missing_is_tracked_within_a_limit);
	tcase_add_test(tcase, a_graft_is_answered_and_makes_the_link_eager);
	tcase_add_test(tcase, a_graft_for_what_is_gone_is_left_to_repair);
}

int
main(void)
{
	Suite *suite = suite_create("broadcast");

	add_pushing(suite);
	add_tree(suite);
	add_asking(suite);
	return run_suite(suite);
}
