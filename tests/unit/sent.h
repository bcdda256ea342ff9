/* SPDX-License-Identifier: MIT */
#pragma once

#include "gossip/node.h"
#include "gossip/outbox.h"

/*
 * What a node or an outbox sent, kept for tests to look at. Members are named by their
 * number as in sample.h, 0 for any.
 */
#define SENT_PACKET_COUNT_MAX 256
#define SENT_OUTPUT_COUNT_MAX 256

struct sent_packet {
	struct address to;
	size_t len;
	uint8_t bytes[WIRE_DATAGRAM_SIZE_MAX];
};

struct sent_output {
	struct output output; /* its notice has the name below */
	char member[NODE_NAME_LEN_MAX + 1];
};

struct sent {
	struct sent_packet packets[SENT_PACKET_COUNT_MAX];
	size_t packet_count;
	struct sent_output outputs[SENT_OUTPUT_COUNT_MAX]; /* all but datagrams */
	size_t output_count;
};

void sent_clear(struct sent *sent);

/* Replaces what is kept by all that waits to be sent. */
void sent_take_outbox(struct sent *sent, struct outbox *outbox);
void sent_take(struct sent *sent, struct node *node);

/* How many messages of that type went to that member. */
size_t sent_count(const struct sent *sent, enum message_type type, unsigned to);

/* The first of them, borrowed from what is kept; fails the test when there is none. */
struct message sent_message(
	const struct sent *sent, enum message_type type, unsigned to);

/* How many RECORD messages with that dot went to that member. */
size_t sent_record_count(const struct sent *sent, struct dot dot, unsigned to);

size_t sent_output_count(const struct sent *sent, enum output_kind kind);

/* The first of them; fails the test when there is none. */
const struct output *sent_output(const struct sent *sent, enum output_kind kind);

/* How many notices of that kind name that member. */
size_t sent_notice_count(
	const struct sent *sent, enum notice_kind kind, const char *member);
