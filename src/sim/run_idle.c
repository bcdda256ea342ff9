/* SPDX-License-Identifier: MIT */
#include "base/hash.h"
#include "sim/cluster.h"
#include "sim/commands.h"
#include "sim/progress.h"
#include "sim/sample.h"

struct result {
	struct sample bytes;
	struct sample datagrams;
	uint64_t trace;
};

static void
run(const struct options *options, const char *strategy, uint64_t seed,
	struct result *result, struct cost *cost)
{
	double each = (double)options->nodes * (double)options->duration_us / 1e6;
	struct world *world;
	double bytes;
	double datagrams;

	cost_begin(cost);
	world = cluster_new(options, strategy, seed);
	bytes = cluster_bytes(world);
	datagrams = (double)world_network(world)->datagrams_sent;
	world_run(world, options->duration_us);
	bytes = cluster_bytes(world) - bytes;
	datagrams = (double)world_network(world)->datagrams_sent - datagrams;
	sample_add(&result->bytes, bytes / each);
	sample_add(&result->datagrams, datagrams / each);
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
	report_number(report, "bytes_per_node_s", sample_median(&result->bytes), 1);
	report_number(
		report, "datagrams_per_node_s", sample_median(&result->datagrams), 2);
	report_count(report, "seeds", options->seeds);
	report_hash(report, "trace_hash", result->trace);
	report_end_row(report);
}

int
idle_command(const struct options *options)
{
	struct cost cost = {0};
	struct progress progress;
	struct report report;

	report_init(&report, options->json);
	cluster_describe(options, &report);
	report_note(&report,
		"nothing is written for %g s; bytes with IP, UDP and TCP headers",
		(double)options->duration_us / 1e6);
	progress_init(&progress, options->strategy_count * options->seeds);
	for (size_t i = 0; i < options->strategy_count; i++) {
		struct result result = {0};

		for (uint64_t j = 0; j < options->seeds; j++) {
			run(options, options->strategies[i], options->seed + j, &result,
				&cost);
			progress_step(&progress);
		}
		print(&report, options, options->strategies[i], &result);
		sample_fini(&result.bytes);
		sample_fini(&result.datagrams);
	}
	progress_fini(&progress);
	report_fini(&report);
	cost_describe(&cost, &report);
	return 0;
}
