/* SPDX-License-Identifier: MIT */
#pragma once

#include <check.h>

#include "gossip/node.h"
#include "gossip/request.h"
#include "sent.h"
#include "wire/header.h"

/*
 * A node that gets what no other node would send. It is node 1 of sample.h, has small
 * limits (3 members, 2 streams, 500 bytes a value, 1000 bytes in all) and knows node 2,
 * which everything comes from.
 */
struct victim {
	struct node *node;
	struct sent sent; /* what it sent last */
};

extern struct victim victim;

/* A case whose tests begin with a new victim, and end with a look at its invariants. */
TCase *add_victim_case(Suite *suite, const char *name);

/* Another one, within a test. */
void victim_renew(void);

/* Takes what the node wants done, and reserves the numbers that it asks for. */
void victim_drain(void);

/* How much was dropped for that reason, and for all of them. */
uint64_t victim_dropped(enum drop reason);
uint64_t victim_dropped_in_all(void);

/* So much was dropped for that reason, and nothing else. */
void assert_only_dropped(enum drop reason, uint64_t count);

/* The header that node 2 sends. */
struct header header_of_peer(void);

/* A datagram from node 2. */
void victim_receive(struct bytes datagram);

/* One of that header and what follows it. */
void victim_receive_from(const struct header *header, struct bytes messages);

/* Node 2 opens a stream, sends this and closes it. What the node says of the bytes. */
enum err victim_receive_stream(struct bytes bytes);
