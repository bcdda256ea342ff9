/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "base/mem.h"
#include "sim/acquaint.h"
#include "sim/cluster.h"
#include "sim/commands.h"
#include "sim/conditions.h"
#include "sim/sample.h"
#include "sim/series.h"

/* The seeds find each other before the others start. */
#define SEEDS_ALONE_US (5 * SECOND_US)

#define JOIN_TIME_MAX_US (600 * SECOND_US)

struct result {
	struct sample known_s;
	struct sample bytes;
	struct sample views; /* bytes in records of all members */
	uint64_t failed;
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

static struct world *
run(const struct trial *trial, void *data)
{
	const struct options *options = trial->options;
	struct result *result = data;
	struct world *world = cluster_empty(options, trial->strategy, trial->seed);
	uint64_t begin_us;
	double bytes;
	double record_len;

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
	return world;
}

static void
print(struct report *report, const struct options *options, void *data, uint64_t trace)
{
	struct result *result = data;

	report_number(report, "loss", options->path.loss * 100, 1);
	report_count(report, "through", options->through);
	report_count(report, "seeds", options->seeds);
	report_number(report, "known_p50_s", sample_median(&result->known_s), 2);
	report_number(report, "known_max_s", sample_max(&result->known_s), 2);
	report_number(report, "bytes_per_node", sample_median(&result->bytes), 0);
	report_number(report, "views_per_node", sample_median(&result->views), 2);
	report_count(report, "failed", result->failed);
	report_hash(report, "trace_hash", trace);
}

static void
describe(const struct options *options, const struct report *report)
{
	report_note(report,
		"%llu run, the others start within %g s; until all know all; "
		"views_per_node is bytes by the size of all member records",
		(unsigned long long)options->through, (double)options->spread_us / 1e6);
}

static void
fini(void *data)
{
	struct result *result = data;

	sample_fini(&result->known_s);
	sample_fini(&result->bytes);
	sample_fini(&result->views);
}

int
join_command(const struct options *options)
{
	static const struct series series = {
		.result_size = sizeof(struct result),
		.describe = describe,
		.run = run,
		.print = print,
		.fini = fini,
	};

	return series_run(&series, options);
}
