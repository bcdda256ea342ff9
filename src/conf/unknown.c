/* SPDX-License-Identifier: MIT */
#include "conf/unknown.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "conf/nearest.h"

void
unknown_set_init(struct unknown_set *set)
{
	*set = (struct unknown_set){.count = 0};
}

void
unknown_set_fini(struct unknown_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		free(set->items[i].section);
		free(set->items[i].name);
	}
	unknown_set_init(set);
}

struct unknown *
unknown_find(struct unknown_set *set, const char *section, const char *name)
{
	for (size_t i = 0; i < set->count; i++) {
		struct unknown *unknown = &set->items[i];

		if (strcmp(unknown->section, section) == 0 &&
			strcmp(unknown->name, name) == 0) {
			return unknown;
		}
	}
	return NULL;
}

static bool
is_root(const char *section)
{
	return strcmp(section, UNKNOWN_ROOT) == 0;
}

bool
unknown_add(struct unknown_set *set, const char *section, const char *name,
	unsigned int line)
{
	if (set->count == UNKNOWN_COUNT_MAX ||
		unknown_find(set, section, name) != NULL) {
		return false;
	}
	set->items[set->count++] = (struct unknown){
		.section = mem_copy_string(section),
		.name = mem_copy_string(name),
		.line = line,
		.is_section = is_root(section),
	};
	return true;
}

static void
describe_section(const struct unknown *unknown, char reason[CONF_REASON_SIZE])
{
	const char *near = nearest_section(unknown->name);

	if (near == NULL) {
		snprintf(reason, CONF_REASON_SIZE, "unknown section `%.60s`",
			unknown->name);
	} else {
		snprintf(reason, CONF_REASON_SIZE,
			"unknown section `%.60s`, did you mean `%s`?", unknown->name,
			near);
	}
}

static void
describe_key(const struct unknown *unknown, char reason[CONF_REASON_SIZE])
{
	const char *section = is_root(unknown->section) ? "" : unknown->section;
	const struct conf_key *near = nearest_key(section, unknown->name);

	if (near == NULL) {
		snprintf(
			reason, CONF_REASON_SIZE, "unknown key `%.60s`", unknown->name);
	} else if (strcmp(near->section, section) == 0) {
		snprintf(reason, CONF_REASON_SIZE,
			"unknown key `%.60s`, did you mean `%s`?", unknown->name,
			near->name);
	} else {
		snprintf(reason, CONF_REASON_SIZE,
			"unknown key `%.60s`, did you mean `%s` in section `%s`?",
			unknown->name, near->name, near->section);
	}
}

void
unknown_set_tell(
	const struct unknown_set *set, const char *path, struct conf_errors *errors)
{
	for (size_t i = 0; i < set->count; i++) {
		const struct unknown *unknown = &set->items[i];
		char reason[CONF_REASON_SIZE];

		if (!is_root(unknown->section) &&
			!conf_section_exists(unknown->section)) {
			continue;
		}
		if (unknown->is_section) {
			describe_section(unknown, reason);
		} else if (unknown->lacks_equals) {
			snprintf(reason, sizeof(reason),
				"unexpected `%.60s`: not a key, and no `=` follows "
				"(a value with spaces needs quotes)",
				unknown->name);
		} else {
			describe_key(unknown, reason);
		}
		conf_errors_add(errors, unknown->line, "%s:%u: %s", path, unknown->line,
			reason);
	}
}
