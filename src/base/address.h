/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/bytes.h"
#include "base/err.h"

/* An IPv4 or IPv6 address and port: a value. IPv4 is kept as IPv4, never as a mapped
 * IPv6 address. All zero means none. */
struct address {
	uint8_t ip[16]; /* IPv4 in the first four bytes, the rest zero */
	uint16_t port;
	uint8_t family; /* 4, 6, or 0 for none */
};

/* Longest result of address_format() with its NUL: "[ipv6]:65535". */
#define ADDRESS_TEXT_SIZE 56

bool address_equal(const struct address *a, const struct address *b);

bool address_is_none(const struct address *address);

/* Whether the host part is all zeros, as in 0.0.0.0:7117. */
bool address_is_wildcard(const struct address *address);

bool address_is_loopback(const struct address *address);

/* Hash for tables, the same on every platform. */
uint64_t address_hash(const struct address *address);

/* "192.0.2.1:7117" or "[2001:db8::1]:7117". Writes at most ADDRESS_TEXT_SIZE bytes. */
const char *address_format(const struct address *address, char text[ADDRESS_TEXT_SIZE]);

/* Reads what address_format() writes; the port may be missing and is then
 * `default_port`. A name instead of a number is ERR_INVALID: nothing is resolved. */
MUST_CHECK enum err address_parse(
	const char *text, uint16_t default_port, struct address *ret_address);
