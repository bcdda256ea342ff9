/* SPDX-License-Identifier: MIT */
#pragma once

#include "gossip/node.h"
#include "gossip/request.h"
#include "sim/network.h"

/*
 * Hosts on a virtual network, each running the same protocol code as the daemon. Runs
 * in virtual time, in one thread, and repeats exactly for the same seed and the same
 * calls.
 *
 * Hosts are known by index in the order of world_add().
 */
struct world;

struct world *world_new(const struct network_settings *settings, uint64_t seed);
void world_free(struct world *world);

/* Adds a running host with the default settings, named "n0", "n1" and so on. Its seeds
 * are the hosts given to world_set_seeds() at the time. */
size_t world_add(struct world *world);

/* Which hosts the others are told to join, from now on. */
void world_set_seeds(struct world *world, const size_t *hosts, size_t count);

/* Changes what hosts added from now on are started with. */
struct settings *world_settings(struct world *world);

size_t world_count(const struct world *world);

/* The node on a running host; NULL when it is down. */
struct node *world_node(const struct world *world, size_t host);

/* What node calls made from outside are given. */
struct now world_now(const struct world *world);

/* Takes what the node on a host wants done, after a call made from outside. */
void world_settle(struct world *world, size_t host);

/* The host goes without a word. */
void world_crash(struct world *world, size_t host);

/* A crashed host starts again: with its identity, but without its records. */
void world_restart(struct world *world, size_t host);

/* The host's next life is at another address. */
void world_move(struct world *world, size_t host);

/* Splits the network: a packet passes only between hosts of the same side. */
void world_set_side(struct world *world, size_t host, unsigned side);

void world_set_loss(struct world *world, double loss);

/* Lets time pass. */
void world_run(struct world *world, uint64_t span_us);

/* Lets time pass until the condition holds; false when it does not within `span_us`. */
typedef bool (*world_condition)(const struct world *world, const void *context);
bool world_run_until(struct world *world, world_condition condition,
	const void *context, uint64_t span_us);

/* Conditions: all running hosts have the same fingerprint; and all see exactly the
 * running hosts alive. `context` is not used. */
bool world_agrees(const struct world *world, const void *context);
bool world_knows_all(const struct world *world, const void *context);

/* A hash of everything that has happened: equal for equal runs. */
uint64_t world_trace(const struct world *world);

const struct network *world_network(const struct world *world);

/* Asserts the invariants of every node. */
void world_check(const struct world *world);
