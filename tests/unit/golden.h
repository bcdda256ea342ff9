/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/bytes.h"

/*
 * Golden packets: the bytes that docs/protocol.md shows, read from tests/golden/. A
 * file there has hexadecimal bytes and, from '#' to the end of a line, what they mean.
 */

#define GOLDEN_LEN_MAX 512

struct golden {
	uint8_t data[GOLDEN_LEN_MAX];
	size_t len;
};

/* The packet in `$srcdir/tests/golden/<name>.hex`; without `srcdir` in the environment
 * the present folder counts. Ends the program when there is no such packet. */
struct golden golden_load(const char *name);

/* Valid as long as the packet. */
struct bytes golden_bytes(const struct golden *golden);
