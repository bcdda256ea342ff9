/* SPDX-License-Identifier: MIT */
#include "daemon/options.h"

#include <assert.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "conf/check.h"
#include "conf/load.h"
#include "conf/set.h"

/* Every option: what it is called, what it takes, what it says, and for most the key it
 * sets. --help is made from this. */
static const struct option_row {
	const char *name;
	char letter;
	const char *argument;
	const char *key;
	const char *help;
} rows[] = {
	{"config", 'c', "FILE", NULL, "read FILE and conf.d/*.conf beside it"},
	{"name", 'n', "NAME", "node.name", "name of this node"},
	{"bind", 'b', "ADDR:PORT", "node.bind", "listen here, UDP and TCP"},
	{"advertise", 'a', "ADDR:PORT", "node.advertise",
		"where other nodes reach this one"},
	{"join", 'j', "ADDR[:PORT]", "cluster.join",
		"find the cluster there; may be repeated"},
	{"control", 'S', "PATH", "control.socket", "socket for local programs"},
	{"state-dir", 'd', "DIR", "node.state_dir", "where the identity is kept"},
	{"set", 's', "KEY=VALUE", NULL, "set any key of rumord.conf(5)"},
	{"check", 't', NULL, NULL, "check the configuration and end"},
	{"help", 'h', NULL, NULL, "show this and end"},
	{"version", 'V', NULL, NULL, "show the version and end"},
};

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

/* What was asked for besides single keys. */
struct command_line {
	const char *path; /* NULL for the default */
	bool check;
	bool joins_given;
	bool control_given;
};

static void
print_help(void)
{
	printf("Usage: rumord [OPTION]...\n"
	       "A gossip daemon: keeps the keys and members of a cluster in step.\n\n");
	for (size_t i = 0; i < ROW_COUNT; i++) {
		char left[40];

		snprintf(left, sizeof(left), "-%c, --%s %s", rows[i].letter,
			rows[i].name, rows[i].argument == NULL ? "" : rows[i].argument);
		printf("  %-28s %s\n", left, rows[i].help);
	}
	printf("\nOptions override the files. See rumord(8), rumord.conf(5), "
	       "rumor(1).\n");
}

static void
fill_tables(struct option options[ROW_COUNT + 1], char letters[2 * ROW_COUNT + 1])
{
	size_t len = 0;

	for (size_t i = 0; i < ROW_COUNT; i++) {
		bool takes = rows[i].argument != NULL;

		options[i] = (struct option){
			.name = rows[i].name,
			.has_arg = takes ? required_argument : no_argument,
			.val = rows[i].letter,
		};
		letters[len++] = rows[i].letter;
		if (takes)
			letters[len++] = ':';
	}
	options[ROW_COUNT] = (struct option){0};
	letters[len] = '\0';
}

/* getopt_long() gives letters of rows only, once scan() has passed. */
static const struct option_row *
row_of(int letter)
{
	size_t i = 0;

	while (rows[i].letter != letter) {
		i++;
		assert(i < ROW_COUNT);
	}
	return &rows[i];
}

/* The first seed replaces those of the files, further ones join it. */
static enum err
add_seed(struct conf *conf, const char *seed, bool first, struct conf_errors *errors)
{
	char *assignment = NULL;
	enum err err;

	if (first)
		return conf_set_value(conf, "cluster.join", seed, errors);
	if (asprintf(&assignment, "cluster.join+=%s", seed) < 0)
		abort();
	err = conf_set(conf, assignment, errors);
	free(assignment);
	return err;
}

static enum err
apply(struct conf *conf, const struct option_row *row, const char *value,
	struct command_line *line, struct conf_errors *errors)
{
	bool first_join = !line->joins_given;

	switch (row->letter) {
	case 'j':
		line->joins_given = true;
		return add_seed(conf, value, first_join, errors);
	case 's':
		return conf_set(conf, value, errors);
	case 'S':
		line->control_given = true;
		break;
	default:
		break;
	}
	return row->key == NULL ? ERR_OK
				: conf_set_value(conf, row->key, value, errors);
}

static void
print_errors(const struct conf_errors *errors)
{
	for (size_t i = 0; i < errors->count; i++)
		fprintf(stderr, "rumord: %s\n", errors->items[i].text);
}

/* A socket of one's own comes without the shared read-only one. */
static void
drop_shared_socket(struct conf *conf, struct conf_errors *errors)
{
	const struct conf_key *key = conf_key_find("control", "read_only_socket");

	if (conf_origin(conf, key) == NULL &&
		conf_set_value(conf, "control.read_only_socket", "", errors) != ERR_OK)
		abort();
}

/* The second pass over the command line, now that the files are read. */
static enum err
apply_all(int argc, char *argv[], struct conf *conf, struct command_line *line,
	struct conf_errors *errors)
{
	struct option options[ROW_COUNT + 1];
	char letters[2 * ROW_COUNT + 1];
	enum err result = ERR_OK;
	int letter;

	fill_tables(options, letters);
	optind = 0;
	while ((letter = getopt_long(argc, argv, letters, options, NULL)) != -1) {
		enum err err = apply(conf, row_of(letter), optarg, line, errors);

		if (err != ERR_OK)
			result = err;
	}
	if (line->control_given)
		drop_shared_socket(conf, errors);
	return result;
}

/* The first pass: usage, and what decides which files are read. */
static bool
scan(int argc, char *argv[], struct command_line *line, enum options_result *ret_result)
{
	struct option options[ROW_COUNT + 1];
	char letters[2 * ROW_COUNT + 1];
	int letter;

	fill_tables(options, letters);
	optind = 0;
	while ((letter = getopt_long(argc, argv, letters, options, NULL)) != -1) {
		if (letter == 'c')
			line->path = optarg;
		if (letter == 't')
			line->check = true;
		if (letter != 'h' && letter != 'V' && letter != '?')
			continue;
		*ret_result = letter == '?' ? OPTIONS_BAD : OPTIONS_HELPED;
		if (letter == 'h')
			print_help();
		else if (letter == 'V')
			printf("rumord %s\n", PACKAGE_VERSION);
		else
			fprintf(stderr, "Try 'rumord --help'.\n");
		return false;
	}
	if (optind == argc)
		return true;
	fprintf(stderr, "rumord: unexpected '%s'\nTry 'rumord --help'.\n",
		argv[optind]);
	*ret_result = OPTIONS_BAD;
	return false;
}

static enum err
read_all(int argc, char *argv[], struct conf *conf, struct command_line *line,
	struct conf_errors *errors)
{
	bool must_exist = line->path != NULL;
	const char *path = must_exist ? line->path : conf_path_default();
	enum err file = conf_load(conf, path, must_exist, errors);
	enum err options = apply_all(argc, argv, conf, line, errors);

	if (file != ERR_OK || options != ERR_OK)
		return ERR_INVALID;
	return conf_check(conf, errors);
}

enum options_result
options_read(int argc, char *argv[], struct conf *conf)
{
	struct command_line line = {0};
	struct conf_errors errors;
	enum options_result result;

	if (!scan(argc, argv, &line, &result))
		return result;
	conf_errors_init(&errors);
	if (read_all(argc, argv, conf, &line, &errors) != ERR_OK)
		result = OPTIONS_BAD;
	else
		result = line.check ? OPTIONS_CHECKED : OPTIONS_RUN;
	print_errors(&errors);
	conf_errors_fini(&errors);
	return result;
}
