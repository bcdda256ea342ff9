/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/rumor.h"

/*
 * The table of commands: the one place that knows which there are, what they take and
 * what they are for. Parsing and help are made from it.
 */

struct invocation;

enum option_id {
	OPTION_ALL,
	OPTION_DEFAULT,
	OPTION_HELP,
	OPTION_IF_ABSENT,
	OPTION_IF_VERSION,
	OPTION_JSON,
	OPTION_KEYS,
	OPTION_META,
	OPTION_NULL,
	OPTION_PREFIX,
	OPTION_SOCKET,
	OPTION_STATE,
	OPTION_TIMEOUT,
	OPTION_TTL,
	OPTION_VALUES,
	OPTION_VERBOSE,
	OPTION_VERSION,
	OPTION_COUNT, /* not an option */
};

struct option_entry {
	const char *name; /* without the hyphens; NULL ends a list */
	enum option_id id;
	char letter;          /* 0 for none */
	const char *argument; /* what it takes, as shown in help; NULL for nothing */
	const char *summary;
};

#define COMMAND_OPTION_COUNT_MAX 8

struct command {
	const char *name;
	const char *operands; /* as shown in help */
	size_t operand_count_min;
	size_t operand_count_max;
	const char *summary; /* one line */
	const char *text;    /* lines for its own help */
	struct option_entry options[COMMAND_OPTION_COUNT_MAX + 1];
	enum rumor_result (*run)(struct invocation *invocation);
};

#define OPERAND_COUNT_ANY SIZE_MAX

/* The commands in order of the table; NULL after the last. */
const struct command *command_at(size_t index);

/* NULL when there is none of that name. */
const struct command *command_find(const char *name);

/* The command whose name is most like it; NULL when none is near. */
const struct command *command_nearest(const char *name);

/* The name of an option that the command takes. */
const char *option_name(const struct command *command, enum option_id id);

/* Options before the command, and options that every command takes. */
extern const struct option_entry program_options[];
extern const struct option_entry shared_options[];

/* The commands, each in the file of its name. Each returns the exit status, has told
 * people why on standard error where that is not plain from it, and leaves it to
 * output_finish() to notice that standard output cannot be written. */
enum rumor_result run_call(struct invocation *invocation);
enum rumor_result run_del(struct invocation *invocation);
enum rumor_result run_get(struct invocation *invocation);
enum rumor_result run_help(struct invocation *invocation);
enum rumor_result run_join(struct invocation *invocation);
enum rumor_result run_leave(struct invocation *invocation);
enum rumor_result run_list(struct invocation *invocation);
enum rumor_result run_members(struct invocation *invocation);
enum rumor_result run_set(struct invocation *invocation);
enum rumor_result run_status(struct invocation *invocation);
enum rumor_result run_version(struct invocation *invocation);
