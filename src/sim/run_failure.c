/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "base/mem.h"
#include "sim/cluster.h"
#include "sim/commands.h"
#include "sim/series.h"
#include "sim/watch.h"

/* Mean time for which a node that stalls runs in between. */
#define RUN_MEAN_US (10 * SECOND_US)

/* One run: the faults to come, in order of time. */
struct run {
	const struct options *options;
	struct world *world;
	struct watch watch;
	struct prng prng;
	struct heap heap;
	struct fault *faults; /* by host */
	uint64_t crash_at_us;
	uint64_t end_us;
	double bytes; /* sent before */
};

/* When a host stalls or goes on. */
struct fault {
	struct timer timer;
};

struct result {
	struct sample detected_ms;
	uint64_t false_deaths;
	uint64_t unwell_deaths;
	uint64_t undetected;
	struct sample bytes; /* a node and second, a value a seed */
};

/* A host that has no fault yet. */
static size_t
draw_host(struct run *run)
{
	for (;;) {
		size_t host = (size_t)prng_below(&run->prng, run->options->nodes);

		if (!run->watch.targets[host].degraded &&
			!run->watch.targets[host].crashed)
			return host;
	}
}

static uint64_t
share_of(const struct options *options, double share)
{
	return (uint64_t)(share * (double)options->nodes + 0.5);
}

static void
plan_stalls(struct run *run)
{
	const struct delay between = {.kind = DELAY_EXPONENTIAL, .a_us = RUN_MEAN_US};
	uint64_t left = share_of(run->options, run->options->stall_share);

	while (left > 0) {
		size_t host = draw_host(run);

		if (timer_is_set(&run->faults[host].timer))
			continue;
		heap_set(&run->heap, &run->faults[host].timer,
			world_time_us(run->world) + delay_draw(&between, &run->prng));
		left--;
	}
}

static void
degrade(struct run *run)
{
	uint64_t count = share_of(run->options, run->options->degraded_share);

	for (uint64_t i = 0; i < count; i++) {
		size_t host = draw_host(run);

		watch_degrade(&run->watch, host);
		world_set_host_loss(run->world, host, run->options->degraded_loss);
	}
}

static void
stall_or_resume(struct run *run, struct fault *fault)
{
	const struct delay between = {.kind = DELAY_EXPONENTIAL, .a_us = RUN_MEAN_US};
	size_t host = (size_t)(fault - run->faults);
	const struct delay *span = &run->options->stall;

	if (world_node(run->world, host) == NULL)
		return;
	if (world_is_stalled(run->world, host)) {
		watch_resumed(&run->watch, run->world, host);
		world_resume(run->world, host);
		span = &between;
	} else {
		world_stall(run->world, host);
	}
	heap_set(&run->heap, &fault->timer,
		world_time_us(run->world) + 1 + delay_draw(span, &run->prng));
}

static void
crash_all(struct run *run)
{
	for (uint64_t i = 0; i < run->options->crash; i++) {
		size_t host = draw_host(run);

		watch_crash(&run->watch, run->world, host);
		world_crash(run->world, host);
	}
	run->crash_at_us = DEADLINE_NONE;
}

static uint64_t
earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static void
go(struct run *run, struct progress *progress)
{
	uint64_t begin_us = world_time_us(run->world);
	uint64_t look_us = begin_us;

	while (world_time_us(run->world) < run->end_us) {
		struct timer *timer;

		look_us = earlier(look_us + SECOND_US, run->end_us);
		while (world_time_us(run->world) < look_us) {
			world_run_to(run->world,
				earlier(look_us, earlier(run->crash_at_us,
							 heap_deadline(&run->heap))));
			if (world_time_us(run->world) >= run->crash_at_us)
				crash_all(run);
			while ((timer = heap_pop_due(
					&run->heap, world_time_us(run->world))) != NULL)
				stall_or_resume(
					run, timer_element(timer, struct fault, timer));
		}
		progress_within(progress, (double)(look_us - begin_us) /
						  (double)(run->end_us - begin_us));
	}
}

static void
collect(const struct run *run, struct result *result)
{
	const struct sample *detected = &run->watch.detected_ms;

	for (size_t i = 0; i < detected->count; i++)
		sample_add(&result->detected_ms, detected->values[i]);
	result->false_deaths += run->watch.false_deaths;
	result->unwell_deaths += run->watch.unwell_deaths;
	result->undetected += run->watch.crashed_count - detected->count;
	sample_add(&result->bytes, (cluster_bytes(run->world) - run->bytes) * 1e6 /
					   ((double)run->options->duration_us *
						   (double)run->options->nodes));
}

static struct world *
run_once(const struct trial *trial, void *result)
{
	const struct options *options = trial->options;
	struct run run = {.options = options};

	run.world = cluster_new(options, trial->strategy, trial->seed);
	run.faults = mem_new_array(options->nodes, sizeof(*run.faults));
	run.end_us = world_time_us(run.world) + options->duration_us;
	prng_init(&run.prng, ~trial->seed);
	heap_init(&run.heap);
	watch_init(&run.watch, run.world);
	degrade(&run);
	plan_stalls(&run);
	run.crash_at_us = options->crash == 0
				  ? DEADLINE_NONE
				  : world_time_us(run.world) + SECOND_US +
					    prng_below(&run.prng, SECOND_US);
	run.bytes = cluster_bytes(run.world);
	go(&run, trial->progress);
	collect(&run, result);
	watch_fini(&run.watch);
	heap_fini(&run.heap);
	free(run.faults);
	return run.world;
}

static void
print(struct report *report, const struct options *options, void *data, uint64_t trace)
{
	struct result *result = data;

	report_number(report, "loss", options->path.loss * 100, 1);
	report_number(
		report, "detect_p50_ms", sample_quantile(&result->detected_ms, 0.5), 0);
	report_number(report, "detect_p99_ms",
		sample_quantile(&result->detected_ms, 0.99), 0);
	report_count(report, "false_deaths", result->false_deaths);
	report_count(report, "unwell_deaths", result->unwell_deaths);
	report_count(report, "undetected", result->undetected);
	report_number(report, "bytes_per_node_s", sample_median(&result->bytes), 0);
	report_count(report, "seeds", options->seeds);
	report_hash(report, "trace_hash", trace);
}

static void
describe(const struct options *options, const struct report *report)
{
	char delay[DELAY_TEXT_SIZE];

	report_note(report, "%llu crash together; %g s watched",
		(unsigned long long)options->crash, (double)options->duration_us / 1e6);
	if (options->stall_share > 0)
		report_note(report,
			"%g %% of the nodes stall again and again for %s, and run for "
			"10 s on average in between",
			options->stall_share * 100,
			delay_format(&options->stall, delay));
	if (options->degraded_share > 0)
		report_note(report, "%g %% of the nodes lose %g %% of all packets",
			options->degraded_share * 100, options->degraded_loss * 100);
}

static void
fini(void *data)
{
	struct result *result = data;

	sample_fini(&result->detected_ms);
	sample_fini(&result->bytes);
}

int
failure_command(const struct options *options)
{
	static const struct series series = {
		.result_size = sizeof(struct result),
		.describe = describe,
		.run = run_once,
		.print = print,
		.fini = fini,
	};

	return series_run(&series, options);
}
