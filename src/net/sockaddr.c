/* SPDX-License-Identifier: MIT */
#include "net/sockaddr.h"

#include <netinet/in.h>

static const uint8_t mapped_prefix[12] = {[10] = 0xff, [11] = 0xff};

int
sockaddr_family(const struct address *address)
{
	switch (address->family) {
	case 4:
		return AF_INET;
	case 6:
		return AF_INET6;
	default:
		return AF_UNSPEC;
	}
}

static socklen_t
write_ipv4(const struct address *address, struct sockaddr_storage *ret_sockaddr)
{
	struct sockaddr_in ipv4 = {
		.sin_family = AF_INET,
		.sin_port = htons(address->port),
	};

	memcpy(&ipv4.sin_addr, address->ip, sizeof(ipv4.sin_addr));
	memcpy(ret_sockaddr, &ipv4, sizeof(ipv4));
	return sizeof(ipv4);
}

static socklen_t
write_ipv6(const struct address *address, struct sockaddr_storage *ret_sockaddr)
{
	struct sockaddr_in6 ipv6 = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(address->port),
	};
	uint8_t *ip = ipv6.sin6_addr.s6_addr;

	if (address->family == 6) {
		memcpy(ip, address->ip, sizeof(address->ip));
	} else {
		memcpy(ip, mapped_prefix, sizeof(mapped_prefix));
		memcpy(ip + sizeof(mapped_prefix), address->ip, 4);
	}
	memcpy(ret_sockaddr, &ipv6, sizeof(ipv6));
	return sizeof(ipv6);
}

socklen_t
sockaddr_of(const struct address *address, int family,
	struct sockaddr_storage *ret_sockaddr)
{
	if (family == AF_INET6 && address->family != 0) {
		return write_ipv6(address, ret_sockaddr);
	}
	if (family == AF_INET && address->family == 4) {
		return write_ipv4(address, ret_sockaddr);
	}
	return 0;
}

static struct address
read_ipv4(const struct sockaddr *sockaddr)
{
	struct sockaddr_in ipv4;
	struct address address = {.family = 4};

	memcpy(&ipv4, sockaddr, sizeof(ipv4));
	memcpy(address.ip, &ipv4.sin_addr, sizeof(ipv4.sin_addr));
	address.port = ntohs(ipv4.sin_port);
	return address;
}

static struct address
read_ipv6(const struct sockaddr *sockaddr)
{
	struct sockaddr_in6 ipv6;
	struct address address = {0};

	memcpy(&ipv6, sockaddr, sizeof(ipv6));
	const uint8_t *ip = ipv6.sin6_addr.s6_addr;

	if (memcmp(ip, mapped_prefix, sizeof(mapped_prefix)) == 0) {
		address.family = 4;
		memcpy(address.ip, ip + sizeof(mapped_prefix), 4);
	} else {
		address.family = 6;
		memcpy(address.ip, ip, sizeof(address.ip));
	}
	address.port = ntohs(ipv6.sin6_port);
	return address;
}

struct address
sockaddr_address(const struct sockaddr *sockaddr)
{
	switch (sockaddr->sa_family) {
	case AF_INET:
		return read_ipv4(sockaddr);
	case AF_INET6:
		return read_ipv6(sockaddr);
	default:
		return (struct address){0};
	}
}
