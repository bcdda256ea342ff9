/* SPDX-License-Identifier: MIT */
#include "cli/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/escape.h"

#define TEXT_SIZE 2048

static void
write_line(const char *text)
{
	char *escaped = escape_string(text);

	fprintf(stderr, "rumor: %s\n", escaped);
	free(escaped);
}

void
report(const char *format, ...)
{
	char text[TEXT_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	write_line(text);
}

enum rumor_result
report_usage(const struct invocation *invocation, const char *format, ...)
{
	const struct command *command = invocation->command;
	char reason[TEXT_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	if (command != NULL) {
		report("%s: %s (see rumor help %s)", command->name, reason,
			command->name);
	} else {
		report("%s (see rumor help)", reason);
	}
	return RUMOR_INVALID;
}

enum rumor_result
report_no_command(const char *name)
{
	const struct command *nearest = command_nearest(name);

	if (nearest != NULL) {
		report("no command %s, did you mean %s? (see rumor help)", name,
			nearest->name);
	} else {
		report("no command %s (see rumor help)", name);
	}
	return RUMOR_INVALID;
}

enum rumor_result
report_failure(const struct invocation *invocation, enum rumor_result result,
	const char *about)
{
	const char *advice = "";

	if (result == RUMOR_TIMEOUT) {
		advice = " (is rumord overloaded or stopped? try a longer --timeout)";
	}
	report("%s%s%s%s", about != NULL ? about : "", about != NULL ? ": " : "",
		rumor_error_text(invocation->rumor), advice);
	return result;
}
