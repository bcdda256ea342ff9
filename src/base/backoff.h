/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

/* How long to wait after `count` attempts in vain: twice as long each time. */
static inline uint64_t
backoff_us(uint64_t first_us, uint64_t max_us, uint64_t count)
{
	uint64_t us = first_us;

	while (count-- > 0 && us < max_us)
		us *= 2;
	return us < max_us ? us : max_us;
}
