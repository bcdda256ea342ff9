/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Reads "500ms", "60s", "5m" or "5min", "1h", "1d": a whole number and a unit. False
 * for anything else, for 0 and above `max_ms`. */
bool duration_parse(const char *text, uint64_t max_ms, uint64_t *ret_ms);

#define DURATION_TEXT_SIZE 32

/* Writes a time for people, to two units at most: "412ms", "12s", "5m12s", "3d4h". */
const char *duration_format(uint64_t time_ms, char text[DURATION_TEXT_SIZE]);
