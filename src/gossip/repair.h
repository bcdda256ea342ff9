/* SPDX-License-Identifier: MIT */
#pragma once

#include "gossip/difference.h"
#include "gossip/exchanges.h"
#include "gossip/probe.h"

/*
 * Notices that a member holds another state, by the fingerprints on pings and acks, and
 * starts to reconcile when that lasts: after a first difference the same member is
 * asked again, and a second difference is repaired: a small one by datagrams, a larger
 * one by an exchange over a stream, once it is the same as before. Fingerprints are
 * sums, so what both get meanwhile does not change their difference; while it does
 * change, writes are on their way, and the member is asked again a few times more.
 *
 * At equal fingerprints the contexts are joined, a datagram at a time, which closes the
 * gaps that superseded writes leave.
 */
struct repair {
	const struct settings *settings;
	struct members *members;
	struct store *store;
	struct probes *probes;
	struct exchanges *exchanges;
	struct difference *difference;
	struct outbox *outbox;
	uint64_t doubtful; /* short id of the member to ask again, 0 for none */
	uint64_t gap;      /* between the fingerprints when it was last asked */
	size_t asked_count;
	uint64_t compare_at_us;  /* when; DEADLINE_NONE for not planned */
	uint64_t exchange_at_us; /* no exchange before */
	uint64_t agree_at_us;    /* no AGREE before */
	size_t agree_next;       /* which range of the context is told next */
};

void repair_init(struct repair *repair, const struct settings *settings,
	struct members *members, struct store *store, struct probes *probes,
	struct exchanges *exchanges, struct difference *difference,
	struct outbox *outbox);

/* A member told its state. `answer` is what its ACK answered, NULL for a PING. */
void repair_on_state(struct repair *repair, struct member *member,
	const struct state_summary *state, const struct probe_answer *answer,
	struct now now);

/* A SKETCH message came from a member. */
void repair_on_sketch(struct repair *repair, const struct member *member,
	const struct message *message, struct now now);

/* An AGREE message came. */
void repair_on_agree(struct repair *repair, const struct message *message);

/* Reconciles with a member unless it was done a moment ago. Whether it begins. */
bool repair_with(struct repair *repair, const struct member *member, struct now now);

void repair_tick(struct repair *repair, struct now now);
uint64_t repair_deadline(const struct repair *repair);
