/* SPDX-License-Identifier: MIT */
#include "daemon/host.h"

#include <ctype.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <string.h>
#include <unistd.h>

#include "net/sockaddr.h"

void
host_name(char name[NODE_NAME_LEN_MAX + 1])
{
	memset(name, 0, NODE_NAME_LEN_MAX + 1);
	if (gethostname(name, NODE_NAME_LEN_MAX) != 0 || name[0] == '\0')
		memcpy(name, "localhost", sizeof("localhost"));
	for (char *c = name; *c != '\0'; c++) {
		if (!isalnum((unsigned char)*c) && strchr("._-", *c) == NULL)
			*c = '-';
	}
}

static bool
is_link_local(const struct address *address)
{
	if (address->family == 4)
		return address->ip[0] == 169 && address->ip[1] == 254;
	return address->ip[0] == 0xfe && (address->ip[1] & 0xc0) == 0x80;
}

/* How well the address serves, 0 for not at all. A link-local IPv6 address means
 * nothing without its interface. */
static int
fitness(const struct address *address)
{
	if (address_is_loopback(address))
		return address->family == 4 ? 2 : 1;
	if (is_link_local(address))
		return address->family == 4 ? 3 : 0;
	return address->family == 4 ? 5 : 4;
}

struct address
host_address(int family)
{
	struct address best = {.family = 4, .ip = {127, 0, 0, 1}};
	int best_fitness = 0;
	struct ifaddrs *list;

	if (family == 6)
		best = (struct address){.family = 6, .ip = {[15] = 1}};
	if (getifaddrs(&list) != 0)
		return best;
	for (const struct ifaddrs *item = list; item != NULL; item = item->ifa_next) {
		struct address address;

		if ((item->ifa_flags & IFF_UP) == 0 || item->ifa_addr == NULL)
			continue;
		address = sockaddr_address(item->ifa_addr);
		address.port = 0;
		if (address_is_none(&address) ||
			(family != 0 && address.family != family))
			continue;
		if (fitness(&address) > best_fitness) {
			best = address;
			best_fitness = fitness(&address);
		}
	}
	freeifaddrs(list);
	return best;
}
