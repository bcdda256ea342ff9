/* SPDX-License-Identifier: MIT */
#pragma once

#include "sim/options.h"
#include "sim/progress.h"
#include "sim/report.h"
#include "sim/world.h"

/*
 * The runs of one command line: each strategy with each seed, a row for each strategy.
 * What happens in a run and what stands in a row are the command's.
 */

/* One run. */
struct trial {
	const struct options *options;
	const char *strategy;
	uint64_t seed;
	struct progress *progress; /* for progress_within() */
};

/* What a command adds. `result` is its own: what all the runs of one strategy gave. */
struct series {
	size_t result_size;

	/* Says what is special about the runs, for people. May be NULL. */
	void (*describe)(const struct options *options, const struct report *report);

	/* Makes one run and adds to the result; the world is the caller's to free. */
	struct world *(*run)(const struct trial *trial, void *result);

	/* Puts the row after `strategy` and `nodes`. */
	void (*print)(struct report *report, const struct options *options,
		void *result, uint64_t trace);

	/* With all results, when they are printed: the exit status. May be NULL. */
	int (*conclude)(const struct options *options, void *results);

	void (*fini)(void *result);
};

/* Prints the report; returns the exit status. */
int series_run(const struct series *series, const struct options *options);
