/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/address.h"

/* Opens a socket of `type` (SOCK_DGRAM or SOCK_STREAM), non-blocking and closed on
 * exec, and binds it. An IPv6 wildcard takes IPv4 too; on a host without IPv6 it
 * becomes the IPv4 wildcard. `ret_address` is what the system bound, with its port.
 * ERR_IO with errno set. */
MUST_CHECK enum err socket_bind(const struct address *bind, int type, int *ret_socket,
	struct address *ret_address);

/* Opens a stream socket as above and starts connecting it: writable means decided. It
 * leaves from the host part of `from` unless that is a wildcard or of the other family.
 * ERR_UNREACHABLE when it fails at once, ERR_IO without a socket to try with. */
MUST_CHECK enum err socket_connect(
	const struct address *from, const struct address *to, int *ret_socket);

/* Sends small writes at once instead of waiting to join them. */
void socket_send_at_once(int socket);
