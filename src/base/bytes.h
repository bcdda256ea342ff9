/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A borrowed run of bytes: a value, owns nothing. `data` may be NULL when `len` is 0.
 */
struct bytes {
	const uint8_t *data;
	size_t len;
};

static inline struct bytes
bytes_of(const void *data, size_t len)
{
	return (struct bytes){data, len};
}

/* The characters of a string, without its NUL. */
static inline struct bytes
bytes_of_string(const char *string)
{
	return bytes_of(string, strlen(string));
}

/* Order of the bytes as unsigned numbers, a prefix before what it begins: <0, 0, >0. */
int bytes_compare(struct bytes a, struct bytes b);

bool bytes_equal(struct bytes a, struct bytes b);

bool bytes_has_prefix(struct bytes bytes, struct bytes prefix);

/* Whether the bytes are well-formed UTF-8 (RFC 3629): no surrogates, no overlong forms,
 * nothing above U+10FFFF. */
bool bytes_is_utf8(struct bytes bytes);

/* Whether a byte below 0x20 or 0x7f is among them. */
bool bytes_has_control(struct bytes bytes);
