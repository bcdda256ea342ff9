/* SPDX-License-Identifier: MIT */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* Members of the daemon's objects, for people: what is missing or of another type is as
 * good as zero. */

/* "" when it is no string. */
const char *field_text(const json_t *object, const char *name);

/* 0 when it is no number or negative. */
uint64_t field_count(const json_t *object, const char *name);

bool field_is_true(const json_t *object, const char *name);
