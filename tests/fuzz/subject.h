/* SPDX-License-Identifier: MIT */
#pragma once

#include "cast.h"

/*
 * A node under test and what drives it: does at once whatever the node wants done, and
 * holds it to what must be so for every input. Streams it opens are not established
 * unless somebody takes their number.
 */
struct subject {
	struct node *node;
	struct now now;
	uint32_t probe_last;  /* number of the last ping it sent */
	uint32_t stream_last; /* of the last stream it asked for, 0 for none */
};

void subject_init(struct subject *subject, enum strategy strategy);

/* Asserts the invariants first. */
void subject_fini(struct subject *subject);

void subject_receive(
	struct subject *subject, const struct address *from, struct bytes datagram);

/* Time passes; everything that becomes due is done when it is due, up to a number of
 * turns. */
void subject_wait(struct subject *subject, uint64_t ms);

/* A local program sets a key. When the node says so, the key must be there. */
void subject_set(struct subject *subject, struct bytes key, struct bytes value);

void subject_leave(struct subject *subject);

/* Does what the node wants done, until nothing is left. */
void subject_drain(struct subject *subject);
