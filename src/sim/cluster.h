/* SPDX-License-Identifier: MIT */
#pragma once

#include "sim/options.h"
#include "sim/report.h"
#include "sim/world.h"

/* Worlds as the command line describes them, for the commands. */

/* An empty world with the network and the settings asked for. */
struct world *cluster_empty(
	const struct options *options, const char *strategy, uint64_t seed);

/* One whose hosts know each other and have run for some seconds without any write. */
struct world *cluster_new(
	const struct options *options, const char *strategy, uint64_t seed);

/* Adds a host with what the command line says of all hosts. */
size_t cluster_add(struct world *world, const struct options *options);

/* All bytes that hosts have sent, with IP and UDP headers, and streams with 40 bytes of
 * IP and TCP headers on each packet. */
double cluster_bytes(const struct world *world);

/* Says what was simulated: the first lines of every report for people. */
void cluster_describe(const struct options *options, const struct report *report);
