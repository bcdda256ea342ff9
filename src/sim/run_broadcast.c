/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "sim/cluster.h"
#include "sim/commands.h"
#include "sim/plot.h"
#include "sim/series.h"
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
	MESSAGES,
	PAIR_P50,
	PAIR_MAX,
	MEASURE_COUNT, /* not a measure */
};

/* What all seeds of one strategy gave. */
struct result {
	struct sample measures[MEASURE_COUNT]; /* a value a seed */
	struct sample curve[PLOT_POINT_COUNT]; /* likewise, milliseconds */
	uint64_t missed;
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

/* Of the latencies of all pairs of a write and a node. */
static double
time_of_pairs(const struct spread *spread, double rank)
{
	struct sample sample;
	double time_ms;

	sample_init(&sample);
	spread_pairs(spread, &sample);
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
		[MESSAGES] = (double)spread->datagrams / (double)options->updates,
		[PAIR_P50] = time_of_pairs(spread, 0.5),
		[PAIR_MAX] = time_of_pairs(spread, 1),
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

static struct world *
run(const struct trial *trial, void *result)
{
	const struct options *options = trial->options;
	struct world *world = cluster_new(options, trial->strategy, trial->seed);
	struct spread warmup;
	struct spread spread;
	struct prng prng;

	prng_init(&prng, ~trial->seed);
	spread_init(&warmup, world);
	write_all(world, &warmup, options, &prng, options->warmup);
	world_unobserve(world, &warmup.observer);
	spread_init(&spread, world);
	write_all(world, &spread, options, &prng, options->updates);
	collect(options, &spread, result);
	spread_fini(&warmup);
	spread_fini(&spread);
	return world;
}

static void
print(struct report *report, const struct options *options, void *data, uint64_t trace)
{
	struct result *result = data;
	struct sample *measures = result->measures;

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
	report_hash(report, "trace_hash", trace);
	report_number(report, "t100_worst_ms", sample_max(&measures[T100_MAX]), 1);
	report_number(report, "messages", sample_median(&measures[MESSAGES]), 1);
	report_number(report, "pair_p50_ms", sample_median(&measures[PAIR_P50]), 1);
	report_number(report, "pair_max_ms", sample_max(&measures[PAIR_MAX]), 1);
}

static void
fini(void *data)
{
	struct result *result = data;

	for (size_t i = 0; i < MEASURE_COUNT; i++)
		sample_fini(&result->measures[i]);
	for (size_t i = 0; i < PLOT_POINT_COUNT; i++)
		sample_fini(&result->curve[i]);
}

static void
describe(const struct options *options, const struct report *report)
{
	report_note(report,
		"%llu writes of %llu bytes, one in %g ms; copies, digests, bytes and "
		"duplicates a node and write, messages a write",
		(unsigned long long)options->updates,
		(unsigned long long)options->value_size,
		(double)options->interval_us / 1e3);
}

static int
draw(const struct options *options, void *data)
{
	struct result *results = data;
	struct plot_series series[STRATEGY_COUNT_MAX];
	char delay[DELAY_TEXT_SIZE];
	char title[160];

	if (options->svg == NULL)
		return 0;
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
	static const struct series series = {
		.result_size = sizeof(struct result),
		.describe = describe,
		.run = run,
		.print = print,
		.conclude = draw,
		.fini = fini,
	};

	return series_run(&series, options);
}
