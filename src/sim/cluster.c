/* SPDX-License-Identifier: MIT */
#include "sim/cluster.h"

#include "sim/acquaint.h"
#include "sim/carry.h"
#include "sim/strategy.h"

/* Time over which the hosts start. */
#define START_US SECOND_US

/* So that probes go round and round trips are known. */
#define SETTLE_US (3 * SECOND_US)

#define SEGMENT_SIZE 1400
#define SEGMENT_OVERHEAD 40

struct world *
cluster_empty(const struct options *options, const char *strategy, uint64_t seed)
{
	struct world *world = world_new(&options->path, seed);

	*world_settings(world) = options->settings;
	(void)!strategy_set(world_settings(world), strategy);
	if (options->region_count != 0)
		paths_set_regions(world_paths(world), options->region_rtt_us,
			options->region_count);
	return world;
}

size_t
cluster_add(struct world *world, const struct options *options)
{
	size_t host = world_add(world);

	if (options->region_count != 0)
		world_set_region(world, host, host % options->region_count);
	world_set_bandwidth(world, host, options->bytes_per_s);
	return host;
}

struct world *
cluster_new(const struct options *options, const char *strategy, uint64_t seed)
{
	struct world *world = cluster_empty(options, strategy, seed);

	if (options->few_views) {
		struct settings *settings = world_settings(world);

		/* Their states differ for good, and each other's neighbours are not
		 * theirs. */
		settings->repair_interval_us = UINT64_C(1) << 50;
		settings->direct_count_max = 1;
	}
	/* One after the other, so that they do not act in step. */
	for (uint64_t i = 0; i < options->nodes; i++) {
		world_run_to(world, i * START_US / options->nodes);
		cluster_add(world, options);
	}
	if (options->few_views)
		acquaint_neighbours(world);
	else
		acquaint_all(world);
	world_run(world, SETTLE_US);
	return world;
}

double
cluster_bytes(const struct world *world)
{
	const struct network *network = world_network(world);
	double segments = (double)network->stream_bytes_sent / SEGMENT_SIZE;

	return (double)network->bytes_sent +
	       DATAGRAM_OVERHEAD * (double)network->datagrams_sent +
	       (double)network->stream_bytes_sent + SEGMENT_OVERHEAD * segments;
}

void
cluster_describe(const struct options *options, const struct report *report)
{
	char delay[DELAY_TEXT_SIZE];

	report_note(report,
		"%llu nodes, links of %s one way, %g %% lost; %llu seeds from %llu",
		(unsigned long long)options->nodes,
		delay_format(&options->path.delay, delay), options->path.loss * 100,
		(unsigned long long)options->seeds, (unsigned long long)options->seed);
	if (options->path.duplicate > 0 || options->path.reorder > 0)
		report_note(report, "%g %% doubled, %g %% held back for %g ms",
			options->path.duplicate * 100, options->path.reorder * 100,
			(double)options->path.reorder_us / 1e3);
	if (options->region_count != 0)
		report_note(report, "in %zu regions", options->region_count);
	if (options->bytes_per_s != 0)
		report_note(report, "a node sends at most %llu bytes a second",
			(unsigned long long)options->bytes_per_s);
}
