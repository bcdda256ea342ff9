/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "cli/invocation.h"
#include "cli/output.h"
#include "cli/report.h"

#define COLUMN_WIDTH_MAX 24

/* A row of two columns; the second on a line of its own when the first is too wide. */
static void
write_row(const char *left, const char *right)
{
	if (strlen(left) > COLUMN_WIDTH_MAX) {
		output_format("  %s\n  %*s  %s\n", left, COLUMN_WIDTH_MAX, "", right);
	} else {
		output_format("  %-*s  %s\n", COLUMN_WIDTH_MAX, left, right);
	}
}

static void
write_options(const struct option_entry *entry)
{
	for (; entry->name != NULL; entry++) {
		char letter[] = {'-', entry->letter, ',', ' ', '\0'};
		char left[64];

		snprintf(left, sizeof(left), "%s--%s%s%s",
			entry->letter != '\0' ? letter : "    ", entry->name,
			entry->argument != NULL ? " " : "",
			entry->argument != NULL ? entry->argument : "");
		write_row(left, entry->summary);
	}
}

static void
write_program_help(void)
{
	output_text("Usage: rumor [OPTION...] COMMAND [ARGUMENT...]\n\n"
		    "Reads and changes the state that the gossip daemons of a cluster "
		    "share, through\nthe daemon on this host.\n\nCommands:\n");
	for (size_t i = 0; command_at(i) != NULL; i++) {
		const struct command *command = command_at(i);
		char left[64];

		snprintf(left, sizeof(left), "%s %s", command->name, command->operands);
		write_row(left, command->summary);
	}
	output_text("\nOptions:\n");
	write_options(program_options);
	output_text(
		"\nExit status: 0 yes or done; 1 no, absent, no match; 2 wrong usage; "
		"3 daemon not\nreachable; 4 timed out; 5 conflict; 6 permission "
		"denied; 7 refused by the daemon.\n\n"
		"`rumor help COMMAND` tells more, rumor(1) all.\n");
}

static void
write_command_help(const struct command *command)
{
	output_format("Usage: rumor %s [OPTION...]%s%s\n\n", command->name,
		command->operands[0] != '\0' ? " " : "", command->operands);
	output_format("%c%s.\n", command->summary[0] - 'a' + 'A', command->summary + 1);
	if (command->text[0] != '\0') {
		output_format("\n%s", command->text);
	}
	output_text("\nOptions:\n");
	write_options(command->options);
	write_options(shared_options);
}

enum rumor_result
run_help(struct invocation *invocation)
{
	if (invocation->operand_count == 0) {
		write_program_help();
		return RUMOR_OK;
	}

	const char *name = invocation->operands[0];
	const struct command *command = command_find(name);

	if (command == NULL) {
		return report_no_command(name);
	}
	write_command_help(command);
	return RUMOR_OK;
}
