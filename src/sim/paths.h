/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/table.h"
#include "sim/delay.h"

/*
 * What lies between hosts: one law for all ways, and others for single ways where they
 * are given. A way has a direction: what holds from a to b need not hold from b to a.
 */
struct path {
	struct delay delay;
	double loss;      /* share of datagrams that never come, 0 to 1 */
	double duplicate; /* share of datagrams that come twice */
	double reorder;   /* share of datagrams held back for so long: */
	uint64_t reorder_us;
	bool cut;                  /* nothing passes */
	uint64_t clogged_until_us; /* all that is sent before waits until then */
};

struct paths {
	struct path usual;
	struct table own;        /* by path_key(): struct path */
	uint64_t *region_rtt_us; /* `region_count` squared; NULL without regions */
	size_t region_count;
};

void paths_init(struct paths *paths, const struct path *usual);
void paths_fini(struct paths *paths);

const struct path *paths_find(const struct paths *paths, size_t from, size_t to);

/* The law of that one way, to be changed: begins as the usual one and keeps apart from
 * it from then on. */
struct path *paths_own(struct paths *paths, size_t from, size_t to);

/* All ways are as the usual one again. */
void paths_clear(struct paths *paths);

/* Hosts of regions a and b are `rtt_us[a * count + b]` further apart. Copies them. */
void paths_set_regions(struct paths *paths, const uint64_t *rtt_us, size_t count);

/* The one-way share of the distance between two regions. */
uint64_t paths_region_us(const struct paths *paths, size_t from, size_t to);
