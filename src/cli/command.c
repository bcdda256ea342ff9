/* SPDX-License-Identifier: MIT */
#include "cli/command.h"

#include <string.h>

#include "base/edit_distance.h"

/* The rows are lines of a table, which no formatter may break as it likes. */
/* clang-format off */

#define JSON {"json", OPTION_JSON, 0, NULL, "write JSON, one object a line"}

const struct option_entry program_options[] = {
	{"socket", OPTION_SOCKET, 0, "PATH", "the daemon's control socket"},
	{"timeout", OPTION_TIMEOUT, 0, "TIME", "how long to wait for an answer, 5s if not given"},
	{"help", OPTION_HELP, 'h', NULL, "write this help"},
	{"version", OPTION_VERSION, 0, NULL, "write the version of this program"},
	{.name = NULL},
};

const struct option_entry shared_options[] = {
	{"socket", OPTION_SOCKET, 0, "PATH", "the daemon's control socket"},
	{"timeout", OPTION_TIMEOUT, 0, "TIME", "how long to wait for an answer, 5s if not given"},
	{"help", OPTION_HELP, 'h', NULL, "write this help"},
	{.name = NULL},
};

static const struct command commands[] = {
	{
		.name = "get",
		.operands = "KEY",
		.operand_count_min = 1,
		.operand_count_max = 1,
		.summary = "write the value of a key",
		.text = "Writes the exact bytes; on a terminal a newline follows. Exit status 1, and\n"
			"nothing is written, when there is no such key.\n",
		.options = {
			{"default", OPTION_DEFAULT, 0, "VALUE", "write this when there is no such key"},
			{"meta", OPTION_META, 0, NULL, "write what is known about the value instead"},
			{"all", OPTION_ALL, 0, NULL, "also facts of nodes that are not alive"},
			JSON,
		},
		.run = run_get,
	},
	{
		.name = "set",
		.operands = "KEY VALUE|-|@FILE",
		.operand_count_min = 2,
		.operand_count_max = 2,
		.summary = "set a key",
		.text = "The value is VALUE, or what standard input (-) or FILE holds, byte for byte.\n"
			"Exit status 5 when the key is not as --if-version or --if-absent asks.\n",
		.options = {
			{"ttl", OPTION_TTL, 0, "TIME", "delete the key by itself after this time"},
			{"if-version", OPTION_IF_VERSION, 0, "VERSION", "only if the key is at this version"},
			{"if-absent", OPTION_IF_ABSENT, 0, NULL, "only if there is no such key"},
			{"json", OPTION_JSON, 0, NULL, "refuse a value that is not a JSON document"},
			{"verbose", OPTION_VERBOSE, 'v', NULL, "write the new version"},
		},
		.run = run_set,
	},
	{
		.name = "del",
		.operands = "KEY...",
		.operand_count_min = 1,
		.operand_count_max = OPERAND_COUNT_ANY,
		.summary = "delete keys",
		.text = "Exit status 1 when there was none of them.\n",
		.options = {
			{"prefix", OPTION_PREFIX, 0, NULL, "delete every key that begins with a KEY"},
			{"if-version", OPTION_IF_VERSION, 0, "VERSION", "only if the key is at this version"},
			JSON,
		},
		.run = run_del,
	},
	{
		.name = "list",
		.operands = "[PREFIX]",
		.operand_count_max = 1,
		.summary = "list keys and values",
		.text = "A row is a key, a tab and the value. Backslashes, control characters and bytes\n"
			"that are not UTF-8 are written as \\\\, \\t, \\n, \\r and \\xHH, so that a row is one\n"
			"line; with --keys, --values or --null nothing is changed. Exit status 1 when\n"
			"there is no key.\n",
		.options = {
			{"keys", OPTION_KEYS, 0, NULL, "only the keys"},
			{"values", OPTION_VALUES, 0, NULL, "only the values"},
			{"null", OPTION_NULL, '0', NULL, "end each row with a NUL, not a newline"},
			{"all", OPTION_ALL, 0, NULL, "also facts of nodes that are not alive"},
			JSON,
		},
		.run = run_list,
	},
	{
		.name = "members",
		.operands = "",
		.summary = "list the members of the cluster",
		.text = "Exit status 1 when there is none in such a state.\n",
		.options = {
			{"state", OPTION_STATE, 0, "STATE,...", "only these: alive, suspect, dead, left"},
			JSON,
		},
		.run = run_members,
	},
	{
		.name = "status",
		.operands = "",
		.summary = "tell how this node and its cluster are",
		.text = "Exit status 1 when this node is leaving, or when the state of another live\n"
			"member differs from the state here.\n",
		.options = {JSON},
		.run = run_status,
	},
	{
		.name = "join",
		.operands = "ADDRESS...",
		.operand_count_min = 1,
		.operand_count_max = OPERAND_COUNT_ANY,
		.summary = "contact members at these addresses",
		.text = "An ADDRESS is a name or an IP address, with :PORT unless it is 7117. Does not\n"
			"wait for an answer from there. Exit status 1 when an address was refused.\n",
		.options = {JSON},
		.run = run_join,
	},
	{
		.name = "leave",
		.operands = "",
		.summary = "leave the cluster and end the daemon",
		.text = "The other members are told, so that none takes this node for dead.\n",
		.options = {JSON},
		.run = run_leave,
	},
	{
		.name = "call",
		.operands = "METHOD [PARAMS|-]",
		.operand_count_min = 1,
		.operand_count_max = 2,
		.summary = "call a method of the control protocol",
		.text = "PARAMS is a JSON object; - reads it from standard input. Writes the result as\n"
			"one line of JSON, laid out for people on a terminal.\n",
		.options = {
			{"json", OPTION_JSON, 0, NULL, "write one line on a terminal, too"},
		},
		.run = run_call,
	},
	{
		.name = "help",
		.operands = "[COMMAND]",
		.operand_count_max = 1,
		.summary = "explain a command, or list them all",
		.text = "",
		.run = run_help,
	},
	{
		.name = "version",
		.operands = "",
		.summary = "write the version of this program",
		.text = "",
		.run = run_version,
	},
};
/* clang-format on */

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

/* A name this many changes away may have been meant. */
#define NEAR_MAX 2

const struct command *
command_at(size_t index)
{
	return index < COMMAND_COUNT ? &commands[index] : NULL;
}

const struct command *
command_find(const char *name)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (strcmp(commands[i].name, name) == 0) {
			return &commands[i];
		}
	}
	return NULL;
}

const char *
option_name(const struct command *command, enum option_id id)
{
	const struct option_entry *entry = command->options;

	while (entry->name != NULL && entry->id != id) {
		entry++;
	}
	return entry->name;
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Half a name, or a name with more to it, is nearly right. */
static size_t
unlikeness(const char *typed, const char *name)
{
	size_t common_len = least(strlen(typed), strlen(name));

	if (common_len >= 3 && strncmp(typed, name, common_len) == 0) {
		return 1;
	}
	return edit_distance(typed, name);
}

const struct command *
command_nearest(const char *name)
{
	const struct command *nearest = NULL;
	size_t nearest_unlikeness = NEAR_MAX + 1;

	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		size_t found = unlikeness(name, commands[i].name);

		if (found < nearest_unlikeness && found < strlen(name)) {
			nearest = &commands[i];
			nearest_unlikeness = found;
		}
	}
	return nearest;
}
