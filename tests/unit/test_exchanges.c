/* SPDX-License-Identifier: MIT */
#include "gossip/exchanges.h"

#include "bench.h"
#include "run.h"

#define STREAM_COUNT_MAX 4

static struct bench bench;
static struct sent *sent = &bench.sent;
static struct exchanges *exchanges;

/* What a peer says on its stream. */
static uint8_t speech[4096];
static struct writer writer;

static void
init_with(bool has_seeds)
{
	struct settings settings = sample_settings(1);

	settings.stream_count_max = STREAM_COUNT_MAX;
	settings.has_seeds = has_seeds;
	bench_init(&bench, &settings);
	exchanges = &bench.node->exchanges;
	writer = writer_of(speech, sizeof(speech));
}

static void
set_up(void)
{
	init_with(false);
}

static void
tear_down(void)
{
	bench_fini(&bench);
}

static bool
open_to(unsigned number)
{
	struct address address = sample_address(number);
	bool opened = exchanges_open(exchanges, &address);

	bench_take(&bench);
	return opened;
}

static uint32_t
accept_from(unsigned number)
{
	struct address address = sample_address(number);
	uint32_t stream = 0;

	ck_assert_int_eq(
		node_stream_accept(bench.node, &address, bench_now(&bench), &stream),
		ERR_OK);
	return stream;
}

static enum err
hear(uint32_t stream)
{
	enum err err = node_stream_receive(
		bench.node, stream, writer_bytes(&writer), bench_now(&bench));

	ck_assert(!writer.failed);
	writer = writer_of(speech, sizeof(speech));
	bench_take(&bench);
	return err;
}

static size_t
fill(uint32_t stream)
{
	uint8_t bytes[4096];
	size_t sum = 0;
	size_t len;

	while ((len = node_stream_fill(bench.node, stream, bytes, sizeof(bytes))) > 0)
		sum += len;
	bench_take(&bench);
	return sum;
}

static void
say_header(unsigned from)
{
	struct header header = bench.node->header;

	header.sender = sample_short_id(from);
	header_write(&writer, &header);
}

static void
say(enum message_type type)
{
	struct message message = {.type = type};

	message_write(&writer, &message);
}

static void
say_record(const struct record_view *view)
{
	struct message message = {.type = MESSAGE_RECORD, .record = {.view = *view}};

	message_write(&writer, &message);
}

/* All that a peer with nothing has to say. */
static void
say_everything(unsigned from)
{
	say_header(from);
	say(MESSAGE_CONTEXT);
	say(MESSAGE_READY);
	say(MESSAGE_DIGEST);
	say(MESSAGE_DONE);
}

/* The stream ends with that error, counted under that reason. */
static void
expect_end(uint32_t stream, enum err err, enum drop reason)
{
	uint64_t before = bench.node->intake.drops[reason];

	ck_assert_int_eq(hear(stream), err);
	ck_assert_uint_eq(bench.node->intake.drops[reason], before + 1);
	ck_assert_uint_eq(table_count(&exchanges->by_stream), 0);
	ck_assert_int_eq(hear(stream), ERR_NOT_FOUND);
}

/* --- opening --- */

START_TEST(a_stream_is_asked_for)
{
	struct address address = sample_address(2);

	ck_assert(open_to(2));

	const struct output *output = sent_output(sent, OUTPUT_STREAM_OPEN);

	ck_assert(address_equal(&output->address, &address));
	ck_assert_uint_eq(fill(output->stream), 0);
	ck_assert_uint_eq(exchanges->opened, 1);
}
END_TEST

START_TEST(one_stream_to_an_address_is_enough)
{
	ck_assert(open_to(2));
	ck_assert(!open_to(2));
	ck_assert_uint_eq(sent_output_count(sent, OUTPUT_STREAM_OPEN), 0);
	ck_assert(open_to(3));
	accept_from(4);
	ck_assert(open_to(4));
}
END_TEST

START_TEST(a_stream_that_failed_can_be_asked_for_again)
{
	open_to(2);
	node_stream_closed(bench.node, sent_output(sent, OUTPUT_STREAM_OPEN)->stream,
		bench_now(&bench));
	ck_assert(open_to(2));
}
END_TEST

START_TEST(only_own_streams_count_as_opening)
{
	ck_assert(!exchanges_are_opening(exchanges));
	accept_from(2);
	ck_assert(!exchanges_are_opening(exchanges));
	open_to(3);
	ck_assert(exchanges_are_opening(exchanges));
	node_stream_closed(bench.node, sent_output(sent, OUTPUT_STREAM_OPEN)->stream,
		bench_now(&bench));
	ck_assert(!exchanges_are_opening(exchanges));
}
END_TEST

START_TEST(streams_are_limited)
{
	struct address address = sample_address(9);
	uint32_t stream = 77;

	for (unsigned i = 0; i < STREAM_COUNT_MAX; i++)
		accept_from(2 + i);
	ck_assert(!open_to(9));
	ck_assert_int_eq(
		node_stream_accept(bench.node, &address, bench_now(&bench), &stream),
		ERR_BUSY);
	ck_assert_uint_eq(stream, 77);
	ck_assert_uint_eq(bench.node->intake.drops[DROP_STREAM_LIMIT], 1);
}
END_TEST

START_TEST(numbers_in_use_are_passed_over)
{
	uint32_t first = accept_from(2);

	exchanges->stream_next = first - 1;
	ck_assert_uint_ne(accept_from(3), first);
}
END_TEST

START_TEST(who_opened_a_stream_speaks_first)
{
	uint32_t accepted = accept_from(2);
	uint32_t opened;

	ck_assert_uint_eq(fill(accepted), 0);
	open_to(3);
	opened = sent_output(sent, OUTPUT_STREAM_OPEN)->stream;
	node_stream_connected(bench.node, opened, bench_now(&bench));
	bench_take(&bench);
	ck_assert_uint_eq(sent_output(sent, OUTPUT_STREAM_WAKE)->stream, opened);
	ck_assert_uint_gt(fill(opened), WIRE_HEADER_SIZE);
	say_header(2);
	ck_assert_int_eq(hear(accepted), ERR_OK);
	ck_assert_uint_eq(sent_output(sent, OUTPUT_STREAM_WAKE)->stream, accepted);
	ck_assert_uint_gt(fill(accepted), WIRE_HEADER_SIZE);
}
END_TEST

START_TEST(unknown_streams_are_harmless)
{
	uint8_t bytes[16];

	node_stream_connected(bench.node, 99, bench_now(&bench));
	node_stream_closed(bench.node, 99, bench_now(&bench));
	ck_assert_uint_eq(node_stream_fill(bench.node, 99, bytes, sizeof(bytes)), 0);
	ck_assert_int_eq(hear(99), ERR_NOT_FOUND);
	ck_assert_uint_eq(sent->output_count, 0);
}
END_TEST

/* --- ending --- */

START_TEST(an_exchange_ends_when_both_have_said_everything)
{
	uint32_t stream = accept_from(2);

	say_everything(2);
	ck_assert_int_eq(hear(stream), ERR_OK);
	ck_assert_uint_eq(sent_output_count(sent, OUTPUT_STREAM_CLOSE), 0);
	fill(stream);
	ck_assert_uint_eq(sent_output(sent, OUTPUT_STREAM_CLOSE)->stream, stream);
	ck_assert_uint_eq(table_count(&exchanges->by_stream), 0);
	ck_assert_uint_eq(exchanges->done, 1);
}
END_TEST

START_TEST(bytes_are_counted)
{
	uint32_t stream = accept_from(2);
	size_t size;

	say_everything(2);
	size = writer.len;
	ck_assert_int_eq(hear(stream), ERR_OK);
	ck_assert_uint_eq(exchanges->bytes_in, size);
	size = fill(stream);
	ck_assert_uint_eq(exchanges->bytes_out, size);
}
END_TEST

START_TEST(a_stream_that_breaks_is_not_done)
{
	uint32_t stream = accept_from(2);

	say_header(2);
	ck_assert_int_eq(hear(stream), ERR_OK);
	node_stream_closed(bench.node, stream, bench_now(&bench));
	ck_assert_uint_eq(exchanges->done, 0);
	ck_assert_uint_eq(table_count(&exchanges->by_stream), 0);
}
END_TEST

START_TEST(who_joins_is_synced_by_its_first_exchange)
{
	bench_fini(&bench);
	init_with(true);
	ck_assert(!exchanges->synced);
	for (size_t i = 0; i < 2; i++) {
		uint32_t stream = accept_from(2);

		say_everything(2);
		ck_assert_int_eq(hear(stream), ERR_OK);
		ck_assert(exchanges->synced);
		ck_assert_uint_eq(
			sent_notice_count(sent, NOTICE_SYNCED, ""), i == 0 ? 1 : 0);
		fill(stream);
	}
}
END_TEST

START_TEST(who_has_nobody_to_join_is_synced_from_the_start)
{
	ck_assert(exchanges->synced);
}
END_TEST

/* --- what breaks the format --- */

static void
say_foreign_header(void)
{
	struct header header = bench.node->header;

	header.sender = sample_short_id(2);
	header.cluster++;
	header_write(&writer, &header);
}

START_TEST(a_stream_of_another_cluster_is_foreign)
{
	uint32_t stream = accept_from(2);

	say_foreign_header();
	expect_end(stream, ERR_FOREIGN, DROP_FOREIGN);
}
END_TEST

START_TEST(streams_of_another_cluster_are_told_of_once_a_minute)
{
	size_t notices = 0;

	for (int i = 0; i < 120; i++) {
		uint32_t stream = accept_from(2);

		say_foreign_header();
		ck_assert_int_eq(hear(stream), ERR_FOREIGN);
		notices += sent_notice_count(sent, NOTICE_FOREIGN_CLUSTER, "");
		bench.time_us += SECOND_US;
	}
	ck_assert_uint_eq(notices, 2);
	ck_assert_uint_eq(bench.node->intake.drops[DROP_FOREIGN], 120);
}
END_TEST

START_TEST(a_stream_of_another_version_ends_at_its_first_byte)
{
	uint32_t stream = accept_from(2);

	write_u8(&writer, WIRE_VERSION + 1);
	expect_end(stream, ERR_VERSION, DROP_VERSION);
}
END_TEST

START_TEST(a_stream_to_itself_ends)
{
	uint32_t stream = accept_from(2);

	say_header(1);
	expect_end(stream, ERR_DUPLICATE, DROP_REFLECTED);
}
END_TEST

START_TEST(records_come_after_the_context)
{
	uint32_t stream = accept_from(2);
	struct record_view view = bench_write(&bench, 2, 2, "k", "v");

	say_header(2);
	say_record(&view);
	expect_end(stream, ERR_MALFORMED, DROP_STREAM);
	ck_assert_ptr_null(
		store_find(&bench.node->store, SPACE_KEYS, bytes_of_string("k")));
}
END_TEST

START_TEST(hashes_come_after_the_context)
{
	uint32_t stream = accept_from(2);

	say_header(2);
	say(MESSAGE_CONTEXT);
	say(MESSAGE_DIGEST);
	expect_end(stream, ERR_MALFORMED, DROP_STREAM);
}
END_TEST

START_TEST(records_and_hashes_come_in_any_order)
{
	uint32_t stream = accept_from(2);
	struct record_view first = bench_write(&bench, 2, 2, "a", "v");
	struct record_view second = bench_write(&bench, 2, 3, "b", "v");

	say_header(2);
	say(MESSAGE_READY);
	say(MESSAGE_DIGEST);
	say_record(&first);
	say(MESSAGE_DIGEST);
	say_record(&second);
	say(MESSAGE_DONE);
	ck_assert_int_eq(hear(stream), ERR_OK);
	ck_assert_uint_eq(exchanges->done, 1);
	ck_assert_uint_eq(bench.node->intake.applied, 2);
}
END_TEST

START_TEST(the_context_is_told_once)
{
	static const enum message_type late[] = {MESSAGE_CONTEXT, MESSAGE_READY};

	for (size_t i = 0; i < 2; i++) {
		uint32_t stream = accept_from(2);

		say_header(2);
		say(MESSAGE_READY);
		say(late[i]);
		expect_end(stream, ERR_MALFORMED, DROP_STREAM);
	}
}
END_TEST

START_TEST(the_end_comes_after_the_context)
{
	uint32_t stream = accept_from(2);

	say_header(2);
	say(MESSAGE_DONE);
	expect_end(stream, ERR_MALFORMED, DROP_STREAM);
}
END_TEST

START_TEST(messages_of_the_future_are_passed_over)
{
	uint32_t stream = accept_from(2);

	say_header(2);
	write_u8(&writer, MESSAGE_TYPE_COUNT);
	write_blob(&writer, bytes_of_string("something new"));
	say(MESSAGE_READY);
	say(MESSAGE_DONE);
	ck_assert_int_eq(hear(stream), ERR_OK);
	ck_assert_uint_eq(exchanges->done, 1);
}
END_TEST

START_TEST(a_message_longer_than_any_record_ends_the_stream_at_once)
{
	uint32_t stream = accept_from(2);

	say_header(2);
	write_u8(&writer, MESSAGE_RECORD);
	write_varint(&writer, WIRE_BODY_LEN_MAX + 1);
	expect_end(stream, ERR_MALFORMED, DROP_STREAM);
}
END_TEST

START_TEST(a_record_that_breaks_a_rule_does_not_end_the_stream)
{
	uint32_t stream = accept_from(2);
	struct record_view bad = bench_write(&bench, 2, 2, "a\nb", "v");
	struct record_view good = bench_write(&bench, 2, 3, "k", "v");

	say_header(2);
	say(MESSAGE_READY);
	say_record(&bad);
	say_record(&good);
	say(MESSAGE_DONE);
	ck_assert_int_eq(hear(stream), ERR_OK);
	ck_assert_uint_eq(exchanges->refused, 1);
	ck_assert_ptr_nonnull(
		store_find(&bench.node->store, SPACE_KEYS, bytes_of_string("k")));
}
END_TEST

START_TEST(random_bytes_end_the_stream_or_wait_for_more)
{
	struct prng prng;

	prng_init(&prng, 1);
	for (int i = 0; i < 3000; i++) {
		uint32_t stream = accept_from(2);
		size_t len = prng_below(&prng, 200);

		if (i % 2 == 0)
			say_header(2);
		for (size_t j = 0; j < len; j++)
			write_u8(&writer,
				(uint8_t)prng_below(&prng, UINT64_C(16) << i % 5));
		(void)!hear(stream);
		fill(stream);
		node_stream_closed(bench.node, stream, bench_now(&bench));
		ck_assert_uint_eq(table_count(&exchanges->by_stream), 0);
	}
	node_check(bench.node);
}
END_TEST

/* --- whom news is passed on to --- */

static void
bring_record(uint32_t stream)
{
	struct record_view view = bench_write(&bench, 2, 2, "k", "v");

	say_header(2);
	say(MESSAGE_READY);
	say_record(&view);
	say(MESSAGE_DONE);
	ck_assert_int_eq(hear(stream), ERR_OK);
}

START_TEST(what_a_newcomer_brings_is_passed_on)
{
	bench_join_up_to(&bench, 3);
	bring_record(accept_from(2));
	ck_assert_uint_eq(sent_count(sent, MESSAGE_RECORD, 3), 1);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_RECORD, 2), 0);
}
END_TEST

START_TEST(what_a_newcomer_learns_is_no_news)
{
	uint32_t stream;

	bench_fini(&bench);
	init_with(true);
	bench_join_up_to(&bench, 3);
	open_to(2);
	stream = sent_output(sent, OUTPUT_STREAM_OPEN)->stream;
	node_stream_connected(bench.node, stream, bench_now(&bench));
	bring_record(stream);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_RECORD, 0), 0);
}
END_TEST

static void
add_opening_and_ending(Suite *suite)
{
	TCase *tcase = add_case(suite, "opening and ending");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_stream_is_asked_for);
	tcase_add_test(tcase, one_stream_to_an_address_is_enough);
	tcase_add_test(tcase, a_stream_that_failed_can_be_asked_for_again);
	tcase_add_test(tcase, only_own_streams_count_as_opening);
	tcase_add_test(tcase, streams_are_limited);
	tcase_add_test(tcase, numbers_in_use_are_passed_over);
	tcase_add_test(tcase, who_opened_a_stream_speaks_first);
	tcase_add_test(tcase, unknown_streams_are_harmless);
	tcase_add_test(tcase, an_exchange_ends_when_both_have_said_everything);
	tcase_add_test(tcase, bytes_are_counted);
	tcase_add_test(tcase, a_stream_that_breaks_is_not_done);
	tcase_add_test(tcase, who_joins_is_synced_by_its_first_exchange);
	tcase_add_test(tcase, who_has_nobody_to_join_is_synced_from_the_start);
	tcase_add_test(tcase, what_a_newcomer_brings_is_passed_on);
	tcase_add_test(tcase, what_a_newcomer_learns_is_no_news);
}

static void
add_format(Suite *suite)
{
	TCase *tcase = add_case(suite, "format");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_stream_of_another_cluster_is_foreign);
	tcase_add_test(tcase, streams_of_another_cluster_are_told_of_once_a_minute);
	tcase_add_test(tcase, a_stream_of_another_version_ends_at_its_first_byte);
	tcase_add_test(tcase, a_stream_to_itself_ends);
	tcase_add_test(tcase, records_come_after_the_context);
	tcase_add_test(tcase, hashes_come_after_the_context);
	tcase_add_test(tcase, records_and_hashes_come_in_any_order);
	tcase_add_test(tcase, the_context_is_told_once);
	tcase_add_test(tcase, the_end_comes_after_the_context);
	tcase_add_test(tcase, messages_of_the_future_are_passed_over);
	tcase_add_test(tcase, a_message_longer_than_any_record_ends_the_stream_at_once);
	tcase_add_test(tcase, a_record_that_breaks_a_rule_does_not_end_the_stream);
	tcase_add_test(tcase, random_bytes_end_the_stream_or_wait_for_more);
}

int
main(void)
{
	Suite *suite = suite_create("exchanges");

	add_opening_and_ending(suite);
	add_format(suite);
	return run_suite(suite);
}
