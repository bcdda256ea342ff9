/* SPDX-License-Identifier: MIT */
#include "gossip/outbox.h"

#include <signal.h>

#include "base/prng.h"
#include "run.h"
#include "sample.h"
#include "sent.h"

#define PACKET_SIZE 600

static struct outbox outbox;
static struct sent sent;

static void
init_with(size_t packet_size)
{
	struct header header = {
		.version = WIRE_VERSION,
		.features = WIRE_FEATURES,
		.cluster = 5,
		.sender = 6,
	};

	outbox_init(&outbox, &header, packet_size);
}

static void
set_up(void)
{
	init_with(PACKET_SIZE);
}

static void
tear_down(void)
{
	outbox_fini(&outbox);
}

static bool
put(unsigned to, const struct message *message)
{
	struct address address = sample_address(to);

	return outbox_put(&outbox, &address, message);
}

static bool
put_nack(unsigned to, uint32_t probe)
{
	struct message message = {.type = MESSAGE_NACK, .answer = {.probe = probe}};

	return put(to, &message);
}

static struct message
record_message(size_t value_len)
{
	static const uint8_t value[WIRE_DATAGRAM_SIZE_MAX];

	return (struct message){
		.type = MESSAGE_RECORD,
		.record = {.view = {.kind = RECORD_SHARED,
				   .dot = {1, 1},
				   .stamp = 1,
				   .key = bytes_of_string("k"),
				   .value = bytes_of(value, value_len)}},
	};
}

static void
take(void)
{
	sent_take_outbox(&sent, &outbox);
}

static bool
fits(size_t value_len)
{
	struct message message = record_message(value_len);

	return outbox_fits(&outbox, &message.record.view);
}

START_TEST(an_empty_outbox_sends_nothing)
{
	take();
	ck_assert_uint_eq(sent.packet_count, 0);
	ck_assert_uint_eq(outbox.packet_count, 0);
}
END_TEST

START_TEST(messages_to_one_address_share_a_packet_in_order)
{
	ck_assert(put_nack(2, 10));
	ck_assert(put_nack(2, 11));
	take();
	ck_assert_uint_eq(sent.packet_count, 1);
	ck_assert_uint_eq(sent_count(&sent, MESSAGE_NACK, 2), 2);
	ck_assert_uint_eq(sent_message(&sent, MESSAGE_NACK, 2).answer.probe, 10);
}
END_TEST

START_TEST(each_address_gets_packets_of_its_own)
{
	put_nack(2, 10);
	put_nack(3, 11);
	put_nack(2, 12);
	take();
	ck_assert_uint_eq(sent.packet_count, 2);
	ck_assert_uint_eq(sent_count(&sent, MESSAGE_NACK, 2), 2);
	ck_assert_uint_eq(sent_count(&sent, MESSAGE_NACK, 3), 1);
}
END_TEST

START_TEST(a_port_is_part_of_an_address)
{
	struct address address = sample_address(2);
	struct message message = {.type = MESSAGE_PRUNE};

	outbox_put(&outbox, &address, &message);
	address.port++;
	outbox_put(&outbox, &address, &message);
	take();
	ck_assert_uint_eq(sent.packet_count, 2);
}
END_TEST

START_TEST(packets_leave_in_the_order_in_which_they_were_begun)
{
	for (unsigned i = 9; i >= 2; i--)
		put_nack(i, i);
	put_nack(9, 100);
	take();
	for (unsigned i = 9; i >= 2; i--) {
		struct address address = sample_address(i);

		ck_assert(address_equal(&sent.packets[9 - i].to, &address));
	}
}
END_TEST

START_TEST(a_packet_begins_with_the_header)
{
	struct header header;

	put_nack(2, 1);
	take();

	struct reader reader =
		reader_of(bytes_of(sent.packets[0].bytes, sent.packets[0].len));

	ck_assert_int_eq(header_read(&reader, &header), ERR_OK);
	ck_assert_uint_eq(header.cluster, 5);
	ck_assert_uint_eq(header.sender, 6);
}
END_TEST

START_TEST(what_does_not_fit_any_more_begins_the_next_packet)
{
	struct message message = record_message(250);

	for (int i = 0; i < 5; i++)
		ck_assert(put(2, &message));
	put_nack(2, 1);
	take();
	ck_assert_uint_eq(sent.packet_count, 3);
	ck_assert_uint_eq(sent_count(&sent, MESSAGE_RECORD, 2), 5);
	ck_assert_uint_eq(sent_count(&sent, MESSAGE_NACK, 2), 1);
	for (size_t i = 0; i < sent.packet_count; i++)
		ck_assert_uint_le(sent.packets[i].len, PACKET_SIZE);
}
END_TEST

START_TEST(a_record_fits_exactly_when_it_can_be_put)
{
	for (size_t len = 0; len < PACKET_SIZE + 10; len++) {
		struct message message = record_message(len);

		ck_assert_int_eq(put(2, &message), fits(len));
		take();
		ck_assert_uint_eq(sent.packet_count, fits(len) ? 1 : 0);
		ck_assert(!fits(len) || sent.packets[0].len <= PACKET_SIZE);
		/* The last that fits fills the packet. */
		if (fits(len) && !fits(len + 1))
			ck_assert_uint_eq(sent.packets[0].len, PACKET_SIZE);
	}
}
END_TEST

START_TEST(a_record_that_fits_no_packet_leaves_no_trace)
{
	struct message message = record_message(PACKET_SIZE);

	put_nack(2, 1);
	ck_assert(!put(2, &message));
	put_nack(2, 2);
	take();
	ck_assert_uint_eq(sent.packet_count, 1);
	ck_assert_uint_eq(sent_count(&sent, MESSAGE_NACK, 2), 2);
	ck_assert_uint_eq(sent_count(&sent, MESSAGE_RECORD, 2), 0);
}
END_TEST

START_TEST(any_message_that_fits_no_packet_leaves_no_trace)
{
	static const uint8_t hashes[PACKET_SIZE * 2];
	struct message message = {
		.type = MESSAGE_DIGEST,
		.digest = {.hashes = bytes_of(hashes, sizeof(hashes))},
	};

	ck_assert(!put(2, &message));
	take();
	ck_assert_uint_eq(sent.packet_count, 0);
	put_nack(2, 1);
	ck_assert(!put(2, &message));
	put_nack(2, 2);
	take();
	ck_assert_uint_eq(sent.packet_count, 1);
	ck_assert_uint_eq(sent_count(&sent, MESSAGE_NACK, 2), 2);
}
END_TEST

START_TEST(a_packet_that_left_takes_nothing_more)
{
	struct address to;
	struct bytes bytes;

	put_nack(2, 1);
	ck_assert(outbox_next(&outbox, &to, &bytes));

	size_t len = bytes.len;

	put_nack(2, 2);
	ck_assert_uint_eq(bytes.len, len);
	take();
	ck_assert_uint_eq(sent.packet_count, 1);
	ck_assert_uint_eq(sent_message(&sent, MESSAGE_NACK, 2).answer.probe, 2);
}
END_TEST

START_TEST(packets_and_bytes_are_counted)
{
	size_t size = 0;

	put_nack(2, 1);
	put_nack(3, 1);
	ck_assert_uint_eq(outbox.packet_count, 0);
	take();
	for (size_t i = 0; i < sent.packet_count; i++)
		size += sent.packets[i].len;
	ck_assert_uint_eq(outbox.packet_count, 2);
	ck_assert_uint_eq(outbox.byte_count, size);
}
END_TEST

START_TEST(what_still_waits_is_freed)
{
	struct address to;
	struct bytes bytes;

	for (unsigned i = 2; i < 20; i++)
		put_nack(i, 1);
	ck_assert(outbox_next(&outbox, &to, &bytes));
	for (unsigned i = 2; i < 20; i++)
		put_nack(i, 1);
}
END_TEST

START_TEST(packets_larger_than_any_datagram_are_not_made)
{
	init_with(WIRE_DATAGRAM_SIZE_MAX + 1);
}
END_TEST

/* Messages in, messages out: each once, and to one address in order. */
START_TEST(nothing_is_lost_or_reordered)
{
	uint32_t put_count[6] = {0};
	uint32_t taken_count[6] = {0};
	struct prng prng;

	prng_init(&prng, 1);
	for (int round = 0; round < 500; round++) {
		size_t burst = prng_below(&prng, 200);

		for (size_t i = 0; i < burst; i++) {
			unsigned to = 1 + (unsigned)prng_below(&prng, 5);

			ck_assert(put_nack(to, put_count[to]++));
		}

		struct address address;
		struct bytes bytes;

		while (outbox_next(&outbox, &address, &bytes)) {
			struct reader reader = reader_of(bytes);
			struct header header;
			struct message message;
			unsigned to = address.ip[3];

			ck_assert_int_eq(header_read(&reader, &header), ERR_OK);
			while (message_read(&reader, PACKET_SIZE, &message) ==
				MESSAGE_TAKEN)
				ck_assert_uint_eq(
					message.answer.probe, taken_count[to]++);
			ck_assert_uint_eq(reader_left(&reader), 0);
		}
	}
	for (unsigned to = 1; to < 6; to++)
		ck_assert_uint_eq(put_count[to], taken_count[to]);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("outbox");
	TCase *tcase = add_case(suite, "outbox");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, an_empty_outbox_sends_nothing);
	tcase_add_test(tcase, messages_to_one_address_share_a_packet_in_order);
	tcase_add_test(tcase, each_address_gets_packets_of_its_own);
	tcase_add_test(tcase, a_port_is_part_of_an_address);
	tcase_add_test(tcase, packets_leave_in_the_order_in_which_they_were_begun);
	tcase_add_test(tcase, a_packet_begins_with_the_header);
	tcase_add_test(tcase, what_does_not_fit_any_more_begins_the_next_packet);
	tcase_add_test(tcase, a_record_fits_exactly_when_it_can_be_put);
	tcase_add_test(tcase, a_record_that_fits_no_packet_leaves_no_trace);
	tcase_add_test(tcase, any_message_that_fits_no_packet_leaves_no_trace);
	tcase_add_test(tcase, a_packet_that_left_takes_nothing_more);
	tcase_add_test(tcase, packets_and_bytes_are_counted);
	tcase_add_test(tcase, what_still_waits_is_freed);
	tcase_add_test_raise_signal(
		tcase, packets_larger_than_any_datagram_are_not_made, SIGABRT);
	tcase_add_test(tcase, nothing_is_lost_or_reordered);
	return run_suite(suite);
}
