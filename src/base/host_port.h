/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/bytes.h"
#include "base/err.h"

/* The most bytes of a host name as people write it (RFC 1035, 2.3.4). */
#define HOST_LEN_MAX 253

/* A host by name and a port: a value. */
struct host_port {
	char host[HOST_LEN_MAX + 1];
	uint16_t port;
};

/* Reads "host" or "host:port", a missing port is `default_port`. A name is made of
 * letters, digits, dots, hyphens and underscores, starts with neither dot nor hyphen
 * and does not end in a number, so that "7117" or "10.1" is not taken for one.
 * ERR_INVALID for text of another shape. */
MUST_CHECK enum err host_port_parse(
	const char *text, uint16_t default_port, struct host_port *ret_host_port);
