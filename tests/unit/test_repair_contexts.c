/* SPDX-License-Identifier: MIT */
#include "gossip/repair.h"

#include "repair_bench.h"

#define AGREE_INTERVAL_US SECOND_US

/* Contexts that differ although the states agree. */

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
	set_up_with(512);
	for (uint64_t i = 1; i <= 100; i++)
		context_add(&bench.node->store.context, (struct dot){i, i << 50});
	listen_until_known(20);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("repair of contexts");
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
	return run_suite(suite);
}
