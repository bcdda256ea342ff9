/* SPDX-License-Identifier: MIT */
#pragma once

#include "gossip/node.h"
#include "gossip/request.h"

/*
 * The nodes that play in fuzz targets. They are the same each time, so that an input
 * does the same each time. web1 and db1 are those of docs/protocol.md.
 */
enum cast {
	CAST_SELF, /* who gets the input */
	CAST_WEB1,
	CAST_DB1,
	CAST_COUNT,
};

/* When every play begins. */
extern const struct now cast_start;

struct settings cast_settings(enum cast cast);

/* A node of these settings with two keys of its own. */
struct node *cast_node(const struct settings *settings);

/* A datagram from a node of these settings with its own member record, as it would be
 * gossiped. Takes up to `size` bytes and returns how many. */
size_t cast_introduce(const struct settings *settings, uint8_t *data, size_t size);
