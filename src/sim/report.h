/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Rows of named values on standard output: one JSON object a line, or a table with the
 * same names. All rows have the same names in the same order.
 */
struct report {
	bool json;
	char **cells; /* of the table: names first, then row by row */
	size_t cell_count;
	size_t cell_size;
	size_t column_count;
	bool in_first_row;
	bool in_row; /* JSON: whether something stands in the line */
};

void report_init(struct report *report, bool json);

/* Prints the table. */
void report_fini(struct report *report);

void report_text(struct report *report, const char *name, const char *value);
void report_count(struct report *report, const char *name, uint64_t value);

/* With so many digits after the point; NAN is null, or "-" in the table. */
void report_number(struct report *report, const char *name, double value, int digits);

/* Sixteen hexadecimal digits. */
void report_hash(struct report *report, const char *name, uint64_t value);

void report_end_row(struct report *report);

/* A line about the run, for people only. */
void report_note(const struct report *report, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
