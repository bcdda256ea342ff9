/* SPDX-License-Identifier: MIT */
#include "base/address.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdio.h>

#include "base/hash.h"
#include "base/pack.h"

#define IPV4_SIZE 4

static const uint8_t mapped_prefix[12] = {[10] = 0xff, [11] = 0xff};
static const uint8_t ipv6_loopback[16] = {[15] = 1};
static const uint8_t ip_any[16];

bool
address_equal(const struct address *a, const struct address *b)
{
	return a->family == b->family && a->port == b->port &&
	       memcmp(a->ip, b->ip, sizeof(a->ip)) == 0;
}

bool
address_is_none(const struct address *address)
{
	return address->family == 0;
}

bool
address_is_wildcard(const struct address *address)
{
	return !address_is_none(address) &&
	       memcmp(address->ip, ip_any, sizeof(ip_any)) == 0;
}

bool
address_is_loopback(const struct address *address)
{
	if (address->family == 4) {
		return address->ip[0] == 127;
	}
	return address->family == 6 &&
	       memcmp(address->ip, ipv6_loopback, sizeof(ipv6_loopback)) == 0;
}

uint64_t
address_hash(const struct address *address)
{
	uint8_t fields[sizeof(address->ip) + 3];
	struct writer writer = writer_of(fields, sizeof(fields));

	write_raw(&writer, bytes_of(address->ip, sizeof(address->ip)));
	write_u16(&writer, address->port);
	write_u8(&writer, address->family);
	assert(!writer.failed);
	return hash_bytes(writer_bytes(&writer), 0);
}

const char *
address_format(const struct address *address, char text[ADDRESS_TEXT_SIZE])
{
	char ip[INET6_ADDRSTRLEN];

	if (address_is_none(address)) {
		snprintf(text, ADDRESS_TEXT_SIZE, "none");
	} else if (address->family == 4) {
		inet_ntop(AF_INET, address->ip, ip, sizeof(ip));
		snprintf(text, ADDRESS_TEXT_SIZE, "%s:%u", ip, address->port);
	} else {
		inet_ntop(AF_INET6, address->ip, ip, sizeof(ip));
		snprintf(text, ADDRESS_TEXT_SIZE, "[%s]:%u", ip, address->port);
	}
	return text;
}

/* The host and the port of a text; the port is NULL when there is none. */
struct parts {
	struct bytes host;
	bool has_brackets;
	const char *port;
};

/* More than one colon and no brackets is an IPv6 address alone. */
static enum err
split(const char *text, struct parts *ret_parts)
{
	struct parts parts = {.has_brackets = text[0] == '['};
	const char *start = text + parts.has_brackets;
	const char *end = parts.has_brackets ? strchr(start, ']') : strchr(start, ':');

	if (parts.has_brackets) {
		if (end == NULL || (end[1] != '\0' && end[1] != ':')) {
			return ERR_INVALID;
		}
		parts.port = end[1] == ':' ? end + 2 : NULL;
	} else if (end != NULL && strchr(end + 1, ':') == NULL) {
		parts.port = end + 1;
	} else {
		end = start + strlen(start);
	}
	parts.host = bytes_of(start, (size_t)(end - start));
	*ret_parts = parts;
	return ERR_OK;
}

static enum err
parse_port(const char *text, uint16_t *ret_port)
{
	unsigned int port = 0;
	size_t len = strlen(text);

	if (len < 1 || len > 5) {
		return ERR_INVALID;
	}
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9') {
			return ERR_INVALID;
		}
		port = 10 * port + (unsigned int)(text[i] - '0');
	}
	if (port > UINT16_MAX) {
		return ERR_INVALID;
	}
	*ret_port = (uint16_t)port;
	return ERR_OK;
}

static enum err
parse_host(struct bytes host, bool has_brackets, struct address *ret_address)
{
	struct address address = {0};
	char text[INET6_ADDRSTRLEN];

	if (host.len >= sizeof(text)) {
		return ERR_INVALID;
	}
	memcpy(text, host.data, host.len);
	text[host.len] = '\0';
	if (!has_brackets && inet_pton(AF_INET, text, address.ip) == 1) {
		address.family = 4;
	} else if (inet_pton(AF_INET6, text, address.ip) != 1) {
		return ERR_INVALID;
	} else if (memcmp(address.ip, mapped_prefix, sizeof(mapped_prefix)) == 0) {
		address.family = 4;
		memcpy(address.ip, address.ip + sizeof(mapped_prefix), IPV4_SIZE);
		memset(address.ip + IPV4_SIZE, 0, sizeof(address.ip) - IPV4_SIZE);
	} else {
		address.family = 6;
	}
	*ret_address = address;
	return ERR_OK;
}

enum err
address_parse(const char *text, uint16_t default_port, struct address *ret_address)
{
	struct parts parts;
	struct address address;
	enum err err = split(text, &parts);

	if (err == ERR_OK) {
		err = parse_host(parts.host, parts.has_brackets, &address);
	}
	if (err != ERR_OK) {
		return err;
	}
	address.port = default_port;
	if (parts.port != NULL) {
		err = parse_port(parts.port, &address.port);
	}
	if (err == ERR_OK) {
		*ret_address = address;
	}
	return err;
}
