/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/bytes.h"

/* Keyed 64-bit hash (XXH3). Not for authentication. Equal on every platform. */
uint64_t hash_bytes(struct bytes bytes, uint64_t seed);

/* Keyed hash of a pair of numbers. */
uint64_t hash_pair(uint64_t a, uint64_t b, uint64_t seed);
