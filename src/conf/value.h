/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/err.h"
#include "conf/errors.h"
#include "conf/keys.h"

/*
 * The value of one key: its text, its limits, and its field. `field` points to what the
 * type of the key asks for (see enum conf_type). The reasons are sentences without the
 * name of the key.
 */

/* Reads the text into the field of a key that is not a list. ERR_INVALID leaves the
 * field as it was and writes the reason. Replaces what the field owns. */
MUST_CHECK enum err value_parse(const struct conf_key *key, const char *text,
	void *field, char reason[CONF_REASON_SIZE]);

/* Whether the text may be an item of a key that is a list. */
MUST_CHECK enum err value_check_item(
	const struct conf_key *key, const char *text, char reason[CONF_REASON_SIZE]);

/* The text that value_parse() reads back into the same value; for a list its items with
 * ", " between them. free() it. */
char *value_format(const struct conf_key *key, const void *field);

/* The value of a key that is a number; durations in microseconds, as their limits. */
uint64_t value_number(const struct conf_key *key, const void *field);

/* A number that the key may take, or a limit of it, as text. */
#define VALUE_NUMBER_TEXT_SIZE 32
const char *value_format_number(
	const struct conf_key *key, uint64_t number, char text[VALUE_NUMBER_TEXT_SIZE]);
