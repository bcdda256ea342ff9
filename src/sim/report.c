/* SPDX-License-Identifier: MIT */
#include "sim/report.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void
report_init(struct report *report, bool json)
{
	*report = (struct report){.json = json, .in_first_row = true};
}

static void
put_cell(struct report *report, const char *text)
{
	if (report->cell_count == report->cell_size) {
		report->cell_size = 2 * report->cell_size + 16;
		report->cells = mem_resize(
			report->cells, report->cell_size, sizeof(*report->cells));
	}
	report->cells[report->cell_count++] = mem_copy_string(text);
}

/* --- values --- */

/* Texts are names of strategies and the like, so nothing is to be escaped. */
static void
put(struct report *report, const char *name, const char *value, bool quoted)
{
	const char *quote = quoted ? "\"" : "";

	if (report->json) {
		printf("%s\"%s\":%s%s%s", report->in_row ? "," : "{", name, quote,
			value, quote);
		report->in_row = true;
		return;
	}
	/* The names come with the first row, so its cells are names and values by
	 * turns until it ends. */
	if (report->in_first_row)
		put_cell(report, name);
	put_cell(report, value);
}

void
report_text(struct report *report, const char *name, const char *value)
{
	put(report, name, value, true);
}

void
report_count(struct report *report, const char *name, uint64_t value)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	put(report, name, text, false);
}

void
report_number(struct report *report, const char *name, double value, int digits)
{
	char text[64];

	if (isnan(value))
		snprintf(text, sizeof(text), "%s", report->json ? "null" : "-");
	else
		snprintf(text, sizeof(text), "%.*f", digits, value);
	put(report, name, text, false);
}

void
report_hash(struct report *report, const char *name, uint64_t value)
{
	char text[32];

	snprintf(text, sizeof(text), "%016" PRIx64, value);
	put(report, name, text, true);
}

/* --- rows --- */

static void
sort_out_names(struct report *report)
{
	size_t count = report->cell_count / 2;
	char **cells = mem_new_array(report->cell_size, sizeof(*cells));

	for (size_t i = 0; i < count; i++) {
		cells[i] = report->cells[2 * i];
		cells[count + i] = report->cells[2 * i + 1];
	}
	free(report->cells);
	report->cells = cells;
	report->column_count = count;
	report->in_first_row = false;
}

void
report_end_row(struct report *report)
{
	if (report->json) {
		printf("}\n");
		fflush(stdout);
		report->in_row = false;
	} else if (report->in_first_row) {
		sort_out_names(report);
	}
}

static size_t
column_width(const struct report *report, size_t column)
{
	size_t width = 0;

	for (size_t i = column; i < report->cell_count; i += report->column_count) {
		size_t len = strlen(report->cells[i]);

		if (len > width)
			width = len;
	}
	return width;
}

static void
print_table(const struct report *report)
{
	for (size_t i = 0; i < report->cell_count; i++) {
		size_t column = i % report->column_count;
		int width = (int)column_width(report, column);
		bool last = column + 1 == report->column_count;

		/* The first column is a name, the others are numbers. */
		if (column == 0)
			printf("%-*s", width, report->cells[i]);
		else
			printf("  %*s", width, report->cells[i]);
		if (last)
			printf("\n");
	}
}

void
report_fini(struct report *report)
{
	if (!report->json && !report->in_first_row)
		print_table(report);
	for (size_t i = 0; i < report->cell_count; i++)
		free(report->cells[i]);
	free(report->cells);
}

void
report_note(const struct report *report, const char *format, ...)
{
	va_list arguments;

	if (report->json)
		return;
	va_start(arguments, format);
	vprintf(format, arguments);
	va_end(arguments);
	printf("\n");
}
