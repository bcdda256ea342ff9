/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/heap.h"
#include "base/table.h"
#include "gossip/members.h"

/*
 * This node's suspicions that wait to be confirmed or refuted (SWIM §4.2, Lifeguard
 * §IV.B).
 *
 * A suspicion begins with a long timeout and shortens with each further accuser:
 * max − (max − min) · log(c + 1) / log(k + 1) after c of k confirmations, where
 * max = factor · max(1, log10 n) · min. The minimum does not grow with the cluster as
 * in Lifeguard, since every suspicion makes several others look at the suspect at once:
 * docs/decisions/0004-suspicions-stay-local.md.
 */

/* Independent confirmations that bring the timeout down to its minimum. */
#define CONFIRMATION_COUNT 3

struct suspicion {
	struct timer timer;
	uint64_t member; /* short id */
	uint64_t start_us;
	uint64_t verified_us; /* when others were asked last, 0 = never */
	uint64_t accusers[CONFIRMATION_COUNT + 1];
	size_t accuser_count;
};

struct suspicions {
	struct table by_member;
	struct heap timers;
	uint64_t min_us;
	uint64_t max_factor;
};

void suspicions_init(struct suspicions *suspicions, const struct settings *settings);
void suspicions_fini(struct suspicions *suspicions);

/* Notes that `accuser` could not reach the member in its present incarnation either.
 * The suspicion is due no earlier than now. */
void suspicions_accuse(struct suspicions *suspicions, const struct member *member,
	uint64_t accuser, size_t live_count, uint64_t now_us);

/* The suspicion of that member, NULL when there is none. */
struct suspicion *suspicions_find(const struct suspicions *suspicions, uint64_t member);

/* It was refuted or decided. Does nothing when there is none. */
void suspicions_clear(struct suspicions *suspicions, uint64_t member);

/* A suspicion whose time has run out, still in place; NULL when there is none. The
 * caller clears or renews it. */
const struct suspicion *suspicions_next_due(
	struct suspicions *suspicions, uint64_t now_us);

/* Puts the verdict off. */
void suspicions_prolong(
	struct suspicions *suspicions, uint64_t member, uint64_t until_us);

/* Puts all verdicts off by so long: this node has heard nothing meanwhile. */
void suspicions_delay(struct suspicions *suspicions, uint64_t us);

uint64_t suspicions_deadline(const struct suspicions *suspicions);
