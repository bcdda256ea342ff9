/* SPDX-License-Identifier: MIT */
#include "conf/number.h"

#include <inttypes.h>
#include <stdio.h>

struct unit {
	const char *name;
	uint64_t factor;
};

/* Smallest first; each divides the next. */
static const struct unit duration_units[] = {
	{"ms", 1000},
	{"s", 1000000},
	{"min", 60000000},
	{"h", 3600000000},
	{"d", 86400000000},
	{NULL, 0},
};

static const struct unit size_units[] = {
	{"", 1},
	{"KiB", UINT64_C(1) << 10},
	{"MiB", UINT64_C(1) << 20},
	{"GiB", UINT64_C(1) << 30},
	{"TiB", UINT64_C(1) << 40},
	{NULL, 0},
};

static const struct unit count_units[] = {
	{"", 1},
	{NULL, 0},
};

/* Sets the end to the first character that is not a digit. */
static enum err
parse_digits(const char *text, const char **ret_end, uint64_t *ret_number)
{
	uint64_t number = 0;
	const char *at = text;

	for (; *at >= '0' && *at <= '9'; at++) {
		if (__builtin_mul_overflow(number, 10, &number) ||
			__builtin_add_overflow(number, *at - '0', &number)) {
			return ERR_TOO_LARGE;
		}
	}
	if (at == text) {
		return ERR_INVALID;
	}
	*ret_end = at;
	*ret_number = number;
	return ERR_OK;
}

static enum err
parse_with_unit(const char *text, const struct unit *units, uint64_t *ret_number)
{
	uint64_t number;
	const char *name;
	enum err err = parse_digits(text, &name, &number);

	if (err != ERR_OK) {
		return err;
	}
	for (const struct unit *unit = units; unit->name != NULL; unit++) {
		if (strcmp(unit->name, name) != 0) {
			continue;
		}
		if (__builtin_mul_overflow(number, unit->factor, &number)) {
			return ERR_TOO_LARGE;
		}
		*ret_number = number;
		return ERR_OK;
	}
	return ERR_INVALID;
}

static const char *
format_with_unit(uint64_t number, const struct unit *units, char text[NUMBER_TEXT_SIZE])
{
	const struct unit *best = units;

	for (const struct unit *unit = units; unit->name != NULL; unit++) {
		if (number >= unit->factor && number % unit->factor == 0) {
			best = unit;
		}
	}
	snprintf(text, NUMBER_TEXT_SIZE, "%" PRIu64 "%s", number / best->factor,
		best->name);
	return text;
}

enum err
number_parse_count(const char *text, uint64_t *ret_count)
{
	return parse_with_unit(text, count_units, ret_count);
}

enum err
number_parse_duration(const char *text, uint64_t *ret_us)
{
	return parse_with_unit(text, duration_units, ret_us);
}

enum err
number_parse_size(const char *text, uint64_t *ret_size)
{
	return parse_with_unit(text, size_units, ret_size);
}

const char *
number_format_duration(uint64_t us, char text[NUMBER_TEXT_SIZE])
{
	return format_with_unit(us, duration_units, text);
}

const char *
number_format_size(uint64_t size, char text[NUMBER_TEXT_SIZE])
{
	return format_with_unit(size, size_units, text);
}
