/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/buffer.h"
#include "gossip/intake.h"

/*
 * Reconciliation of two nodes over one stream, both ways at once. Each side sends its
 * causal context as it is at one instant, waits for the other's, and then goes through
 * its records: what the other's context does not cover is sent whole, and of what it
 * covers the hash, to say that it is still held here.
 *
 * Then each side drops the records that both contexts covered and that the other no
 * longer holds, since they are superseded or deleted there, and joins the contexts.
 * Only the context of the side that lacks a record is asked; no clock is involved.
 */

/* What an exchange works on. */
struct exchange_host {
	struct members *members;
	struct store *store;
	struct intake *intake;
	struct author *author;
	const struct header *header;
	const struct now *now; /* of the turn */
};

enum exchange_stage {
	STAGE_SILENT,  /* not connected, or the peer has not said who it is */
	STAGE_CONTEXT, /* sending the context */
	STAGE_PEER,    /* waiting for the peer's */
	STAGE_RECORDS, /* sending records, or their hashes */
	STAGE_SENT,    /* everything is sent */
};

struct exchange {
	const struct exchange_host *host;
	uint32_t stream;
	struct address address;
	uint64_t opened_us;
	bool outgoing;
	bool pass_on; /* whether neighbours are told of what comes in */

	struct buffer in;
	struct buffer out;
	enum exchange_stage stage;
	struct context told; /* own context at that instant */
	size_t writers_told; /* how far it is sent */
	size_t ranges_told;  /* of the next writer */
	uint64_t *hashes;    /* of held records, to be told */
	size_t hash_count;
	enum store_space space; /* how far the records are sent */
	uint8_t sent_key[KEY_LEN_MAX];
	size_t sent_key_len;

	bool header_seen;
	uint64_t peer;               /* short id, 0 until the header came */
	struct context peer_context; /* as the peer told it */
	size_t peer_range_count;     /* told so far */
	struct table peer_hashes;    /* of those, what is held here too */
	size_t peer_hash_count;      /* told so far */
	bool peer_ready;
	bool peer_done;
	bool refused; /* some record of the peer was, so contexts are not joined */
};

struct exchange *exchange_new(const struct exchange_host *host, uint32_t stream,
	const struct address *address, bool outgoing, bool pass_on);
void exchange_free(struct exchange *exchange);

/* The stream is established: an outgoing exchange begins to speak. */
void exchange_begin(struct exchange *exchange);

/* Takes what came in. ERR_MALFORMED, ERR_VERSION or ERR_FOREIGN end the exchange, as
 * does ERR_DUPLICATE, when the peer is this node itself. */
MUST_CHECK enum err exchange_receive(
	struct exchange *exchange, struct bytes bytes, struct now now);

/* Takes up to `size` bytes to send; 0 when there is nothing to say now. */
size_t exchange_fill(struct exchange *exchange, uint8_t *data, size_t size);

/* Both sides have said everything. */
bool exchange_is_done(const struct exchange *exchange);

/* The peer's side is complete: drops what is superseded there, joins its context. True
 * when this node's own record was among it, so that it must be told again. */
bool exchange_settle(struct exchange *exchange);
