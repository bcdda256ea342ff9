/* SPDX-License-Identifier: MIT */
#include "sent.h"

#include <stdio.h>

#include <check.h>

#include "sample.h"

void
sent_clear(struct sent *sent)
{
	sent->packet_count = 0;
	sent->output_count = 0;
}

static void
keep_packet(struct sent *sent, const struct address *to, struct bytes bytes)
{
	ck_assert_uint_lt(sent->packet_count, SENT_PACKET_COUNT_MAX);
	ck_assert_uint_le(bytes.len, WIRE_DATAGRAM_SIZE_MAX);

	struct sent_packet *packet = &sent->packets[sent->packet_count++];

	packet->to = *to;
	packet->len = bytes.len;
	memcpy(packet->bytes, bytes.data, bytes.len);
}

static void
keep_output(struct sent *sent, const struct output *output)
{
	ck_assert_uint_lt(sent->output_count, SENT_OUTPUT_COUNT_MAX);

	struct sent_output *kept = &sent->outputs[sent->output_count++];

	kept->output = *output;
	kept->member[0] = '\0';
	if (output->kind == OUTPUT_NOTICE)
		snprintf(kept->member, sizeof(kept->member), "%s",
			output->notice.member);
	kept->output.notice.member = kept->member;
}

void
sent_take_outbox(struct sent *sent, struct outbox *outbox)
{
	struct address to;
	struct bytes bytes;

	sent_clear(sent);
	while (outbox_next(outbox, &to, &bytes))
		keep_packet(sent, &to, bytes);
}

void
sent_take(struct sent *sent, struct node *node)
{
	const struct output *output;

	sent_clear(sent);
	while ((output = node_output(node)) != NULL) {
		if (output->kind == OUTPUT_DATAGRAM)
			keep_packet(sent, &output->address, output->bytes);
		else
			keep_output(sent, output);
	}
}

/* A place among the messages that were sent. */
struct place {
	size_t packet;
	struct reader reader;
};

/* The next message to that member; false at the end. Fails on anything malformed. */
static bool
next_message(const struct sent *sent, unsigned to, struct place *place,
	struct message *ret_message)
{
	struct address address = sample_address(to);

	for (;; place->packet++, place->reader = (struct reader){0}) {
		if (place->packet >= sent->packet_count)
			return false;

		const struct sent_packet *packet = &sent->packets[place->packet];
		struct header header;

		if (to != 0 && !address_equal(&packet->to, &address))
			continue;
		if (place->reader.data == NULL) {
			place->reader = reader_of(bytes_of(packet->bytes, packet->len));
			ck_assert_int_eq(header_read(&place->reader, &header), ERR_OK);
		}
		if (reader_left(&place->reader) == 0)
			continue;
		ck_assert_int_eq(message_read(&place->reader, WIRE_DATAGRAM_SIZE_MAX,
					 ret_message),
			MESSAGE_TAKEN);
		return true;
	}
}

size_t
sent_count(const struct sent *sent, enum message_type type, unsigned to)
{
	struct place place = {0};
	struct message message;
	size_t count = 0;

	while (next_message(sent, to, &place, &message))
		count += message.type == type;
	return count;
}

struct message
sent_message(const struct sent *sent, enum message_type type, unsigned to)
{
	struct place place = {0};
	struct message message;

	do
		ck_assert_msg(next_message(sent, to, &place, &message),
			"no message of type %d to %u", type, to);
	while (message.type != type);
	return message;
}

size_t
sent_record_count(const struct sent *sent, struct dot dot, unsigned to)
{
	struct place place = {0};
	struct message message;
	size_t count = 0;

	while (next_message(sent, to, &place, &message))
		count += message.type == MESSAGE_RECORD &&
			 message.record.view.dot.writer == dot.writer &&
			 message.record.view.dot.seq == dot.seq;
	return count;
}

size_t
sent_output_count(const struct sent *sent, enum output_kind kind)
{
	size_t count = 0;

	for (size_t i = 0; i < sent->output_count; i++)
		count += sent->outputs[i].output.kind == kind;
	return count;
}

const struct output *
sent_output(const struct sent *sent, enum output_kind kind)
{
	for (size_t i = 0; i < sent->output_count; i++) {
		if (sent->outputs[i].output.kind == kind)
			return &sent->outputs[i].output;
	}
	ck_abort_msg("no output of kind %d", kind);
}

size_t
sent_notice_count(const struct sent *sent, enum notice_kind kind, const char *member)
{
	size_t count = 0;

	for (size_t i = 0; i < sent->output_count; i++)
		count += sent->outputs[i].output.kind == OUTPUT_NOTICE &&
			 sent->outputs[i].output.notice.kind == kind &&
			 strcmp(sent->outputs[i].member, member) == 0;
	return count;
}
