/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/address.h"
#include "base/now.h"
#include "gossip/settings.h"

/*
 * One member of a cluster as a state machine: no sockets, no clock, no files.
 *
 * Whoever drives it calls an input with the time of the turn, then takes outputs until
 * there are none, then sleeps until node_deadline(). Nothing calls back and nothing
 * re-enters. The time must not go back from one call to the next.
 *
 * What local programs ask of a node is in gossip/request.h.
 */
struct node;

/* Copies the settings. The node knows nobody yet. */
struct node *node_new(const struct settings *settings, struct now now);
void node_free(struct node *node);

/* --- datagrams and time --- */

/* A datagram came in. What is malformed, foreign or too new is dropped and counted. */
void node_receive(struct node *node, const struct address *from, struct bytes datagram,
	struct now now);

/* Does what is due. Harmless when nothing is. */
void node_tick(struct node *node, struct now now);

/* When node_tick() should be called at the latest, on the monotonic clock;
 * DEADLINE_NONE when nothing is planned. */
uint64_t node_deadline(const struct node *node);

/* --- streams: reliable, ordered, numbered by the node --- */

/* Somebody opened a stream to this node. ERR_BUSY: refuse it. */
MUST_CHECK enum err node_stream_accept(struct node *node, const struct address *from,
	struct now now, uint32_t *ret_stream);

/* A stream asked for by OUTPUT_STREAM_OPEN is established. */
void node_stream_connected(struct node *node, uint32_t stream, struct now now);

/* Bytes came in, in any portions. Anything but ERR_OK: the peer broke the format; the
 * driver closes the stream, the node has forgotten it. */
MUST_CHECK enum err node_stream_receive(
	struct node *node, uint32_t stream, struct bytes bytes, struct now now);

/* Takes up to `size` bytes to send, as soon as the stream can carry them; 0 for none
 * now, OUTPUT_STREAM_WAKE tells when there are some again. */
size_t node_stream_fill(struct node *node, uint32_t stream, uint8_t *data, size_t size);

/* The stream is gone: closed by the peer, broken, or never established. */
void node_stream_closed(struct node *node, uint32_t stream, struct now now);

/* --- addresses and numbers the driver finds --- */

/* A seed's name was resolved to this address, or the address was given as such. */
void node_seed(struct node *node, const struct address *address, struct now now);

/* The writer id and that its numbers below `limit` are reserved are now on disk. */
void node_reserved(struct node *node, uint64_t writer, uint64_t limit);

/* --- outputs --- */

enum output_kind {
	OUTPUT_DATAGRAM,     /* send `bytes` to `address` */
	OUTPUT_STREAM_OPEN,  /* open `stream` to `address` */
	OUTPUT_STREAM_WAKE,  /* `stream` has bytes to fill again */
	OUTPUT_STREAM_CLOSE, /* send what is left of `stream`, then close it */
	OUTPUT_RESOLVE,      /* resolve the seeds again and tell them by node_seed() */
	OUTPUT_RESERVE, /* keep `writer` and `limit` on disk, then node_reserved() */
	OUTPUT_NOTICE,  /* something an operator wants to know */
};

enum notice_kind {
	NOTICE_MEMBER_JOINED,  /* `member` is alive, was unknown, dead or left */
	NOTICE_MEMBER_SUSPECT, /* `member` may be down */
	NOTICE_MEMBER_REFUTED, /* `member` was suspected and is alive */
	NOTICE_MEMBER_DEAD,    /* `member` is down */
	NOTICE_MEMBER_LEFT,    /* `member` said goodbye */
	NOTICE_SELF_ACCUSED,   /* others took this node for dead; it refuted */
	NOTICE_NAME_CONFLICT,  /* live `member` has the name of another live member */
	NOTICE_IDENTITY_CONFLICT, /* another process runs with this node's id */
	NOTICE_FOREIGN_CLUSTER,   /* packets of another cluster arrive from `address` */
	NOTICE_CLOCK,             /* a record from `address` is stamped too far ahead */
	NOTICE_SYNCED,     /* state was exchanged with a member for the first time */
	NOTICE_LEAVE_DONE, /* enough members know that this node leaves; stop now */
};

struct notice {
	enum notice_kind kind;
	const char *member; /* name, "" when there is none */
	struct address address;
};

struct output {
	enum output_kind kind;
	struct address address;
	struct bytes bytes;
	uint32_t stream;
	uint64_t writer;
	uint64_t limit;
	struct notice notice;
};

/* The next output, valid until the next call on this node; NULL when there is none. */
const struct output *node_output(struct node *node);

/* Asserts the invariants of all parts: for tests and the simulator. */
void node_check(const struct node *node);
