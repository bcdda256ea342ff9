/* SPDX-License-Identifier: MIT */
#include "gossip/exchange.h"

#include <stdlib.h>

#include "base/mem.h"
#include "bench.h"
#include "run.h"

#define OTHER 2
#define TOMBSTONE_LIFE_MS 1000

/* One end of the stream between nodes 1 and 2. */
struct end {
	struct node *node;
	struct exchange *exchange;
	bool settled;
	bool told_again; /* what exchange_settle() returned */
	size_t sent_size;
};

static struct end one;
static struct end two;
static uint64_t time_us;

static void
start(struct end *end, unsigned number, size_t state_size_max)
{
	struct settings settings = sample_settings(number);

	settings.tombstone_life_ms = TOMBSTONE_LIFE_MS;
	settings.state_size_max = state_size_max;
	*end = (struct end){.node = node_new(&settings, at_us(time_us))};
}

static void
finish(struct end *end)
{
	exchange_free(end->exchange);
	end->exchange = NULL;
	node_check(end->node);
}

static void
set_up(void)
{
	time_us = 0;
	start(&one, 1, SIZE_MAX);
	start(&two, OTHER, SIZE_MAX);
}

static void
tear_down(void)
{
	finish(&one);
	finish(&two);
	node_free(one.node);
	node_free(two.node);
}

/* --- the stream --- */

static void
connect_ends(void)
{
	struct address one_address = sample_address(1);
	struct address two_address = sample_address(OTHER);

	finish(&one);
	finish(&two);
	one.exchange =
		exchange_new(&one.node->exchanges.host, 7, &two_address, true, true);
	two.exchange =
		exchange_new(&two.node->exchanges.host, 8, &one_address, false, true);
	one.settled = two.settled = false;
	one.sent_size = two.sent_size = 0;
	exchange_begin(one.exchange);
}

static bool
carry(struct end *from, struct end *to, size_t chunk_size)
{
	static uint8_t chunk[4096];
	size_t len = exchange_fill(from->exchange, chunk, chunk_size);

	from->sent_size += len;
	ck_assert_int_eq(
		exchange_receive(to->exchange, bytes_of(chunk, len), at_us(time_us)),
		ERR_OK);
	if (to->exchange->peer_done && !to->settled) {
		to->told_again = exchange_settle(to->exchange);
		to->settled = true;
	}
	return len > 0;
}

/* Carries bytes both ways until nothing moves. */
static void
carry_all(size_t chunk_size)
{
	bool moved = true;

	while (moved) {
		moved = carry(&one, &two, chunk_size);
		moved |= carry(&two, &one, chunk_size);
	}
	ck_assert(exchange_is_done(one.exchange));
	ck_assert(exchange_is_done(two.exchange));
	ck_assert(one.settled && two.settled);
	node_check(one.node);
	node_check(two.node);
}

static void
reconcile(void)
{
	connect_ends();
	carry_all(4096);
}

/* --- what the nodes have --- */

static void
set(struct end *end, const char *key, const char *value)
{
	struct write write = {
		.key = bytes_of_string(key),
		.value = bytes_of_string(value),
	};

	ck_assert_int_eq(node_set(end->node, &write, at_us(time_us), NULL), ERR_OK);
}

static void
erase(struct end *end, const char *key)
{
	ck_assert_int_eq(node_delete(end->node, bytes_of_string(key),
				 (struct version){0}, at_us(time_us), NULL),
		ERR_OK);
}

static bool
has(const struct end *end, const char *key, const char *value)
{
	struct item item;
	enum err err = node_get(end->node, bytes_of_string(key), false, &item);

	return err == ERR_OK && bytes_equal(item.value, bytes_of_string(value));
}

static bool
lacks(const struct end *end, const char *key)
{
	struct item item;

	return node_get(end->node, bytes_of_string(key), true, &item) == ERR_NOT_FOUND;
}

static bool
agree(void)
{
	return one.node->store.fingerprint == two.node->store.fingerprint;
}

static bool
know_the_same(void)
{
	return context_sum(&one.node->store.context) ==
	       context_sum(&two.node->store.context);
}

static void
pass_ms(uint64_t ms)
{
	time_us += ms * MS_US;
	node_tick(one.node, at_us(time_us));
	node_tick(two.node, at_us(time_us));
}

/* --- reconciling --- */

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
	TCase *portions = add_case(suite, "portions");
	TCase *changes = add_case(suite, "changes and refusals");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, strangers_become_members_of_each_other);
	tcase_add_test(tcase, each_side_gets_what_it_lacks);
	tcase_add_test(tcase, the_later_write_wins_on_both_sides);
	tcase_add_test(tcase, records_are_sent_once);
	tcase_add_test(tcase, a_deleted_key_does_not_come_back_from_an_old_holder);
	tcase_add_test(tcase, it_does_not_come_back_after_the_tombstone_either);
	tcase_add_test(tcase, an_overwritten_key_does_not_come_back);
	tcase_add_test(
		tcase, what_was_written_and_deleted_between_meetings_leaves_no_trace);
	tcase_add_test(tcase, what_the_other_has_deleted_and_written_anew_is_taken);
	tcase_add_test(tcase, an_own_record_that_others_count_as_gone_is_told_again);
	tcase_add_checked_fixture(portions, set_up, tear_down);
	tcase_add_test(portions, portions_may_be_as_small_as_a_byte);
	tcase_add_test(portions, the_largest_record_passes);
	tcase_add_test(portions, more_records_than_a_digest_message_holds);
	tcase_add_test(portions, more_ranges_than_a_context_message_holds);
	tcase_add_checked_fixture(changes, set_up, tear_down);
	tcase_add_test(changes, what_is_written_during_an_exchange_is_not_lost);
	tcase_add_test(changes, what_is_deleted_during_an_exchange_stays_deleted);
	tcase_add_test(changes, a_stream_that_breaks_concludes_nothing);
	tcase_add_test(changes, a_refused_record_stays_with_who_has_it);
	tcase_add_test(changes, an_old_value_stays_while_the_new_one_is_refused);
	return run_suite(suite);
}
