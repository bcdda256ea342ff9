/* SPDX-License-Identifier: MIT */
#include "gossip/node.h"

#include "base/hash.h"
#include "bench.h"
#include "lan.h"
#include "run.h"

static struct bench bench;
static struct sent *sent = &bench.sent;

static void
set_up(void)
{
	bench_init(&bench, NULL);
	bench.node->probes.round_at_us = UINT64_MAX;
}

static void
tear_down(void)
{
	bench_fini(&bench);
}

static uint64_t
drops(enum drop reason)
{
	struct status status;

	node_status(bench.node, &status);
	return status.drops[reason];
}

static void
receive(struct bytes datagram)
{
	struct address address = sample_address(2);

	node_receive(bench.node, &address, datagram, bench_now(&bench));
	bench_take(&bench);
}

/* A datagram from member 2. */
static uint8_t datagram[WIRE_DATAGRAM_SIZE_MAX];
static struct writer writer;

static void
begin_datagram(void)
{
	struct header header = bench.node->header;

	header.sender = sample_short_id(2);
	writer = writer_of(datagram, sizeof(datagram));
	header_write(&writer, &header);
}

static void
add_ping(uint32_t number)
{
	struct message message = {.type = MESSAGE_PING, .ping = {.probe = number}};

	message_write(&writer, &message);
}

/* --- what is not taken --- */

START_TEST(what_is_too_short_is_malformed)
{
	begin_datagram();
	for (size_t len = 0; len < WIRE_HEADER_SIZE; len++)
		receive(bytes_of(datagram, len));
	ck_assert_uint_eq(drops(DROP_MALFORMED), WIRE_HEADER_SIZE);
	receive(writer_bytes(&writer));
	ck_assert_uint_eq(drops(DROP_MALFORMED), WIRE_HEADER_SIZE);
}
END_TEST

START_TEST(another_version_is_not_spoken)
{
	begin_datagram();
	add_ping(1);
	datagram[0]++;
	receive(writer_bytes(&writer));
	ck_assert_uint_eq(drops(DROP_VERSION), 1);
	ck_assert_uint_eq(sent->packet_count, 0);
}
END_TEST

static void
receive_foreign(void)
{
	struct header header = bench.node->header;

	writer = writer_of(datagram, sizeof(datagram));
	header.cluster++;
	header.sender = sample_short_id(2);
	header_write(&writer, &header);
	add_ping(1);
	receive(writer_bytes(&writer));
}

START_TEST(another_cluster_is_foreign_and_told_of_once_a_minute)
{
	size_t notices = 0;

	for (int i = 0; i < 120; i++) {
		receive_foreign();
		notices += sent_notice_count(sent, NOTICE_FOREIGN_CLUSTER, "");
		ck_assert_uint_eq(sent->packet_count, 0);
		bench.time_us += SECOND_US;
	}
	ck_assert_uint_eq(notices, 2);
	ck_assert_uint_eq(drops(DROP_FOREIGN), 120);
}
END_TEST

START_TEST(its_own_words_are_not_taken)
{
	begin_datagram();
	add_ping(1);
	writer = writer_of(datagram, sizeof(datagram));
	header_write(&writer, &bench.node->header);
	add_ping(1);
	receive(writer_bytes(&writer));
	ck_assert_uint_eq(drops(DROP_REFLECTED), 1);
	ck_assert_uint_eq(sent->packet_count, 0);
}
END_TEST

START_TEST(what_precedes_a_broken_message_is_taken)
{
	begin_datagram();
	add_ping(7);
	write_u8(&writer, MESSAGE_PING);
	write_varint(&writer, 100);
	receive(writer_bytes(&writer));
	ck_assert_uint_eq(drops(DROP_MALFORMED), 1);
	ck_assert_uint_eq(sent_message(sent, MESSAGE_ACK, 2).ping.probe, 7);
}
END_TEST

START_TEST(messages_of_the_future_are_passed_over)
{
	begin_datagram();
	write_u8(&writer, 200);
	write_blob(&writer, bytes_of_string("something new"));
	add_ping(7);
	receive(writer_bytes(&writer));
	ck_assert_uint_eq(drops(DROP_MALFORMED), 0);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_ACK, 2), 1);
}
END_TEST

START_TEST(messages_of_streams_do_not_belong_in_a_datagram)
{
	struct message message = {.type = MESSAGE_READY};

	begin_datagram();
	message_write(&writer, &message);
	receive(writer_bytes(&writer));
	ck_assert_uint_eq(drops(DROP_MALFORMED), 1);
}
END_TEST

/* Whatever comes in: no crash, nothing endless, all invariants kept. */
START_TEST(damaged_datagrams_do_no_harm)
{
	struct prng prng;

	prng_init(&prng, (uint64_t)_i);
	bench_join_up_to(&bench, 4);
	for (int i = 0; i < 20000; i++) {
		size_t flips = prng_below(&prng, 4);
		struct record_view view = bench_write(&bench, 2,
			1 + prng_below(&prng, 50), sample_name((unsigned)i % 9), "v");
		struct message message = {
			.type = MESSAGE_RECORD,
			.record = {.view = view},
		};

		begin_datagram();
		message_write(&writer, &message);
		add_ping((uint32_t)i);
		if (prng_below(&prng, 8) == 0) {
			writer.len = WIRE_HEADER_SIZE;
			while (writer.len < 100)
				write_u8(&writer, (uint8_t)prng_below(&prng, 20));
		}
		while (flips-- > 0)
			datagram[WIRE_HEADER_SIZE +
				 prng_below(&prng, writer.len - WIRE_HEADER_SIZE)] ^=
				(uint8_t)(1 << prng_below(&prng, 8));
		receive(bytes_of(datagram, writer.len - prng_below(&prng, 8) / 7));
		if (i % 100 == 0)
			bench_pass_us(&bench, 10 * MS_US);
		if (i % 1000 == 0)
			node_check(bench.node);
	}
	ck_assert_uint_gt(drops(DROP_MALFORMED), 0);
}
END_TEST

/* --- what is answered --- */

START_TEST(a_ping_is_answered_to_where_it_came_from)
{
	begin_datagram();
	add_ping(7);
	receive(writer_bytes(&writer));
	ck_assert_uint_eq(sent->packet_count, 1);
	ck_assert_uint_eq(sent_message(sent, MESSAGE_ACK, 2).ping.probe, 7);
}
END_TEST

START_TEST(a_ping_that_is_asked_for_goes_to_the_target)
{
	struct message message = {
		.type = MESSAGE_PING_REQ,
		.ping_req = {.probe = 9,
			.target = sample_short_id(3),
			.address = sample_address(3)},
	};

	bench_join_up_to(&bench, 4);
	bench_tell(&bench, 2, &message);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_PING, 0), 1);

	struct message ack = {
		.type = MESSAGE_ACK,
		.ping = {.probe = sent_message(sent, MESSAGE_PING, 3).ping.probe},
	};

	bench_tell(&bench, 3, &ack);
	ck_assert_uint_eq(sent_message(sent, MESSAGE_RELAYED_ACK, 2).answer.probe, 9);
}
END_TEST

START_TEST(who_speaks_was_heard)
{
	struct message message = {.type = MESSAGE_PRUNE};

	bench_join_up_to(&bench, 3);
	bench.time_us += 77;
	bench_tell(&bench, 2, &message);
	ck_assert_uint_eq(bench_member(&bench, 2)->heard_us, bench_now(&bench).mono_us);
	ck_assert_uint_eq(bench_member(&bench, 3)->heard_us, 0);
}
END_TEST

static void
learn_clock(unsigned number, uint64_t ahead_ms)
{
	struct message message = {.type = MESSAGE_ACK};

	probes_start(&bench.node->probes, PROBE_COMPARE, bench_member(&bench, number),
		bench_now(&bench).mono_us);
	bench_take(&bench);
	message.ping.probe = sent_message(sent, MESSAGE_PING, number).ping.probe;
	bench.time_us += 2 * MS_US;
	message.ping.wall_ms = bench_now(&bench).wall_ms + ahead_ms - 1;
	message.ping.state = store_summary(&bench.node->store);
	bench_tell(&bench, number, &message);
}

START_TEST(the_clocks_of_the_others_are_known_by_their_answers)
{
	struct status status;

	bench_join_up_to(&bench, 6);
	node_status(bench.node, &status);
	ck_assert_int_eq(status.clock_offset_ms, 0);
	learn_clock(2, 40);
	node_status(bench.node, &status);
	ck_assert_int_eq(status.clock_offset_ms, 40);
	learn_clock(3, (uint64_t)-90);
	learn_clock(4, 41);
	learn_clock(5, 1000000);
	learn_clock(6, (uint64_t)-100);
	node_status(bench.node, &status);
	ck_assert_int_eq(status.clock_offset_ms, 40);
}
END_TEST

START_TEST(no_clock_is_too_far_off_to_be_told)
{
	struct status status;

	bench_join_up_to(&bench, 2);
	learn_clock(2, UINT64_MAX / 2);
	node_status(bench.node, &status);
	learn_clock(2, UINT64_MAX / 2 + 5);
	node_status(bench.node, &status);
}
END_TEST

/* --- the node itself --- */

START_TEST(a_node_keeps_what_it_was_told_at_its_start)
{
	struct settings settings = sample_settings(7);
	char name[] = "web7";
	char cluster[] = "prod";
	struct status status;
	struct node *node;

	settings.name = name;
	settings.cluster = cluster;
	node = node_new(&settings, at_us(0));
	memset(name, 'x', sizeof(name) - 1);
	memset(cluster, 'x', sizeof(cluster) - 1);
	node_status(node, &status);
	ck_assert_str_eq(status.name, "web7");
	ck_assert_str_eq(status.cluster, "prod");
	ck_assert(address_equal(&status.address, &settings.address));
	ck_assert_mem_eq(status.id, settings.identity.id, NODE_ID_SIZE);
	ck_assert_uint_eq(status.generation, 1);
	ck_assert_uint_eq(status.members[MEMBER_ALIVE], 1);
	ck_assert_uint_eq(status.key_count, 0);
	node_free(node);
	node_free(NULL);
}
END_TEST

START_TEST(a_status_counts_what_there_is)
{
	struct status status;

	bench_join_up_to(&bench, 4);
	bench_bury(&bench, 2, MEMBER_DEAD);
	bench_bury(&bench, 3, MEMBER_LEFT);
	bench_set(&bench, "a", "12");
	bench_set(&bench, "b", "34");
	ck_assert_int_eq(node_delete(bench.node, bytes_of_string("b"),
				 (struct version){0}, bench_now(&bench), NULL),
		ERR_OK);
	node_status(bench.node, &status);
	ck_assert_uint_eq(status.members[MEMBER_ALIVE], 2);
	ck_assert_uint_eq(status.members[MEMBER_DEAD], 1);
	ck_assert_uint_eq(status.members[MEMBER_LEFT], 1);
	ck_assert_uint_eq(status.key_count, 1);
	ck_assert_uint_eq(status.tombstone_count, 1);
	ck_assert_uint_eq(status.fingerprint, bench.node->store.fingerprint);
	ck_assert_uint_eq(status.agree_count, 0);
}
END_TEST

START_TEST(packets_and_bytes_are_counted)
{
	struct status status;

	begin_datagram();
	add_ping(7);
	receive(writer_bytes(&writer));
	node_status(bench.node, &status);
	ck_assert_uint_eq(status.datagrams_in, 1);
	ck_assert_uint_eq(status.datagram_bytes_in, writer.len);
	ck_assert_uint_eq(status.datagrams_out, 1);
	ck_assert_uint_eq(status.datagram_bytes_out, sent->packets[0].len);
}
END_TEST

START_TEST(members_are_shown_in_order_of_name)
{
	static const char *const names[] = {"n1", "n2", "n3"};
	struct member_view view;
	size_t cursor = 0;

	bench_join_up_to(&bench, 3);
	for (size_t i = 0; i < 3; i++) {
		ck_assert(node_next_member(bench.node, &cursor, &view));
		ck_assert_str_eq(view.name, names[i]);
		ck_assert_int_eq(view.is_self, i == 0);
		ck_assert(!view.rtt_known);
		ck_assert(!view.agreement_known);
		ck_assert(!view.name_conflict);
	}
	ck_assert(!node_next_member(bench.node, &cursor, &view));
}
END_TEST

START_TEST(every_state_and_every_reason_has_a_name)
{
	for (int i = 0; i < MEMBER_STATE_COUNT; i++) {
		const char *name = member_state_name((enum member_state)i);

		ck_assert_ptr_nonnull(name);
		for (int j = 0; j < i; j++)
			ck_assert_str_ne(name, member_state_name((enum member_state)j));
	}
	for (int i = 0; i < DROP_COUNT; i++) {
		const char *name = drop_name((enum drop)i);

		ck_assert_ptr_nonnull(name);
		for (int j = 0; j < i; j++)
			ck_assert_str_ne(name, drop_name((enum drop)j));
	}
}
END_TEST

START_TEST(a_node_without_numbers_tells_of_itself_once_it_has_some)
{
	struct settings settings = sample_settings(1);
	const struct output *output;
	struct dot dot = {sample_writer(1), 1};

	settings.identity.seq_limit = 1;
	bench_fini(&bench);
	bench_init(&bench, &settings);
	output = sent_output(sent, OUTPUT_RESERVE);
	ck_assert_uint_eq(output->writer, sample_writer(1));
	bench_join_up_to(&bench, 2);
	node_reserved(bench.node, output->writer, output->limit);
	bench_take(&bench);
	ck_assert_uint_eq(sent_record_count(sent, dot, 2), 1);
}
END_TEST

/* --- time --- */

START_TEST(a_node_that_is_up_to_date_has_nothing_due)
{
	bench.node->probes.round_at_us = bench_now(&bench).mono_us;
	bench_join_up_to(&bench, 5);
	bench_pass_us(&bench, 0);
	for (int i = 0; i < 2000; i++) {
		uint64_t deadline = node_deadline(bench.node);

		ck_assert_uint_gt(deadline, bench_now(&bench).mono_us);
		bench_pass_us(&bench, deadline - bench_now(&bench).mono_us);
	}
}
END_TEST

START_TEST(a_record_is_gone_by_its_deadline)
{
	struct write write = {.key = bytes_of_string("k"), .ttl_ms = 300};

	bench.node->contact.dead_at_us = UINT64_MAX;
	ck_assert_int_eq(node_set(bench.node, &write, bench_now(&bench), NULL), ERR_OK);
	bench_take(&bench);
	ck_assert_uint_eq(
		node_deadline(bench.node), bench_now(&bench).mono_us + 300 * MS_US);
	bench_pass_us(&bench, 300 * MS_US);
	ck_assert_ptr_null(store_find(&bench.node->store, SPACE_KEYS, write.key));
}
END_TEST

START_TEST(a_record_that_expires_in_the_far_future_plans_no_early_turn)
{
	static const uint64_t times_ms[] = {UINT64_MAX, UINT64_MAX - 1, UINT64_MAX / 2,
		UINT64_MAX / 1000, UINT64_MAX / 1000 * 2 + 5};

	bench.node->contact.dead_at_us = UINT64_MAX;
	for (uint64_t i = 0; i < 5; i++) {
		struct record_view view =
			bench_write(&bench, 2, 1 + i, sample_name((unsigned)i), "v");

		view.expires_ms = times_ms[i];
		bench_tell_record(&bench, 2, &view);
		ck_assert_uint_gt(node_deadline(bench.node),
			bench_now(&bench).mono_us + 3600 * SECOND_US);
	}
}
END_TEST

/* --- many nodes --- */

static uint64_t
run_for_hash(uint64_t seed)
{
	struct lan lan;
	uint64_t hash = 0;

	lan_init(&lan);
	for (unsigned i = 1; i <= 5; i++) {
		struct settings settings = sample_settings(i);

		settings.seed = seed + i;
		lan_start(&lan, i, &settings);
		if (i > 1)
			lan_join(&lan, i, 1);
	}
	for (unsigned i = 0; i < 50; i++) {
		lan_set(&lan, 1 + i % 5, sample_name(i % 7), "v");
		lan_run_ms(&lan, 200);
	}
	lan_expect_agreement(&lan);
	for (unsigned i = 1; i <= 5; i++) {
		struct status status;

		node_status(lan.nodes[i], &status);
		hash = hash_pair(hash, status.fingerprint, i);
		hash = hash_pair(hash, status.datagram_bytes_out, i);
		hash = hash_pair(hash, status.datagrams_in, i);
		hash = hash_pair(hash, status.stream_bytes_in, i);
		hash = hash_pair(hash, prng_next(&lan.nodes[i]->prng), i);
	}
	lan_fini(&lan);
	return hash;
}

START_TEST(a_seed_repeats_a_run_exactly)
{
	uint64_t hash = run_for_hash(1);

	ck_assert_uint_eq(run_for_hash(1), hash);
	ck_assert_uint_ne(run_for_hash(100), hash);
}
END_TEST

START_TEST(the_links_become_a_tree)
{
	struct lan lan;
	size_t duplicates[LAN_NODE_COUNT_MAX + 1];

	lan_init(&lan);
	for (unsigned i = 1; i <= LAN_NODE_COUNT_MAX; i++) {
		struct settings settings = sample_settings(i);

		settings.direct_count_max = 1;
		lan_start(&lan, i, &settings);
		if (i > 1)
			lan_join(&lan, i, 1);
	}
	for (unsigned i = 0; i < 20; i++) {
		lan_set(&lan, 1, "k", sample_name(i));
		lan_run_ms(&lan, 500);
	}
	for (unsigned i = 1; i <= LAN_NODE_COUNT_MAX; i++)
		duplicates[i] = lan.nodes[i]->intake.duplicates;
	for (unsigned i = 0; i < 20; i++) {
		lan_set(&lan, 1, "k", sample_name(i));
		lan_run_ms(&lan, 500);
	}
	for (unsigned i = 1; i <= LAN_NODE_COUNT_MAX; i++) {
		lan_expect(&lan, i, "k", "n19");
		ck_assert_uint_eq(lan.nodes[i]->intake.duplicates, duplicates[i]);
	}
	lan_fini(&lan);
}
END_TEST

static void
add_datagrams(Suite *suite)
{
	TCase *tcase = add_case(suite, "datagrams");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, what_is_too_short_is_malformed);
	tcase_add_test(tcase, another_version_is_not_spoken);
	tcase_add_test(tcase, another_cluster_is_foreign_and_told_of_once_a_minute);
	tcase_add_test(tcase, its_own_words_are_not_taken);
	tcase_add_test(tcase, what_precedes_a_broken_message_is_taken);
	tcase_add_test(tcase, messages_of_the_future_are_passed_over);
	tcase_add_test(tcase, messages_of_streams_do_not_belong_in_a_datagram);
	tcase_add_loop_test(tcase, damaged_datagrams_do_no_harm, 0, 3);
	tcase_add_test(tcase, a_ping_is_answered_to_where_it_came_from);
	tcase_add_test(tcase, a_ping_that_is_asked_for_goes_to_the_target);
	tcase_add_test(tcase, who_speaks_was_heard);
	tcase_add_test(tcase, the_clocks_of_the_others_are_known_by_their_answers);
	tcase_add_test(tcase, no_clock_is_too_far_off_to_be_told);
}

static void
add_node(Suite *suite)
{
	TCase *tcase = add_case(suite, "node");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_node_keeps_what_it_was_told_at_its_start);
	tcase_add_test(tcase, a_status_counts_what_there_is);
	tcase_add_test(tcase, packets_and_bytes_are_counted);
	tcase_add_test(tcase, members_are_shown_in_order_of_name);
	tcase_add_test(tcase, every_state_and_every_reason_has_a_name);
	tcase_add_test(tcase, a_node_without_numbers_tells_of_itself_once_it_has_some);
	tcase_add_test(tcase, a_node_that_is_up_to_date_has_nothing_due);
	tcase_add_test(tcase, a_record_is_gone_by_its_deadline);
	tcase_add_test(
		tcase, a_record_that_expires_in_the_far_future_plans_no_early_turn);
}

int
main(void)
{
	Suite *suite = suite_create("node");
	TCase *many = add_case(suite, "many nodes");

	add_datagrams(suite);
	add_node(suite);
	tcase_add_test(many, a_seed_repeats_a_run_exactly);
	tcase_add_test(many, the_links_become_a_tree);
	return run_suite(suite);
}
