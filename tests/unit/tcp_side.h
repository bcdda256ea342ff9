/* SPDX-License-Identifier: MIT */
#pragma once

#include "net/tcp.h"

/*
 * One side of a TCP conversation as the tests drive it. What it sends is a pattern that
 * the other side checks byte by byte. It does not tell its streams apart.
 */
struct side {
	struct tcp *tcp;
	uint32_t number; /* of the stream it accepts next; they count up */
	bool refusing;
	void (*on_connected)(struct side *side);
	bool (*on_received)(struct side *side);
	void (*on_fill)(struct side *side);
	void (*on_closed)(struct side *side);

	uint64_t give_len; /* how many bytes it has to send in all, */
	uint64_t given_len;
	size_t portion_len; /* at most this many at a time, 0 for any */

	unsigned accepted_count;
	struct address from;
	unsigned connected_count;
	unsigned received_count;
	uint64_t taken_len;
	uint64_t wrong_count;
	unsigned fill_count;
	unsigned fill_excess_count; /* asked for more than may wait */
	unsigned closed_count;
	enum err why;
};

/* Timeouts that no test reaches, sixteen streams. */
struct tcp_settings side_settings(const char *bind);

void side_open(struct side *side, struct event_base *base,
	const struct tcp_settings *settings, uint32_t number);

/* Connects under `number` to the other side. */
void side_connect(struct side *side, uint32_t number, const struct side *to);

/* Has it send `len` more bytes on that stream. */
void side_give(struct side *side, uint32_t number, uint64_t len);

/* The pattern: byte `position` of what a side sends. */
uint8_t pattern_at(uint64_t position);

/* A plain socket connected to that side, non-blocking; `buffer_size` 0 for the system's
 * choice. */
int plain_connect(const struct side *to, int buffer_size);
