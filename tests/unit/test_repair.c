/* SPDX-License-Identifier: MIT */
#include "gossip/repair.h"

#include "bench.h"
#include "run.h"

#define REPAIR_INTERVAL_US (500 * MS_US)
#define EXCHANGE_INTERVAL_US (500 * MS_US)
#define EXCHANGE_BACKOFF_MAX_US (60 * SECOND_US)
#define AGREE_INTERVAL_US SECOND_US

/* The node knows 2, 3 and 4, and pings only when a test says so. */
static struct bench bench;
static struct sent *sent = &bench.sent;
static struct repair *repair;

static void
init_with(size_t packet_size_max)
{
	struct settings settings = sample_settings(1);

	settings.repair_interval_us = REPAIR_INTERVAL_US;
	settings.packet_size_max = packet_size_max;
	bench_init(&bench, &settings);
	bench.node->probes.round_at_us = UINT64_MAX;
	bench_join_up_to(&bench, 4);
	repair = &bench.node->repair;
}

static void
set_up(void)
{
	init_with(1400);
}

static void
tear_down(void)
{
	bench_fini(&bench);
}

static struct state_summary
own_state(void)
{
	return store_summary(&bench.node->store);
}

static struct state_summary
other_state(void)
{
	struct state_summary state = own_state();

	state.fingerprint++;
	return state;
}

/* The member's answer to the ping that waits to be taken. */
static void
answer(unsigned from, struct state_summary state)
{
	struct message message = {
		.type = MESSAGE_ACK,
		.ping = {.probe = sent_message(sent, MESSAGE_PING, from).ping.probe,
			.state = state,
			.wall_ms = bench_now(&bench).wall_ms},
	};

	bench_tell(&bench, from, &message);
}

static void
ping(unsigned target, enum probe_kind kind)
{
	probes_start(&bench.node->probes, kind, bench_member(&bench, target),
		bench_now(&bench).mono_us);
	bench_take(&bench);
}

/* A ping that the member answers with that state. */
static void
compare(unsigned from, enum probe_kind kind, struct state_summary state)
{
	ping(from, kind);
	answer(from, state);
}

static size_t
opened(void)
{
	return sent_output_count(sent, OUTPUT_STREAM_OPEN);
}

/* The stream that was just asked for cannot be opened. */
static void
fail_stream(void)
{
	node_stream_closed(bench.node, sent_output(sent, OUTPUT_STREAM_OPEN)->stream,
		bench_now(&bench));
}

/* --- differences --- */

START_TEST(a_first_difference_is_looked_at_again)
{
	compare(2, PROBE_ROUND, other_state());
	ck_assert_uint_eq(opened(), 0);
	ck_assert_uint_eq(repair_deadline(repair),
		bench_now(&bench).mono_us + REPAIR_INTERVAL_US);
	bench_pass_us(&bench, REPAIR_INTERVAL_US - 1);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_PING, 0), 0);
	bench_pass_us(&bench, 1);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_PING, 0), 1);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_PING, 2), 1);
	ck_assert_uint_eq(opened(), 0);
}
END_TEST

START_TEST(a_second_difference_in_a_row_starts_an_exchange)
{
	struct address address = sample_address(2);

	compare(2, PROBE_ROUND, other_state());
	bench_pass_us(&bench, REPAIR_INTERVAL_US);
	answer(2, other_state());
	ck_assert_uint_eq(opened(), 1);
	ck_assert(address_equal(
		&sent_output(sent, OUTPUT_STREAM_OPEN)->address, &address));
}
END_TEST

START_TEST(a_difference_that_goes_away_starts_nothing)
{
	compare(2, PROBE_ROUND, other_state());
	bench_pass_us(&bench, REPAIR_INTERVAL_US);
	answer(2, own_state());
	ck_assert_uint_eq(opened(), 0);
	compare(2, PROBE_ROUND, other_state());
	ck_assert_uint_eq(opened(), 0);
}
END_TEST

START_TEST(a_member_that_agrees_meanwhile_is_not_asked_again)
{
	compare(2, PROBE_ROUND, other_state());
	compare(2, PROBE_ROUND, own_state());
	bench_pass_us(&bench, REPAIR_INTERVAL_US);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_PING, 0), 0);
	ck_assert_uint_eq(repair_deadline(repair), DEADLINE_NONE);
}
END_TEST

START_TEST(one_doubt_at_a_time_is_enough)
{
	compare(2, PROBE_ROUND, other_state());
	bench.time_us += REPAIR_INTERVAL_US / 2;
	compare(3, PROBE_ROUND, other_state());
	bench_pass_us(&bench, REPAIR_INTERVAL_US / 2);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_PING, 2), 1);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_PING, 3), 0);
}
END_TEST

START_TEST(who_asks_acts)
{
	struct message message = {
		.type = MESSAGE_PING,
		.ping = {.probe = 1, .state = other_state()},
	};

	for (int i = 0; i < 5; i++) {
		bench_tell(&bench, 2, &message);
		ck_assert_uint_eq(opened(), 0);
		bench_pass_us(&bench, REPAIR_INTERVAL_US);
		ck_assert_uint_eq(sent_count(sent, MESSAGE_PING, 2), 0);
	}
	ck_assert(bench_member(&bench, 2)->agreement_known);
	ck_assert(!bench_member(&bench, 2)->agrees);
}
END_TEST

START_TEST(who_comes_back_from_the_dead_is_reconciled_with_at_once)
{
	bench_bury(&bench, 2, MEMBER_DEAD);
	compare(2, PROBE_CONTACT, other_state());
	ck_assert_uint_eq(opened(), 1);
}
END_TEST

START_TEST(agreement_is_remembered)
{
	compare(2, PROBE_ROUND, own_state());
	ck_assert(bench_member(&bench, 2)->agreement_known);
	ck_assert(bench_member(&bench, 2)->agrees);
	ck_assert(!bench_member(&bench, 3)->agreement_known);
	compare(2, PROBE_ROUND, other_state());
	ck_assert(!bench_member(&bench, 2)->agrees);
}
END_TEST

/* --- how often --- */

START_TEST(exchanges_keep_their_distance)
{
	compare(2, PROBE_COMPARE, other_state());
	ck_assert_uint_eq(opened(), 1);
	fail_stream();
	bench.time_us += EXCHANGE_INTERVAL_US - 1;
	compare(3, PROBE_COMPARE, other_state());
	ck_assert_uint_eq(opened(), 0);
	bench.time_us += 1;
	compare(3, PROBE_COMPARE, other_state());
	ck_assert_uint_eq(opened(), 1);
}
END_TEST

/* How long until the node reconciles with that member again. */
static uint64_t
time_to_next_exchange(unsigned number)
{
	uint64_t start_us = bench.time_us;

	do {
		bench.time_us += EXCHANGE_INTERVAL_US / 10;
		compare(number, PROBE_COMPARE, other_state());
		ck_assert_uint_lt(bench.time_us - start_us, 1000 * SECOND_US);
	} while (opened() == 0);
	fail_stream();
	return bench.time_us - start_us;
}

START_TEST(repairs_that_lead_nowhere_come_less_and_less)
{
	uint64_t before_us = 0;
	uint64_t wait_us = 0;

	compare(2, PROBE_COMPARE, other_state());
	fail_stream();
	for (int i = 0; i < 12; i++) {
		before_us = wait_us;
		wait_us = time_to_next_exchange(2);
		ck_assert_uint_ge(wait_us, before_us);
	}
	ck_assert_uint_eq(wait_us, EXCHANGE_BACKOFF_MAX_US);
}
END_TEST

START_TEST(agreement_ends_the_patience)
{
	compare(2, PROBE_COMPARE, other_state());
	fail_stream();
	for (int i = 0; i < 5; i++)
		time_to_next_exchange(2);
	compare(2, PROBE_COMPARE, own_state());
	ck_assert_uint_eq(time_to_next_exchange(2), EXCHANGE_INTERVAL_US);
}
END_TEST

START_TEST(other_members_do_not_wait_for_the_one)
{
	compare(2, PROBE_COMPARE, other_state());
	fail_stream();
	for (int i = 0; i < 5; i++)
		time_to_next_exchange(2);
	ck_assert_uint_eq(time_to_next_exchange(3), EXCHANGE_INTERVAL_US);
}
END_TEST

START_TEST(who_asks_for_a_large_record_does_not_wait)
{
	compare(2, PROBE_COMPARE, other_state());
	fail_stream();
	for (int i = 0; i < 5; i++)
		time_to_next_exchange(2);
	bench.time_us += EXCHANGE_INTERVAL_US;
	ck_assert(repair_with(repair, bench_member(&bench, 2), bench_now(&bench)));
}
END_TEST

/* --- contexts that differ although the states agree --- */

static struct state_summary
other_context(void)
{
	struct state_summary state = own_state();

	state.context_sum++;
	return state;
}

START_TEST(at_equal_states_the_context_is_told)
{
	struct message message;
	struct dot_range range;
	struct reader entries;

	compare(2, PROBE_ROUND, other_context());
	message = sent_message(sent, MESSAGE_AGREE, 2);
	ck_assert_uint_eq(message.context.fingerprint, own_state().fingerprint);
	entries = reader_of(message.context.entries);
	for (size_t i = 0; i < 4; i++) {
		ck_assert(range_next(&entries, &range));
		ck_assert_uint_eq(range.first, 1);
		ck_assert_uint_eq(range.last, 1);
	}
	ck_assert(!range_next(&entries, &range));
	ck_assert(!entries.failed);
}
END_TEST

START_TEST(a_ping_is_enough_to_tell_the_context)
{
	struct message message = {
		.type = MESSAGE_PING,
		.ping = {.probe = 1, .state = other_context()},
	};

	bench_tell(&bench, 2, &message);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_AGREE, 2), 1);
}
END_TEST

START_TEST(equal_contexts_need_no_words)
{
	compare(2, PROBE_ROUND, own_state());
	ck_assert_uint_eq(sent_count(sent, MESSAGE_AGREE, 0), 0);
}
END_TEST

START_TEST(contexts_are_told_once_a_second_at_most)
{
	compare(2, PROBE_ROUND, other_context());
	bench.time_us += AGREE_INTERVAL_US - 1;
	compare(3, PROBE_ROUND, other_context());
	ck_assert_uint_eq(sent_count(sent, MESSAGE_AGREE, 0), 0);
	bench.time_us += 1;
	compare(3, PROBE_ROUND, other_context());
	ck_assert_uint_eq(sent_count(sent, MESSAGE_AGREE, 3), 1);
}
END_TEST

static void
tell_agree(uint64_t fingerprint)
{
	uint8_t bytes[RANGE_LEN_MAX];
	struct writer writer = writer_of(bytes, sizeof(bytes));
	struct message message = {
		.type = MESSAGE_AGREE,
		.context = {.fingerprint = fingerprint},
	};

	range_write(&writer, &(struct dot_range){77, 5, 9});
	message.context.entries = writer_bytes(&writer);
	bench_tell(&bench, 2, &message);
}

START_TEST(at_equal_states_contexts_are_joined)
{
	tell_agree(own_state().fingerprint);
	ck_assert(context_covers(&bench.node->store.context, (struct dot){77, 7}));
	ck_assert(!context_covers(&bench.node->store.context, (struct dot){77, 4}));
}
END_TEST

START_TEST(at_different_states_contexts_stay_apart)
{
	tell_agree(own_state().fingerprint + 1);
	ck_assert(!context_covers(&bench.node->store.context, (struct dot){77, 7}));
}
END_TEST

/* Lets the node tell its context until a listener knows all of it. */
static void
listen_until_known(size_t tellings_max)
{
	struct context heard;

	context_init(&heard);
	for (size_t i = 0; i < tellings_max; i++) {
		struct message message;
		struct reader entries;
		struct dot_range range;

		bench.time_us += AGREE_INTERVAL_US;
		compare(2, PROBE_ROUND, other_context());
		message = sent_message(sent, MESSAGE_AGREE, 2);
		entries = reader_of(message.context.entries);
		while (range_next(&entries, &range))
			context_add_range(
				&heard, range.writer, range.first, range.last);
	}
	ck_assert_uint_eq(context_sum(&heard), context_sum(&bench.node->store.context));
	context_fini(&heard);
}

START_TEST(the_context_of_many_writers_is_told_in_parts)
{
	for (uint64_t writer = 1; writer <= 300; writer++)
		context_add(&bench.node->store.context,
			(struct dot){writer << 40, writer << 40});
	listen_until_known(20);
}
END_TEST

START_TEST(the_context_of_a_writer_with_many_gaps_is_told_in_parts)
{
	for (uint64_t i = 1; i <= 300; i++)
		context_add(&bench.node->store.context, (struct dot){77, i << 40});
	listen_until_known(20);
}
END_TEST

START_TEST(a_context_is_told_in_the_smallest_packets_too)
{
	bench_fini(&bench);
	init_with(512);
	for (uint64_t i = 1; i <= 100; i++)
		context_add(&bench.node->store.context, (struct dot){i, i << 50});
	listen_until_known(20);
}
END_TEST

static void
add_differences(Suite *suite)
{
	TCase *tcase = add_case(suite, "differences");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_first_difference_is_looked_at_again);
	tcase_add_test(tcase, a_second_difference_in_a_row_starts_an_exchange);
	tcase_add_test(tcase, a_difference_that_goes_away_starts_nothing);
	tcase_add_test(tcase, a_member_that_agrees_meanwhile_is_not_asked_again);
	tcase_add_test(tcase, one_doubt_at_a_time_is_enough);
	tcase_add_test(tcase, who_asks_acts);
	tcase_add_test(tcase, who_comes_back_from_the_dead_is_reconciled_with_at_once);
	tcase_add_test(tcase, agreement_is_remembered);
	tcase_add_test(tcase, exchanges_keep_their_distance);
	tcase_add_test(tcase, repairs_that_lead_nowhere_come_less_and_less);
	tcase_add_test(tcase, agreement_ends_the_patience);
	tcase_add_test(tcase, other_members_do_not_wait_for_the_one);
	tcase_add_test(tcase, who_asks_for_a_large_record_does_not_wait);
}

static void
add_contexts(Suite *suite)
{
	TCase *tcase = add_case(suite, "contexts");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, at_equal_states_the_context_is_told);
	tcase_add_test(tcase, a_ping_is_enough_to_tell_the_context);
	tcase_add_test(tcase, equal_contexts_need_no_words);
	tcase_add_test(tcase, contexts_are_told_once_a_second_at_most);
	tcase_add_test(tcase, at_equal_states_contexts_are_joined);
	tcase_add_test(tcase, at_different_states_contexts_stay_apart);
	tcase_add_test(tcase, the_context_of_many_writers_is_told_in_parts);
	tcase_add_test(tcase, the_context_of_a_writer_with_many_gaps_is_told_in_parts);
	tcase_add_test(tcase, a_context_is_told_in_the_smallest_packets_too);
}

int
main(void)
{
	Suite *suite = suite_create("repair");

	add_differences(suite);
	add_contexts(suite);
	return run_suite(suite);
}
