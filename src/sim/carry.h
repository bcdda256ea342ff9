/* SPDX-License-Identifier: MIT */
#pragma once

#include "sim/world_parts.h"

/* The way of one packet or stream from host to host: whether it passes, and when it is
 * there. */

/* IPv4 and UDP headers before each datagram. */
#define DATAGRAM_OVERHEAD 28

/* Whether there is any path. */
bool carry_is_open(const struct world *world, size_t from, size_t to);

/* Sends a datagram; it may be lost or come twice. */
void carry_datagram(struct world *world, size_t from, size_t to, struct bytes datagram);

/* When bytes of a stream sent now arrive: what is lost on the way is sent again. */
uint64_t carry_stream_at_us(struct world *world, size_t from, size_t to, size_t len);

/* Sends an event; `at_us` is when it arrives. */
void carry_event(struct world *world, struct event *event, size_t from, size_t to,
	uint64_t at_us);
