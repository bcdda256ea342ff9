/* SPDX-License-Identifier: MIT */
#include "gossip/health.h"

#include "run.h"

static struct health health;

static void
set_up(void)
{
	health_init(&health, 8);
}

START_TEST(a_node_is_well_at_first)
{
	ck_assert_uint_eq(health.score, 0);
	ck_assert_uint_eq(health_stretch(&health, 100), 100);
}
END_TEST

/* Lifeguard, section IV.A: a timeout is multiplied by the score and one. */
START_TEST(a_node_that_is_not_well_takes_more_time)
{
	health_worsen(&health, 1);
	ck_assert_uint_eq(health_stretch(&health, 100), 200);
	health_worsen(&health, 3);
	ck_assert_uint_eq(health_stretch(&health, 100), 500);
}
END_TEST

START_TEST(health_is_never_worse_than_its_limit)
{
	health_worsen(&health, 7);
	health_worsen(&health, 100);
	ck_assert_uint_eq(health.score, 8);
	ck_assert_uint_eq(health_stretch(&health, 100), 900);
}
END_TEST

START_TEST(health_comes_back_step_by_step)
{
	health_worsen(&health, 2);
	health_improve(&health);
	ck_assert_uint_eq(health.score, 1);
	health_improve(&health);
	ck_assert_uint_eq(health.score, 0);
	health_improve(&health);
	ck_assert_uint_eq(health.score, 0);
}
END_TEST

START_TEST(a_limit_of_zero_turns_it_off)
{
	health_init(&health, 0);
	health_worsen(&health, 5);
	ck_assert_uint_eq(health_stretch(&health, 100), 100);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("health");
	TCase *tcase = add_case(suite, "health");

	tcase_add_checked_fixture(tcase, set_up, NULL);
	tcase_add_test(tcase, a_node_is_well_at_first);
	tcase_add_test(tcase, a_node_that_is_not_well_takes_more_time);
	tcase_add_test(tcase, health_is_never_worse_than_its_limit);
	tcase_add_test(tcase, health_comes_back_step_by_step);
	tcase_add_test(tcase, a_limit_of_zero_turns_it_off);
	return run_suite(suite);
}
