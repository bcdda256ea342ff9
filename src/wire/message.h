/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/address.h"
#include "base/pack.h"
#include "wire/limits.h"
#include "wire/record.h"

/*
 * The messages that datagrams and streams are made of: a type, a length, a body. The
 * length lets a reader pass over types it does not know. A datagram is a header and any
 * number of messages; each direction of a stream is the same without an end.
 *
 * To add a message: a type here, its fields in the union, a row in the table of
 * message.c, and a row in the table of gossip/receive.c or gossip/exchange.c. Byte by
 * byte in docs/protocol.md.
 */
enum message_type {
	/* Failure detection (SWIM §3.1 and §4.2, Lifeguard §IV) and fingerprints. */
	MESSAGE_PING = 1,
	MESSAGE_ACK = 2,
	MESSAGE_PING_REQ = 3, /* please ping the target for me */
	MESSAGE_NACK = 4,     /* the target did not answer me in time */
	MESSAGE_RELAYED_ACK = 5,
	MESSAGE_SUSPECT = 6,

	/* Broadcast (Plumtree §3). */
	MESSAGE_RECORD = 7,
	MESSAGE_IHAVE = 8,
	MESSAGE_GRAFT = 9,
	MESSAGE_PRUNE = 10,

	/* Reconciliation. */
	MESSAGE_AGREE = 11,   /* at this fingerprint my context covers these */
	MESSAGE_CONTEXT = 12, /* stream: part of the causal context */
	MESSAGE_DIGEST = 13,  /* stream: hashes of live records */
	MESSAGE_READY = 14,   /* stream: context and digest are complete */
	MESSAGE_DONE = 15,    /* stream: every record was sent */

	/* Rumor mongering (Demers et al. §1.4). */
	MESSAGE_PULL = 16, /* tell me by IHAVE what is new with you */

	/* Reconciliation of a few records (SIGCOMM 2024, see gossip/sketch.h). */
	MESSAGE_SKETCH = 17, /* symbols of what I hold */
	MESSAGE_WANT = 18,   /* hashes of what you hold and I lack */
	MESSAGE_OFFER = 19,  /* what I hold and you lack */
	MESSAGE_GONE = 20,   /* of what you offered, this is superseded or deleted */

	MESSAGE_TYPE_COUNT,
};

/* A node's state in a few bytes, on every ping and ack. */
struct state_summary {
	uint64_t fingerprint;
	uint64_t record_count;
	uint32_t context_sum; /* low half of context_sum(): whether contexts differ */
};

/* A coded symbol of a set of 64-bit hashes. */
struct symbol {
	uint64_t sum;   /* of the hashes, by exclusive or */
	uint64_t check; /* the same of a check of each */
	int64_t count;
};

struct message {
	enum message_type type;
	union {
		struct {
			uint32_t probe;
			struct state_summary state;
			uint64_t wall_ms; /* of the sender; ACK only */
		} ping;                   /* PING and ACK */
		struct {
			uint32_t probe;
			uint64_t target;
			struct address address;
		} ping_req;
		struct {
			uint32_t probe;
		} answer; /* NACK and RELAYED_ACK */
		struct {
			uint64_t member;
			uint32_t generation;
			uint32_t incarnation;
		} suspect;
		struct {
			uint8_t hops; /* from the origin; counts to 255 */
			struct record_view view;
		} record;
		struct {
			size_t count;
			struct dot dots[WIRE_DOT_COUNT_MAX];
			uint64_t fingerprint; /* of the sender; GONE only */
		} dots;                       /* IHAVE, GRAFT, OFFER and GONE */
		struct {
			uint64_t fingerprint; /* AGREE only */
			struct bytes entries; /* for range_next(); checked */
		} context;                    /* AGREE and CONTEXT */
		struct {
			size_t count;
			struct bytes hashes; /* 8 bytes each, for digest_hash() */
		} digest;                    /* DIGEST and WANT */
		struct {
			size_t count;
			struct symbol symbols[WIRE_SYMBOL_COUNT_MAX];
		} sketch;
	};
};

/* Writes the whole message. The writer is marked failed when it does not fit; nothing
 * useful is then in it. */
void message_write(struct writer *writer, const struct message *message);

enum message_result {
	MESSAGE_TAKEN,   /* one message was read */
	MESSAGE_SKIPPED, /* one of an unknown type was passed over */
	MESSAGE_PARTIAL, /* the end, or not all of it is there yet; nothing was read */
	MESSAGE_BAD,     /* breaks the format */
};

/* Reads the next message, which borrows from the reader's bytes. A body may be
 * `body_len_max` long. */
enum message_result message_read(
	struct reader *reader, size_t body_len_max, struct message *ret_message);

/* --- parts of a causal context --- */

/* Sequence numbers first..last of a writer. */
struct dot_range {
	uint64_t writer;
	uint64_t first;
	uint64_t last;
};

/* The most bytes range_write() takes. */
#define RANGE_LEN_MAX 28

void range_write(struct writer *writer, const struct dot_range *range);

/* The next range of `entries`; false at the end. A range that breaks the format marks
 * the reader failed. */
bool range_next(struct reader *entries, struct dot_range *ret_range);

/* --- parts of a digest --- */

uint64_t digest_hash(struct bytes hashes, size_t index);
