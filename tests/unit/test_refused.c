/* SPDX-License-Identifier: MIT */
#include "gossip/node.h"

#include <stdlib.h>

#include "base/mem.h"
#include "golden.h"
#include "run.h"
#include "sample.h"
#include "victim.h"

/*
 * What is refused, as in the table of docs/protocol.md: it is counted under its reason
 * and under no other.
 */

static void
receive_messages(const void *messages, size_t len)
{
	struct header header = header_of_peer();

	victim_receive_from(&header, bytes_of(messages, len));
}

/* --- datagrams that are dropped as a whole --- */

START_TEST(headers_cut_short_are_malformed)
{
	struct golden golden = golden_load("header");

	for (size_t len = 0; len < golden.len; len++)
		victim_receive(bytes_of(golden.data, len));
	assert_only_dropped(DROP_MALFORMED, golden.len);
}
END_TEST

START_TEST(other_versions_are_counted)
{
	struct header header = header_of_peer();

	header.version = WIRE_VERSION + 1;
	victim_receive_from(&header, bytes_of(NULL, 0));
	assert_only_dropped(DROP_VERSION, 1);
}
END_TEST

START_TEST(other_clusters_are_counted_and_told_of_once)
{
	struct header header = header_of_peer();

	header.cluster++;
	victim_receive_from(&header, bytes_of_string("anything"));
	victim_receive_from(&header, bytes_of(NULL, 0));
	assert_only_dropped(DROP_FOREIGN, 2);
	sent_take(&victim.sent, victim.node);
	ck_assert_uint_eq(
		sent_notice_count(&victim.sent, NOTICE_FOREIGN_CLUSTER, ""), 1);
	ck_assert_uint_eq(victim.sent.packet_count, 0);
}
END_TEST

START_TEST(own_packets_that_come_back_are_counted)
{
	struct header header = header_of_peer();

	header.sender = sample_short_id(1);
	victim_receive_from(&header, bytes_of(NULL, 0));
	assert_only_dropped(DROP_REFLECTED, 1);
}
END_TEST

START_TEST(a_header_alone_is_harmless)
{
	receive_messages(NULL, 0);
	ck_assert_uint_eq(victim_dropped_in_all(), 0);
}
END_TEST

START_TEST(messages_of_streams_are_malformed_in_datagrams)
{
	for (unsigned type = MESSAGE_CONTEXT; type <= MESSAGE_DONE; type++) {
		uint8_t message[] = {(uint8_t)type, 0};

		receive_messages(message, sizeof(message));
	}
	assert_only_dropped(DROP_MALFORMED, MESSAGE_DONE - MESSAGE_CONTEXT + 1);
}
END_TEST

/* What stands before the bad message counts, what stands after it does not. */
START_TEST(a_bad_message_ends_its_datagram)
{
	static const uint8_t messages[] = {MESSAGE_SUSPECT, 0, 200, 0};
	uint8_t pings[64];
	struct writer writer = writer_of(pings, sizeof(pings));
	struct message ping = {.type = MESSAGE_PING};

	message_write(&writer, &ping);
	write_raw(&writer, bytes_of(messages, sizeof(messages)));
	message_write(&writer, &ping);
	receive_messages(pings, writer.len);
	assert_only_dropped(DROP_MALFORMED, 1);
	sent_take(&victim.sent, victim.node);
	ck_assert_uint_eq(sent_count(&victim.sent, MESSAGE_ACK, 2), 1);
}
END_TEST

START_TEST(messages_of_unknown_types_are_passed_over)
{
	uint8_t messages[64];
	struct writer writer = writer_of(messages, sizeof(messages));

	write_raw(&writer, bytes_of("\xc8\x03"
				    "abc",
				   5));
	message_write(&writer, &(struct message){.type = MESSAGE_PING});
	receive_messages(messages, writer.len);
	ck_assert_uint_eq(victim_dropped_in_all(), 0);
	sent_take(&victim.sent, victim.node);
	ck_assert_uint_eq(sent_count(&victim.sent, MESSAGE_ACK, 2), 1);
}
END_TEST

/* --- records that are refused --- */

static struct record_view
good_record(void)
{
	return sample_shared(
		(struct dot){sample_writer(2), 100}, stamp_at_ms(0), "k", "v");
}

/* Refused records are not covered: the same dot may still come with what is right. */
static void
assert_refused(const struct record_view *view, enum drop reason)
{
	struct record_view good = good_record();
	struct item item;

	good.dot = view->dot;
	sample_tell_record(victim.node, 2, view, at_ms(0));
	assert_only_dropped(reason, 1);
	sample_tell_record(victim.node, 2, &good, at_ms(0));
	ck_assert_int_eq(
		node_get(victim.node, bytes_of_string("k"), false, &item), ERR_OK);
}

START_TEST(keys_against_the_rules_are_refused)
{
	struct record_view view = good_record();

	view.key = bytes_of_string("line\nbreak");
	assert_refused(&view, DROP_RECORD);
}
END_TEST

START_TEST(keys_must_be_of_the_kind_they_look_like)
{
	struct record_view view = good_record();

	view.key = bytes_of_string("@n2/role");
	assert_refused(&view, DROP_RECORD);
}
END_TEST

START_TEST(owned_keys_must_look_like_it)
{
	struct record_view view = good_record();

	view.kind = RECORD_OWNED;
	view.owner = sample_short_id(2);
	assert_refused(&view, DROP_RECORD);
}
END_TEST

START_TEST(members_must_be_readable)
{
	struct member_space space;
	struct member_info info = sample_info(2);
	struct record_view view = sample_member(
		(struct dot){sample_writer(2), 100}, stamp_at_ms(0), 2, &info, &space);

	view.value.len--;
	assert_refused(&view, DROP_RECORD);
}
END_TEST

START_TEST(values_above_the_limit_are_refused)
{
	uint8_t value[501] = {0};
	struct record_view view = good_record();

	view.value = bytes_of(value, sizeof(value));
	assert_refused(&view, DROP_QUOTA);
}
END_TEST

START_TEST(what_makes_the_state_too_large_is_refused)
{
	uint8_t value[400] = {0};
	struct record_view view = good_record();

	view.value = bytes_of(value, sizeof(value));
	for (int i = 0; i < 2; i++) {
		view.key = bytes_of_string(i == 0 ? "first" : "second");
		view.dot.seq = 200 + (uint64_t)i;
		sample_tell_record(victim.node, 2, &view, at_ms(0));
	}
	view.key = bytes_of_string("third");
	view.dot.seq = 300;
	assert_refused(&view, DROP_QUOTA);
}
END_TEST

START_TEST(members_above_the_limit_are_refused)
{
	struct member_space space;
	struct member_info info = sample_info(4);
	struct record_view view = sample_member(
		(struct dot){sample_writer(4), 1}, stamp_at_ms(0), 4, &info, &space);

	sample_join(victim.node, 3, at_ms(0));
	assert_refused(&view, DROP_QUOTA);
}
END_TEST

START_TEST(stamps_from_the_future_are_refused)
{
	struct record_view view = good_record();

	view.stamp = stamp_at_ms(501);
	assert_refused(&view, DROP_CLOCK);
}
END_TEST

START_TEST(two_writes_under_one_dot_are_a_conflict)
{
	struct record_view view = good_record();
	struct item item;

	sample_tell_record(victim.node, 2, &view, at_ms(0));
	view.stamp++;
	sample_tell_record(victim.node, 2, &view, at_ms(0));
	assert_only_dropped(DROP_CONFLICT, 1);
	ck_assert_int_eq(node_get(victim.node, view.key, false, &item), ERR_OK);
	ck_assert_uint_eq(item.version.stamp, view.stamp - 1);
}
END_TEST

/* --- streams that are dropped --- */

static struct bytes
compose_stream(uint8_t *data, size_t size, const struct header *header,
	const struct message *message)
{
	struct writer writer = writer_of(data, size);

	header_write(&writer, header);
	message_write(&writer, message);
	ck_assert(!writer.failed);
	return writer_bytes(&writer);
}

START_TEST(streams_of_others_are_refused_for_the_same_reasons)
{
	static const struct message ready = {.type = MESSAGE_READY};
	uint8_t data[64];
	struct header header = header_of_peer();

	header.version++;
	ck_assert_int_eq(victim_receive_stream(
				 compose_stream(data, sizeof(data), &header, &ready)),
		ERR_VERSION);
	ck_assert_uint_eq(victim_dropped(DROP_VERSION), 1);
	header = header_of_peer();
	header.cluster++;
	ck_assert_int_eq(victim_receive_stream(
				 compose_stream(data, sizeof(data), &header, &ready)),
		ERR_FOREIGN);
	ck_assert_uint_eq(victim_dropped(DROP_FOREIGN), 1);
	header = header_of_peer();
	header.sender = sample_short_id(1);
	ck_assert_int_eq(victim_receive_stream(
				 compose_stream(data, sizeof(data), &header, &ready)),
		ERR_DUPLICATE);
	ck_assert_uint_eq(victim_dropped(DROP_REFLECTED), 1);
	ck_assert_uint_eq(victim_dropped_in_all(), 3);
}
END_TEST

START_TEST(messages_of_datagrams_are_malformed_on_streams)
{
	uint8_t data[64];
	struct header header = header_of_peer();
	struct message messages[] = {{.type = MESSAGE_PING}, {.type = MESSAGE_PRUNE},
		{.type = MESSAGE_NACK}, {.type = MESSAGE_SUSPECT},
		{.type = MESSAGE_AGREE}};

	for (size_t i = 0; i < 5; i++)
		ck_assert_int_eq(victim_receive_stream(compose_stream(
					 data, sizeof(data), &header, &messages[i])),
			ERR_MALFORMED);
	assert_only_dropped(DROP_STREAM, 5);
}
END_TEST

START_TEST(records_before_the_context_are_malformed)
{
	uint8_t data[128];
	struct header header = header_of_peer();
	struct message message = {.type = MESSAGE_RECORD, .record.view = good_record()};

	ck_assert_int_eq(victim_receive_stream(
				 compose_stream(data, sizeof(data), &header, &message)),
		ERR_MALFORMED);
	assert_only_dropped(DROP_STREAM, 1);
}
END_TEST

START_TEST(nothing_follows_the_end)
{
	uint8_t data[128];
	struct writer writer = writer_of(data, sizeof(data));
	struct header header = header_of_peer();

	header_write(&writer, &header);
	message_write(&writer, &(struct message){.type = MESSAGE_READY});
	message_write(&writer, &(struct message){.type = MESSAGE_DONE});
	ck_assert_int_eq(victim_receive_stream(writer_bytes(&writer)), ERR_OK);
	message_write(&writer, &(struct message){.type = MESSAGE_DONE});
	ck_assert_int_eq(victim_receive_stream(writer_bytes(&writer)), ERR_MALFORMED);
	assert_only_dropped(DROP_STREAM, 1);
}
END_TEST

START_TEST(the_context_is_told_once)
{
	uint8_t data[128];
	struct writer writer = writer_of(data, sizeof(data));
	struct header header = header_of_peer();

	header_write(&writer, &header);
	message_write(&writer, &(struct message){.type = MESSAGE_READY});
	message_write(&writer, &(struct message){.type = MESSAGE_CONTEXT});
	ck_assert_int_eq(victim_receive_stream(writer_bytes(&writer)), ERR_MALFORMED);
	assert_only_dropped(DROP_STREAM, 1);
}
END_TEST

/* The same one over and over: what is told counts, not what comes of it. */
static enum err
receive_ranges(size_t count)
{
	size_t size = WIRE_HEADER_SIZE + count * (10 + WIRE_MESSAGE_OVERHEAD_MAX);
	uint8_t *data = mem_new(size);
	struct writer writer = writer_of(data, size);
	struct header header = header_of_peer();
	enum err err;

	header_write(&writer, &header);
	while (count > 0) {
		size_t part = count < 4096 ? count : 4096;
		uint8_t ranges[4096 * 10];
		struct writer body = writer_of(ranges, sizeof(ranges));

		for (size_t i = 0; i < part; i++)
			range_write(&body, &(struct dot_range){1, 1, 1});
		message_write(&writer, &(struct message){.type = MESSAGE_CONTEXT,
					       .context.entries = writer_bytes(&body)});
		count -= part;
	}
	ck_assert(!writer.failed);
	err = victim_receive_stream(writer_bytes(&writer));
	free(data);
	return err;
}

START_TEST(contexts_beyond_the_limit_are_malformed)
{
	ck_assert_int_eq(receive_ranges(1024 * 1024), ERR_OK);
	ck_assert_int_eq(receive_ranges(1024 * 1024 + 1), ERR_MALFORMED);
	assert_only_dropped(DROP_STREAM, 1);
}
END_TEST

START_TEST(streams_beyond_the_limit_are_counted)
{
	struct address from = sample_address(2);
	uint32_t stream;

	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(
			node_stream_accept(victim.node, &from, at_ms(0), &stream),
			ERR_OK);
	ck_assert_int_eq(
		node_stream_accept(victim.node, &from, at_ms(0), &stream), ERR_BUSY);
	assert_only_dropped(DROP_STREAM_LIMIT, 1);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("refused packets");
	TCase *datagrams = add_victim_case(suite, "datagrams");
	TCase *records = add_victim_case(suite, "records");
	TCase *streams = add_victim_case(suite, "streams");

	tcase_add_test(datagrams, headers_cut_short_are_malformed);
	tcase_add_test(datagrams, other_versions_are_counted);
	tcase_add_test(datagrams, other_clusters_are_counted_and_told_of_once);
	tcase_add_test(datagrams, own_packets_that_come_back_are_counted);
	tcase_add_test(datagrams, a_header_alone_is_harmless);
	tcase_add_test(datagrams, messages_of_streams_are_malformed_in_datagrams);
	tcase_add_test(datagrams, a_bad_message_ends_its_datagram);
	tcase_add_test(datagrams, messages_of_unknown_types_are_passed_over);
	tcase_add_test(records, keys_against_the_rules_are_refused);
	tcase_add_test(records, keys_must_be_of_the_kind_they_look_like);
	tcase_add_test(records, owned_keys_must_look_like_it);
	tcase_add_test(records, members_must_be_readable);
	tcase_add_test(records, values_above_the_limit_are_refused);
	tcase_add_test(records, what_makes_the_state_too_large_is_refused);
	tcase_add_test(records, members_above_the_limit_are_refused);
	tcase_add_test(records, stamps_from_the_future_are_refused);
	tcase_add_test(records, two_writes_under_one_dot_are_a_conflict);
	tcase_add_test(streams, streams_of_others_are_refused_for_the_same_reasons);
	tcase_add_test(streams, messages_of_datagrams_are_malformed_on_streams);
	tcase_add_test(streams, records_before_the_context_are_malformed);
	tcase_add_test(streams, nothing_follows_the_end);
	tcase_add_test(streams, the_context_is_told_once);
	tcase_add_test(streams, contexts_beyond_the_limit_are_malformed);
	tcase_add_test(streams, streams_beyond_the_limit_are_counted);
	return run_suite(suite);
}
