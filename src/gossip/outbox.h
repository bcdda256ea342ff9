/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/table.h"
#include "wire/header.h"
#include "wire/message.h"

/*
 * Messages on their way out: packed by destination into datagrams of at most the packet
 * size, in the order in which they were put in. Packets are reused, so a node at its
 * pace allocates nothing.
 */
struct outbox {
	struct header header;
	size_t packet_size_max;
	struct table open; /* by address hash: packets that can still take messages */
	struct packet *ready_first;
	struct packet *ready_last;
	struct packet *open_first;
	struct packet *open_last;
	struct packet *taken; /* handed out by the last outbox_next() */
	struct packet *free;
	uint64_t packet_count;
	uint64_t byte_count;
};

void outbox_init(
	struct outbox *outbox, const struct header *header, size_t packet_size_max);
void outbox_fini(struct outbox *outbox);

/* Adds a message. False, adding nothing, when it does not fit in any packet. */
bool outbox_put(
	struct outbox *outbox, const struct address *to, const struct message *message);

/* The next datagram, valid until the next call; false when there is none. Whatever was
 * put in until now leaves. */
bool outbox_next(
	struct outbox *outbox, struct address *ret_to, struct bytes *ret_datagram);

/* What a RECORD message takes in a packet beside the record: type, a length of up to
 * two bytes, hops. */
#define OUTBOX_RECORD_OVERHEAD 4

/* Whether the record fits in a packet of its own. */
bool outbox_fits(const struct outbox *outbox, const struct record_view *record);
