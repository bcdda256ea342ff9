/* SPDX-License-Identifier: MIT */
#include "conf/seed.h"

#include "base/address.h"
#include "base/host_port.h"

bool
seed_is_valid(const char *text)
{
	struct address address;
	struct host_port host_port;

	if (address_parse(text, 1, &address) == ERR_OK) {
		return address.port != 0;
	}
	return host_port_parse(text, 1, &host_port) == ERR_OK;
}
