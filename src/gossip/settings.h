/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/address.h"
#include "base/now.h"

/*
 * What a node is told at its start. Each knob is explained in rumord.conf(5) under the
 * name given here; values are taken as checked.
 */

#define NODE_ID_SIZE 16
#define NODE_NAME_LEN_MAX 63
#define KEY_LEN_MAX 512

/* How writes are spread: gossip.strategy. */
enum strategy {
	STRATEGY_PLUMTREE, /* along a tree that mends itself (broadcast.h) */
	STRATEGY_PUSH, /* to some by chance, a bounded number of times (mongering.h) */
	STRATEGY_PUSH_PULL, /* compared with one by chance, both ways */
	STRATEGY_PULL,      /* asked for from one by chance */
};

/* How many sequence numbers are reserved at a time. */
#define RESERVE_COUNT (UINT64_C(1) << 20)

/* Who this node is; kept by the caller across restarts. */
struct identity {
	uint8_t id[NODE_ID_SIZE]; /* random, made once */
	uint32_t generation;      /* raised at each start, from 1 */
	uint64_t writer;          /* random, names this node's writes; not 0 */
	uint64_t seq_next;  /* no write of this writer has this number or a later one */
	uint64_t seq_limit; /* numbers below are reserved: see OUTPUT_RESERVE */
};

struct settings {
	struct identity identity;
	const char *name; /* node.name */
	const char *zone; /* node.zone */
	const char *software;
	struct address address; /* node.advertise: where other nodes reach this one */
	const char *cluster;    /* cluster.name */
	bool has_seeds;         /* whether there is anybody to join */
	uint64_t join_interval_us;
	uint64_t rejoin_interval_us;

	uint64_t seed; /* of all randomness of this node */

	enum strategy strategy;
	uint64_t gossip_interval_us;
	size_t fanout;
	uint64_t retransmit_factor;
	uint64_t feedback; /* 0: none */
	size_t packet_size_max;
	uint64_t forward_interval_us;
	uint64_t byte_budget; /* per second, for records; 0 = as many as there are */
	uint64_t ihave_interval_us;
	uint64_t graft_timeout_us;
	size_t neighbour_rings;
	size_t direct_count_max;
	uint64_t repair_interval_us;

	uint64_t probe_interval_us;
	uint64_t probe_timeout_us;
	uint64_t probe_timeout_min_us;
	size_t indirect_count;
	size_t probe_attempts;
	size_t verifier_count;
	uint64_t suspicion_min_us;
	uint64_t suspicion_max_factor;
	uint64_t health_max;

	size_t key_size_max; /* of keys written here */
	size_t value_size_max;
	size_t state_size_max;
	size_t member_count_max;
	size_t stream_count_max;
	uint64_t clock_drift_max_ms;
	uint64_t tombstone_life_ms;
};

/* Every knob at its default; name, identity and address empty. */
struct settings settings_default(void);
