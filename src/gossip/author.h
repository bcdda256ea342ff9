/* SPDX-License-Identifier: MIT */
#pragma once

#include "gossip/broadcast.h"
#include "gossip/clock.h"
#include "gossip/outputs.h"
#include "gossip/store.h"

/*
 * Writes of this node: gives each its dot and its stamp, applies it and passes it on.
 *
 * A dot is never issued twice: only numbers that are reserved on disk are used, and the
 * next block is asked for long before the last number.
 */
struct author {
	struct store *store;
	struct broadcast *broadcast;
	struct clock *clock;
	struct outputs *outputs;
	uint64_t writer;
	uint64_t seq_next;
	uint64_t seq_limit;  /* numbers below are reserved */
	uint64_t seq_asked;  /* what the last OUTPUT_RESERVE asked for */
	uint64_t asked_us;   /* and when: what is not granted is asked for again */
	uint64_t life_first; /* the first number of this life */
	bool spent;          /* the writer's numbers are known to be taken elsewhere */
	uint64_t disputed_writer; /* a spent writer whose writes are to be rescued */
	uint64_t disputed_first;  /* those with this number or a later one */
};

void author_init(struct author *author, const struct identity *identity,
	struct store *store, struct broadcast *broadcast, struct clock *clock,
	struct outputs *outputs);

/* Writes what the view says under a dot and stamp of its own, which are put into the
 * view. ERR_BUSY when no number is left or the writer is outrun, ERR_QUOTA when the
 * state is full. */
MUST_CHECK enum err author_write(
	struct author *author, struct record_view *view, struct now now);

void author_reserved(struct author *author, uint64_t writer, uint64_t limit);

/* Whether the cluster knows of numbers of this writer that were never issued here, so
 * that the writer id is spent: an old state came back. */
bool author_is_outrun(const struct author *author);

/* Somebody knows of writes under this node's numbers that it does not know of. */
void author_dispute(struct author *author);

/* Whether the dot was issued in this life under a writer id that turned out to be
 * spent, so that what others know under it is another write. */
bool author_is_disputed(const struct author *author, struct dot dot);

/* Writes what stands under disputed dots again, under the present writer id. */
void author_rescue(struct author *author, struct now now);

/* Begins a new writer id, which can be used once it is reserved. */
void author_renew(struct author *author, uint64_t writer, struct now now);
