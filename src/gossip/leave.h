/* SPDX-License-Identifier: MIT */
#pragma once

#include "gossip/probe.h"
#include "gossip/roster.h"

/* So many members have to confirm, or all others when they are fewer. */
#define LEAVE_CONFIRMATION_COUNT_MAX 3

/*
 * A goodbye that arrives: the record that this node leaves goes to a few members in
 * person, with a ping whose answer confirms it, again and again until enough have
 * answered or the time is up.
 */
struct leave {
	struct members *members;
	struct probes *probes;
	struct broadcast *broadcast;
	struct outputs *outputs;
	struct prng *prng;
	bool active;
	uint64_t confirmers[LEAVE_CONFIRMATION_COUNT_MAX]; /* short ids */
	size_t confirmed;
	size_t wanted;
	uint64_t again_at_us; /* DEADLINE_NONE when inactive */
	uint64_t end_at_us;
};

/* Call after roster_leave(). */
void leave_start(struct leave *leave, struct now now);

/* The member with that short id answered a PROBE_LEAVE. */
void leave_confirmed(struct leave *leave, uint64_t member);

void leave_tick(struct leave *leave, struct now now);
uint64_t leave_deadline(const struct leave *leave);
