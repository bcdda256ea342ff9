/* SPDX-License-Identifier: MIT */
#include "cli/columns.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "cli/escape.h"
#include "cli/output.h"

#define GAP_WIDTH 2

void
columns_init(struct columns *columns, size_t column_count)
{
	*columns = (struct columns){.column_count = column_count};
}

void
columns_fini(struct columns *columns)
{
	for (size_t i = 0; i < columns->cell_count; i++) {
		free(columns->cells[i]);
	}
	free(columns->cells);
	free(columns->styles);
}

static size_t
row_count(const struct columns *columns)
{
	return columns->cell_count / columns->column_count;
}

void
columns_begin_row(struct columns *columns, const char *style)
{
	size_t row = row_count(columns);

	assert(columns->cell_count % columns->column_count == 0);
	columns->styles =
		mem_resize(columns->styles, row + 1, sizeof(*columns->styles));
	columns->styles[row] = style;
	columns->cells = mem_resize(columns->cells,
		columns->cell_count + columns->column_count, sizeof(*columns->cells));
}

void
columns_add(struct columns *columns, const char *text)
{
	columns->cells[columns->cell_count++] =
		escape_string(text[0] != '\0' ? text : "-");
}

/* Characters of UTF-8 text, each taken to be one wide. */
static size_t
width(const char *text)
{
	size_t count = 0;

	for (; *text != '\0'; text++) {
		count += ((unsigned char)*text & 0xc0) != 0x80;
	}
	return count;
}

static size_t
column_width(const struct columns *columns, size_t column)
{
	size_t widest = 0;

	for (size_t i = column; i < columns->cell_count; i += columns->column_count) {
		size_t cell_width = width(columns->cells[i]);

		widest = cell_width > widest ? cell_width : widest;
	}
	return widest;
}

static void
write_row(const struct columns *columns, size_t row, const size_t *widths)
{
	char **cells = columns->cells + row * columns->column_count;

	for (size_t i = 0; i + 1 < columns->column_count; i++) {
		size_t padding = widths[i] - width(cells[i]) + GAP_WIDTH;

		output_text(cells[i]);
		output_format("%*s", (int)padding, "");
	}
	output_text(cells[columns->column_count - 1]);
}

void
columns_write(const struct columns *columns)
{
	bool has_colour = output_has_colour();
	size_t *widths = mem_new_array(columns->column_count, sizeof(*widths));

	for (size_t i = 0; i < columns->column_count; i++) {
		widths[i] = column_width(columns, i);
	}
	for (size_t row = 0; row < row_count(columns); row++) {
		bool is_styled = has_colour && columns->styles[row][0] != '\0';

		output_text(is_styled ? columns->styles[row] : "");
		write_row(columns, row, widths);
		output_text(is_styled ? STYLE_END : "");
		output_text("\n");
	}
	free(widths);
}
