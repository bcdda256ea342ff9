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
 *
 * Whom a failed probe makes suspect is verified: more others are asked, at once, and
 * each NACK confirms the suspicion.
 */

/* A tick that comes so long after it was due says that this node did not run. */
#define LATE_US (250 * MS_US)

enum probe_kind {
	PROBE_ROUND,   /* the period's probe: a failure is a ground to accuse */
	PROBE_VERIFY,  /* of a suspect, with the help of more others */
	PROBE_RELAY,   /* for somebody who asked */
	PROBE_COMPARE, /* to learn the fingerprint again */
	PROBE_CONTACT, /* to somebody who may be dead */
	PROBE_LEAVE,   /* an answer confirms what was sent along */
	PROBE_MEASURE, /* to learn the round trip */
};

struct probe {
	struct timer timer;
	uint32_t number;
	enum probe_kind kind;
	bool indirect;   /* others were asked, or the ping was repeated */
	uint64_t target; /* short id */
	struct address address;
	uint64_t sent_us;
	uint64_t end_us; /* failed by then */
	size_t nacks_wanted;
	size_t nacks;
	struct address asker; /* PROBE_RELAY, as what follows */
	uint32_t asker_number;
	uint64_t nack_at_us; /* DEADLINE_NONE when it was sent */
};

/* A probe without an answer. */
struct probe_failure {
	enum probe_kind kind; /* PROBE_ROUND or PROBE_VERIFY */
	uint64_t target;
	uint64_t sent_us;
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
	struct probe_failure *failed; /* to be taken by probes_next_failed() */
	size_t failed_count;
	size_t failed_size;
};

/* An answer that came to a probe of this node. */
struct probe_answer {
	enum probe_kind kind;
	struct member *member; /* NULL when forgotten meanwhile */
	bool reached;          /* false when somebody asked could not reach it either */
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

/* A NACK or a RELAYED_ACK came. As probes_on_ack(). */
bool probes_on_answer(struct probes *probes, const struct message *message,
	struct probe_answer *ret_answer);

/* Sends what is due and decides what has failed. Returns for how long this node did not
 * run, 0 when it was in time: by so much its probes are put off. */
uint64_t probes_tick(struct probes *probes, struct now now);

/* A probe that failed; false when there is no more. */
bool probes_next_failed(struct probes *probes, struct probe_failure *ret_failure);

uint64_t probes_deadline(const struct probes *probes);
