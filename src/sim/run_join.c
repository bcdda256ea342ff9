/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "base/hash.h"
#include "base/mem.h"
#include "sim/acquaint.h"
#include "sim/cluster.h"
#include "sim/commands.h"
#include "sim/conditions.h"
#include "sim/progress.h"
#include "sim/sample.h"

/* The seeds find each other before the others start. */
#define SEEDS_ALONE_US (5 * SECOND_US)

#define JOIN_TIME_MAX_US (600 * SECOND_US)

struct result {
	struct sample known_s;
	struct sample bytes;
	struct sample views; /* bytes in records of all members */
	uint64_t failed;
	uint64_t trace;
};

static void
start_seeds(struct world *world, const struct options *options)
{
	size_t *seeds = mem_new_array(options->through, sizeof(*seeds));

	for (size_t i = 0; i < options->through; i++) {
		seeds[i] = cluster_add(world, options);
		world_set_seeds(world, seeds, i + 1);
	}
	world_run(world, SEEDS_ALONE_US);
	free(seeds);
}

static void
start_others(struct world *world, const struct options *options)
{
	uint64_t begin_us = world_time_us(world);
	uint64_t others = options->nodes - options->through;

	for (uint64_t i = 0; i < others; i++) {
		world_run_to(world, begin_us + i * options->spread_us / others);
		cluster_add(world, options);
	}
}

static void
run(const struct options *options, const char *strategy, uint64_t seed,
	struct result *result, struct cost *cost)
{
	struct world *world;
	uint64_t begin_us;
	double bytes;
	double record_len;

	cost_begin(cost);
	world = cluster_empty(options, strategy, seed);
	start_seeds(world, options);
	begin_us = world_time_us(world);
	bytes = cluster_bytes(world);
	start_others(world, options);
	if (world_run_until(world, world_knows_all, NULL, JOIN_TIME_MAX_US))
		sample_add(&result->known_s,
			(double)(world_time_us(world) - begin_us) / 1e6);
	else
		result->failed++;
	bytes = (cluster_bytes(world) - bytes) / (double)options->nodes;
	record_len = (double)acquaint_record_len(world, 0);
	sample_add(&result->bytes, bytes);
	sample_add(&result->views, bytes / ((double)options->nodes * record_len));
	result->trace = hash_pair(result->trace, world_trace(world), 0);
	cost_end(cost, world);
	world_free(world);
}

static void
print(struct report *report, const struct options *options, const char *strategy,
	struct result *result)
{
	report_text(report, "strategy", strategy);
	report_count(report, "nodes", options->nodes);
	report_number(report, "loss", options->path.loss * 100, 1);
	report_count(report, "through", options->through);
	report_count(report, "seeds", options->seeds);
	report_number(report, "known_p50_s", sample_median(&result->known_s), 2);
	report_number(report, "known_max_s", sample_max(&result->known_s), 2);
	report_number(report, "bytes_per_node", sample_median(&result->bytes), 0);
	report_number(report, "views_per_node", sample_median(&result->views), 2);
	report_count(report, "failed", result->failed);
	report_hash(report, "trace_hash", result->trace);
	report_end_row(report);
}

int
join_command(const struct options *options)
{
	struct cost cost = {0};
	struct progress progress;
	struct report report;

	report_init(&report, options->json);
	cluster_describe(options, &report);
	report_note(&report,
		"%llu run, the others start within %g s; until all know all; "
		"views_per_node is bytes by the size of all member records",
		(unsigned long long)options->through, (double)options->spread_us / 1e6);
	progress_init(&progress, options->strategy_count * options->seeds);
	for (size_t i = 0; i < options->strategy_count; i++) {
		struct result result = {0};

		for (uint64_t j = 0; j < options->seeds; j++) {
			run(options, options->strategies[i], options->seed + j, &result,
				&cost);
			progress_step(&progress);
		}
		print(&report, options, options->strategies[i], &result);
		sample_fini(&result.known_s);
		sample_fini(&result.bytes);
		sample_fini(&result.views);
	}
	progress_fini(&progress);
	report_fini(&report);
	cost_describe(&cost, &report);
	return 0;
}
