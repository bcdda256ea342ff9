/* SPDX-License-Identifier: MIT */
#include "subject.h"

#include "fuzz.h"
#include "wire/header.h"
#include "wire/message.h"

/* More turns than a node needs for a minute. */
#define TURN_COUNT_MAX 2000

/* More outputs than one turn may have for the small inputs of a target. */
#define OUTPUT_COUNT_MAX 100000

void
subject_init(struct subject *subject, enum strategy strategy)
{
	struct settings settings = cast_settings(CAST_SELF);

	settings.strategy = strategy;
	*subject = (struct subject){
		.node = cast_node(&settings),
		.now = cast_start,
	};
	for (int i = CAST_WEB1; i < CAST_COUNT; i++) {
		uint8_t data[WIRE_DATAGRAM_SIZE_MAX];
		size_t len;

		settings = cast_settings((enum cast)i);
		len = cast_introduce(&settings, data, sizeof(data));

		subject_receive(subject, &settings.address, bytes_of(data, len));
	}
}

void
subject_fini(struct subject *subject)
{
	node_check(subject->node);
	node_free(subject->node);
}

/* What is sent must be a header and messages that may stand in a datagram. */
static void
check_datagram(struct subject *subject, struct bytes datagram)
{
	struct reader reader = reader_of(datagram);
	struct header header;
	struct message message;

	MUST(datagram.len <= cast_settings(CAST_SELF).packet_size_max);
	MUST(header_read(&reader, &header) == ERR_OK);
	MUST(reader_left(&reader) > 0);
	while (reader_left(&reader) > 0) {
		MUST(message_read(&reader, WIRE_DATAGRAM_SIZE_MAX, &message) ==
			MESSAGE_TAKEN);
		MUST(message.type < MESSAGE_CONTEXT || message.type > MESSAGE_DONE);
		if (message.type == MESSAGE_PING)
			subject->probe_last = message.ping.probe;
	}
}

void
subject_drain(struct subject *subject)
{
	const struct output *output;
	size_t count = 0;

	while ((output = node_output(subject->node)) != NULL) {
		MUST(count++ < OUTPUT_COUNT_MAX);
		switch (output->kind) {
		case OUTPUT_DATAGRAM:
			check_datagram(subject, output->bytes);
			break;
		case OUTPUT_STREAM_OPEN:
			subject->stream_last = output->stream;
			break;
		case OUTPUT_RESERVE:
			node_reserved(subject->node, output->writer, output->limit);
			break;
		case OUTPUT_NOTICE:
			MUST(bytes_is_utf8(bytes_of_string(output->notice.member)));
			break;
		case OUTPUT_STREAM_WAKE:
		case OUTPUT_STREAM_CLOSE:
		case OUTPUT_RESOLVE:
			break;
		}
	}
}

void
subject_receive(
	struct subject *subject, const struct address *from, struct bytes datagram)
{
	node_receive(subject->node, from, datagram, subject->now);
	subject_drain(subject);
}

static void
advance_to(struct subject *subject, uint64_t mono_us)
{
	subject->now.mono_us = mono_us;
	subject->now.wall_ms =
		cast_start.wall_ms + (mono_us - cast_start.mono_us) / MS_US;
}

void
subject_wait(struct subject *subject, uint64_t ms)
{
	uint64_t end_us = subject->now.mono_us + ms * MS_US;

	for (int turn = 0; turn < TURN_COUNT_MAX; turn++) {
		uint64_t deadline = node_deadline(subject->node);

		if (deadline > end_us)
			break;
		/* What is due is done by one tick: a driver must not spin. */
		MUST(turn == 0 || deadline > subject->now.mono_us);
		if (deadline > subject->now.mono_us)
			advance_to(subject, deadline);
		node_tick(subject->node, subject->now);
		subject_drain(subject);
	}
	advance_to(subject, end_us);
}

void
subject_set(struct subject *subject, struct bytes key, struct bytes value)
{
	struct write write = {.key = key, .value = value};
	struct item item;

	if (node_set(subject->node, &write, subject->now, NULL) == ERR_OK) {
		MUST(node_get(subject->node, key, true, &item) == ERR_OK);
		MUST(bytes_equal(item.value, value));
	}
	subject_drain(subject);
}

void
subject_leave(struct subject *subject)
{
	node_leave(subject->node, subject->now);
	subject_drain(subject);
}
