/* SPDX-License-Identifier: MIT */
#include "conf/nearest.h"

#define LEN_MAX 63
#define ROW_SIZE (LEN_MAX + 1)

static size_t
min(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Optimal string alignment; `previous[0]` is the row before, `previous[1]` the one
 * before that. */
static void
fill_row(
	const char *a, size_t i, struct bytes b, size_t *const previous[2], size_t *row)
{
	row[0] = i;
	for (size_t j = 1; j <= b.len; j++) {
		char left = (char)b.data[j - 1];
		size_t replaced = previous[0][j - 1] + (a[i - 1] != left);

		row[j] = min(replaced, min(previous[0][j], row[j - 1]) + 1);
		if (i > 1 && j > 1 && a[i - 1] == (char)b.data[j - 2] &&
			a[i - 2] == left) {
			row[j] = min(row[j], previous[1][j - 2] + 1);
		}
	}
}

size_t
nearest_distance(const char *a, const char *b)
{
	size_t rows[3][ROW_SIZE];
	size_t a_len = strlen(a);
	struct bytes other = bytes_of_string(b);

	if (a_len > LEN_MAX || other.len > LEN_MAX) {
		return SIZE_MAX;
	}
	for (size_t j = 0; j <= other.len; j++) {
		rows[0][j] = j;
	}
	for (size_t i = 1; i <= a_len; i++) {
		size_t *const previous[2] = {rows[(i + 2) % 3], rows[(i + 1) % 3]};

		fill_row(a, i, other, previous, rows[i % 3]);
	}
	return rows[a_len % 3][other.len];
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
		size_t distance = nearest_distance(name, key->name);

		if (!is_near(distance, name)) {
			continue;
		}

		size_t score =
			4 * distance + min(nearest_distance(section, key->section), 3);

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
		size_t distance = nearest_distance(name, key->section);

		if (is_near(distance, name) && distance < best_distance) {
			best = key->section;
			best_distance = distance;
		}
	}
	return best;
}
