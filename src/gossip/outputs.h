/* SPDX-License-Identifier: MIT */
#pragma once

#include "gossip/node.h"

/*
 * What a node wants done apart from datagrams: a queue in order. Its length is bounded
 * by what one turn can produce; a notice beyond the limit is left out and counted.
 */
struct queued_output {
	struct output output;
	char member[NODE_NAME_LEN_MAX + 1];
};

struct outputs {
	struct queued_output *items;
	size_t first;
	size_t count;
	size_t size;
	uint64_t notices_left_out;
};

void outputs_init(struct outputs *outputs);
void outputs_fini(struct outputs *outputs);

/* OUTPUT_STREAM_OPEN, _WAKE or _CLOSE; the address is for _OPEN, else NULL. */
void outputs_stream(struct outputs *outputs, enum output_kind kind, uint32_t stream,
	const struct address *address);

void outputs_resolve(struct outputs *outputs);

void outputs_reserve(struct outputs *outputs, uint64_t writer, uint64_t limit);

/* `member` is copied; `address` may be NULL. */
void outputs_notice(struct outputs *outputs, enum notice_kind kind, const char *member,
	const struct address *address);

/* The oldest, valid until the next call; NULL when there is none. */
const struct output *outputs_next(struct outputs *outputs);
