/* SPDX-License-Identifier: MIT */
#include "conf/nearest.h"

#include "base/edit_distance.h"

static size_t
min(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* One slip in a short name, more in a long one. */
static bool
is_near(size_t distance, const char *name)
{
	size_t allowed = strlen(name) / 4 + 1;

	return distance <= allowed;
}

const struct conf_key *
nearest_key(const char *section, const char *name)
{
	const struct conf_key *best = NULL;
	size_t best_score = SIZE_MAX;

	for (size_t i = 0; i < conf_key_count(); i++) {
		const struct conf_key *key = conf_key_at(i);
		size_t distance = edit_distance(name, key->name);

		if (!is_near(distance, name)) {
			continue;
		}

		size_t score =
			4 * distance + min(edit_distance(section, key->section), 3);

		if (score < best_score) {
			best = key;
			best_score = score;
		}
	}
	return best;
}

const char *
nearest_section(const char *name)
{
	const char *best = NULL;
	size_t best_distance = SIZE_MAX;

	for (const struct conf_key *key = conf_section_next(NULL); key != NULL;
		key = conf_section_next(key)) {
		size_t distance = edit_distance(name, key->section);

		if (is_near(distance, name) && distance < best_distance) {
			best = key->section;
			best_distance = distance;
		}
	}
	return best;
}
