/* SPDX-License-Identifier: MIT */
#pragma once

#include "conf/errors.h"

/* The names in one file that no key or section has. */

/* libconfuse's name for what is outside of every section. */
#define UNKNOWN_ROOT "root"

/* What one file is searched for. */
#define UNKNOWN_COUNT_MAX 64

struct unknown {
	char *section;
	char *name;
	unsigned int line;
	bool is_section;   /* followed by a brace */
	bool lacks_equals; /* followed by nothing that makes sense */
};

struct unknown_set {
	struct unknown items[UNKNOWN_COUNT_MAX];
	size_t count;
};

void unknown_set_init(struct unknown_set *set);
void unknown_set_fini(struct unknown_set *set);

/* NULL when it is not in the set. */
struct unknown *unknown_find(
	struct unknown_set *set, const char *section, const char *name);

/* Adds a name. False when it is there already or the set is full. */
bool unknown_add(struct unknown_set *set, const char *section, const char *name,
	unsigned int line);

/* Tells an error for each name, with the known one that was probably meant. Those
 * inside of an unknown section are told by that section. */
void unknown_set_tell(
	const struct unknown_set *set, const char *path, struct conf_errors *errors);
