/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/mem.h"
#include "sim/cluster.h"
#include "sim/commands.h"
#include "sim/conditions.h"
#include "sim/progress.h"
#include "sim/sample.h"

#define HEAL_TIME_MAX_US (600 * SECOND_US)

struct result {
	struct sample equal_s;
	struct sample alive_s;
	struct sample bytes;
	uint64_t failed;
	uint64_t trace;
};

static void
split(struct world *world, unsigned sides)
{
	for (size_t i = 0; i < world_count(world); i++)
		world_set_side(world, i, (unsigned)i % sides);
}

static void
write_one(struct world *world, size_t host, uint64_t number, uint64_t value_size)
{
	uint8_t *value = mem_new(value_size + 1);
	char key[32];
	struct write write = {.value = bytes_of(value, value_size)};

	snprintf(key, sizeof(key), "write/%llu", (unsigned long long)number);
	write.key = bytes_of_string(key);
	(void)!node_set(world_node(world, host), &write, world_now(world, host), NULL);
	world_settle(world, host);
	free(value);
}

/* Both halves write, evenly over the time. */
static void
write_apart(struct world *world, const struct options *options, uint64_t seed)
{
	uint64_t begin_us = world_time_us(world);
	struct prng prng;

	prng_init(&prng, ~seed);
	for (uint64_t i = 0; i < options->writes; i++) {
		world_run_to(
			world, begin_us + i * options->duration_us / options->writes);
		write_one(world, (size_t)prng_below(&prng, options->nodes), i,
			options->value_size);
	}
	world_run_to(world, begin_us + options->duration_us);
}

/* Seconds since `begin_us` once the condition holds. */
static void
wait(struct world *world, world_condition condition, uint64_t begin_us,
	struct sample *sample, uint64_t *failed)
{
	if (world_run_until(world, condition, NULL, HEAL_TIME_MAX_US))
		sample_add(sample, (double)(world_time_us(world) - begin_us) / 1e6);
	else
		++*failed;
}

static void
run(const struct options *options, const char *strategy, uint64_t seed,
	struct result *result, struct cost *cost)
{
	struct world *world;
	uint64_t begin_us;
	double bytes;

	cost_begin(cost);
	world = cluster_new(options, strategy, seed);
	split(world, 2);
	write_apart(world, options, seed);
	split(world, 1);
	begin_us = world_time_us(world);
	bytes = cluster_bytes(world);
	/* The states are equal only when all are alive for all: those are records. */
	wait(world, world_knows_all, begin_us, &result->alive_s, &result->failed);
	wait(world, world_agrees, begin_us, &result->equal_s, &result->failed);
	bytes = cluster_bytes(world) - bytes;
	sample_add(&result->bytes, bytes / (double)options->nodes);
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
	report_count(report, "writes", options->writes);
	report_count(report, "seeds", options->seeds);
	report_number(report, "alive_p50_s", sample_median(&result->alive_s), 2);
	report_number(report, "alive_max_s", sample_max(&result->alive_s), 2);
	report_number(report, "equal_p50_s", sample_median(&result->equal_s), 2);
	report_number(report, "equal_max_s", sample_max(&result->equal_s), 2);
	report_number(report, "bytes_per_node", sample_median(&result->bytes), 0);
	report_count(report, "failed", result->failed);
	report_hash(report, "trace_hash", result->trace);
	report_end_row(report);
}

int
partition_command(const struct options *options)
{
	struct cost cost = {0};
	struct progress progress;
	struct report report;

	report_init(&report, options->json);
	cluster_describe(options, &report);
	report_note(&report,
		"halves apart for %g s with %llu writes of %llu bytes; seconds and "
		"bytes since they meet",
		(double)options->duration_us / 1e6, (unsigned long long)options->writes,
		(unsigned long long)options->value_size);
	progress_init(&progress, options->strategy_count * options->seeds);
	for (size_t i = 0; i < options->strategy_count; i++) {
		struct result result = {0};

		for (uint64_t j = 0; j < options->seeds; j++) {
			run(options, options->strategies[i], options->seed + j, &result,
				&cost);
			progress_step(&progress);
		}
		print(&report, options, options->strategies[i], &result);
		sample_fini(&result.alive_s);
		sample_fini(&result.equal_s);
		sample_fini(&result.bytes);
	}
	progress_fini(&progress);
	report_fini(&report);
	cost_describe(&cost, &report);
	return 0;
}
