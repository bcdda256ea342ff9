/* SPDX-License-Identifier: MIT */
#include "sim/sweep.h"

#include "../unit/run.h"

/* Physics: by seed; see sim/chaos.h. A short one of what `make sweep` does at length.
 */
#define SEED_COUNT 24

START_TEST(a_random_run_heals)
{
	uint64_t seed = (uint64_t)_i;
	struct options options;
	struct sweep_result result;

	options_init(&options, COMMAND_SWEEP);
	sweep_run(&options, seed, &result);
	options_fini(&options);
	ck_assert_msg(result.fault[0] == '\0',
		"%s: repeat it by rumor-sim sweep --seeds 1 --seed %llu", result.fault,
		(unsigned long long)seed);
}
END_TEST

START_TEST(the_same_seed_gives_the_same_random_run)
{
	struct sweep_result results[3];
	struct options options;

	options_init(&options, COMMAND_SWEEP);
	options.duration_us = 20 * SECOND_US;
	sweep_run(&options, 5, &results[0]);
	sweep_run(&options, 5, &results[1]);
	sweep_run(&options, 6, &results[2]);
	options_fini(&options);
	ck_assert_uint_eq(results[0].trace, results[1].trace);
	ck_assert_uint_ne(results[0].trace, results[2].trace);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("sweep");
	TCase *tcase = add_case(suite, "sweep");

	tcase_add_loop_test(tcase, a_random_run_heals, 1, SEED_COUNT + 1);
	tcase_add_test(tcase, the_same_seed_gives_the_same_random_run);
	return run_suite(suite);
}
