/* SPDX-License-Identifier: MIT */
#include "cli/duration.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define SECOND UINT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

static const struct unit {
	const char *name;
	uint64_t ms;
} units[] = {
	{"ms", 1},
	{"s", SECOND},
	{"m", MINUTE},
	{"min", MINUTE},
	{"h", HOUR},
	{"d", DAY},
};

/* 0 when there is no such unit. */
static uint64_t
unit_ms(const char *name)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(units[i].name, name) == 0) {
			return units[i].ms;
		}
	}
	return 0;
}

bool
duration_parse(const char *text, uint64_t max_ms, uint64_t *ret_ms)
{
	uint64_t time = 0;

	for (; *text >= '0' && *text <= '9'; text++) {
		if (__builtin_mul_overflow(time, 10, &time) ||
			__builtin_add_overflow(time, (uint64_t)(*text - '0'), &time)) {
			return false;
		}
	}
	if (__builtin_mul_overflow(time, unit_ms(text), &time) || time == 0 ||
		time > max_ms) {
		return false;
	}
	*ret_ms = time;
	return true;
}

const char *
duration_format(uint64_t time_ms, char text[DURATION_TEXT_SIZE])
{
	static const struct {
		uint64_t ms;
		const char *name;
		uint64_t minor_ms;
		const char *minor_name;
	} scales[] = {
		{DAY, "d", HOUR, "h"},
		{HOUR, "h", MINUTE, "m"},
		{MINUTE, "m", SECOND, "s"},
	};

	for (size_t i = 0; i < sizeof(scales) / sizeof(scales[0]); i++) {
		if (time_ms >= scales[i].ms) {
			snprintf(text, DURATION_TEXT_SIZE, "%" PRIu64 "%s%" PRIu64 "%s",
				time_ms / scales[i].ms, scales[i].name,
				time_ms % scales[i].ms / scales[i].minor_ms,
				scales[i].minor_name);
			return text;
		}
	}
	if (time_ms >= SECOND) {
		snprintf(text, DURATION_TEXT_SIZE, "%" PRIu64 "s", time_ms / SECOND);
	} else {
		snprintf(text, DURATION_TEXT_SIZE, "%" PRIu64 "ms", time_ms);
	}
	return text;
}
