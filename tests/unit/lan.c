/* SPDX-License-Identifier: MIT */
#include "lan.h"

#include <check.h>

#include "base/heap.h"
#include "base/mem.h"
#include "gossip/members.h"
#include "sample.h"

/* More turns at one instant than any protocol needs. */
#define TURN_COUNT_MAX 20000

void
lan_init(struct lan *lan)
{
	*lan = (struct lan){.reserves = true};
}

void
lan_fini(struct lan *lan)
{
	for (unsigned i = 1; i <= LAN_NODE_COUNT_MAX; i++)
		node_free(lan->nodes[i]);
}

struct now
lan_now(const struct lan *lan, unsigned number)
{
	struct now now = at_us(lan->elapsed_us);

	now.wall_ms += lan->wall_offset_ms[number];
	return now;
}

static bool
is_reachable(const struct lan *lan, unsigned a, unsigned b)
{
	return lan->nodes[a] != NULL && lan->nodes[b] != NULL && !lan->cut[a][b];
}

void
lan_start(struct lan *lan, unsigned number, const struct settings *settings)
{
	lan_kill(lan, number);
	lan->nodes[number] = node_new(settings, lan_now(lan, number));
}

void
lan_cut(struct lan *lan, unsigned a, unsigned b, bool is_cut)
{
	lan->cut[a][b] = is_cut;
	lan->cut[b][a] = is_cut;
	for (size_t i = 0; i < LAN_STREAM_COUNT_MAX; i++) {
		struct lan_stream *stream = &lan->streams[i];
		const struct lan_side *sides = stream->sides;

		if (!stream->open ||
			is_reachable(lan, sides[0].number, sides[1].number))
			continue;
		stream->open = false;
		for (size_t side = 0; side < 2; side++)
			node_stream_closed(lan->nodes[sides[side].number],
				sides[side].stream, lan_now(lan, sides[side].number));
	}
}

void
lan_kill(struct lan *lan, unsigned number)
{
	for (size_t i = 0; i < LAN_STREAM_COUNT_MAX; i++) {
		struct lan_stream *stream = &lan->streams[i];
		const struct lan_side *sides = stream->sides;
		const struct lan_side *other =
			&sides[sides[0].number == number ? 1 : 0];

		if (!stream->open ||
			(sides[0].number != number && sides[1].number != number))
			continue;
		stream->open = false;
		node_stream_closed(lan->nodes[other->number], other->stream,
			lan_now(lan, other->number));
	}
	node_free(lan->nodes[number]);
	lan->nodes[number] = NULL;
}

/* --- carrying --- */

/* The number of who lives at that address, 0 for nobody. */
static unsigned
number_of(const struct address *address)
{
	for (unsigned i = 1; i <= LAN_NODE_COUNT_MAX; i++) {
		struct address own = sample_address(i);

		if (address_equal(&own, address))
			return i;
	}
	return 0;
}

static void
carry_datagram(struct lan *lan, unsigned from, const struct output *output)
{
	unsigned to = number_of(&output->address);
	struct address address = sample_address(from);

	if (to != 0 && !lan->mute && is_reachable(lan, from, to))
		node_receive(lan->nodes[to], &address, output->bytes, lan_now(lan, to));
}

static void
open_stream(struct lan *lan, unsigned from, uint32_t number, unsigned to)
{
	struct address address = sample_address(from);
	struct lan_stream *stream = NULL;
	uint32_t accepted;

	if (to == 0 || !is_reachable(lan, from, to) ||
		node_stream_accept(lan->nodes[to], &address, lan_now(lan, to),
			&accepted) != ERR_OK) {
		node_stream_closed(lan->nodes[from], number, lan_now(lan, from));
		return;
	}
	for (size_t i = 0; i < LAN_STREAM_COUNT_MAX; i++) {
		if (!lan->streams[i].open)
			stream = &lan->streams[i];
	}
	ck_assert_ptr_nonnull(stream);
	*stream = (struct lan_stream){
		.open = true,
		.sides = {{from, number}, {to, accepted}},
	};
	lan->stream_count++;
	node_stream_connected(lan->nodes[from], number, lan_now(lan, from));
}

/* The open stream of which `number` is one side; NULL when it is closed. */
static struct lan_stream *
find_stream(struct lan *lan, unsigned node, uint32_t number, size_t *ret_side)
{
	for (size_t i = 0; i < LAN_STREAM_COUNT_MAX; i++) {
		struct lan_stream *stream = &lan->streams[i];

		for (size_t side = 0; side < 2 && stream->open; side++) {
			if (stream->sides[side].number == node &&
				stream->sides[side].stream == number) {
				*ret_side = side;
				return stream;
			}
		}
	}
	return NULL;
}

static void
close_stream(struct lan *lan, struct lan_stream *stream, size_t side)
{
	const struct lan_side *other = &stream->sides[1 - side];

	stream->open = false;
	node_stream_closed(
		lan->nodes[other->number], other->stream, lan_now(lan, other->number));
}

static void
carry_stream(struct lan *lan, unsigned node, uint32_t number)
{
	uint8_t bytes[4096];
	size_t side = 0;
	size_t len;
	struct lan_stream *stream = find_stream(lan, node, number, &side);

	while (stream != NULL && stream->open &&
		(len = node_stream_fill(
			 lan->nodes[node], number, bytes, sizeof(bytes))) > 0) {
		const struct lan_side *other = &stream->sides[1 - side];

		if (node_stream_receive(lan->nodes[other->number], other->stream,
			    bytes_of(bytes, len),
			    lan_now(lan, other->number)) == ERR_OK)
			continue;
		stream->open = false;
		node_stream_closed(lan->nodes[node], number, lan_now(lan, node));
	}
}

static void
take_output(struct lan *lan, unsigned from, const struct output *output)
{
	size_t side = 0;
	struct lan_stream *stream;
	struct address address = sample_address(lan->seeds[from]);

	switch (output->kind) {
	case OUTPUT_DATAGRAM:
		carry_datagram(lan, from, output);
		break;
	case OUTPUT_STREAM_OPEN:
		open_stream(lan, from, output->stream, number_of(&output->address));
		break;
	case OUTPUT_STREAM_WAKE:
		carry_stream(lan, from, output->stream);
		break;
	case OUTPUT_STREAM_CLOSE:
		stream = find_stream(lan, from, output->stream, &side);
		if (stream != NULL)
			close_stream(lan, stream, side);
		break;
	case OUTPUT_RESOLVE:
		if (lan->seeds[from] != 0)
			node_seed(lan->nodes[from], &address, lan_now(lan, from));
		break;
	case OUTPUT_RESERVE:
		lan->reserved_writer[from] = output->writer;
		lan->reserved_limit[from] = output->limit;
		if (lan->reserves)
			node_reserved(lan->nodes[from], output->writer, output->limit);
		break;
	case OUTPUT_NOTICE:
		lan->notices[from][output->notice.kind]++;
		break;
	}
}

void
lan_settle(struct lan *lan)
{
	bool moved = true;

	for (size_t turns = 0; moved; turns++) {
		moved = false;
		for (unsigned i = 1; i <= LAN_NODE_COUNT_MAX; i++) {
			const struct output *output =
				lan->nodes[i] == NULL ? NULL
						      : node_output(lan->nodes[i]);

			if (output == NULL)
				continue;
			take_output(lan, i, output);
			moved = true;
		}
		ck_assert_uint_lt(turns, TURN_COUNT_MAX);
	}
}

/* --- time --- */

static uint64_t
earliest_deadline(const struct lan *lan)
{
	uint64_t earliest = DEADLINE_NONE;

	for (unsigned i = 1; i <= LAN_NODE_COUNT_MAX; i++) {
		if (lan->nodes[i] == NULL)
			continue;

		uint64_t deadline = node_deadline(lan->nodes[i]);

		if (deadline < earliest)
			earliest = deadline;
	}
	return earliest;
}

static void
tick(struct lan *lan)
{
	for (unsigned i = 1; i <= LAN_NODE_COUNT_MAX; i++) {
		struct node *node = lan->nodes[i];

		if (node == NULL || node_deadline(node) > lan_now(lan, i).mono_us)
			continue;
		node_tick(node, lan_now(lan, i));
		node_check(node);
	}
}

void
lan_run_ms(struct lan *lan, uint64_t ms)
{
	uint64_t end_us = lan->elapsed_us + ms * MS_US;
	size_t idle_turns = 0;

	lan_settle(lan);
	for (;;) {
		uint64_t deadline = earliest_deadline(lan);
		uint64_t next_us =
			deadline < SAMPLE_MONO_US ? 0 : deadline - SAMPLE_MONO_US;

		if (next_us > end_us)
			break;
		idle_turns = next_us > lan->elapsed_us ? 0 : idle_turns + 1;
		ck_assert_uint_lt(idle_turns, 1000);
		if (next_us > lan->elapsed_us)
			lan->elapsed_us = next_us;
		tick(lan);
		lan_settle(lan);
	}
	lan->elapsed_us = end_us;
}

/* --- what users do --- */

void
lan_join(struct lan *lan, unsigned number, unsigned seed)
{
	struct address address = sample_address(seed);

	node_join(lan->nodes[number], &address, 1, lan_now(lan, number));
	lan_settle(lan);
}

void
lan_set(struct lan *lan, unsigned number, const char *key, const char *value)
{
	struct write write = {
		.key = bytes_of_string(key),
		.value = bytes_of_string(value),
	};

	ck_assert_int_eq(
		node_set(lan->nodes[number], &write, lan_now(lan, number), NULL),
		ERR_OK);
}

void
lan_delete(struct lan *lan, unsigned number, const char *key)
{
	ck_assert_int_eq(node_delete(lan->nodes[number], bytes_of_string(key),
				 (struct version){0}, lan_now(lan, number), NULL),
		ERR_OK);
}

void
lan_expect(struct lan *lan, unsigned number, const char *key, const char *value)
{
	struct item item;
	enum err err = node_get(lan->nodes[number], bytes_of_string(key), false, &item);

	if (value == NULL) {
		ck_assert_msg(
			err == ERR_NOT_FOUND, "node %u still has %s", number, key);
		return;
	}
	ck_assert_msg(err == ERR_OK, "node %u has no %s", number, key);
	ck_assert_msg(bytes_equal(item.value, bytes_of_string(value)),
		"node %u has %s = %.*s, not %s", number, key, (int)item.value.len,
		(const char *)item.value.data, value);
}

void
lan_expect_agreement(struct lan *lan)
{
	uint64_t fingerprint = 0;
	unsigned first = 0;

	for (unsigned i = 1; i <= LAN_NODE_COUNT_MAX; i++) {
		struct status status;

		if (lan->nodes[i] == NULL)
			continue;
		node_check(lan->nodes[i]);
		node_status(lan->nodes[i], &status);
		if (first == 0) {
			first = i;
			fingerprint = status.fingerprint;
		}
		ck_assert_msg(status.fingerprint == fingerprint,
			"nodes %u and %u differ", first, i);
	}
}

enum member_state
lan_state(struct lan *lan, unsigned number, unsigned of)
{
	struct member_view view;
	size_t cursor = 0;

	while (node_next_member(lan->nodes[number], &cursor, &view)) {
		if (short_id_of(view.id) == sample_short_id(of))
			return view.state;
	}
	return MEMBER_STATE_COUNT;
}
