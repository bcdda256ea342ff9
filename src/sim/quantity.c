/* SPDX-License-Identifier: MIT */
#include "sim/quantity.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/now.h"

struct unit {
	const char *name;
	double factor;
};

static const struct unit duration_units[] = {
	{"us", 1},
	{"ms", 1e3},
	{"s", 1e6},
	{"min", 60e6},
	{"h", 3600e6},
	{"d", 24 * 3600e6},
	{NULL, 0},
};

static const struct unit size_units[] = {
	{"", 1},
	{"KiB", 1024},
	{"MiB", 1024.0 * 1024},
	{"GiB", 1024.0 * 1024 * 1024},
	{NULL, 0},
};

/* Numbers above are of no use here, and their arithmetic stays exact below. */
#define NUMBER_MAX 9e15

const char *
quantity_read(const char *text, const char *ends, double *ret_number)
{
	char *end;
	double number;

	if (!isdigit((unsigned char)text[0]) || text[1] == 'x' || text[1] == 'X')
		return NULL;
	number = strtod(text, &end);
	if (!isfinite(number) || number > NUMBER_MAX)
		return NULL;
	if (*end != '\0' && strchr(ends, *end) == NULL)
		return NULL;
	*ret_number = number;
	return end;
}

static enum err
with_unit(const char *text, const struct unit *units, double bare, uint64_t *ret_number)
{
	char *end;
	double number;

	if (!isdigit((unsigned char)text[0]) || text[1] == 'x' || text[1] == 'X')
		return ERR_INVALID;
	number = strtod(text, &end);
	if (*end == '\0') {
		number *= bare;
	} else {
		while (units->name != NULL && strcmp(units->name, end) != 0)
			units++;
		if (units->name == NULL)
			return ERR_INVALID;
		number *= units->factor;
	}
	if (!isfinite(number) || number > NUMBER_MAX)
		return ERR_INVALID;
	*ret_number = (uint64_t)llround(number);
	return ERR_OK;
}

enum err
quantity_count(const char *text, uint64_t *ret_count)
{
	static const struct unit none[] = {{NULL, 0}};

	if (strspn(text, "0123456789") != strlen(text))
		return ERR_INVALID;
	return with_unit(text, none, 1, ret_count);
}

enum err
quantity_duration(const char *text, uint64_t unit_us, uint64_t *ret_us)
{
	return with_unit(text, duration_units, (double)unit_us, ret_us);
}

enum err
quantity_share(const char *text, double *ret_share)
{
	double percent;
	const char *end = quantity_read(text, "%", &percent);

	if (end == NULL || (*end == '%' && end[1] != '\0') || percent > 100)
		return ERR_INVALID;
	*ret_share = percent / 100;
	return ERR_OK;
}

enum err
quantity_size(const char *text, uint64_t *ret_size)
{
	return with_unit(text, size_units, 1, ret_size);
}
