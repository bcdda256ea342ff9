/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/heap.h"
#include "base/prng.h"
#include "gossip/health.h"
#include "gossip/members.h"
#include "gossip/outbox.h"
#include "gossip/store.h"

/*
 * Pings and their answers (SWIM §4.1 with Lifeguard §IV.A).
 *
 * * Each period every node pings the member that follows it at a certain distance in
 * the order of names. The distance goes through all there are in an order that follows
 * from the wall clock and is the same on all nodes, so while views agree everybody is
 * pinged by somebody once a period, and by everybody in turn.
 *
 * Without an answer in time, which follows from the measured round trips, a few others
 * are asked to ping it too, and the ping is repeated. Without any answer by the end of
 * the probe's time it has failed. Whoever is asked and gets no answer says so with a
 * NACK, so that the asker can tell a dead target from its own deafness. A node that
 * finds itself late, because it was stopped or starved, begins its probes anew.
 */

/* A tick that comes so long after it was due says that this node did not run. */
#define LATE_US (250 * MS_US)

enum probe_kind {
	PROBE_ROUND,   /* the period's probe: a failure is a ground to accuse */
	PROBE_VERIFY,  /* a look at a suspect: likewise, without waiting for a period */
	PROBE_RELAY,   /* for somebody who asked */
	PROBE_COMPARE, /* to learn the fingerprint again */
	PROBE_CONTACT, /* to somebody who may be dead */
	PROBE_LEAVE,   /* an answer confirms what was sent along */
};

struct probe {
	struct timer timer;
	uint32_t number;
	enum probe_kind kind;
	bool indirect;   /* others were asked */
	uint64_t target; /* short id */
	struct address address;
	uint64_t sent_us;
	uint64_t end_us; /* failed by then */
	size_t nacks_wanted;
	size_t nacks;
	struct address asker; /* PROBE_RELAY */
	uint32_t asker_number;
};

struct probes {
	const struct settings *settings;
	struct members *members;
	const struct store *store;
	struct outbox *outbox;
	struct prng *prng;
	struct health health;

	struct table by_number;
	struct heap timers;
	uint32_t number_next;
	uint64_t round_at_us;
	uint64_t *failed; /* short ids, to be taken by probes_next_failed() */
	size_t failed_count;
	size_t failed_size;
};

/* An answer that came to a probe of this node. */
struct probe_answer {
	enum probe_kind kind;
	struct member *member; /* NULL when forgotten meanwhile */
};

void probes_init(struct probes *probes, const struct settings *settings,
	struct members *members, const struct store *store, struct outbox *outbox,
	struct prng *prng, uint64_t now_us);
void probes_fini(struct probes *probes);

/* Pings a member outside the round. */
void probes_start(struct probes *probes, enum probe_kind kind,
	const struct member *member, uint64_t now_us);

/* Answers a ping. */
void probes_answer(struct probes *probes, const struct address *to, uint32_t number,
	struct now now);

/* Somebody asks to ping a target for it. */
void probes_relay(struct probes *probes, const struct address *asker,
	const struct message *request, uint64_t now_us);

/* An ACK came from the member with that short id. False when it answers nothing. */
bool probes_on_ack(struct probes *probes, uint64_t sender, uint32_t number,
	struct now now, struct probe_answer *ret_answer);

/* A NACK or a RELAYED_ACK came. As probes_on_ack() for the latter; false for the
 * former. */
bool probes_on_answer(struct probes *probes, const struct message *message,
	struct probe_answer *ret_answer);

/* Sends what is due and decides what has failed. */
void probes_tick(struct probes *probes, struct now now);

/* The short id of a member whose probe failed; 0 when there is no more. */
uint64_t probes_next_failed(struct probes *probes);

uint64_t probes_deadline(const struct probes *probes);
