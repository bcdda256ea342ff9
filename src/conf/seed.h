/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

/* Whether the text may be a node to join: an address or a host name, with a port or
 * without, as "192.0.2.1", "[2001:db8::1]:7117", "node1" or "node1:7117". Whether there
 * is such a host is not asked. */
bool seed_is_valid(const char *text);
