/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "gossip/settings.h"
#include "sim/paths.h"

#define STRATEGY_COUNT_MAX 8
#define REGION_COUNT_MAX 16
#define NODE_COUNT_MAX 100000

/* The commands that have options of their own. */
enum command_id {
	COMMAND_BROADCAST,
	COMMAND_FAILURE,
	COMMAND_IDLE,
	COMMAND_JOIN,
	COMMAND_PARTITION,
	COMMAND_SWEEP,
	COMMAND_COUNT, /* not a command */
};

/* What a command line asks for. */
struct options {
	/* the cluster and its network */
	uint64_t nodes;
	struct path path;
	uint64_t region_rtt_us[REGION_COUNT_MAX * REGION_COUNT_MAX];
	size_t region_count;
	uint64_t bytes_per_s;
	struct settings settings;
	char *strategies[STRATEGY_COUNT_MAX];
	size_t strategy_count;

	/* the runs */
	uint64_t seeds;
	uint64_t seed; /* the first */
	bool json;
	const char *svg; /* NULL for none */

	/* of single commands */
	uint64_t updates;
	uint64_t interval_us;
	uint64_t warmup;
	uint64_t value_size;
	bool few_views;
	uint64_t duration_us;
	uint64_t crash;
	double stall_share;
	struct delay stall; /* how long */
	double degraded_share;
	double degraded_loss;
	uint64_t through;
	uint64_t spread_us;
	uint64_t writes;

	/* what was given but seeds, each with a space before it: to repeat a run */
	char *again;
};

/* The options of that command at their defaults. */
void options_init(struct options *options, enum command_id command);
void options_fini(struct options *options);

/* Reads the arguments after the command. False, with a line on standard error, when
 * something is wrong. */
bool options_parse(struct options *options, enum command_id command, int count,
	const char *const *arguments);

/* Prints the options of that command. */
void options_help(enum command_id command);
