/* SPDX-License-Identifier: MIT */
#include "base/prng.h"
#include "fuzz.h"
#include "steps.h"
#include "subject.h"
#include "wire/header.h"
#include "wire/message.h"

/*
 * A node that gets any bytes on a stream, in any portions. A second node gets the same
 * in one portion: how a stream is cut must make no difference.
 */

static const struct address stranger = {
	.family = 4, .ip = {198, 51, 100, 7}, .port = 9};

static uint32_t
open_stream(struct subject *subject, bool outgoing)
{
	uint32_t stream;

	if (!outgoing) {
		MUST(node_stream_accept(subject->node, &stranger, subject->now,
			     &stream) == ERR_OK);
		return stream;
	}
	node_seed(subject->node, &stranger, subject->now);
	subject_wait(subject, 0);
	stream = subject->stream_last;
	MUST(stream != 0);
	node_stream_connected(subject->node, stream, subject->now);
	return stream;
}

/* What the node has said so far on the stream. */
struct said {
	uint8_t data[256 * 1024];
	size_t len;
};

static void
fill(struct subject *subject, uint32_t stream, size_t size, struct said *said)
{
	size_t room = sizeof(said->data) - said->len;
	size_t len;

	MUST(room > 0);
	len = node_stream_fill(subject->node, stream, said->data + said->len,
		size < room ? size : room);
	MUST(len <= size);
	said->len += len;
}

/* A header and messages that may stand on a stream, the last one perhaps cut. */
static void
check_said(const struct said *said)
{
	struct reader reader = reader_of(bytes_of(said->data, said->len));
	struct header header;
	struct message message;
	enum message_result result;

	if (said->len < WIRE_HEADER_SIZE)
		return;
	MUST(header_read(&reader, &header) == ERR_OK);
	while ((result = message_read(&reader, WIRE_BODY_LEN_MAX, &message)) !=
		MESSAGE_PARTIAL) {
		MUST(result == MESSAGE_TAKEN);
		MUST(message.type == MESSAGE_RECORD ||
			(message.type >= MESSAGE_CONTEXT &&
				message.type <= MESSAGE_DONE));
	}
}

static size_t
draw_portion(struct prng *prng)
{
	return 1 + (size_t)prng_below(prng, UINT64_C(1) << prng_below(prng, 14));
}

static enum err
play_cut(struct subject *subject, bool outgoing, unsigned seed, struct bytes bytes)
{
	static struct said said;
	uint32_t stream = open_stream(subject, outgoing);
	struct prng prng;
	enum err err = ERR_OK;

	said.len = 0;
	prng_init(&prng, seed);
	while (err == ERR_OK && bytes.len > 0) {
		size_t portion = draw_portion(&prng);
		size_t len = portion < bytes.len ? portion : bytes.len;

		err = node_stream_receive(
			subject->node, stream, bytes_of(bytes.data, len), subject->now);
		bytes = bytes_of(bytes.data + len, bytes.len - len);
		fill(subject, stream, draw_portion(&prng), &said);
		subject_drain(subject);
	}
	/* Twice, since the end is found out when there is no more to say. */
	fill(subject, stream, sizeof(said.data), &said);
	fill(subject, stream, sizeof(said.data), &said);
	check_said(&said);
	node_stream_closed(subject->node, stream, subject->now);
	subject_drain(subject);
	return err;
}

static enum err
play_whole(struct subject *subject, bool outgoing, struct bytes bytes)
{
	uint32_t stream = open_stream(subject, outgoing);
	enum err err = node_stream_receive(subject->node, stream, bytes, subject->now);

	node_stream_closed(subject->node, stream, subject->now);
	subject_drain(subject);
	return err;
}

static void
must_be_equal(const struct subject *a, const struct subject *b)
{
	struct status status_a;
	struct status status_b;

	node_status(a->node, &status_a);
	node_status(b->node, &status_b);
	MUST(status_a.fingerprint == status_b.fingerprint);
	MUST(status_a.key_count == status_b.key_count);
	MUST(status_a.tombstone_count == status_b.tombstone_count);
	MUST(status_a.state_size == status_b.state_size);
	MUST(status_a.records_applied == status_b.records_applied);
	MUST(status_a.exchanges_done == status_b.exchanges_done);
	MUST(memcmp(status_a.drops, status_b.drops, sizeof(status_a.drops)) == 0);
	MUST(memcmp(status_a.members, status_b.members, sizeof(status_a.members)) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct subject cut;
	struct subject whole;
	struct bytes bytes;
	bool outgoing;

	if (size < 3)
		return 0;
	outgoing = (data[0] & STREAM_OUTGOING) != 0;
	bytes = bytes_of(data + 2, size - 2);
	subject_init(&cut, STRATEGY_PLUMTREE);
	subject_init(&whole, STRATEGY_PLUMTREE);
	MUST(play_cut(&cut, outgoing, data[1], bytes) ==
		play_whole(&whole, outgoing, bytes));
	must_be_equal(&cut, &whole);
	subject_wait(&cut, 3000);
	subject_fini(&cut);
	subject_fini(&whole);
	return 0;
}
