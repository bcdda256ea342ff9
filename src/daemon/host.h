/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/address.h"
#include "gossip/settings.h"

/* What the host says of itself. */

/* Its name as a node's name: what does not belong in one becomes '-'. */
void host_name(char name[NODE_NAME_LEN_MAX + 1]);

/* The address at which others reach this host: IPv4 before IPv6, global before
 * link-local, loopback when there is nothing else. `family` 4 or 6 asks for one of that
 * kind only, 0 for either. The port is 0. */
struct address host_address(int family);
