/* SPDX-License-Identifier: MIT */
#pragma once

#include "conf/keys.h"

/* "Did you mean": the known name that a mistyped one is most likely to be. */

/* The key that looks most like the name, preferably one of the section. The same name
 * in another section is nearer than any other name. NULL when nothing is near. */
const struct conf_key *nearest_key(const char *section, const char *name);

/* The section that looks most like the name, NULL when none is near. */
const char *nearest_section(const char *name);
