/* SPDX-License-Identifier: MIT */
#pragma once

#include "sim/network.h"
#include "sim/world.h"

/* Carries what nodes want done into the network, and what the network delivers to the
 * nodes. */

/* Takes the outputs of the node on a host and plans its next tick. */
void traffic_settle(struct world *world, size_t host);

/* Delivers one event, or lets it come to nothing when its path is cut. */
void traffic_handle(struct world *world, const struct event *event);

/* A host learns after that time that its stream is gone. */
void traffic_end_stream(
	struct world *world, size_t host, uint32_t stream, uint64_t after_us);
