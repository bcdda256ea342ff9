/* SPDX-License-Identifier: MIT */
#include "base/edit_distance.h"

#define ROW_SIZE (EDIT_DISTANCE_LEN_MAX + 1)

static size_t
min(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* `previous[0]` is the row before, `previous[1]` the one before that. */
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
edit_distance(const char *a, const char *b)
{
	size_t rows[3][ROW_SIZE];
	size_t a_len = strlen(a);
	struct bytes other = bytes_of_string(b);

	if (a_len > EDIT_DISTANCE_LEN_MAX || other.len > EDIT_DISTANCE_LEN_MAX) {
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
