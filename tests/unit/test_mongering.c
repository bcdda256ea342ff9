/* SPDX-License-Identifier: MIT */
#include "gossip/mongering.h"

#include "base/now.h"
#include "gossip/node.h"
#include "gossip/request.h"
#include "run.h"
#include "wire/message.h"

#define INTERVAL_US (200 * MS_US)
#define RECORD_COUNT 4
#define OTHER_COUNT 20

/* One node's mongering with many members around it, none of whom answers. */
static struct settings settings;
static struct store store;
static struct members members;
static struct outbox outbox;
static struct prng prng;
static struct mongering mongering;

static void
add_member(uint8_t number)
{
	uint8_t id[NODE_ID_SIZE] = {number};
	char name[] = {'n', (char)('a' + number), '\0'};
	struct member_info info = {
		.address = {.family = 4, .ip = {10, 0, 0, number}, .port = 7117},
		.writer = number,
		.name = bytes_of_string(name),
	};
	struct member *member = members_put(&members, id, &info);

	member_set_state(&members, member, MEMBER_ALIVE);
	if (number == 1)
		members.self = member;
}

static void
set_up(enum strategy strategy)
{
	struct header header = {.version = WIRE_VERSION};

	settings = settings_default();
	settings.strategy = strategy;
	prng_init(&prng, 1);
	store_init(&store, 0, SIZE_MAX, 0);
	members_init(&members, 100);
	outbox_init(&outbox, &header, settings.packet_size_max);
	for (uint8_t i = 1; i <= OTHER_COUNT + 1; i++)
		add_member(i);
	mongering_init(&mongering, &settings, &store, &members, &outbox, &prng, 0);
}

static void
set_up_feedback(uint64_t feedback)
{
	set_up(STRATEGY_PUSH);
	settings.fanout = 1;
	settings.feedback = feedback;
}

static void
tear_down(void)
{
	mongering_fini(&mongering);
	outbox_fini(&outbox);
	members_fini(&members);
	store_fini(&store);
}

static void
add_record(uint64_t seq)
{
	uint8_t key[] = {'k', (uint8_t)('0' + seq)};
	struct record_view view = {
		.kind = RECORD_SHARED,
		.dot = {7, seq},
		.stamp = seq,
		.key = bytes_of(key, sizeof(key)),
	};
	enum store_result result;

	ck_assert_int_eq(store_apply(&store, &view, 0, &result), ERR_OK);
	mongering_add(
		&mongering, store_find_hash(&store, store_hash(&store, view.dot)), 0);
}

/* How many messages of that type leave in a round, over all addresses. */
static size_t
count_in_round(uint64_t round, enum message_type type)
{
	struct address to;
	struct bytes datagram;
	size_t count = 0;

	mongering_tick(&mongering, round * INTERVAL_US);
	while (outbox_next(&outbox, &to, &datagram)) {
		struct reader reader = reader_of(datagram);
		struct header header;
		struct message message;

		ck_assert_int_eq(header_read(&reader, &header), ERR_OK);
		ck_assert_uint_ne(to.ip[3], 1);
		while (message_read(&reader, WIRE_DATAGRAM_SIZE_MAX, &message) ==
			MESSAGE_TAKEN)
			count += message.type == type;
	}
	return count;
}

START_TEST(push_sends_each_record_as_often_as_the_formula_says)
{
	size_t copies = 0;

	set_up(STRATEGY_PUSH);
	for (uint64_t seq = 1; seq <= RECORD_COUNT; seq++)
		add_record(seq);
	for (uint64_t round = 1; round <= 20; round++)
		copies += count_in_round(round, MESSAGE_RECORD);
	/* 4 · ⌈log10(21 + 1)⌉ */
	ck_assert_uint_eq(copies, (uint64_t)RECORD_COUNT * 4 * 2);
	tear_down();
}
END_TEST

START_TEST(push_sends_to_no_more_than_the_fanout_in_a_round)
{
	set_up(STRATEGY_PUSH);
	add_record(1);
	ck_assert_uint_eq(count_in_round(1, MESSAGE_RECORD), settings.fanout);
	tear_down();
}
END_TEST

START_TEST(push_sends_to_everybody_once_before_it_sends_to_somebody_twice)
{
	bool met[OTHER_COUNT + 2] = {false};
	struct address to;
	struct bytes datagram;
	size_t count = 0;

	set_up(STRATEGY_PUSH);
	settings.fanout = OTHER_COUNT + 10;
	settings.retransmit_factor = 100;
	add_record(1);
	mongering_tick(&mongering, INTERVAL_US);
	for (; outbox_next(&outbox, &to, &datagram); count++) {
		ck_assert(!met[to.ip[3]]);
		met[to.ip[3]] = true;
	}
	ck_assert_uint_eq(count, OTHER_COUNT);
	ck_assert(!met[1]);
	tear_down();
}
END_TEST

/* Somebody has records 1 to `count` already. */
static void
answer(size_t count)
{
	struct message message = {.type = MESSAGE_IHAVE};

	for (uint64_t seq = 1; seq <= count; seq++)
		message.dots.dots[message.dots.count++] = (struct dot){7, seq};
	mongering_on_ihave(&mongering, &message);
}

START_TEST(under_feedback_a_record_is_told_until_so_many_had_it)
{
	set_up_feedback(3);
	add_record(1);
	for (uint64_t round = 1; round <= 3; round++) {
		ck_assert_uint_eq(count_in_round(round, MESSAGE_RECORD), 1);
		answer(1);
	}
	ck_assert_uint_eq(count_in_round(4, MESSAGE_RECORD), 0);
	ck_assert_uint_eq(mongering_deadline(&mongering), DEADLINE_NONE);
	tear_down();
}
END_TEST

START_TEST(a_round_that_nobody_answers_begins_the_count_anew)
{
	set_up_feedback(2);
	add_record(1);
	ck_assert_uint_eq(count_in_round(1, MESSAGE_RECORD), 1);
	answer(1);
	ck_assert_uint_eq(count_in_round(2, MESSAGE_RECORD), 1);
	ck_assert_uint_eq(count_in_round(3, MESSAGE_RECORD), 1);
	answer(1);
	ck_assert_uint_eq(count_in_round(4, MESSAGE_RECORD), 1);
	answer(1);
	ck_assert_uint_eq(count_in_round(5, MESSAGE_RECORD), 0);
	tear_down();
}
END_TEST

START_TEST(each_record_is_counted_apart)
{
	set_up_feedback(1);
	add_record(1);
	add_record(2);
	ck_assert_uint_eq(count_in_round(1, MESSAGE_RECORD), 2);
	answer(1);
	ck_assert_uint_eq(count_in_round(2, MESSAGE_RECORD), 1);
	answer(2);
	ck_assert_uint_eq(count_in_round(3, MESSAGE_RECORD), 0);
	tear_down();
}
END_TEST

START_TEST(under_feedback_a_record_ends_though_nobody_ever_answers)
{
	size_t copies = 0;

	set_up_feedback(5);
	add_record(1);
	for (uint64_t round = 1; round <= 1000; round++)
		copies += count_in_round(round, MESSAGE_RECORD);
	ck_assert_uint_eq(copies, 128);
	ck_assert_uint_eq(mongering_deadline(&mongering), DEADLINE_NONE);
	tear_down();
}
END_TEST

START_TEST(answers_without_feedback_change_nothing)
{
	size_t copies = 0;

	set_up(STRATEGY_PUSH);
	add_record(1);
	for (uint64_t round = 1; round <= 20; round++) {
		copies += count_in_round(round, MESSAGE_RECORD);
		answer(1);
	}
	ck_assert_uint_eq(copies, 4 * 2);
	tear_down();
}
END_TEST

/* So many records that are known came from that member, in one turn. */
static void
get_known(uint8_t number, uint64_t count)
{
	struct address from = {.family = 4, .ip = {10, 0, 0, number}, .port = 7117};

	for (uint64_t seq = 1; seq <= count; seq++)
		mongering_on_known(&mongering, &from, (struct dot){7, seq});
}

/* Takes the next datagram: its dots, all in IHAVE; 0 when there is none. */
static size_t
take_ihave(uint8_t *ret_number, size_t *ret_message_count)
{
	struct address to;
	struct bytes datagram;
	struct reader reader;
	struct header header;
	struct message message;
	size_t dot_count = 0;

	if (!outbox_next(&outbox, &to, &datagram))
		return 0;
	reader = reader_of(datagram);
	ck_assert_int_eq(header_read(&reader, &header), ERR_OK);
	*ret_message_count = 0;
	while (message_read(&reader, WIRE_DATAGRAM_SIZE_MAX, &message) ==
		MESSAGE_TAKEN) {
		ck_assert_int_eq(message.type, MESSAGE_IHAVE);
		for (size_t i = 0; i < message.dots.count; i++)
			ck_assert_uint_eq(message.dots.dots[i].seq, ++dot_count);
		++*ret_message_count;
	}
	*ret_number = to.ip[3];
	return dot_count;
}

START_TEST(what_is_known_is_answered_in_one_message_at_the_end_of_the_turn)
{
	uint8_t number;
	size_t messages;

	set_up_feedback(1);
	get_known(9, 3);
	ck_assert_uint_eq(take_ihave(&number, &messages), 0);
	mongering_flush(&mongering);
	ck_assert_uint_eq(take_ihave(&number, &messages), 3);
	ck_assert_uint_eq(number, 9);
	ck_assert_uint_eq(messages, 1);
	mongering_flush(&mongering);
	ck_assert_uint_eq(take_ihave(&number, &messages), 0);
	tear_down();
}
END_TEST

START_TEST(each_sender_gets_its_own_answer)
{
	uint8_t number;
	size_t messages;

	set_up_feedback(1);
	get_known(9, 2);
	get_known(5, 1);
	mongering_flush(&mongering);
	ck_assert_uint_eq(take_ihave(&number, &messages), 2);
	ck_assert_uint_eq(number, 9);
	ck_assert_uint_eq(take_ihave(&number, &messages), 1);
	ck_assert_uint_eq(number, 5);
	tear_down();
}
END_TEST

START_TEST(more_than_a_message_holds_is_answered_in_several)
{
	uint8_t number;
	size_t messages;

	set_up_feedback(1);
	get_known(9, WIRE_DOT_BATCH_COUNT + 1);
	mongering_flush(&mongering);
	ck_assert_uint_eq(take_ihave(&number, &messages), WIRE_DOT_BATCH_COUNT + 1);
	ck_assert_uint_eq(messages, 2);
	tear_down();
}
END_TEST

START_TEST(only_push_with_feedback_answers_what_is_known)
{
	uint8_t number;
	size_t messages;

	set_up_feedback(0);
	get_known(9, 1);
	mongering_flush(&mongering);
	ck_assert_uint_eq(take_ihave(&number, &messages), 0);
	tear_down();
	set_up(STRATEGY_PUSH_PULL);
	settings.feedback = 1;
	get_known(9, 1);
	mongering_flush(&mongering);
	ck_assert_uint_eq(take_ihave(&number, &messages), 0);
	tear_down();
}
END_TEST

START_TEST(nothing_stays_hot_while_nobody_else_is_live)
{
	static const enum strategy strategies[] = {
		STRATEGY_PUSH, STRATEGY_PULL, STRATEGY_PUSH_PULL};

	set_up(strategies[_i]);
	for (size_t i = 0; i < members.count; i++) {
		if (members.sorted[i] != members.self)
			member_set_state(&members, members.sorted[i], MEMBER_DEAD);
	}
	add_record(1);
	ck_assert_uint_eq(count_in_round(1, MESSAGE_RECORD), 0);
	ck_assert_uint_eq(mongering.count, 0);
	tear_down();
}
END_TEST

START_TEST(push_is_quiet_when_nothing_is_hot)
{
	set_up(STRATEGY_PUSH);
	ck_assert_uint_eq(mongering_deadline(&mongering), DEADLINE_NONE);
	add_record(1);
	ck_assert_uint_ne(mongering_deadline(&mongering), DEADLINE_NONE);
	for (uint64_t round = 1; round <= 20; round++)
		count_in_round(round, MESSAGE_RECORD);
	ck_assert_uint_eq(mongering_deadline(&mongering), DEADLINE_NONE);
	tear_down();
}
END_TEST

START_TEST(pull_asks_one_member_a_round_and_tells_it_nothing)
{
	set_up(STRATEGY_PULL);
	add_record(1);
	ck_assert_uint_eq(count_in_round(1, MESSAGE_PULL), 1);
	ck_assert_uint_eq(count_in_round(2, MESSAGE_IHAVE), 0);
	tear_down();
}
END_TEST

START_TEST(push_pull_asks_one_member_and_tells_it_what_is_hot)
{
	set_up(STRATEGY_PUSH_PULL);
	add_record(1);
	ck_assert_uint_eq(count_in_round(1, MESSAGE_PULL), 1);
	ck_assert_uint_eq(count_in_round(2, MESSAGE_IHAVE), 1);
	tear_down();
}
END_TEST

START_TEST(a_pull_is_answered_while_records_are_hot)
{
	struct address from = {.family = 4, .ip = {10, 0, 0, 9}, .port = 7117};
	struct address to;
	struct bytes datagram;

	set_up(STRATEGY_PULL);
	add_record(1);
	mongering_on_pull(&mongering, &from);
	ck_assert(outbox_next(&outbox, &to, &datagram));
	ck_assert(address_equal(&to, &from));
	for (uint64_t round = 1; round <= 20; round++)
		count_in_round(round, MESSAGE_PULL);
	mongering_on_pull(&mongering, &from);
	ck_assert(!outbox_next(&outbox, &to, &datagram));
	tear_down();
}
END_TEST

START_TEST(a_superseded_record_is_not_sent)
{
	uint8_t key[] = {'k', '1'};
	struct record_view newer = {
		.kind = RECORD_SHARED,
		.dot = {7, 2},
		.stamp = 2,
		.key = bytes_of(key, sizeof(key)),
	};
	enum store_result result;

	set_up(STRATEGY_PUSH);
	add_record(1);
	ck_assert_int_eq(store_apply(&store, &newer, 0, &result), ERR_OK);
	ck_assert_uint_eq(count_in_round(1, MESSAGE_RECORD), 0);
	tear_down();
}
END_TEST

START_TEST(what_no_packet_holds_is_left_to_reconciliation)
{
	static const uint8_t large[WIRE_DATAGRAM_SIZE_MAX];
	struct record_view view = {
		.kind = RECORD_SHARED,
		.dot = {7, 1},
		.stamp = 1,
		.key = bytes_of("k", 1),
		.value = bytes_of(large, sizeof(large)),
	};
	enum store_result result;

	set_up(STRATEGY_PUSH);
	ck_assert_int_eq(store_apply(&store, &view, 0, &result), ERR_OK);
	mongering_add(
		&mongering, store_find_hash(&store, store_hash(&store, view.dot)), 0);
	ck_assert_uint_eq(mongering_deadline(&mongering), DEADLINE_NONE);
	tear_down();
}
END_TEST

START_TEST(what_no_packet_holds_is_announced_to_those_who_pull)
{
	static const uint8_t large[WIRE_DATAGRAM_SIZE_MAX];
	struct address from = {.family = 4, .ip = {10, 0, 0, 9}, .port = 7117};
	struct record_view view = {
		.kind = RECORD_SHARED,
		.dot = {7, 1},
		.stamp = 1,
		.key = bytes_of("k", 1),
		.value = bytes_of(large, sizeof(large)),
	};
	enum store_result result;
	struct address to;
	struct bytes datagram;

	set_up(STRATEGY_PULL);
	ck_assert_int_eq(store_apply(&store, &view, 0, &result), ERR_OK);
	mongering_add(
		&mongering, store_find_hash(&store, store_hash(&store, view.dot)), 0);
	mongering_on_pull(&mongering, &from);
	ck_assert(outbox_next(&outbox, &to, &datagram));
	tear_down();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("mongering");
	TCase *tcase = add_case(suite, "mongering");

	tcase_add_test(tcase, push_sends_each_record_as_often_as_the_formula_says);
	tcase_add_test(tcase, push_sends_to_no_more_than_the_fanout_in_a_round);
	tcase_add_test(
		tcase, push_sends_to_everybody_once_before_it_sends_to_somebody_twice);
	tcase_add_test(tcase, under_feedback_a_record_is_told_until_so_many_had_it);
	tcase_add_test(tcase, a_round_that_nobody_answers_begins_the_count_anew);
	tcase_add_test(tcase, each_record_is_counted_apart);
	tcase_add_test(tcase, under_feedback_a_record_ends_though_nobody_ever_answers);
	tcase_add_test(tcase, answers_without_feedback_change_nothing);
	tcase_add_test(
		tcase, what_is_known_is_answered_in_one_message_at_the_end_of_the_turn);
	tcase_add_test(tcase, each_sender_gets_its_own_answer);
	tcase_add_test(tcase, more_than_a_message_holds_is_answered_in_several);
	tcase_add_test(tcase, only_push_with_feedback_answers_what_is_known);
	tcase_add_loop_test(tcase, nothing_stays_hot_while_nobody_else_is_live, 0, 3);
	tcase_add_test(tcase, push_is_quiet_when_nothing_is_hot);
	tcase_add_test(tcase, pull_asks_one_member_a_round_and_tells_it_nothing);
	tcase_add_test(tcase, push_pull_asks_one_member_and_tells_it_what_is_hot);
	tcase_add_test(tcase, a_pull_is_answered_while_records_are_hot);
	tcase_add_test(tcase, a_superseded_record_is_not_sent);
	tcase_add_test(tcase, what_no_packet_holds_is_left_to_reconciliation);
	tcase_add_test(tcase, what_no_packet_holds_is_announced_to_those_who_pull);
	return run_suite(suite);
}
