/* SPDX-License-Identifier: MIT */
#include "base/hash.h"

#include <endian.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t
hash_bytes(struct bytes bytes, uint64_t seed)
{
	return XXH3_64bits_withSeed(bytes.data, bytes.len, seed);
}

uint64_t
hash_pair(uint64_t a, uint64_t b, uint64_t seed)
{
	uint64_t pair[2] = {htole64(a), htole64(b)};

	return XXH3_64bits_withSeed(pair, sizeof(pair), seed);
}
