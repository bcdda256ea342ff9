/* SPDX-License-Identifier: MIT */
#include "cli/invocation.h"

#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/duration.h"
#include "cli/report.h"

/* What getopt_long() gives for an operand, and for the first option. */
#define GOT_OPERAND 1
#define GOT_OPTION 256

#define ENTRY_COUNT_MAX (COMMAND_OPTION_COUNT_MAX + 4)

/* A list of options as getopt_long() wants it. */
struct grammar {
	struct option names[ENTRY_COUNT_MAX + 1];
	char letters[2 * ENTRY_COUNT_MAX + 3];
	const struct option_entry *entries[ENTRY_COUNT_MAX];
	size_t count;
};

void
invocation_init(struct invocation *invocation, int argc)
{
	*invocation = (struct invocation){.timeout_ms = RUMOR_TIMEOUT_MS};
	invocation->operands =
		mem_new_array((size_t)argc + 1, sizeof(*invocation->operands));
}

void
invocation_fini(struct invocation *invocation)
{
	rumor_close(invocation->rumor);
	free(invocation->operands);
}

bool
invocation_has(const struct invocation *invocation, enum option_id id)
{
	return invocation->options[id] != NULL;
}

/* `mode` is how getopt_long() is to treat operands. */
static void
grammar_init(struct grammar *grammar, char mode)
{
	*grammar = (struct grammar){.letters = {mode, ':'}};
}

static void
grammar_add(struct grammar *grammar, const struct option_entry *entries)
{
	size_t letter_count = strlen(grammar->letters);

	for (; entries->name != NULL; entries++) {
		grammar->names[grammar->count] = (struct option){
			.name = entries->name,
			.has_arg = entries->argument != NULL ? required_argument
							     : no_argument,
			.val = GOT_OPTION + (int)grammar->count,
		};
		grammar->entries[grammar->count++] = entries;
		if (entries->letter != '\0') {
			grammar->letters[letter_count++] = entries->letter;
		}
	}
}

/* NULL when `got` is none of the options. Letters never take an argument. */
static const struct option_entry *
grammar_find(const struct grammar *grammar, int got)
{
	for (size_t i = 0; i < grammar->count; i++) {
		if (got == GOT_OPTION + (int)i || got == grammar->entries[i]->letter) {
			return grammar->entries[i];
		}
	}
	return NULL;
}

static enum rumor_result
refuse_option(const struct invocation *invocation, int got, const char *given)
{
	char letter[] = {'-', (char)optopt, '\0'};
	bool is_name = strncmp(given, "--", 2) == 0;

	if (got == ':') {
		return report_usage(invocation, "option %s needs an argument", given);
	}
	if (is_name && optopt >= GOT_OPTION) {
		return report_usage(invocation, "option %.*s takes no argument",
			(int)strcspn(given, "="), given);
	}
	return report_usage(invocation, "no option %s; if it is none, put -- before it",
		is_name ? given : letter);
}

/* Reads options, and operands as far as the mode of the grammar lets them be among
 * options; optind is then the index of the first word left. */
static enum rumor_result
read_options(struct invocation *invocation, const struct grammar *grammar, int argc,
	char **argv)
{
	int got;

	optind = 0;
	opterr = 0;
	while ((got = getopt_long(
			argc, argv, grammar->letters, grammar->names, NULL)) != -1) {
		const struct option_entry *entry = grammar_find(grammar, got);

		if (got == GOT_OPERAND) {
			invocation->operands[invocation->operand_count++] = optarg;
		} else if (entry != NULL) {
			invocation->options[entry->id] =
				entry->argument != NULL ? optarg : "";
		} else {
			return refuse_option(invocation, got, argv[optind - 1]);
		}
	}
	return RUMOR_OK;
}

static enum rumor_result
read_command(struct invocation *invocation, int argc, char **argv)
{
	struct grammar grammar;

	grammar_init(&grammar, '-');
	grammar_add(&grammar, shared_options);
	grammar_add(&grammar, invocation->command->options);

	enum rumor_result result = read_options(invocation, &grammar, argc, argv);

	if (result != RUMOR_OK) {
		return result;
	}
	for (int i = optind; i < argc; i++) {
		invocation->operands[invocation->operand_count++] = argv[i];
	}
	return RUMOR_OK;
}

/* Makes it `rumor help`, for a command or for all. */
static void
turn_into_help(struct invocation *invocation, const struct command *command)
{
	invocation->command = command_find("help");
	invocation->operand_count = 0;
	if (command != NULL) {
		invocation->operands[invocation->operand_count++] = command->name;
	}
}

/* Reads the words before the command and finds it. */
static enum rumor_result
read_program(struct invocation *invocation, int argc, char **argv)
{
	struct grammar grammar;

	grammar_init(&grammar, '+');
	grammar_add(&grammar, program_options);

	enum rumor_result result = read_options(invocation, &grammar, argc, argv);

	if (result != RUMOR_OK) {
		return result;
	}
	if (invocation_has(invocation, OPTION_HELP)) {
		turn_into_help(invocation, NULL);
		return RUMOR_OK;
	}
	if (invocation_has(invocation, OPTION_VERSION)) {
		invocation->command = command_find("version");
		return RUMOR_OK;
	}
	if (optind >= argc) {
		return report_usage(invocation, "no command given");
	}
	invocation->command = command_find(argv[optind]);
	return invocation->command != NULL ? RUMOR_OK : report_no_command(argv[optind]);
}

static enum rumor_result
read_timeout(struct invocation *invocation)
{
	uint64_t timeout_ms;
	const char *text = invocation->options[OPTION_TIMEOUT];

	if (text == NULL) {
		return RUMOR_OK;
	}
	if (!duration_parse(text, INT_MAX, &timeout_ms)) {
		return report_usage(invocation,
			"--timeout %s is not a time such as 500ms or 5s", text);
	}
	invocation->timeout_ms = (unsigned)timeout_ms;
	return RUMOR_OK;
}

static enum rumor_result
check_operands(const struct invocation *invocation)
{
	const struct command *command = invocation->command;

	if (invocation->operand_count < command->operand_count_min) {
		return report_usage(invocation, "needs %s", command->operands);
	}
	if (invocation->operand_count <= command->operand_count_max) {
		return RUMOR_OK;
	}

	const char *first_too_many = invocation->operands[command->operand_count_max];

	return report_usage(invocation, "%s is one argument too many", first_too_many);
}

enum rumor_result
invocation_parse(struct invocation *invocation, int argc, char **argv)
{
	enum rumor_result result = read_program(invocation, argc, argv);

	if (result != RUMOR_OK || invocation_has(invocation, OPTION_HELP) ||
		invocation_has(invocation, OPTION_VERSION)) {
		return result;
	}
	result = read_command(invocation, argc - optind, argv + optind);
	if (result != RUMOR_OK) {
		return result;
	}
	if (invocation_has(invocation, OPTION_HELP)) {
		turn_into_help(invocation, invocation->command);
		return RUMOR_OK;
	}
	result = read_timeout(invocation);
	return result == RUMOR_OK ? check_operands(invocation) : result;
}

enum rumor_result
invocation_exclude(
	const struct invocation *invocation, enum option_id one, enum option_id other)
{
	if (!invocation_has(invocation, one) || !invocation_has(invocation, other)) {
		return RUMOR_OK;
	}
	return report_usage(invocation, "--%s and --%s exclude each other",
		option_name(invocation->command, one),
		option_name(invocation->command, other));
}
