/* SPDX-License-Identifier: MIT */
#pragma once

#include "gossip/probe.h"
#include "gossip/roster.h"

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
	size_t confirmed;
	size_t wanted;
	uint64_t again_at_us; /* DEADLINE_NONE when inactive */
	uint64_t end_at_us;
};

/* Call after roster_leave(). */
void leave_start(struct leave *leave, struct now now);

/* A PROBE_LEAVE was answered. */
void leave_confirmed(struct leave *leave);

void leave_tick(struct leave *leave, struct now now);
uint64_t leave_deadline(const struct leave *leave);
