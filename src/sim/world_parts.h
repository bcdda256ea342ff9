/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/table.h"
#include "sim/world.h"

/* What a world is made of, for world.c, which starts and stops hosts, and traffic.c,
 * which carries what they say. */

struct host {
	char name[16];
	struct node *node; /* NULL when down */
	struct settings settings;
	struct address address;
	uint64_t epoch;      /* raised with each end of a life */
	uint64_t tick_at_us; /* of the event on its way; DEADLINE_NONE for none */
	unsigned side;
	struct table peers; /* by own stream: struct stream_end */
};

/* One host's end of an established stream. */
struct stream_end {
	size_t peer;
	uint32_t peer_stream;
	uint64_t last_us; /* when the last bytes sent arrive: they keep their order */
};

struct world {
	struct network network;
	struct settings settings;
	struct host **hosts;
	size_t count;
	size_t *seeds;
	size_t seed_count;
};
