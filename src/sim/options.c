/* SPDX-License-Identifier: MIT */
#include "sim/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sim/knobs.h"
#include "sim/quantity.h"
#include "sim/strategy.h"

#define ON(command) (1u << COMMAND_##command)
#define ON_ALL ((1u << COMMAND_COUNT) - 1)
#define ON_NETWORK (ON_ALL & ~ON(SWEEP))

/* --- shapes of arguments --- */

struct option;
typedef bool (*option_read)(struct options *options, const struct option *option,
	const char *const *arguments);

struct option {
	const char *name;
	const char *argument; /* as help shows it, a word for each; "" for none */
	int argument_count;
	unsigned commands;
	option_read read;
	size_t offset; /* of the field */
	const char *help;
};

static void *
field_of(struct options *options, const struct option *option)
{
	return (char *)options + option->offset;
}

static bool
read_count(struct options *options, const struct option *option,
	const char *const *arguments)
{
	return quantity_count(arguments[0], field_of(options, option)) == ERR_OK;
}

static bool
read_positive(struct options *options, const struct option *option,
	const char *const *arguments)
{
	const uint64_t *field = field_of(options, option);

	return read_count(options, option, arguments) && *field > 0;
}

static bool
read_size(struct options *options, const struct option *option,
	const char *const *arguments)
{
	return quantity_size(arguments[0], field_of(options, option)) == ERR_OK;
}

static bool
read_duration(struct options *options, const struct option *option,
	const char *const *arguments)
{
	return quantity_duration(arguments[0], SECOND_US, field_of(options, option)) ==
	       ERR_OK;
}

static bool
read_share(struct options *options, const struct option *option,
	const char *const *arguments)
{
	return quantity_share(arguments[0], field_of(options, option)) == ERR_OK;
}

static bool
read_flag(struct options *options, const struct option *option,
	const char *const *arguments)
{
	bool *field = field_of(options, option);

	(void)arguments;
	*field = true;
	return true;
}

static bool
read_text(struct options *options, const struct option *option,
	const char *const *arguments)
{
	const char **field = field_of(options, option);

	*field = arguments[0];
	return true;
}

static bool
read_delay(struct options *options, const struct option *option,
	const char *const *arguments)
{
	return delay_parse(arguments[0], field_of(options, option)) == ERR_OK;
}

/* "A:B" in two parts, both for the caller to read. */
static bool
split(const char *text, char *first, size_t size, const char **ret_second)
{
	const char *colon = strchr(text, ':');

	if (colon == NULL || (size_t)(colon - text) >= size)
		return false;
	snprintf(first, size, "%.*s", (int)(colon - text), text);
	*ret_second = colon + 1;
	return true;
}

static bool
read_reorder(struct options *options, const struct option *option,
	const char *const *arguments)
{
	char share[16];
	const char *time;

	(void)option;
	return split(arguments[0], share, sizeof(share), &time) &&
	       quantity_share(share, &options->path.reorder) == ERR_OK &&
	       quantity_duration(time, MS_US, &options->path.reorder_us) == ERR_OK;
}

static bool
read_degraded(struct options *options, const struct option *option,
	const char *const *arguments)
{
	char share[16];
	const char *loss;

	(void)option;
	return split(arguments[0], share, sizeof(share), &loss) &&
	       quantity_share(share, &options->degraded_share) == ERR_OK &&
	       quantity_share(loss, &options->degraded_loss) == ERR_OK;
}

/* Seconds here, since nobody stalls for less than some milliseconds. */
static bool
read_stall(struct options *options, const struct option *option,
	const char *const *arguments)
{
	(void)option;
	if (quantity_share(arguments[0], &options->stall_share) != ERR_OK ||
		delay_parse(arguments[1], &options->stall) != ERR_OK)
		return false;
	options->stall.a_us *= SECOND_MS;
	options->stall.b_us *= SECOND_MS;
	return true;
}

static bool
read_set(struct options *options, const struct option *option,
	const char *const *arguments)
{
	(void)option;
	return knobs_set(&options->settings, arguments[0]) == ERR_OK;
}

static void
forget_strategies(struct options *options)
{
	for (size_t i = 0; i < options->strategy_count; i++)
		free(options->strategies[i]);
	options->strategy_count = 0;
}

static bool
read_strategies(struct options *options, const struct option *option,
	const char *const *arguments)
{
	struct settings settings = options->settings;
	const char *text = arguments[0];

	(void)option;
	forget_strategies(options);
	for (;;) {
		size_t len = strcspn(text, ",");
		char *name;

		if (options->strategy_count == STRATEGY_COUNT_MAX)
			return false;
		name = mem_new(len + 1);
		memcpy(name, text, len);
		options->strategies[options->strategy_count++] = name;
		if (strategy_set(&settings, name) != ERR_OK)
			return false;
		if (text[len] == '\0')
			return true;
		text += len + 1;
	}
}

/* "1,80;80,1": rows of round trips in milliseconds. */
static bool
read_regions(struct options *options, const struct option *option,
	const char *const *arguments)
{
	const char *text = arguments[0];
	size_t count = 0;
	size_t rows = 1;
	double rtt_ms;

	(void)option;
	for (const char *at = text; *at != '\0'; at++)
		rows += *at == ';';
	while (count < REGION_COUNT_MAX * REGION_COUNT_MAX) {
		const char *end = quantity_read(text, ",;", &rtt_ms);
		bool row_ends = (count + 1) % rows == 0;

		if (end == NULL || (*end == ',' && row_ends) ||
			(*end == ';' && !row_ends))
			return false;
		options->region_rtt_us[count++] = (uint64_t)(rtt_ms * 1e3);
		if (*end == '\0')
			break;
		text = end + 1;
	}
	options->region_count = rows;
	return rows <= REGION_COUNT_MAX && count == rows * rows;
}

/* --- the options --- */

#define FIELD(member) offsetof(struct options, member)

static const struct option table[] = {
	{"--nodes", "N", 1, ON_ALL, read_positive, FIELD(nodes),
		"nodes in the cluster"},
	{"--delay", "LAW", 1, ON_NETWORK, read_delay, FIELD(path.delay),
		"one way, in ms: 2, 0.3:1 (uniform) or exp:2 (mean)"},
	{"--loss", "PERCENT", 1, ON_NETWORK, read_share, FIELD(path.loss),
		"datagrams that are lost"},
	{"--duplicate", "PERCENT", 1, ON_NETWORK, read_share, FIELD(path.duplicate),
		"datagrams that come twice"},
	{"--reorder", "PERCENT:TIME", 1, ON_NETWORK, read_reorder, 0,
		"datagrams that are held back for so long"},
	{"--rtt", "MATRIX", 1, ON_NETWORK, read_regions, 0,
		"regions and the ms between them: \"0,80;80,0\""},
	{"--bandwidth", "SIZE", 1, ON_NETWORK, read_size, FIELD(bytes_per_s),
		"bytes a second that a node can send"},
	{"--strategy", "LIST", 1, ON_ALL, read_strategies, 0,
		"broadcast strategies to compare"},
	{"--set", "KEY=VALUE", 1, ON_ALL, read_set, 0,
		"any setting, as in rumord.conf(5)"},
	{"--seeds", "N", 1, ON_ALL, read_positive, FIELD(seeds), "runs"},
	{"--seed", "N", 1, ON_ALL, read_count, FIELD(seed), "seed of the first run"},
	{"--json", "", 0, ON_ALL, read_flag, FIELD(json), "one JSON object a row"},
	{"--updates", "N", 1, ON(BROADCAST), read_positive, FIELD(updates),
		"writes that are followed"},
	{"--interval", "TIME", 1, ON(BROADCAST), read_duration, FIELD(interval_us),
		"between two of them"},
	{"--warmup", "N", 1, ON(BROADCAST), read_count, FIELD(warmup),
		"writes before them"},
	{"--size", "SIZE", 1, ON(BROADCAST) | ON(PARTITION), read_size,
		FIELD(value_size), "of a value"},
	{"--few-views", "", 0, ON(BROADCAST) | ON(IDLE), read_flag, FIELD(few_views),
		"each node is given its neighbours only"},
	{"--svg", "FILE", 1, ON(BROADCAST), read_text, FIELD(svg), "draw the result"},
	{"--duration", "TIME", 1, ON(FAILURE) | ON(IDLE) | ON(PARTITION) | ON(SWEEP),
		read_duration, FIELD(duration_us), "simulated time of the test"},
	{"--crash", "N", 1, ON(FAILURE), read_count, FIELD(crash),
		"nodes that crash together"},
	{"--stall", "PERCENT TIME", 2, ON(FAILURE), read_stall, 0,
		"nodes that stop at random, for so many seconds"},
	{"--degraded", "PERCENT:LOSS", 1, ON(FAILURE), read_degraded, 0,
		"nodes that lose so much of what they send and get"},
	{"--through", "N", 1, ON(JOIN), read_positive, FIELD(through),
		"nodes that the others are told of"},
	{"--spread", "TIME", 1, ON(JOIN), read_duration, FIELD(spread_us),
		"over which the nodes start"},
	{"--writes", "N", 1, ON(PARTITION), read_count, FIELD(writes),
		"writes during the partition"},
};

#define TABLE_COUNT (sizeof(table) / sizeof(table[0]))

/* What differs from the defaults of all. */
static void
set_defaults(struct options *options, enum command_id command)
{
	switch (command) {
	case COMMAND_BROADCAST:
		options->updates = 100;
		options->interval_us = 100 * MS_US;
		options->warmup = 20;
		options->value_size = 64;
		break;
	case COMMAND_FAILURE:
		options->duration_us = 20 * SECOND_US;
		options->crash = 1;
		break;
	case COMMAND_IDLE:
		options->duration_us = 60 * SECOND_US;
		options->seeds = 1;
		break;
	case COMMAND_JOIN:
		options->through = 3;
		break;
	case COMMAND_PARTITION:
		options->duration_us = 60 * SECOND_US;
		options->writes = 10000;
		options->value_size = 64;
		break;
	case COMMAND_SWEEP:
		options->nodes = 0;
		options->duration_us = 60 * SECOND_US;
		options->seeds = 100;
		break;
	case COMMAND_COUNT:
		break;
	}
}

void
options_init(struct options *options, enum command_id command)
{
	*options = (struct options){
		.nodes = 100,
		.path = {.delay = delay_uniform(300, 1000)},
		.settings = settings_default(),
		.strategies = {mem_copy_string("plumtree")},
		.strategy_count = 1,
		.seeds = 5,
		.seed = 1,
		.again = mem_copy_string(""),
	};
	set_defaults(options, command);
}

void
options_fini(struct options *options)
{
	forget_strategies(options);
	free(options->again);
}

static const struct option *
find(const char *name, enum command_id command)
{
	for (size_t i = 0; i < TABLE_COUNT; i++) {
		if ((table[i].commands & 1u << command) != 0 &&
			strcmp(table[i].name, name) == 0)
			return &table[i];
	}
	return NULL;
}

/* What no option can say alone. */
static const char *
find_contradiction(const struct options *options)
{
	double nodes = (double)options->nodes;
	double faulty = (double)options->crash +
			(options->stall_share + options->degraded_share) * nodes;

	if (options->nodes > NODE_COUNT_MAX)
		return "too many nodes";
	if (faulty > nodes - (options->crash > 0 ? 2 : 0))
		return "too few nodes are left without a fault";
	if (options->through != 0 && options->through >= options->nodes)
		return "there must be more nodes than those to join through";
	return NULL;
}

static bool
read_option(struct options *options, const struct option *option, int count,
	const char *const *arguments)
{
	if (option->argument_count >= count) {
		fprintf(stderr, "rumor-sim: %s needs %s\n", option->name,
			option->argument);
		return false;
	}
	if (!option->read(options, option, arguments + 1)) {
		fprintf(stderr, "rumor-sim: %s cannot be %s\n", option->name,
			arguments[1]);
		return false;
	}
	return true;
}

/* In quotes, for a shell. */
static void
remember(struct options *options, const struct option *option,
	const char *const *arguments)
{
	size_t len = strlen(options->again);
	size_t size = len + 1;

	for (int i = 0; i <= option->argument_count; i++)
		size += strlen(arguments[i]) + 3;
	options->again = mem_resize(options->again, size, 1);
	len += (size_t)snprintf(options->again + len, size - len, " %s", arguments[0]);
	for (int i = 1; i <= option->argument_count; i++)
		len += (size_t)snprintf(
			options->again + len, size - len, " '%s'", arguments[i]);
}

bool
options_parse(struct options *options, enum command_id command, int count,
	const char *const *arguments)
{
	const char *contradiction;

	while (count > 0) {
		const struct option *option = find(arguments[0], command);

		if (option == NULL) {
			fprintf(stderr, "rumor-sim: no option %s here\n", arguments[0]);
			return false;
		}
		if (!read_option(options, option, count, arguments))
			return false;
		if (option->read != read_flag && option->offset != FIELD(seeds) &&
			option->offset != FIELD(seed))
			remember(options, option, arguments);
		arguments += option->argument_count + 1;
		count -= option->argument_count + 1;
	}
	contradiction = find_contradiction(options);
	if (contradiction != NULL)
		fprintf(stderr, "rumor-sim: %s\n", contradiction);
	return contradiction == NULL;
}

void
options_help(enum command_id command)
{
	for (size_t i = 0; i < TABLE_COUNT; i++) {
		char left[64];

		if ((table[i].commands & 1u << command) == 0)
			continue;
		snprintf(left, sizeof(left), "%s %s", table[i].name, table[i].argument);
		printf("  %-24s %s\n", left, table[i].help);
	}
}
