/* SPDX-License-Identifier: MIT */
#include "cli/output.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/escape.h"
#include "cli/report.h"

/* Why standard output failed, 0 while it has not. */
static int failure;

bool
output_is_terminal(void)
{
	return isatty(STDOUT_FILENO) == 1;
}

bool
output_has_colour(void)
{
	const char *no_colour = getenv("NO_COLOR");
	const char *terminal = getenv("TERM");

	return output_is_terminal() && (no_colour == NULL || no_colour[0] == '\0') &&
	       terminal != NULL && strcmp(terminal, "dumb") != 0;
}

static void
note_failure(void)
{
	if (failure == 0) {
		failure = errno;
	}
}

void
output_bytes(struct bytes bytes)
{
	if (failure == 0 && bytes.len > 0 &&
		fwrite(bytes.data, 1, bytes.len, stdout) < bytes.len) {
		note_failure();
	}
}

void
output_text(const char *text)
{
	output_bytes(bytes_of_string(text));
}

void
output_format(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (failure == 0 && vprintf(format, args) < 0) {
		note_failure();
	}
	va_end(args);
}

void
output_escaped(struct bytes bytes)
{
	char text[ESCAPED_LEN_MAX + 1];

	while (bytes.len > 0) {
		size_t len = escape_next(bytes, text);

		output_text(text);
		bytes = bytes_of(bytes.data + len, bytes.len - len);
	}
}

static int
dump(const char *text, size_t len, void *context)
{
	(void)context;
	output_bytes(bytes_of(text, len));
	return 0;
}

void
output_json(const json_t *value)
{
	json_dump_callback(value, dump, NULL, JSON_COMPACT | JSON_ENCODE_ANY);
	output_text("\n");
}

void
output_pretty_json(const json_t *value)
{
	json_dump_callback(value, dump, NULL, JSON_INDENT(2) | JSON_ENCODE_ANY);
	output_text("\n");
}

void
output_flush(void)
{
	if (failure == 0 && fflush(stdout) != 0) {
		note_failure();
	}
}

bool
output_failed(void)
{
	return failure != 0;
}

enum rumor_result
output_finish(enum rumor_result result)
{
	output_flush();
	/* Some file systems tell of a full disk only now. */
	if (fclose(stdout) != 0) {
		note_failure();
	}
	if (failure == 0 || failure == EPIPE) {
		return result;
	}
	report("cannot write to standard output: %s", strerror(failure));
	return RUMOR_INVALID;
}
