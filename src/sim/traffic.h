/* SPDX-License-Identifier: MIT */
#pragma once

#include "sim/world_parts.h"

/* Carries what nodes want done into the network, and what the network delivers to the
 * nodes. */

/* Takes the outputs of the node on a host and plans its next tick. */
void traffic_settle(struct world *world, size_t host);

/* Takes over an event: delivers it, keeps it for a host that stands still, or lets it
 * come to nothing when its path is cut. */
void traffic_handle(struct world *world, struct event *event);

/* Delivers what has waited for a host that goes on. */
void traffic_release(struct world *world, size_t host);

/* The host goes: its peers learn that their streams have ended. */
void traffic_break_streams(struct world *world, size_t host);

/* Frees what the host holds of streams and of what waits for it. */
void traffic_forget(struct host *host);
