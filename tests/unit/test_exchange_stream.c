/* SPDX-License-Identifier: MIT */
#include "exchange_bench.h"

#include <stdlib.h>

#include "base/mem.h"

/* What an exchange comes to in portions, while the states change, and when it cannot
 * end well. */

/* --- the stream in portions --- */

START_TEST(portions_may_be_as_small_as_a_byte)
{
	for (unsigned i = 0; i < 20; i++)
		set(i % 2 == 0 ? &one : &two, sample_name(i), "v");
	connect_ends();
	carry_all(1);
	ck_assert(agree());
	ck_assert(has(&two, "n18", "v"));
}
END_TEST

START_TEST(the_largest_record_passes)
{
	char *value = mem_new(WIRE_VALUE_LEN_MAX + 1);
	char key[KEY_LEN_MAX + 1] = {0};

	memset(value, 'v', WIRE_VALUE_LEN_MAX);
	memset(key, 'k', KEY_LEN_MAX);
	set(&one, key, value);
	set(&one, "next", "small");
	reconcile();
	ck_assert(has(&two, key, value));
	ck_assert(has(&two, "next", "small"));
	free(value);
}
END_TEST

START_TEST(more_records_than_a_digest_message_holds)
{
	for (unsigned i = 0; i < WIRE_DIGEST_COUNT_MAX + 100; i++)
		set(&one, sample_name(i), "v");
	reconcile();
	ck_assert(agree());
	erase(&two, "n7");
	set(&two, "n8", "w");
	reconcile();
	ck_assert(agree());
	ck_assert(lacks(&one, "n7"));
	ck_assert(has(&one, "n8", "w"));
	ck_assert(has(&one, "n4195", "v"));
}
END_TEST

START_TEST(more_ranges_than_a_context_message_holds)
{
	for (uint64_t i = 1; i <= 500; i++)
		context_add(&one.node->store.context, (struct dot){77, 2 * i});
	reconcile();
	ck_assert(know_the_same());
	ck_assert(context_covers(&two.node->store.context, (struct dot){77, 1000}));
	ck_assert(!context_covers(&two.node->store.context, (struct dot){77, 999}));
}
END_TEST

/* --- changes meanwhile --- */

/* Up to the instant at which both have told what they have. */
static void
carry_snapshots(void)
{
	while (one.exchange->stage < STAGE_PEER || two.exchange->stage < STAGE_PEER) {
		carry(&one, &two, 16);
		carry(&two, &one, 16);
	}
}

START_TEST(what_comes_by_another_way_during_an_exchange_is_not_dropped)
{
	struct record_view view = sample_shared(
		(struct dot){sample_writer(3), 5}, stamp_at_ms(0), "k", "v");

	sample_tell_record(two.node, 3, &view, at_us(time_us));
	connect_ends();
	carry_snapshots();
	sample_tell_record(one.node, 3, &view, at_us(time_us));
	carry_all(16);
	ck_assert(has(&one, "k", "v"));
	ck_assert(agree());
}
END_TEST

/* Node 2 has seen it and forgotten it, but has not been asked whether it did. */
START_TEST(what_comes_during_an_exchange_is_dropped_by_the_next_one)
{
	struct record_view view = sample_shared(
		(struct dot){sample_writer(3), 5}, stamp_at_ms(0), "k", "v");

	context_add(&two.node->store.context, view.dot);
	connect_ends();
	carry_snapshots();
	sample_tell_record(one.node, 3, &view, at_us(time_us));
	carry_all(16);
	ck_assert(has(&one, "k", "v"));
	reconcile();
	ck_assert(lacks(&one, "k"));
	ck_assert(agree());
}
END_TEST

START_TEST(what_is_written_during_an_exchange_is_not_lost)
{
	for (unsigned i = 0; i < 200; i++)
		set(i % 2 == 0 ? &one : &two, sample_name(i), "v");
	connect_ends();
	carry_snapshots();
	set(&one, "a", "early in the order");
	set(&one, "z", "late in the order");
	set(&two, "a", "the same key");
	set(&two, "n4", "over what the other sends");
	carry_all(16);
	ck_assert(!lacks(&one, "a") && !lacks(&two, "a"));
	ck_assert(has(&one, "z", "late in the order"));
	ck_assert(has(&two, "n4", "over what the other sends"));
	reconcile();
	ck_assert(agree());
	ck_assert(has(&two, "z", "late in the order"));
	ck_assert(has(&one, "n4", "over what the other sends"));
}
END_TEST

START_TEST(what_is_deleted_during_an_exchange_stays_deleted)
{
	for (unsigned i = 0; i < 100; i++)
		set(&one, sample_name(i), "v");
	reconcile();
	for (unsigned i = 100; i < 200; i++)
		set(&one, sample_name(i), "v");
	connect_ends();
	carry_snapshots();
	erase(&one, "n150");
	erase(&two, "n50");
	carry_all(16);
	reconcile();
	ck_assert(lacks(&one, "n150") && lacks(&two, "n150"));
	ck_assert(lacks(&one, "n50") && lacks(&two, "n50"));
	ck_assert(agree());
}
END_TEST

START_TEST(a_stream_that_breaks_concludes_nothing)
{
	for (unsigned i = 0; i < 100; i++)
		set(&one, sample_name(i), "v");
	reconcile();
	for (unsigned i = 0; i < 50; i++)
		erase(&one, sample_name(i));
	for (unsigned i = 100; i < 200; i++)
		set(&one, sample_name(i), "v");
	pass_ms(TOMBSTONE_LIFE_MS);
	connect_ends();
	carry_snapshots();
	for (int i = 0; i < 20; i++)
		carry(&one, &two, 16);
	finish(&one);
	finish(&two);
	ck_assert(!know_the_same());
	ck_assert(has(&two, "n0", "v"));
	reconcile();
	ck_assert(lacks(&two, "n0"));
	ck_assert(has(&two, "n199", "v"));
	ck_assert(agree());
}
END_TEST

/* --- refusals --- */

static void
limit_other(size_t state_size_max)
{
	finish(&two);
	node_free(two.node);
	start(&two, OTHER, state_size_max);
}

START_TEST(a_refused_record_stays_with_who_has_it)
{
	limit_other(400);
	set(&one, "large",
		"12345678901234567890123456789012345678901234567890"
		"12345678901234567890123456789012345678901234567890"
		"12345678901234567890123456789012345678901234567890"
		"12345678901234567890123456789012345678901234567890"
		"12345678901234567890123456789012345678901234567890"
		"12345678901234567890123456789012345678901234567890");
	set(&one, "a", "small");
	set(&two, "b", "small");
	for (int i = 0; i < 3; i++) {
		reconcile();
		ck_assert(two.exchange->refused);
		ck_assert(!lacks(&one, "large"));
		ck_assert(lacks(&two, "large"));
		ck_assert(has(&two, "a", "small"));
		ck_assert(has(&one, "b", "small"));
		ck_assert(!know_the_same());
	}
	ck_assert_uint_eq(two.node->intake.drops[DROP_QUOTA], 3);
}
END_TEST

START_TEST(an_old_value_stays_while_the_new_one_is_refused)
{
	char large[400] = {0};

	limit_other(400);
	memset(large, 'v', sizeof(large) - 1);
	set(&one, "k", "small");
	reconcile();
	set(&one, "k", large);
	reconcile();
	ck_assert(has(&two, "k", "small"));
	ck_assert(has(&one, "k", large));
	set(&one, "k", "small again");
	reconcile();
	ck_assert(has(&two, "k", "small again"));
	ck_assert(agree());
	ck_assert(know_the_same());
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("exchange stream");
	TCase *portions = add_case(suite, "portions");
	TCase *changes = add_case(suite, "changes and refusals");

	tcase_add_checked_fixture(portions, set_up, tear_down);
	tcase_add_test(portions, portions_may_be_as_small_as_a_byte);
	tcase_add_test(portions, the_largest_record_passes);
	tcase_add_test(portions, more_records_than_a_digest_message_holds);
	tcase_add_test(portions, more_ranges_than_a_context_message_holds);
	tcase_add_checked_fixture(changes, set_up, tear_down);
	tcase_add_test(
		changes, what_comes_by_another_way_during_an_exchange_is_not_dropped);
	tcase_add_test(
		changes, what_comes_during_an_exchange_is_dropped_by_the_next_one);
	tcase_add_test(changes, what_is_written_during_an_exchange_is_not_lost);
	tcase_add_test(changes, what_is_deleted_during_an_exchange_stays_deleted);
	tcase_add_test(changes, a_stream_that_breaks_concludes_nothing);
	tcase_add_test(changes, a_refused_record_stays_with_who_has_it);
	tcase_add_test(changes, an_old_value_stays_while_the_new_one_is_refused);
	return run_suite(suite);
}
