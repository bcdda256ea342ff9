/* SPDX-License-Identifier: MIT */
#pragma once

#include <sys/socket.h>

#include "base/address.h"

/* The system's family for an address: AF_INET, AF_INET6, or AF_UNSPEC for none. */
int sockaddr_family(const struct address *address);

/* Writes the address as a socket of that family takes it and returns its length. IPv4
 * goes to an AF_INET6 socket as a mapped address. 0, with nothing written, when such a
 * socket cannot reach it: IPv6 from AF_INET, or none at all. */
socklen_t sockaddr_of(const struct address *address, int family,
	struct sockaddr_storage *ret_sockaddr);

/* The address in what the system gave; a mapped one becomes IPv4, another family none.
 */
struct address sockaddr_address(const struct sockaddr *sockaddr);
