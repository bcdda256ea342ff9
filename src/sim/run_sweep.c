/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/hash.h"
#include "sim/commands.h"
#include "sim/progress.h"
#include "sim/sweep.h"

/* A run that takes longer than this hangs. */
#define RUN_TIME_MAX_S 300

/* What the run wrote into the pipe before it ended; none when it broke down. */
static bool
read_result(int input, struct sweep_result *ret_result)
{
	size_t len = 0;
	char *bytes = (char *)ret_result;

	while (len < sizeof(*ret_result)) {
		ssize_t got = read(input, bytes + len, sizeof(*ret_result) - len);

		if (got <= 0)
			return false;
		len += (size_t)got;
	}
	return true;
}

/* In a process of its own, so that a failed assertion is told of like any other fault.
 */
static void
run_apart(const struct options *options, uint64_t seed, struct sweep_result *ret_result)
{
	int ends[2];
	int status = 0;
	pid_t child;
	bool told = false;

	fflush(stdout);
	if (pipe(ends) != 0)
		abort();
	child = fork();
	if (child == 0) {
		alarm(RUN_TIME_MAX_S);
		sweep_run(options, seed, ret_result);
		_exit(write(ends[1], ret_result, sizeof(*ret_result)) !=
			(ssize_t)sizeof(*ret_result));
	}
	close(ends[1]);
	if (child > 0) {
		told = read_result(ends[0], ret_result);
		waitpid(child, &status, 0);
	}
	close(ends[0]);
	if (!told || status != 0)
		snprintf(ret_result->fault, sizeof(ret_result->fault),
			"the run broke down");
}

static void
tell_fault(const struct options *options, uint64_t seed, const char *fault)
{
	if (options->json)
		printf("{\"seed\":%llu,\"fault\":\"%s\"}\n", (unsigned long long)seed,
			fault);
	else
		printf("seed %llu: %s\n  rumor-sim sweep%s --seeds 1 --seed %llu\n",
			(unsigned long long)seed, fault, options->again,
			(unsigned long long)seed);
	fflush(stdout);
}

int
sweep_command(const struct options *options)
{
	struct progress progress;
	uint64_t failed = 0;
	uint64_t trace = 0;

	progress_init(&progress, options->seeds);
	for (uint64_t i = 0; i < options->seeds; i++) {
		uint64_t seed = options->seed + i;
		struct sweep_result result = {0};

		if (options->seeds == 1)
			sweep_run(options, seed, &result);
		else
			run_apart(options, seed, &result);
		trace = hash_pair(trace, result.trace, 0);
		if (result.fault[0] != '\0') {
			failed++;
			tell_fault(options, seed, result.fault);
		}
		progress_step(&progress);
	}
	progress_fini(&progress);
	if (!options->json)
		printf("%llu seeds from %llu, %llu failed, trace hash %016llx\n",
			(unsigned long long)options->seeds,
			(unsigned long long)options->seed, (unsigned long long)failed,
			(unsigned long long)trace);
	return failed == 0 ? 0 : 1;
}
