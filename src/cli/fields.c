/* SPDX-License-Identifier: MIT */
#include "cli/fields.h"

const char *
field_text(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text != NULL ? text : "";
}

uint64_t
field_count(const json_t *object, const char *name)
{
	double number = json_number_value(json_object_get(object, name));

	return number > 0 && number < 0x1p63 ? (uint64_t)number : 0;
}

bool
field_is_true(const json_t *object, const char *name)
{
	return json_is_true(json_object_get(object, name));
}
