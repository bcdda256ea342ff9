/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/heap.h"
#include "base/table.h"
#include "gossip/members.h"
#include "wire/record.h"

/*
 * Dots that others have announced and that have not come: who has announced each, and
 * when to ask whom (Plumtree §3.3). Each who has announced a dot is asked a few times,
 * with growing patience, since the question or the answer may be lost; what does not
 * come even so is left to reconciliation.
 */

/* Who announced a missing dot; further ones are not needed. */
#define ANNOUNCER_COUNT_MAX 4

struct missing {
	struct timer timer;
	uint64_t hash;
	struct dot dot;
	uint64_t announcers[ANNOUNCER_COUNT_MAX]; /* short ids */
	size_t announcer_count;
	size_t asked_count;
};

struct missing_dots {
	const struct settings *settings;
	const struct members *members;
	struct table by_hash;
	struct heap timers;
};

void missing_init(struct missing_dots *dots, const struct settings *settings,
	const struct members *members);
void missing_fini(struct missing_dots *dots);

/* That member has the dot: it is asked for when it has not come for so long. Beyond a
 * limit it is not noted. */
void missing_add(struct missing_dots *dots, struct dot dot, uint64_t hash,
	uint64_t member, uint64_t now_us, uint64_t patience_us);

/* What is known of that dot; NULL when nobody has announced it or it has come. */
const struct missing *missing_find(const struct missing_dots *dots, uint64_t hash);

/* It has come. Does nothing when it was not missing. */
void missing_end(struct missing_dots *dots, uint64_t hash);

/* A dot to ask a member for. */
struct question {
	struct dot dot;
	uint64_t hash;
	uint64_t member;
};

/* The next that is due, and when it has been asked often enough its end; false when
 * nothing is due. */
bool missing_next_due(
	struct missing_dots *dots, uint64_t now_us, struct question *ret_question);

uint64_t missing_deadline(const struct missing_dots *dots);
