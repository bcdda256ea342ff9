/* SPDX-License-Identifier: MIT */
#pragma once

#include "sim/observer.h"
#include "sim/sample.h"
#include "sim/world.h"

/*
 * Follows writes through a cluster: who has each of them when, and what was sent for
 * them. Counts what broadcasting sends: a datagram with a record of a key, an
 * announcement, a question or an answer to them counts with all its bytes.
 */
struct spread {
	struct observer observer;
	uint64_t number; /* tells its writes from those of another */
	size_t host_count;
	struct update *updates;
	size_t update_count;
	size_t update_size;
	size_t complete_count;

	uint64_t copies;     /* records of followed writes that were sent */
	uint64_t duplicates; /* and that came to who had them */
	uint64_t digests;    /* writes named in announcements and questions */
	uint64_t bytes;      /* with IP and UDP headers */
	uint64_t datagrams;
};

/* One write. */
struct update {
	uint64_t began_us;
	uint8_t *has;         /* by host */
	uint64_t *arrived_us; /* in order, after the write */
	size_t count;
};

void spread_init(struct spread *spread, struct world *world);
void spread_fini(struct spread *spread);

/* Writes a key of that size on a host and follows it. */
void spread_write(
	struct spread *spread, struct world *world, size_t host, size_t value_size);

/* Whether all hosts have all of them. For world_run_until(). */
bool spread_is_complete(const struct world *world, const void *spread);

/* How many pairs of a host and a write are not together. */
uint64_t spread_missed(const struct spread *spread);

/* For each write that came so far, the milliseconds until that share of all hosts had
 * it. */
void spread_times(const struct spread *spread, double share, struct sample *sample);

/* For each pair of a write and a host that came together, the milliseconds until then;
 * the host that wrote is one of them, with 0. */
void spread_pairs(const struct spread *spread, struct sample *sample);
