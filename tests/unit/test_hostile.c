/* SPDX-License-Identifier: MIT */
#include "gossip/node.h"

#include "base/hash.h"
#include "golden.h"
#include "gossip/node_parts.h"
#include "run.h"
#include "sample.h"
#include "victim.h"

/* Packets that are well-formed and make no sense, and some that were spoilt on the way:
 * they do no harm. */

static struct record_view
good_record(void)
{
	return sample_shared(
		(struct dot){sample_writer(2), 100}, stamp_at_ms(0), "k", "v");
}

/* --- numbers that are out of all proportion --- */

START_TEST(an_expiry_beyond_the_clock_is_never_due)
{
	/* Some of them are a short time ahead when counted in microseconds. */
	static const uint64_t ahead_ms[] = {UINT64_MAX / 1000 - 1, UINT64_MAX / 1000,
		UINT64_MAX / 1000 + 1, UINT64_MAX / 1000 + 1000, UINT64_C(1) << 62};
	uint64_t deadline = node_deadline(victim.node);

	for (size_t i = 0; i < sizeof(ahead_ms) / sizeof(ahead_ms[0]); i++) {
		struct record_view view = good_record();

		view.dot.seq += i;
		view.stamp += i;
		view.expires_ms = SAMPLE_WALL_MS + ahead_ms[i];
		sample_tell_record(victim.node, 2, &view, at_ms(0));
		victim_drain();
		ck_assert_uint_eq(node_deadline(victim.node), deadline);
	}
	ck_assert_uint_eq(victim_dropped_in_all(), 0);
}
END_TEST

/* Until it pings, then for three milliseconds. */
static uint32_t
wait_for_ping(struct now *ret_now)
{
	for (uint64_t ms = 0; ms < 3000; ms++) {
		node_tick(victim.node, at_ms(ms));
		sent_take(&victim.sent, victim.node);
		if (sent_count(&victim.sent, MESSAGE_PING, 2) > 0) {
			*ret_now = at_ms(ms + 3);
			return sent_message(&victim.sent, MESSAGE_PING, 2).ping.probe;
		}
	}
	ck_abort_msg("no ping");
}

START_TEST(absurd_clocks_do_no_harm)
{
	static const uint64_t offsets_ms[] = {
		INT64_MAX, UINT64_C(1) << 63, UINT64_MAX, INT64_MAX - 1};

	for (size_t i = 0; i < sizeof(offsets_ms) / sizeof(offsets_ms[0]); i++) {
		struct now now;
		uint32_t probe = wait_for_ping(&now);
		struct message ack = {.type = MESSAGE_ACK,
			.ping = {.probe = probe,
				.wall_ms = now.wall_ms + offsets_ms[i]}};
		struct status status;

		sample_tell(victim.node, 2, &ack, now);
		node_status(victim.node, &status);
		victim_renew();
	}
}
END_TEST

/* --- numbers of this node's own writes --- */

static const struct write own_write = {
	.key = {(const uint8_t *)"own", 3},
	.value = {(const uint8_t *)"value", 5},
};

/* After the others know of a number that this node was yet to use: nothing may be
 * written under it, since they would take it for known. */
static void
assert_writes_are_kept(void)
{
	struct item item;
	enum err err = node_set(victim.node, &own_write, at_ms(0), NULL);

	if (err == ERR_OK)
		ck_assert_int_eq(
			node_get(victim.node, own_write.key, false, &item), ERR_OK);
	else
		ck_assert_int_eq(err, ERR_BUSY);
	victim_drain();
	ck_assert_int_eq(node_set(victim.node, &own_write, at_ms(0), NULL), ERR_OK);
	ck_assert_int_eq(node_get(victim.node, own_write.key, false, &item), ERR_OK);
	ck_assert_str_eq(item.origin, "n1");
	ck_assert_uint_ne(item.version.writer, sample_writer(1));
}

START_TEST(a_record_under_an_own_number_ends_the_writer_id)
{
	struct record_view view = good_record();

	view.dot = (struct dot){sample_writer(1), 500};
	sample_tell_record(victim.node, 2, &view, at_ms(0));
	assert_writes_are_kept();
}
END_TEST

START_TEST(an_agreement_on_own_numbers_ends_the_writer_id)
{
	uint8_t entries[RANGE_LEN_MAX];
	struct writer writer = writer_of(entries, sizeof(entries));
	struct status status;
	struct message message = {.type = MESSAGE_AGREE};

	node_status(victim.node, &status);
	range_write(&writer, &(struct dot_range){sample_writer(1), 1, 500});
	message.context.fingerprint = status.fingerprint;
	message.context.entries = writer_bytes(&writer);
	sample_tell(victim.node, 2, &message, at_ms(0));
	assert_writes_are_kept();
}
END_TEST

START_TEST(a_new_writer_id_is_announced_once)
{
	struct record_view view = good_record();
	struct status before;
	struct status after;
	const struct output *output;

	view.dot = (struct dot){sample_writer(1), 500};
	sample_tell_record(victim.node, 2, &view, at_ms(0));
	sent_take(&victim.sent, victim.node);
	output = sent_output(&victim.sent, OUTPUT_RESERVE);
	node_reserved(victim.node, output->writer, output->limit);
	node_status(victim.node, &before);
	node_reserved(victim.node, output->writer, output->limit + 1);
	node_status(victim.node, &after);
	ck_assert_uint_eq(before.incarnation, 1);
	ck_assert_uint_eq(after.incarnation, 1);
}
END_TEST

/* --- differences that are none --- */

static struct symbol
random_symbol(struct prng *prng)
{
	uint64_t item = prng_next(prng);
	bool is_pure = prng_below(prng, 2) == 0;

	return (struct symbol){
		.sum = item,
		.check = is_pure ? hash_pair(item, 0, header_cluster("tests"))
				 : prng_next(prng),
		.count = is_pure ? 1 : (int64_t)prng_below(prng, UINT32_MAX),
	};
}

/* An item that is in one symbol and not in its others would go round for ever. */
START_TEST(symbols_of_no_set_do_no_harm)
{
	struct message message = {.type = MESSAGE_SKETCH};
	struct status before;
	struct status after;
	struct prng prng;

	prng_init(&prng, 1);
	node_status(victim.node, &before);
	for (int round = 0; round < 1000; round++) {
		message.sketch.count =
			(size_t)prng_below(&prng, WIRE_SYMBOL_COUNT_MAX + 1);
		if (message.sketch.count > 65)
			message.sketch.count = 65; /* fit with the largest counts */
		for (size_t i = 0; i < message.sketch.count; i++)
			message.sketch.symbols[i] = random_symbol(&prng);
		sample_tell(victim.node, 2, &message, at_ms(0));
		sent_take(&victim.sent, victim.node);
		ck_assert_uint_le(victim.sent.packet_count, 1);
		node_check(victim.node);
	}
	node_status(victim.node, &after);
	ck_assert_uint_eq(after.fingerprint, before.fingerprint);
	ck_assert_uint_eq(victim_dropped_in_all(), 0);
}
END_TEST

static const struct record *
own_record(void)
{
	struct settings settings = sample_settings(1);

	return store_find(&victim.node->store, SPACE_MEMBERS,
		bytes_of(settings.identity.id, NODE_ID_SIZE));
}

/* Nobody may take a member record for gone that its own node goes on telling. */
START_TEST(a_node_that_is_told_that_all_is_gone_tells_itself_anew)
{
	struct settings peer = sample_settings(2);
	struct record_view view = good_record();
	struct message message = {.type = MESSAGE_GONE};
	uint64_t seq = own_record()->dot.seq;

	sample_tell_record(victim.node, 2, &view, at_ms(0));
	message.dots.count = 3;
	message.dots.dots[0] = own_record()->dot;
	message.dots.dots[1] = view.dot;
	message.dots.dots[2] = (struct dot){sample_writer(2), 1};
	sample_tell(victim.node, 2, &message, at_ms(0));
	node_check(victim.node);
	ck_assert(store_find(&victim.node->store, SPACE_KEYS, view.key)->deleted);
	ck_assert_ptr_null(store_find(&victim.node->store, SPACE_MEMBERS,
		bytes_of(peer.identity.id, NODE_ID_SIZE)));
	ck_assert_ptr_nonnull(own_record());
	ck_assert_uint_gt(own_record()->dot.seq, seq);
}
END_TEST

static struct message
offer_of(uint64_t writer, uint64_t first)
{
	struct message message = {
		.type = MESSAGE_OFFER, .dots.count = WIRE_DOT_COUNT_MAX};

	for (size_t i = 0; i < WIRE_DOT_COUNT_MAX; i++)
		message.dots.dots[i] = (struct dot){writer, first + i};
	return message;
}

START_TEST(offers_of_what_nobody_has_are_given_up)
{
	struct message message = offer_of(77, 1);
	size_t asked_count = 0;

	sample_tell(victim.node, 2, &message, at_ms(0));
	for (uint64_t ms = 0; ms < 60000; ms += 10) {
		node_tick(victim.node, at_ms(ms));
		sent_take(&victim.sent, victim.node);
		asked_count = sent_count(&victim.sent, MESSAGE_GRAFT, 0);
		ck_assert(ms != 0 || asked_count == WIRE_DOT_COUNT_MAX);
	}
	ck_assert_uint_eq(asked_count, 0);
	node_check(victim.node);
}
END_TEST

/* As many dots as a message may have, and their numbers are long. */
START_TEST(an_answer_that_fits_in_no_packet_is_none)
{
	uint64_t first = UINT64_C(1) << 21;
	struct message message = offer_of(77, first);

	context_add_range(
		&victim.node->store.context, 77, first, first + WIRE_DOT_COUNT_MAX);
	message.dots.count = 100;
	victim.node->settings.packet_size_max = 512;
	victim.node->outbox.packet_size_max = 512;
	sample_tell(victim.node, 2, &message, at_ms(0));
	sent_take(&victim.sent, victim.node);
	ck_assert_uint_eq(victim.sent.packet_count, 0);
	node_check(victim.node);
}
END_TEST

/* --- golden packets with errors --- */

START_TEST(no_cut_or_wrong_bit_in_a_datagram_does_harm)
{
	struct golden golden = golden_load("datagram");
	struct header header = header_of_peer();
	struct writer writer = writer_of(golden.data, golden.len);

	header_write(&writer, &header);
	for (size_t len = 0; len < golden.len; len++)
		victim_receive(bytes_of(golden.data, len));
	victim_drain();
	ck_assert_uint_gt(victim_dropped(DROP_MALFORMED), golden.len / 2);
	for (size_t bit = 0; bit < 8 * golden.len; bit++) {
		golden.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		victim_receive(golden_bytes(&golden));
		golden.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		victim_drain();
		node_check(victim.node);
	}
	ck_assert_uint_eq(victim_dropped(DROP_VERSION), 8);
	ck_assert_uint_eq(victim_dropped(DROP_FOREIGN), 64);
}
END_TEST

START_TEST(no_cut_or_wrong_bit_in_a_stream_does_harm)
{
	struct golden golden = golden_load("stream");
	struct header header = header_of_peer();
	struct writer writer = writer_of(golden.data, golden.len);

	header_write(&writer, &header);
	for (size_t len = 0; len < golden.len; len++)
		ck_assert_int_eq(
			victim_receive_stream(bytes_of(golden.data, len)), ERR_OK);
	ck_assert_uint_eq(victim_dropped(DROP_STREAM), 0);
	for (size_t bit = 0; bit < 8 * golden.len; bit++) {
		golden.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		(void)!victim_receive_stream(golden_bytes(&golden));
		golden.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		victim_drain();
		node_check(victim.node);
	}
	ck_assert_uint_eq(victim_dropped(DROP_VERSION), 8);
	ck_assert_uint_eq(victim_dropped(DROP_FOREIGN), 64);
	ck_assert_uint_gt(victim_dropped(DROP_STREAM), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("hostile packets");
	TCase *numbers = add_victim_case(suite, "numbers");
	TCase *differences = add_victim_case(suite, "differences");
	TCase *golden = add_victim_case(suite, "golden packets");

	tcase_add_test(numbers, an_expiry_beyond_the_clock_is_never_due);
	tcase_add_test(numbers, absurd_clocks_do_no_harm);
	tcase_add_test(numbers, a_record_under_an_own_number_ends_the_writer_id);
	tcase_add_test(numbers, an_agreement_on_own_numbers_ends_the_writer_id);
	tcase_add_test(numbers, a_new_writer_id_is_announced_once);
	tcase_add_test(differences, symbols_of_no_set_do_no_harm);
	tcase_add_test(
		differences, a_node_that_is_told_that_all_is_gone_tells_itself_anew);
	tcase_add_test(differences, offers_of_what_nobody_has_are_given_up);
	tcase_add_test(differences, an_answer_that_fits_in_no_packet_is_none);
	tcase_add_test(golden, no_cut_or_wrong_bit_in_a_datagram_does_harm);
	tcase_add_test(golden, no_cut_or_wrong_bit_in_a_stream_does_harm);
	return run_suite(suite);
}
