/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "base/hash.h"
#include "sim/cluster.h"
#include "sim/commands.h"
#include "sim/progress.h"
#include "sim/spread.h"

/* Writes that have not come everywhere by then are missed. */
#define DRAIN_US (30 * SECOND_US)

enum measure {
	T50,
	T99,
	T100,
	T100_MAX,
	COPIES,
	DIGESTS,
	BYTES,
	DUPLICATES,
	MEASURE_COUNT, /* not a measure */
};

/* What all seeds of one strategy gave. */
struct result {
	struct sample measures[MEASURE_COUNT]; /* a value a seed */
	uint64_t missed;
	uint64_t trace;
};

static double
time_of(const struct spread *spread, double share, double rank)
{
	struct sample sample;
	double time_ms;

	sample_init(&sample);
	spread_times(spread, share, &sample);
	time_ms = sample_quantile(&sample, rank);
	sample_fini(&sample);
	return time_ms;
}

static void
collect(const struct options *options, const struct spread *spread,
	struct result *result)
{
	double each = (double)options->updates * (double)options->nodes;
	const double values[MEASURE_COUNT] = {
		[T50] = time_of(spread, 0.5, 0.5),
		[T99] = time_of(spread, 0.99, 0.5),
		[T100] = time_of(spread, 1, 0.5),
		[T100_MAX] = time_of(spread, 1, 1),
		[COPIES] = (double)spread->copies / each,
		[DIGESTS] = (double)spread->digests / each,
		[BYTES] = (double)spread->bytes / each,
		[DUPLICATES] = (double)spread->duplicates / each,
	};

	for (size_t i = 0; i < MEASURE_COUNT; i++)
		sample_add(&result->measures[i], values[i]);
	result->missed += spread_missed(spread);
}

/* Writes on random hosts, evenly spaced. */
static void
write_all(struct world *world, struct spread *spread, const struct options *options,
	struct prng *prng, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		spread_write(spread, world, (size_t)prng_below(prng, options->nodes),
			options->value_size);
		world_run(world, options->interval_us);
	}
	world_run_until(world, spread_is_complete, spread, DRAIN_US);
}

static void
run(const struct options *options, const char *strategy, uint64_t seed,
	struct result *result, struct cost *cost)
{
	struct world *world;
	struct spread warmup;
	struct spread spread;
	struct prng prng;

	cost_begin(cost);
	world = cluster_new(options, strategy, seed);
	prng_init(&prng, ~seed);
	spread_init(&warmup, world);
	write_all(world, &warmup, options, &prng, options->warmup);
	world_unobserve(world, &warmup.observer);
	spread_init(&spread, world);
	write_all(world, &spread, options, &prng, options->updates);
	collect(options, &spread, result);
	result->trace = hash_pair(result->trace, world_trace(world), 0);
	cost_end(cost, world);
	spread_fini(&warmup);
	spread_fini(&spread);
	world_free(world);
}

static void
print(struct report *report, const struct options *options, const char *strategy,
	struct result *result)
{
	struct sample *measures = result->measures;

	report_text(report, "strategy", strategy);
	report_count(report, "nodes", options->nodes);
	report_number(report, "loss", options->path.loss * 100, 1);
	report_count(report, "seeds", options->seeds);
	report_number(report, "t50_ms", sample_median(&measures[T50]), 1);
	report_number(report, "t99_ms", sample_median(&measures[T99]), 1);
	report_number(report, "t100_ms", sample_median(&measures[T100]), 1);
	report_number(report, "copies", sample_median(&measures[COPIES]), 3);
	report_number(report, "digests", sample_median(&measures[DIGESTS]), 2);
	report_number(report, "bytes_per_node", sample_median(&measures[BYTES]), 0);
	report_number(report, "duplicates", sample_median(&measures[DUPLICATES]), 3);
	report_count(report, "missed", result->missed);
	report_hash(report, "trace_hash", result->trace);
	report_number(
		report, "t100_worst_ms", sample_max(&measures[T100_MAX]), 1);
	report_end_row(report);
}

int
broadcast_command(const struct options *options)
{
	struct cost cost = {0};
	struct progress progress;
	struct report report;

	report_init(&report, options->json);
	cluster_describe(options, &report);
	report_note(&report,
		"%llu writes of %llu bytes, one in %g ms; copies, digests, bytes and "
		"duplicates a node and write",
		(unsigned long long)options->updates,
		(unsigned long long)options->value_size,
		(double)options->interval_us / 1e3);
	progress_init(&progress, options->strategy_count * options->seeds);
	for (size_t i = 0; i < options->strategy_count; i++) {
		struct result result = {0};

		for (uint64_t j = 0; j < options->seeds; j++) {
			run(options, options->strategies[i], options->seed + j, &result,
				&cost);
			progress_step(&progress);
		}
		print(&report, options, options->strategies[i], &result);
		for (size_t j = 0; j < MEASURE_COUNT; j++)
			sample_fini(&result.measures[j]);
	}
	progress_fini(&progress);
	report_fini(&report);
	cost_describe(&cost, &report);
	return 0;
}
