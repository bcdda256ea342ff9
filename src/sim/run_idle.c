/* SPDX-License-Identifier: MIT */
#include "sim/cluster.h"
#include "sim/commands.h"
#include "sim/sample.h"
#include "sim/series.h"

struct result {
	struct sample bytes;
	struct sample datagrams;
};

static struct world *
run(const struct trial *trial, void *data)
{
	const struct options *options = trial->options;
	struct result *result = data;
	double each = (double)options->nodes * (double)options->duration_us / 1e6;
	struct world *world = cluster_new(options, trial->strategy, trial->seed);
	double bytes = cluster_bytes(world);
	double datagrams = (double)world_network(world)->datagrams_sent;

	world_run(world, options->duration_us);
	bytes = cluster_bytes(world) - bytes;
	datagrams = (double)world_network(world)->datagrams_sent - datagrams;
	sample_add(&result->bytes, bytes / each);
	sample_add(&result->datagrams, datagrams / each);
	return world;
}

static void
print(struct report *report, const struct options *options, void *data, uint64_t trace)
{
	struct result *result = data;

	report_number(report, "bytes_per_node_s", sample_median(&result->bytes), 1);
	report_number(
		report, "datagrams_per_node_s", sample_median(&result->datagrams), 2);
	report_count(report, "seeds", options->seeds);
	report_hash(report, "trace_hash", trace);
}

static void
describe(const struct options *options, const struct report *report)
{
	report_note(report,
		"nothing is written for %g s; bytes with IP, UDP and TCP headers",
		(double)options->duration_us / 1e6);
}

static void
fini(void *data)
{
	struct result *result = data;

	sample_fini(&result->bytes);
	sample_fini(&result->datagrams);
}

int
idle_command(const struct options *options)
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
