/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "sim/cluster.h"
#include "sim/commands.h"
#include "sim/conditions.h"
#include "sim/sample.h"
#include "sim/series.h"

#define HEAL_TIME_MAX_US (600 * SECOND_US)

struct result {
	struct sample equal_s;
	struct sample alive_s;
	struct sample bytes;
	uint64_t failed;
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

static struct world *
run(const struct trial *trial, void *data)
{
	const struct options *options = trial->options;
	struct result *result = data;
	struct world *world = cluster_new(options, trial->strategy, trial->seed);
	uint64_t begin_us;
	double bytes;

	split(world, 2);
	write_apart(world, options, trial->seed);
	split(world, 1);
	begin_us = world_time_us(world);
	bytes = cluster_bytes(world);
	/* The states are equal only when all are alive for all: those are records. */
	wait(world, world_knows_all, begin_us, &result->alive_s, &result->failed);
	wait(world, world_agrees, begin_us, &result->equal_s, &result->failed);
	bytes = cluster_bytes(world) - bytes;
	sample_add(&result->bytes, bytes / (double)options->nodes);
	return world;
}

static void
print(struct report *report, const struct options *options, void *data, uint64_t trace)
{
	struct result *result = data;

	report_number(report, "loss", options->path.loss * 100, 1);
	report_count(report, "writes", options->writes);
	report_count(report, "seeds", options->seeds);
	report_number(report, "alive_p50_s", sample_median(&result->alive_s), 2);
	report_number(report, "alive_max_s", sample_max(&result->alive_s), 2);
	report_number(report, "equal_p50_s", sample_median(&result->equal_s), 2);
	report_number(report, "equal_max_s", sample_max(&result->equal_s), 2);
	report_number(report, "bytes_per_node", sample_median(&result->bytes), 0);
	report_count(report, "failed", result->failed);
	report_hash(report, "trace_hash", trace);
}

static void
describe(const struct options *options, const struct report *report)
{
	report_note(report,
		"halves apart for %g s with %llu writes of %llu bytes; seconds and "
		"bytes since they meet",
		(double)options->duration_us / 1e6, (unsigned long long)options->writes,
		(unsigned long long)options->value_size);
}

static void
fini(void *data)
{
	struct result *result = data;

	sample_fini(&result->alive_s);
	sample_fini(&result->equal_s);
	sample_fini(&result->bytes);
}

int
partition_command(const struct options *options)
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
