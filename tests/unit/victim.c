/* SPDX-License-Identifier: MIT */
#include "victim.h"

#include "run.h"
#include "sample.h"

struct victim victim;

void
victim_drain(void)
{
	struct sent *sent = &victim.sent;

	do {
		sent_take(sent, victim.node);
		if (sent_output_count(sent, OUTPUT_RESERVE) > 0) {
			const struct output *output = sent_output(sent, OUTPUT_RESERVE);

			node_reserved(victim.node, output->writer, output->limit);
		}
	} while (sent->packet_count + sent->output_count > 0);
}

static void
set_up(void)
{
	struct settings settings = sample_settings(1);

	settings.stream_count_max = 2;
	settings.member_count_max = 3;
	settings.state_size_max = 1000;
	settings.value_size_max = 500;
	victim.node = node_new(&settings, at_ms(0));
	sample_join(victim.node, 2, at_ms(0));
	victim_drain();
}

static void
tear_down(void)
{
	node_check(victim.node);
	node_free(victim.node);
	victim.node = NULL;
}

TCase *
add_victim_case(Suite *suite, const char *name)
{
	TCase *tcase = add_case(suite, name);

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	return tcase;
}

void
victim_renew(void)
{
	tear_down();
	set_up();
}

uint64_t
victim_dropped(enum drop reason)
{
	struct status status;

	node_status(victim.node, &status);
	return status.drops[reason];
}

uint64_t
victim_dropped_in_all(void)
{
	uint64_t sum = 0;

	for (int i = 0; i < DROP_COUNT; i++)
		sum += victim_dropped((enum drop)i);
	return sum;
}

void
assert_only_dropped(enum drop reason, uint64_t count)
{
	ck_assert_uint_eq(victim_dropped(reason), count);
	ck_assert_uint_eq(victim_dropped_in_all(), count);
}

struct header
header_of_peer(void)
{
	return (struct header){
		.version = WIRE_VERSION,
		.features = WIRE_FEATURES,
		.cluster = header_cluster("tests"),
		.sender = sample_short_id(2),
	};
}

void
victim_receive(struct bytes datagram)
{
	struct address from = sample_address(2);

	node_receive(victim.node, &from, datagram, at_ms(0));
}

void
victim_receive_from(const struct header *header, struct bytes messages)
{
	uint8_t data[WIRE_DATAGRAM_SIZE_MAX];
	struct writer writer = writer_of(data, sizeof(data));

	header_write(&writer, header);
	write_raw(&writer, messages);
	ck_assert(!writer.failed);
	victim_receive(writer_bytes(&writer));
}

enum err
victim_receive_stream(struct bytes bytes)
{
	struct address from = sample_address(2);
	uint32_t stream;
	enum err err;

	ck_assert_int_eq(
		node_stream_accept(victim.node, &from, at_ms(0), &stream), ERR_OK);
	err = node_stream_receive(victim.node, stream, bytes, at_ms(0));
	node_stream_closed(victim.node, stream, at_ms(0));
	return err;
}
