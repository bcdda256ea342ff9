/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/prng.h"
#include "gossip/exchanges.h"
#include "gossip/probe.h"

/*
 * Finds others: seeds while nobody else is known, and for ever after the dead and the
 * seeds that are no members, at a rate that does not grow with the cluster. So a
 * partition always heals and a node may start before its seeds.
 *
 * Whoever joins asks one seed, drawn by chance, for the whole state, and the next when
 * that takes long. Those that are not known then are contacted as well, since there may
 * be several clusters that are to become one.
 */
#define SEED_COUNT_MAX 32

struct contact {
	const struct settings *settings;
	struct members *members;
	struct probes *probes;
	struct exchanges *exchanges;
	struct outputs *outputs;
	struct prng *prng;
	uint64_t seeds_at_us; /* when to resolve and try them again */
	uint64_t dead_at_us;  /* when to draw whether to try somebody dead */
	struct address untried[SEED_COUNT_MAX]; /* seeds to contact */
	size_t untried_count;
	uint64_t tried_us;   /* when the last one was */
	uint64_t fail_count; /* lookups in a row that led to nobody */
};

void contact_init(struct contact *contact, const struct settings *settings,
	struct members *members, struct probes *probes, struct exchanges *exchanges,
	struct outputs *outputs, struct prng *prng, uint64_t now_us);

/* A seed has this address: to be tried unless it is a live member's. */
void contact_seed(struct contact *contact, const struct address *address);

void contact_tick(struct contact *contact, struct now now);
uint64_t contact_deadline(const struct contact *contact);
