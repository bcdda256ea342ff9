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
 * push: sends hot records to a few members. The record cools with each copy sent, as in
 * memberlist, and nothing is sent when nothing is hot.
 * pull: asks one member what is hot there, and for what is missing here.
 * push-pull: as pull, and tells that member what is hot here.
 */
struct mongering {
	const struct settings *settings;
	const struct store *store;
	const struct members *members;
	struct outbox *outbox;
	struct prng *prng;
	struct hot *hot;
	size_t count;
	size_t size;
	uint64_t round_at_us;
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

void mongering_tick(struct mongering *mongering, uint64_t now_us);
uint64_t mongering_deadline(const struct mongering *mongering);
