/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "base/now.h"
#include "sim/knobs.h"
#include "sim/options.h"
#include "sim/quantity.h"
#include "sim/sample.h"

#include "../unit/run.h"

START_TEST(durations_have_units_or_take_the_given_one)
{
	uint64_t us = 7;

	ck_assert_int_eq(quantity_duration("500ms", SECOND_US, &us), ERR_OK);
	ck_assert_uint_eq(us, 500 * MS_US);
	ck_assert_int_eq(quantity_duration("0.3", MS_US, &us), ERR_OK);
	ck_assert_uint_eq(us, 300);
	ck_assert_int_eq(quantity_duration("1h", SECOND_US, &us), ERR_OK);
	ck_assert_uint_eq(us, 3600 * SECOND_US);
	ck_assert_int_eq(quantity_duration("-1s", SECOND_US, &us), ERR_INVALID);
	ck_assert_int_eq(quantity_duration("", SECOND_US, &us), ERR_INVALID);
	ck_assert_int_eq(quantity_duration("1 s", SECOND_US, &us), ERR_INVALID);
	ck_assert_int_eq(quantity_duration("0x10", SECOND_US, &us), ERR_INVALID);
	ck_assert_int_eq(quantity_duration("1e30", SECOND_US, &us), ERR_INVALID);
	ck_assert_uint_eq(us, 3600 * SECOND_US);
}
END_TEST

START_TEST(shares_are_percents_up_to_a_hundred)
{
	double share = 7;

	ck_assert_int_eq(quantity_share("10", &share), ERR_OK);
	ck_assert_double_eq(share, 0.1);
	ck_assert_int_eq(quantity_share("2.5%", &share), ERR_OK);
	ck_assert_double_eq(share, 0.025);
	ck_assert_int_eq(quantity_share("101", &share), ERR_INVALID);
	ck_assert_int_eq(quantity_share("1%%", &share), ERR_INVALID);
	ck_assert_int_eq(quantity_share("x", &share), ERR_INVALID);
}
END_TEST

START_TEST(counts_are_digits_only)
{
	uint64_t count = 7;

	ck_assert_int_eq(quantity_count("1000", &count), ERR_OK);
	ck_assert_uint_eq(count, 1000);
	ck_assert_int_eq(quantity_count("1.5", &count), ERR_INVALID);
	ck_assert_int_eq(quantity_count("1k", &count), ERR_INVALID);
	ck_assert_int_eq(quantity_count("", &count), ERR_INVALID);
	ck_assert_uint_eq(count, 1000);
}
END_TEST

START_TEST(a_delay_is_uniform_constant_or_exponential)
{
	struct delay delay;
	char text[DELAY_TEXT_SIZE];

	ck_assert_int_eq(delay_parse("0.3:1", &delay), ERR_OK);
	ck_assert_str_eq(delay_format(&delay, text), "0.3 to 1 ms");
	ck_assert_int_eq(delay_parse("2", &delay), ERR_OK);
	ck_assert_str_eq(delay_format(&delay, text), "2 ms");
	ck_assert_int_eq(delay_parse("exp:2", &delay), ERR_OK);
	ck_assert_str_eq(delay_format(&delay, text), "exponential, mean 2 ms");
	ck_assert_int_eq(delay_parse("1:0.3", &delay), ERR_INVALID);
	ck_assert_int_eq(delay_parse("exp:", &delay), ERR_INVALID);
	ck_assert_int_eq(delay_parse("1:", &delay), ERR_INVALID);
}
END_TEST

START_TEST(delays_are_drawn_by_their_law)
{
	struct delay uniform = delay_uniform(300, 1000);
	struct delay exponential = {.kind = DELAY_EXPONENTIAL, .a_us = 2000};
	struct prng prng;
	double sum = 0;

	prng_init(&prng, 1);
	for (int i = 0; i < 10000; i++) {
		uint64_t us = delay_draw(&uniform, &prng);

		ck_assert_uint_ge(us, 300);
		ck_assert_uint_le(us, 1000);
		sum += (double)delay_draw(&exponential, &prng);
	}
	ck_assert_double_gt(sum / 10000, 1900);
	ck_assert_double_lt(sum / 10000, 2100);
}
END_TEST

START_TEST(settings_are_set_by_their_names)
{
	struct settings settings = settings_default();

	ck_assert_int_eq(knobs_set(&settings, "failure.probe_interval=500ms"), ERR_OK);
	ck_assert_uint_eq(settings.probe_interval_us, 500 * MS_US);
	ck_assert_int_eq(knobs_set(&settings, "gossip.packet_size_max=1KiB"), ERR_OK);
	ck_assert_uint_eq(settings.packet_size_max, 1024);
	ck_assert_int_eq(knobs_set(&settings, "limits.clock_drift_max=2s"), ERR_OK);
	ck_assert_uint_eq(settings.clock_drift_max_ms, 2000);
	ck_assert_int_eq(
		knobs_set(&settings, "failure.probe_interval=soon"), ERR_INVALID);
	ck_assert_int_eq(knobs_set(&settings, "failure.probe_interval"), ERR_NOT_FOUND);
	ck_assert_int_eq(knobs_set(&settings, "failure.probe=1s"), ERR_NOT_FOUND);
}
END_TEST

START_TEST(a_command_line_becomes_options)
{
	const char *arguments[] = {"--nodes", "128", "--stall", "20%", "0.1:5",
		"--crash", "0", "--degraded", "1%:80", "--rtt", "0,80;80,0", "--json"};
	struct options options;

	options_init(&options, COMMAND_FAILURE);
	ck_assert(options_parse(&options, COMMAND_FAILURE, 12, arguments));
	ck_assert_uint_eq(options.nodes, 128);
	ck_assert_double_eq(options.stall_share, 0.2);
	ck_assert_uint_eq(options.stall.b_us, 5 * SECOND_US);
	ck_assert_double_eq(options.degraded_loss, 0.8);
	ck_assert_uint_eq(options.region_count, 2);
	ck_assert_uint_eq(options.region_rtt_us[1], 80000);
	ck_assert(options.json);
	options_fini(&options);
}
END_TEST

static bool
is_taken(enum command_id command, const char *first, const char *second)
{
	const char *arguments[] = {first, second};
	struct options options;
	bool taken;

	options_init(&options, command);
	taken = options_parse(&options, command, second == NULL ? 1 : 2, arguments);
	options_fini(&options);
	return taken;
}

START_TEST(what_a_command_does_not_know_is_refused)
{
	ck_assert(is_taken(COMMAND_BROADCAST, "--updates", "10"));
	ck_assert(!is_taken(COMMAND_FAILURE, "--updates", "10"));
	ck_assert(!is_taken(COMMAND_BROADCAST, "--updates", "0"));
	ck_assert(!is_taken(COMMAND_BROADCAST, "--updates", NULL));
	ck_assert(!is_taken(COMMAND_BROADCAST, "--strategy", "telepathy"));
	ck_assert(!is_taken(COMMAND_BROADCAST, "--strategy", "plumtree,"));
	ck_assert(!is_taken(COMMAND_BROADCAST, "--rtt", "0,80;80"));
	ck_assert(!is_taken(COMMAND_JOIN, "--nodes", "3"));
	ck_assert(!is_taken(COMMAND_FAILURE, "--crash", "99"));
}
END_TEST

START_TEST(quantiles_are_values_of_the_sample)
{
	struct sample sample;

	sample_init(&sample);
	ck_assert(isnan(sample_median(&sample)));
	for (int i = 10; i >= 1; i--)
		sample_add(&sample, i);
	ck_assert_double_eq(sample_median(&sample), 5);
	ck_assert_double_eq(sample_quantile(&sample, 0.99), 10);
	ck_assert_double_eq(sample_quantile(&sample, 0), 1);
	ck_assert_double_eq(sample_max(&sample), 10);
	sample_fini(&sample);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("sim options");
	TCase *tcase = add_case(suite, "sim options");

	tcase_add_test(tcase, durations_have_units_or_take_the_given_one);
	tcase_add_test(tcase, shares_are_percents_up_to_a_hundred);
	tcase_add_test(tcase, counts_are_digits_only);
	tcase_add_test(tcase, a_delay_is_uniform_constant_or_exponential);
	tcase_add_test(tcase, delays_are_drawn_by_their_law);
	tcase_add_test(tcase, settings_are_set_by_their_names);
	tcase_add_test(tcase, a_command_line_becomes_options);
	tcase_add_test(tcase, what_a_command_does_not_know_is_refused);
	tcase_add_test(tcase, quantiles_are_values_of_the_sample);
	return run_suite(suite);
}
