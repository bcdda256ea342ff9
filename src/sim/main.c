/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "sim/commands.h"

static const struct command {
	const char *name;
	enum command_id id;
	int (*run)(const struct options *options);
	const char *help;
} commands[] = {
	{"broadcast", COMMAND_BROADCAST, broadcast_command,
		"how fast a write reaches all, and at what cost"},
	{"failure", COMMAND_FAILURE, failure_command,
		"how soon a crash is known, and who is taken for dead wrongly"},
	{"idle", COMMAND_IDLE, idle_command, "what is sent while nothing is written"},
	{"join", COMMAND_JOIN, join_command, "how soon a new cluster knows itself"},
	{"partition", COMMAND_PARTITION, partition_command,
		"how soon two halves are one again"},
	{"sweep", COMMAND_SWEEP, sweep_command,
		"random faults and writes by seed, with all checks"},
};

#define COMMAND_TOTAL (sizeof(commands) / sizeof(commands[0]))

static int
help(void)
{
	printf("Usage: rumor-sim COMMAND [OPTION]...\n\n"
	       "Runs the protocol of rumord on virtual hosts, in virtual time.\n");
	for (size_t i = 0; i < COMMAND_TOTAL; i++) {
		printf("\nrumor-sim %s: %s\n", commands[i].name, commands[i].help);
		options_help(commands[i].id);
	}
	return 0;
}

static int
run(const struct command *command, int count, const char *const *arguments)
{
	struct options options;
	int status = 2;

	options_init(&options, command->id);
	if (options_parse(&options, command->id, count, arguments))
		status = command->run(&options);
	options_fini(&options);
	return status;
}

int
main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "rumor-sim: no command; see rumor-sim --help\n");
		return 2;
	}
	if (strcmp(argv[1], "--help") == 0)
		return help();
	if (strcmp(argv[1], "--version") == 0) {
		printf("rumor-sim %s\n", PACKAGE_VERSION);
		return 0;
	}
	for (size_t i = 0; i < COMMAND_TOTAL; i++) {
		if (strcmp(commands[i].name, argv[1]) == 0)
			return run(
				&commands[i], argc - 2, (const char *const *)argv + 2);
	}
	fprintf(stderr, "rumor-sim: no command %s\n", argv[1]);
	return 2;
}
