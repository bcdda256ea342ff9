/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/heap.h"
#include "base/prng.h"
#include "gossip/members.h"
#include "gossip/outbox.h"
#include "gossip/store.h"

/*
 * The ways to spread that know no structure (Demers et al. 1987, §1.2 to §1.4): in each
 * interval a node contacts members drawn by chance. A record is hot for
 * factor · ⌈log10(n + 1)⌉ rounds after it came.
 *
 * push: sends hot records to a few members, and at once when no round was within the
 * last interval. The record cools with each copy sent, as in memberlist; or, with
 * feedback, once as many who were sent it in a row answered that they had it. Nothing
 * is sent when nothing is hot.
 * pull: asks one member what is hot there, and for what is missing here.
 * push-pull: as pull, and tells that member what is hot here.
 */
struct mongering {
	const struct settings *settings;
	const struct store *store;
	const struct members *members;
	struct outbox *outbox;
	struct prng *prng;
	struct hot **hot; /* as they came */
	size_t count;
	size_t size;
	struct table by_hash; /* the same, by hash of the dot */
	uint64_t round_at_us;

	struct address answers_to;
	struct dot answers[WIRE_DOT_BATCH_COUNT]; /* not yet sent there */
	size_t answer_count;
};

void mongering_init(struct mongering *mongering, const struct settings *settings,
	const struct store *store, const struct members *members, struct outbox *outbox,
	struct prng *prng, uint64_t now_us);
void mongering_fini(struct mongering *mongering);

/* A record was applied here. Under push, one that no packet holds is left to
 * reconciliation. */
void mongering_add(
	struct mongering *mongering, const struct record *record, uint8_t hops);

/* A PULL came: tells what is hot. */
void mongering_on_pull(struct mongering *mongering, const struct address *from);

/* A RECORD came that is known here: under feedback its sender is told, by IHAVE, by the
 * next mongering_flush(). */
void mongering_on_known(
	struct mongering *mongering, const struct address *from, struct dot dot);

/* An IHAVE came: under feedback, what it names need not be told much longer. */
void mongering_on_ihave(struct mongering *mongering, const struct message *message);

/* Ends the turn: sends the answers gathered in it. */
void mongering_flush(struct mongering *mongering);

void mongering_tick(struct mongering *mongering, uint64_t now_us);
uint64_t mongering_deadline(const struct mongering *mongering);
