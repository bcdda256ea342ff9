/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

/*
 * A table in which each column is as wide as its widest cell. Cells are copied,
 * escaped, and "-" when empty, so that a row always has the same number of words.
 */
struct columns {
	size_t column_count;
	char **cells; /* row by row */
	size_t cell_count;
	const char **styles; /* of each row, "" for none */
};

void columns_init(struct columns *columns, size_t column_count);
void columns_fini(struct columns *columns);

/* Begins a row; `column_count` calls of columns_add() must follow. The style is a
 * terminal control sequence, borrowed; it counts only where colour does. */
void columns_begin_row(struct columns *columns, const char *style);
void columns_add(struct columns *columns, const char *text);

/* Writes all rows to standard output. */
void columns_write(const struct columns *columns);
