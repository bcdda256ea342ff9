/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/prng.h"
#include "gossip/author.h"
#include "gossip/overlay.h"
#include "gossip/probe.h"
#include "gossip/suspicion.h"

/*
 * Who is a member and in what state: turns member records, accusations and time into
 * states, and speaks for this node (SWIM §4.2).
 *
 * Later generation wins, then later incarnation, then dead over alive. A suspicion is
 * this node's own business until it becomes a verdict: others are asked to look, the
 * suspect is told, and any sign of life ends it. Whoever goes on being accused, or is
 * declared dead, raises its incarnation and says so, so that a verdict that was passed
 * without hearing it is void. A death that is old news, as after a partition, is taken
 * as an accusation only, so that whoever is alive has the time to refute it.
 */
struct roster {
	const struct settings *settings;
	struct members *members;
	struct overlay *overlay;
	struct suspicions *suspicions;
	struct probes *probes;
	struct store *store;
	struct author *author;
	struct broadcast *broadcast;
	struct outputs *outputs;
	struct prng *prng;
	bool leaving;
	uint64_t accused_us; /* when this node first heard so of late, 0 = never */
};

/* Makes this node a member, alive. */
void roster_start(struct roster *roster, struct now now);

/* A member record was applied, from whatever source. */
void roster_take(struct roster *roster, const struct record_view *view, struct now now);

/* Whether a record about that member may come in: there is room or it is known. */
bool roster_has_room(const struct roster *roster, const struct record_view *view);

/* A SUSPECT message came from that address. */
void roster_on_suspect(struct roster *roster, const struct message *message,
	const struct address *from, struct now now);

/* Something came from a member, or somebody reached it for this node. */
void roster_on_heard(struct roster *roster, struct member *member, struct now now);

/* A ping or an answer came from a member: one that was declared dead is told so, which
 * it then refutes. */
void roster_on_sign_of_life(
	struct roster *roster, struct member *member, const struct address *from);

/* A probe of this node failed: suspects the member, and goes on to verify that. */
void roster_on_failed(
	struct roster *roster, const struct probe_failure *failure, struct now now);

/* Another member could not reach this one either, when asked to verify. */
void roster_on_confirmed(
	struct roster *roster, struct member *member, uint64_t by, struct now now);

/* Declares dead whose time to refute has run out. */
void roster_tick(struct roster *roster, struct now now);

/* Tells the record about itself again under a new dot. */
void roster_announce(struct roster *roster, struct now now);

/* This node leaves. */
void roster_leave(struct roster *roster, struct now now);
