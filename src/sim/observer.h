/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/bytes.h"

struct notice;
struct world;

/*
 * Somebody who looks on: told of what passes in a world, and must not change it. Any of
 * the calls may be NULL. Hosts are given by index.
 */
struct observer {
	/* A host sends a datagram, whatever becomes of it. */
	void (*sent)(struct observer *observer, const struct world *world, size_t host,
		struct bytes datagram);

	/* A host has taken a datagram. */
	void (*received)(struct observer *observer, const struct world *world,
		size_t host, struct bytes datagram);

	/* A host has taken bytes of a stream. */
	void (*streamed)(
		struct observer *observer, const struct world *world, size_t host);

	/* A node has something to tell its operator. */
	void (*noticed)(struct observer *observer, const struct world *world,
		size_t host, const struct notice *notice);

	struct observer *next; /* the world's */
};
