/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Numbers as people write them on a command line. A text of another shape is
 * ERR_INVALID and leaves the result alone.
 */

/* A decimal number that ends at one of the characters of `ends`, or at the end of the
 * text: where it ended; NULL for no number. */
const char *quantity_read(const char *text, const char *ends, double *ret_number);

/* "12" */
MUST_CHECK enum err quantity_count(const char *text, uint64_t *ret_count);

/* "0.3ms", "1s", "5min", "1h"; without a unit as many of `unit_us`. */
MUST_CHECK enum err quantity_duration(
	const char *text, uint64_t unit_us, uint64_t *ret_us);

/* "10" or "10%" is a tenth. */
MUST_CHECK enum err quantity_share(const char *text, double *ret_share);

/* "1400", "64KiB", "1MiB", "1GiB". */
MUST_CHECK enum err quantity_size(const char *text, uint64_t *ret_size);
