/* SPDX-License-Identifier: MIT */
#include "gossip/exchanges.h"

#include "bench.h"
#include "run.h"

#define STREAM_COUNT_MAX 4

static struct bench bench;
static struct sent *sent = &bench.sent;
static struct exchanges *exchanges;
static uint32_t streams[STREAM_COUNT_MAX];

static enum err
accept_from(unsigned number, uint32_t *ret_stream)
{
	struct address address = sample_address(number);
	enum err err =
		node_stream_accept(bench.node, &address, bench_now(&bench), ret_stream);

	bench_take(&bench);
	return err;
}

static void
set_up(void)
{
	struct settings settings = sample_settings(1);

	settings.stream_count_max = STREAM_COUNT_MAX;
	bench_init(&bench, &settings);
	exchanges = &bench.node->exchanges;
	for (unsigned i = 0; i < STREAM_COUNT_MAX; i++) {
		ck_assert_int_eq(accept_from(2 + i, &streams[i]), ERR_OK);
		bench.time_us += MS_US;
	}
}

static void
tear_down(void)
{
	bench_fini(&bench);
}

/* The peer says who it is, and where asked to that it has nothing. */
static void
speak(uint32_t stream, unsigned from, bool ready)
{
	uint8_t bytes[64];
	struct writer writer = writer_of(bytes, sizeof(bytes));
	struct header header = bench.node->header;

	header.sender = sample_short_id(from);
	header_write(&writer, &header);
	if (ready)
		message_write(&writer, &(struct message){.type = MESSAGE_READY});
	ck_assert_int_eq(node_stream_receive(bench.node, stream, writer_bytes(&writer),
				 bench_now(&bench)),
		ERR_OK);
	bench_take(&bench);
}

/* The next one who comes takes the place of `stream`. */
static void
expect_replaced(uint32_t stream)
{
	uint32_t added;

	ck_assert_int_eq(accept_from(9, &added), ERR_OK);
	ck_assert_uint_eq(sent_output(sent, OUTPUT_STREAM_CLOSE)->stream, stream);
	ck_assert_uint_eq(sent_output_count(sent, OUTPUT_STREAM_CLOSE), 1);
	ck_assert_uint_eq(table_count(&exchanges->by_stream), STREAM_COUNT_MAX);
	node_stream_closed(bench.node, added, bench_now(&bench));
}

static void
expect_busy(void)
{
	uint32_t added;

	ck_assert_int_eq(accept_from(9, &added), ERR_BUSY);
	ck_assert_uint_eq(sent_output_count(sent, OUTPUT_STREAM_CLOSE), 0);
}

START_TEST(who_has_just_come_keeps_its_place)
{
	bench.time_us += 900 * MS_US;
	expect_busy();
}
END_TEST

START_TEST(who_does_not_say_who_it_is_makes_place_for_others)
{
	bench.time_us += 2 * SECOND_US;
	expect_replaced(streams[0]);
	ck_assert_int_eq(accept_from(9, &streams[0]), ERR_OK);
	expect_replaced(streams[1]);
	ck_assert_uint_eq(bench.node->intake.drops[DROP_STREAM_LIMIT], 2);
}
END_TEST

START_TEST(who_said_nothing_goes_before_who_said_something)
{
	speak(streams[0], 2, false);
	speak(streams[1], 3, true);
	bench.time_us += 3 * SECOND_US;
	expect_replaced(streams[2]);
}
END_TEST

START_TEST(who_never_says_what_it_has_goes_as_well)
{
	for (unsigned i = 0; i < STREAM_COUNT_MAX; i++)
		speak(streams[i], 2 + i, false);
	bench.time_us += 4 * SECOND_US;
	expect_busy();
	bench.time_us += 2 * SECOND_US;
	expect_replaced(streams[0]);
}
END_TEST

START_TEST(who_never_ends_goes_in_the_end)
{
	for (unsigned i = 0; i < STREAM_COUNT_MAX; i++)
		speak(streams[i], 2 + i, true);
	bench.time_us += 50 * SECOND_US;
	expect_busy();
	bench.time_us += 20 * SECOND_US;
	expect_replaced(streams[0]);
}
END_TEST

START_TEST(nobody_has_to_go_while_there_is_room)
{
	uint32_t added;

	node_stream_closed(bench.node, streams[3], bench_now(&bench));
	bench.time_us += 100 * SECOND_US;
	ck_assert_int_eq(accept_from(9, &added), ERR_OK);
	ck_assert_uint_eq(sent_output_count(sent, OUTPUT_STREAM_CLOSE), 0);
}
END_TEST

START_TEST(own_exchanges_find_a_place_too_and_keep_it)
{
	struct address address = sample_address(9);

	bench.time_us += 2 * SECOND_US;
	node_tick(bench.node, bench_now(&bench));
	ck_assert(exchanges_open(exchanges, &address));
	bench_take(&bench);
	ck_assert_uint_eq(sent_output(sent, OUTPUT_STREAM_CLOSE)->stream, streams[0]);
	for (unsigned i = 1; i < STREAM_COUNT_MAX; i++) {
		expect_replaced(streams[i]);
		ck_assert_int_eq(accept_from(2, &streams[i]), ERR_OK);
	}
	bench.time_us += 100 * MS_US;
	expect_busy();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("stream_limit");
	TCase *tcase = add_case(suite, "limit");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, who_has_just_come_keeps_its_place);
	tcase_add_test(tcase, who_does_not_say_who_it_is_makes_place_for_others);
	tcase_add_test(tcase, who_said_nothing_goes_before_who_said_something);
	tcase_add_test(tcase, who_never_says_what_it_has_goes_as_well);
	tcase_add_test(tcase, who_never_ends_goes_in_the_end);
	tcase_add_test(tcase, nobody_has_to_go_while_there_is_room);
	tcase_add_test(tcase, own_exchanges_find_a_place_too_and_keep_it);
	return run_suite(suite);
}
