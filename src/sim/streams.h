/* SPDX-License-Identifier: MIT */
#pragma once

#include "sim/world_parts.h"

/* Streams between hosts: they keep their order, lose nothing, and break when their path
 * is cut or a host goes. */

/* A host asks for a stream to an address, or the host that is there. */
void streams_open(struct world *world, size_t from, uint32_t stream, size_t to);

/* The same to where nobody is. */
void streams_refuse(struct world *world, size_t from, uint32_t stream);

/* Sends what the node has for a stream. */
void streams_pump(struct world *world, size_t from, uint32_t stream);

/* The node has done with a stream. */
void streams_close(struct world *world, size_t from, uint32_t stream);

/* Delivers an event of a stream. */
void streams_deliver(struct world *world, const struct event *event);

/* The event cannot be delivered, since its path is cut or its host has gone. */
void streams_fail(struct world *world, const struct event *event);

/* The host goes: its peers learn that their streams have ended. */
void streams_break(struct world *world, size_t host);

void streams_forget(struct host *host);
