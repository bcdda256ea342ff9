/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/bytes.h"
#include "base/err.h"
#include "base/pack.h"

/*
 * What every datagram and every direction of every stream begins with
 * (docs/protocol.md, "Header"): who speaks, for which cluster, in which version.
 */
struct header {
	uint8_t version;
	uint8_t features; /* highest feature level the sender speaks */
	uint64_t cluster; /* hash of the cluster's name */
	uint64_t sender;  /* the first eight bytes of the sender's id */
};

/* The cluster field for a cluster's name. */
uint64_t header_cluster(const char *name);

void header_write(struct writer *writer, const struct header *header);

/* ERR_MALFORMED when too short, ERR_VERSION for a version not spoken here. */
MUST_CHECK enum err header_read(struct reader *reader, struct header *ret_header);
