/* SPDX-License-Identifier: MIT */
#pragma once

#include "gossip/exchange.h"
#include "bench.h"
#include "run.h"

/* Two nodes, 1 and 2 of sample.h, and the two ends of a stream between them. */
#define OTHER 2
#define TOMBSTONE_LIFE_MS 1000

struct end {
	struct node *node;
	struct exchange *exchange;
	bool settled;
	bool told_again; /* what exchange_settle() returned */
	size_t sent_size;
};

extern struct end one;
extern struct end two;
extern uint64_t time_us; /* since the beginning */

void set_up(void);
void tear_down(void);

/* Starts the node of that end. */
void start(struct end *end, unsigned number, size_t state_size_max);

/* Ends the exchange at that end, if there is one. */
void finish(struct end *end);

/* A new stream, which node 1 has opened. */
void connect_ends(void);

/* Carries at most so many bytes one way; false when there are none. */
bool carry(struct end *from, struct end *to, size_t chunk_size);

/* Carries bytes both ways until nothing moves. */
void carry_all(size_t chunk_size);

/* A whole exchange. */
void reconcile(void);

void set(struct end *end, const char *key, const char *value);
void erase(struct end *end, const char *key);
bool has(const struct end *end, const char *key, const char *value);
bool lacks(const struct end *end, const char *key);

/* Whether both hold the same, and whether their contexts cover the same. */
bool agree(void);
bool know_the_same(void);

void pass_ms(uint64_t ms);
