/* SPDX-License-Identifier: MIT */
#include "sim/series.h"

#include <malloc.h>
#include <stdlib.h>
#include <time.h>

#include "base/hash.h"
#include "base/mem.h"
#include "sim/cluster.h"

/* --- what the runs cost --- */

struct cost {
	double simulated_s;
	double processor_s;
	double bytes_per_node; /* of memory; 0 when unknown */
	long started_at;
	size_t memory_before;
};

static void
cost_begin(struct cost *cost)
{
	cost->started_at = (long)clock();
	cost->memory_before = mallinfo2().uordblks;
}

/* Adds a run that ends here; the world is still there. */
static void
cost_end(struct cost *cost, const struct world *world)
{
	size_t memory = mallinfo2().uordblks;

	cost->simulated_s += (double)world_time_us(world) / 1e6;
	cost->processor_s +=
		(double)((long)clock() - cost->started_at) / CLOCKS_PER_SEC;
	if (memory > cost->memory_before && world_count(world) != 0)
		cost->bytes_per_node = (double)(memory - cost->memory_before) /
				       (double)world_count(world);
}

static void
cost_describe(const struct cost *cost, const struct report *report)
{
	report_note(report,
		"simulated %.0f s in %.1f s of processor time (%.1f times as fast), "
		"%.0f KiB a node",
		cost->simulated_s, cost->processor_s,
		cost->simulated_s / cost->processor_s, cost->bytes_per_node / 1024);
}

/* --- the runs --- */

/* All seeds of one strategy: a hash of all that happened. */
static uint64_t
run_seeds(const struct series *series, struct trial *trial, struct cost *cost,
	void *result)
{
	uint64_t trace = 0;

	for (uint64_t i = 0; i < trial->options->seeds; i++) {
		struct world *world;

		trial->seed = trial->options->seed + i;
		cost_begin(cost);
		world = series->run(trial, result);
		trace = hash_pair(trace, world_trace(world), 0);
		cost_end(cost, world);
		world_free(world);
		progress_step(trial->progress);
	}
	return trace;
}

static void
print_row(const struct series *series, struct report *report, const struct trial *trial,
	void *result, uint64_t trace)
{
	report_text(report, "strategy", trial->strategy);
	report_count(report, "nodes", trial->options->nodes);
	series->print(report, trial->options, result, trace);
	report_end_row(report);
}

int
series_run(const struct series *series, const struct options *options)
{
	char *results = mem_new_array(options->strategy_count, series->result_size);
	struct cost cost = {0};
	struct progress progress;
	struct report report;
	int status = 0;

	report_init(&report, options->json);
	cluster_describe(options, &report);
	if (series->describe != NULL)
		series->describe(options, &report);
	progress_init(&progress, options->strategy_count * options->seeds);
	for (size_t i = 0; i < options->strategy_count; i++) {
		char *result = results + i * series->result_size;
		struct trial trial = {
			.options = options,
			.strategy = options->strategies[i],
			.progress = &progress,
		};
		uint64_t trace = run_seeds(series, &trial, &cost, result);

		print_row(series, &report, &trial, result, trace);
	}
	progress_fini(&progress);
	report_fini(&report);
	cost_describe(&cost, &report);
	if (series->conclude != NULL)
		status = series->conclude(options, results);
	for (size_t i = 0; i < options->strategy_count; i++)
		series->fini(results + i * series->result_size);
	free(results);
	return status;
}
