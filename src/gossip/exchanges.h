/* SPDX-License-Identifier: MIT */
#pragma once

#include "gossip/exchange.h"

/*
 * The exchanges in progress, by stream: opens, feeds and ends them within a limit.
 */
struct exchanges {
	struct exchange_host host;
	struct roster *roster;
	struct outputs *outputs;
	struct table by_stream;
	size_t count_max;
	uint32_t stream_next;
	bool synced; /* state was exchanged with somebody, or nobody is to be joined */
	uint64_t opened;
	uint64_t done;
	uint64_t refused; /* ended with records that were refused */
	uint64_t bytes_in;
	uint64_t bytes_out;
};

void exchanges_init(struct exchanges *exchanges, const struct exchange_host *host,
	struct roster *roster, struct outputs *outputs,
	const struct settings *settings);
void exchanges_fini(struct exchanges *exchanges);

/* Opens one to that address, unless one is open to it already or there are too many. */
bool exchanges_open(struct exchanges *exchanges, const struct address *address);

/* Whether one that this node opened is under way. */
bool exchanges_are_opening(const struct exchanges *exchanges);

/* Somebody opened a stream. ERR_BUSY when there are too many. */
MUST_CHECK enum err exchanges_accept(
	struct exchanges *exchanges, const struct address *from, uint32_t *ret_stream);

void exchanges_connected(struct exchanges *exchanges, uint32_t stream);

/* As node_stream_receive(); counts what is wrong. */
MUST_CHECK enum err exchanges_receive(struct exchanges *exchanges, uint32_t stream,
	struct bytes bytes, struct now now);

size_t exchanges_fill(
	struct exchanges *exchanges, uint32_t stream, uint8_t *data, size_t size);

void exchanges_closed(struct exchanges *exchanges, uint32_t stream);
