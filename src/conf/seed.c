/* SPDX-License-Identifier: MIT */
#include "conf/seed.h"

#include "base/address.h"
#include "conf/number.h"

#define DIGITS "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* RFC 1035, 2.3.4. */
#define HOST_LEN_MAX 253

/* A name that ends in a number is a mistyped address. */
static bool
is_host(const char *text, size_t len)
{
	size_t label = len;

	if (len < 1 || len > HOST_LEN_MAX || text[0] == '.' || text[0] == '-' ||
		strspn(text, LETTERS DIGITS ".-_") < len) {
		return false;
	}
	while (label > 0 && text[label - 1] != '.') {
		label--;
	}
	return label == len || strspn(text + label, DIGITS) < len - label;
}

static bool
is_port(const char *text)
{
	uint64_t port;

	return number_parse_count(text, &port) == ERR_OK && port >= 1 &&
	       port <= UINT16_MAX;
}

bool
seed_is_valid(const char *text)
{
	size_t host_len = strcspn(text, ":");
	struct address address;

	if (address_parse(text, 1, &address) == ERR_OK) {
		return address.port != 0;
	}
	return is_host(text, host_len) &&
	       (text[host_len] == '\0' || is_port(text + host_len + 1));
}
