/* SPDX-License-Identifier: MIT */
#pragma once

#include "conf/conf.h"

/* Keys from the command line. */

/* Sets a key by "section.key=value", or adds to a list by "section.key+=value"; the
 * items of a list are separated by commas. ERR_INVALID, with one error told and nothing
 * changed, for an unknown key or a value that the key does not take. */
MUST_CHECK enum err conf_set(
	struct conf *conf, const char *assignment, struct conf_errors *errors);

/* As conf_set() with name and value apart, for a command line option of its own. */
MUST_CHECK enum err conf_set_value(struct conf *conf, const char *name,
	const char *value, struct conf_errors *errors);
