/* SPDX-License-Identifier: MIT */
#pragma once

#include "gossip/node.h"
#include "gossip/request.h"

/*
 * A few nodes on a wire of their own: takes what they send to where it goes, without
 * delay, and moves their common clock on from one deadline to the next. Wires between
 * two of them can be cut.
 *
 * Nodes are numbered from 1 as in sample.h and reached under their sample_address().
 */
#define LAN_NODE_COUNT_MAX 8
#define LAN_STREAM_COUNT_MAX 64
#define LAN_NOTICE_KIND_COUNT (NOTICE_LEAVE_DONE + 1)

/* One side of a stream. */
struct lan_side {
	unsigned number;
	uint32_t stream;
};

struct lan_stream {
	bool open;
	struct lan_side sides[2]; /* who opened it, who accepted it */
};

struct lan {
	struct node *nodes[LAN_NODE_COUNT_MAX + 1];
	bool cut[LAN_NODE_COUNT_MAX + 1][LAN_NODE_COUNT_MAX + 1];
	bool mute;     /* datagrams are lost, streams are not */
	bool reserves; /* whether OUTPUT_RESERVE is answered */
	unsigned seeds[LAN_NODE_COUNT_MAX +
		       1]; /* whom OUTPUT_RESOLVE finds, 0 = nobody */
	struct lan_stream streams[LAN_STREAM_COUNT_MAX];
	uint64_t elapsed_us;
	uint64_t wall_offset_ms[LAN_NODE_COUNT_MAX + 1]; /* of a node's wall clock */
	size_t notices[LAN_NODE_COUNT_MAX + 1][LAN_NOTICE_KIND_COUNT];
	uint64_t reserved_writer[LAN_NODE_COUNT_MAX + 1]; /* last asked to be kept */
	uint64_t reserved_limit[LAN_NODE_COUNT_MAX + 1];
	size_t stream_count; /* opened so far */
};

void lan_init(struct lan *lan);
void lan_fini(struct lan *lan);

/* Starts, or starts again, the node with that number. */
void lan_start(struct lan *lan, unsigned number, const struct settings *settings);

/* It is gone without a word. */
void lan_kill(struct lan *lan, unsigned number);

/* Cuts the wire between two nodes, or mends it. */
void lan_cut(struct lan *lan, unsigned a, unsigned b, bool is_cut);

/* The time for that node. */
struct now lan_now(const struct lan *lan, unsigned number);

/* Delivers what waits, until nothing moves; the clock stands still. */
void lan_settle(struct lan *lan);

/* Lets the time pass. */
void lan_run_ms(struct lan *lan, uint64_t ms);

/* Has one node join another, and delivers. */
void lan_join(struct lan *lan, unsigned number, unsigned seed);

void lan_set(struct lan *lan, unsigned number, const char *key, const char *value);
void lan_delete(struct lan *lan, unsigned number, const char *key);

/* Fails the test unless the node has that value, NULL for none. */
void lan_expect(struct lan *lan, unsigned number, const char *key, const char *value);

/* Fails the test unless all nodes that run have the same fingerprint. */
void lan_expect_agreement(struct lan *lan);

/* What one node believes of another; MEMBER_STATE_COUNT when it does not know it. */
enum member_state lan_state(struct lan *lan, unsigned number, unsigned of);
