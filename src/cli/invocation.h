/* SPDX-License-Identifier: MIT */
#pragma once

#include "cli/command.h"

/* What the command line asks for, and the connection to the daemon it is asked of. */
struct invocation {
	const struct command *command;
	const char
		*options[OPTION_COUNT]; /* the argument, "" without; NULL = not given */
	const char **operands;
	size_t operand_count;
	unsigned timeout_ms;
	struct rumor *rumor; /* from the first use on */
};

/* `argc` bounds the number of operands. */
void invocation_init(struct invocation *invocation, int argc);
void invocation_fini(struct invocation *invocation);

/* Reads the command line. --help and --version become the commands of these names. What
 * is wrong is reported, and RUMOR_INVALID. */
enum rumor_result invocation_parse(
	struct invocation *invocation, int argc, char **argv);

/* Whether the option was given. */
bool invocation_has(const struct invocation *invocation, enum option_id option);

/* RUMOR_INVALID, reported, when both options were given. */
enum rumor_result invocation_exclude(
	const struct invocation *invocation, enum option_id one, enum option_id other);
