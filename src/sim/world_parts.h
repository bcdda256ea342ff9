/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/table.h"
#include "sim/host_clock.h"
#include "sim/world.h"

/* What a world is made of, for world.c, which starts and stops hosts, and for those who
 * carry what they say. */

struct host {
	char name[16];
	struct node *node; /* NULL when down */
	struct settings settings;
	struct address address;
	struct host_clock clock;
	uint64_t epoch;     /* raised with each end of a life */
	struct event *tick; /* on its way whenever the node wants one */
	struct table peers; /* by own stream: struct stream_end */

	unsigned side;
	size_t region;
	double loss;
	uint64_t bytes_per_s;
	uint64_t link_free_us; /* when all that was sent has left */

	bool stalled;
	struct event **waiting; /* what came meanwhile */
	size_t waiting_count;
	size_t waiting_size;
	size_t waiting_datagrams;
};

struct world {
	struct network network;
	struct paths paths;
	struct settings settings;
	struct host **hosts;
	size_t count;
	size_t *seeds;
	size_t seed_count;
	struct observer *observers;
};
