/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

#include "fake_daemon.h"

/* How a run of the program `rumor` ended and what it wrote. */
struct run {
	int status; /* exit status, -1 when a signal ended it */
	char out[4096];
	char err[4096];
};

/* What a run finds around it. All zero: no standard input, standard output is a file.
 */
struct surroundings {
	const char *input;    /* what is on standard input */
	const char *output;   /* a file for standard output, which then is not kept */
	const char *terminal; /* TERM; standard output is a terminal, then */
	bool is_output_closed;
	bool is_output_unread; /* it is a pipe that nobody reads from */
};

/* What the next run finds, and the daemon of the last run_with(). */
extern struct surroundings surroundings;
extern struct fake_daemon fake;

/* Fixture for each test. */
void set_up(void);
void tear_down(void);

/* Runs it in a process of its own. The arguments end with NULL and begin after the name
 * of the program. */
struct run run_alone(const char *const *arguments);

/* The same with a daemon that follows the script. */
struct run run_with(const char *const *answers, const char *const *arguments);

#define RUN(...) run_alone(ANSWERS(__VA_ARGS__))
#define RUN_WITH(answers, ...) run_with(answers, ANSWERS(__VA_ARGS__))

#define ASSERT_RUN(run, wanted_status, wanted_out, wanted_err) \
	do {                                                   \
		ck_assert_str_eq((run).err, wanted_err);       \
		ck_assert_str_eq((run).out, wanted_out);       \
		ck_assert_int_eq((run).status, wanted_status); \
	} while (0)
