/* SPDX-License-Identifier: MIT */
#pragma once

#include "gossip/author.h"
#include "gossip/broadcast.h"
#include "gossip/members.h"

/*
 * Repairs a few differences between two nodes by datagrams. One sends symbols of its
 * sketch; the other finds out what only one of them holds, asks for what it lacks and
 * offers the rest. What is offered and not covered is asked for as if it had been
 * announced; what is covered and not held is superseded or deleted, which is answered.
 *
 * Nothing is remembered from one message to the next: whatever is lost, or comes while
 * the states change, is left to the next time.
 */
struct difference {
	const struct settings *settings;
	const struct members *members;
	struct store *store;
	struct author *author;
	struct broadcast *broadcast;
	struct outbox *outbox;
};

/* How many symbols fit in a packet. */
size_t difference_symbols_max(const struct difference *difference);

/* Sends so many symbols, or as many as fit. */
void difference_tell(
	struct difference *difference, const struct address *to, size_t count);

/* A SKETCH came: asks for what is missing here, and offers what is missing there. False
 * when there are too few symbols for that. */
bool difference_on_sketch(struct difference *difference, const struct address *from,
	const struct message *message);

/* A WANT came: offers what is held of it. */
void difference_on_want(struct difference *difference, const struct address *from,
	const struct message *message);

/* An OFFER came from the member with that short id. */
void difference_on_offer(struct difference *difference, uint64_t sender,
	const struct address *from, const struct message *message, uint64_t now_us);

/* A GONE came: drops what it names, when this makes the states equal; not before, lest
 * something goes whose successor has not come. True when this node's own record was
 * among it, so that it must be told again. */
bool difference_on_gone(
	struct difference *difference, const struct message *message, struct now now);
