/* SPDX-License-Identifier: MIT */
#pragma once

#include "gossip/node.h"
#include "gossip/request.h"
#include "sim/network.h"
#include "sim/observer.h"
#include "sim/paths.h"

/*
 * Hosts on a virtual network, each running the same protocol code as the daemon. Runs
 * in virtual time, in one thread, and repeats exactly for the same seed and the same
 * calls.
 *
 * Hosts are known by index in the order of world_add().
 */
struct world;

/* All ways between hosts are as `path` until said otherwise. */
struct world *world_new(const struct path *path, uint64_t seed);
void world_free(struct world *world);

/* Adds a running host, named "n0", "n1" and so on. Its seeds are the hosts given to
 * world_set_seeds() at the time. */
size_t world_add(struct world *world);

/* Which hosts the others are told to join, from now on. */
void world_set_seeds(struct world *world, const size_t *hosts, size_t count);

/* Changes what hosts added from now on are started with. */
struct settings *world_settings(struct world *world);

size_t world_count(const struct world *world);

/* The node on a running host; NULL when it is down. */
struct node *world_node(const struct world *world, size_t host);

/* What calls of that host's node made from outside are given. */
struct now world_now(const struct world *world, size_t host);

/* Time since the start of the world. */
uint64_t world_time_us(const struct world *world);

/* Takes what the node on a host wants done, after a call made from outside. */
void world_settle(struct world *world, size_t host);

/* The index in a name that world_add() gave. */
size_t world_index(const char *name);

/* Tells the observer of what happens from now on; it must stay for as long. */
void world_observe(struct world *world, struct observer *observer);
void world_unobserve(struct world *world, struct observer *observer);

/* --- faults of hosts --- */

/* What of a host outlives its process. */
enum kept {
	KEPT_IDENTITY, /* what the daemon keeps in its state folder */
	KEPT_NOTHING,  /* the folder is lost, so it is somebody new with an old name */
};

/* The host goes without a word. */
void world_crash(struct world *world, size_t host);

/* A crashed host starts again, without its records. */
void world_restart(struct world *world, size_t host, enum kept kept);

/* The host's next life is at another address. */
void world_move(struct world *world, size_t host);

/* The process stands still, as after SIGSTOP: what arrives waits in its sockets, which
 * hold so many datagrams, and is taken all at once when it goes on. */
#define STALL_DATAGRAM_COUNT_MAX 256
void world_stall(struct world *world, size_t host);
void world_resume(struct world *world, size_t host);
bool world_is_stalled(const struct world *world, size_t host);

/* The wall clock is set forward, or back. */
void world_step_clock(struct world *world, size_t host, int64_t step_ms);

/* Both clocks go that many times as fast from now on. */
void world_set_clock_rate(struct world *world, size_t host, double rate);

/* Of all datagrams from and to that host so many are lost beside the path's share. */
void world_set_host_loss(struct world *world, size_t host, double loss);

/* How much the host can send per second; 0 for any amount. What waits longer than a
 * second is dropped. */
void world_set_bandwidth(struct world *world, size_t host, uint64_t bytes_per_s);

/* --- faults of the network --- */

/* The law of all ways and of single ones: changes hold for what is sent from then on,
 * and a cut also for what is on its way. */
struct paths *world_paths(struct world *world);

/* Splits the network: a packet passes only between hosts of the same side. */
void world_set_side(struct world *world, size_t host, unsigned side);

/* See paths_set_regions(). */
void world_set_region(struct world *world, size_t host, size_t region);

/* --- time --- */

/* Lets time pass. */
void world_run(struct world *world, uint64_t span_us);
void world_run_to(struct world *world, uint64_t at_us);

/* Lets time pass until the condition holds; false when it does not within `span_us`. */
typedef bool (*world_condition)(const struct world *world, const void *context);
bool world_run_until(struct world *world, world_condition condition,
	const void *context, uint64_t span_us);

/* A hash of everything that has happened: equal for equal runs. */
uint64_t world_trace(const struct world *world);

const struct network *world_network(const struct world *world);

/* Asserts the invariants of every node. */
void world_check(const struct world *world);
