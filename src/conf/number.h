/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/bytes.h"
#include "base/err.h"

/*
 * Numbers as people write them in a configuration. A text of another shape is
 * ERR_INVALID, one that does not fit 64 bits ERR_TOO_LARGE.
 */

/* Longest text that the functions below write, with its NUL. */
#define NUMBER_TEXT_SIZE 32

/* "12" */
MUST_CHECK enum err number_parse_count(const char *text, uint64_t *ret_count);

/* A whole number and a unit, "500ms", "1s", "5min", "1h" or "1d": microseconds. */
MUST_CHECK enum err number_parse_duration(const char *text, uint64_t *ret_us);

/* "1400" bytes, "64KiB", "1MiB", "1GiB" or "1TiB". */
MUST_CHECK enum err number_parse_size(const char *text, uint64_t *ret_size);

/* In the largest unit that gives a whole number; below a millisecond rounded down. */
const char *number_format_duration(uint64_t us, char text[NUMBER_TEXT_SIZE]);

const char *number_format_size(uint64_t size, char text[NUMBER_TEXT_SIZE]);
