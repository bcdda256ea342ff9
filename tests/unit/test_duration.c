/* SPDX-License-Identifier: MIT */
#include "cli/duration.h"

#include "run.h"

START_TEST(times_have_units)
{
	static const struct {
		const char *text;
		uint64_t ms;
	} times[] = {
		{"1ms", 1},
		{"500ms", 500},
		{"60s", 60000},
		{"5m", 300000},
		{"5min", 300000},
		{"1h", 3600000},
		{"1d", 86400000},
		{"0001s", 1000},
	};
	static const char *const wrong[] = {"", "5", "s", "-1s", "+1s", "1.5s", "1 s",
		"1S", "1sec", "0ms", "0d", "18446744073709551616ms",
		"18446744073709551615s", " 1s"};
	uint64_t ms = 99;

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		ck_assert(duration_parse(times[i].text, UINT64_MAX, &ms));
		ck_assert_uint_eq(ms, times[i].ms);
	}
	ms = 99;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		ck_assert(!duration_parse(wrong[i], UINT64_MAX, &ms));
	}
	ck_assert(!duration_parse("1001ms", 1000, &ms));
	ck_assert_uint_eq(ms, 99);
	ck_assert(duration_parse("1s", 1000, &ms));
}
END_TEST

START_TEST(times_are_told_to_two_units)
{
	char text[DURATION_TEXT_SIZE];

	ck_assert_str_eq(duration_format(0, text), "0ms");
	ck_assert_str_eq(duration_format(999, text), "999ms");
	ck_assert_str_eq(duration_format(1999, text), "1s");
	ck_assert_str_eq(duration_format(60000, text), "1m0s");
	ck_assert_str_eq(duration_format(3599999, text), "59m59s");
	ck_assert_str_eq(duration_format(3600000, text), "1h0m");
	ck_assert_str_eq(duration_format(273600000, text), "3d4h");
	ck_assert_str_eq(duration_format(UINT64_MAX, text), "213503982334d14h");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("duration");
	TCase *tcase = add_case(suite, "duration");

	tcase_add_test(tcase, times_have_units);
	tcase_add_test(tcase, times_are_told_to_two_units);
	return run_suite(suite);
}
