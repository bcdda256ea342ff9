/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "sim/cluster.h"
#include "sim/commands.h"
#include "sim/plot.h"
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
	struct sample curve[PLOT_POINT_COUNT]; /* likewise, milliseconds */
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
	for (size_t i = 0; i < PLOT_POINT_COUNT; i++)
		sample_add(&result->curve[i], time_of(spread, plot_share(i), 0.5));
	result->missed += spread_missed(spread);
}

/* Writes on random hosts, at random times about the interval apart. */
static void
write_all(struct world *world, struct spread *spread, const struct options *options,
	struct prng *prng, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++) {
		spread_write(spread, world, (size_t)prng_below(prng, options->nodes),
			options->value_size);
		world_run(world, options->interval_us / 2 +
					 prng_below(prng, options->interval_us + 1));
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
	report_number(report, "t100_worst_ms", sample_max(&measures[T100_MAX]), 1);
	report_end_row(report);
}

static void
result_fini(struct result *result)
{
	for (size_t i = 0; i < MEASURE_COUNT; i++)
		sample_fini(&result->measures[i]);
	for (size_t i = 0; i < PLOT_POINT_COUNT; i++)
		sample_fini(&result->curve[i]);
}

static void
describe(const struct options *options, const struct report *report)
{
	cluster_describe(options, report);
	report_note(report,
		"%llu writes of %llu bytes, one in %g ms; copies, digests, bytes and "
		"duplicates a node and write",
		(unsigned long long)options->updates,
		(unsigned long long)options->value_size,
		(double)options->interval_us / 1e3);
}

static int
draw(const struct options *options, struct result *results)
{
	struct plot_series series[STRATEGY_COUNT_MAX];
	char delay[DELAY_TEXT_SIZE];
	char title[160];

	for (size_t i = 0; i < options->strategy_count; i++) {
		series[i].name = options->strategies[i];
		series[i].bytes = sample_median(&results[i].measures[BYTES]);
		for (size_t j = 0; j < PLOT_POINT_COUNT; j++)
			series[i].times_ms[j] = sample_median(&results[i].curve[j]);
	}
	snprintf(title, sizeof(title),
		"%llu nodes, links of %s one way, %g %% lost; medians of %llu seeds",
		(unsigned long long)options->nodes,
		delay_format(&options->path.delay, delay), options->path.loss * 100,
		(unsigned long long)options->seeds);
	if (plot_write(options->svg, title, series, options->strategy_count) == ERR_OK)
		return 0;
	perror(options->svg);
	return 1;
}

int
broadcast_command(const struct options *options)
{
	struct result results[STRATEGY_COUNT_MAX] = {0};
	struct cost cost = {0};
	struct progress progress;
	struct report report;
	int status = 0;

	report_init(&report, options->json);
	describe(options, &report);
	progress_init(&progress, options->strategy_count * options->seeds);
	for (size_t i = 0; i < options->strategy_count; i++) {
		for (uint64_t j = 0; j < options->seeds; j++) {
			run(options, options->strategies[i], options->seed + j,
				&results[i], &cost);
			progress_step(&progress);
		}
		print(&report, options, options->strategies[i], &results[i]);
	}
	progress_fini(&progress);
	report_fini(&report);
	cost_describe(&cost, &report);
	if (options->svg != NULL)
		status = draw(options, results);
	for (size_t i = 0; i < options->strategy_count; i++)
		result_fini(&results[i]);
	return status;
}
