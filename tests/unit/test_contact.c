/* SPDX-License-Identifier: MIT */
#include "gossip/contact.h"

#include "bench.h"
#include "run.h"

#define JOIN_INTERVAL_US (2 * SECOND_US)
#define REJOIN_INTERVAL_US (30 * SECOND_US)
#define PROBE_INTERVAL_US SECOND_US

static struct bench bench;
static struct sent *sent = &bench.sent;
static struct contact *contact;

static void
init_with(bool has_seeds)
{
	struct settings settings = sample_settings(1);

	settings.has_seeds = has_seeds;
	settings.join_interval_us = JOIN_INTERVAL_US;
	settings.rejoin_interval_us = REJOIN_INTERVAL_US;
	settings.probe_interval_us = PROBE_INTERVAL_US;
	bench_init(&bench, &settings);
	contact = &bench.node->contact;
}

static void
set_up(void)
{
	init_with(true);
}

static void
tear_down(void)
{
	bench_fini(&bench);
}

/* Of contact alone. */
static void
pass_us(uint64_t us)
{
	bench.time_us += us;
	contact_tick(contact, bench_now(&bench));
	bench_take(&bench);
}

static size_t
resolved(void)
{
	return sent_output_count(sent, OUTPUT_RESOLVE);
}

static void
seed(unsigned number)
{
	struct address address = sample_address(number);

	node_seed(bench.node, &address, bench_now(&bench));
	bench_take(&bench);
}

static size_t
opened(void)
{
	return sent_output_count(sent, OUTPUT_STREAM_OPEN);
}

/* --- seeds --- */

START_TEST(seeds_are_looked_up_at_the_start)
{
	pass_us(0);
	ck_assert_uint_eq(resolved(), 1);
	pass_us(0);
	ck_assert_uint_eq(resolved(), 0);
}
END_TEST

START_TEST(without_seeds_nobody_is_looked_up)
{
	bench_fini(&bench);
	init_with(false);
	for (int i = 0; i < 100; i++) {
		pass_us(SECOND_US);
		ck_assert_uint_eq(resolved(), 0);
	}
}
END_TEST

/* Seeds are looked up again and again, between three quarters of the interval and all
 * of it apart. */
static void
expect_interval(uint64_t interval_us)
{
	uint64_t least_us = UINT64_MAX;
	uint64_t most_us = 0;

	pass_us(REJOIN_INTERVAL_US);
	for (int i = 0; i < 100; i++) {
		uint64_t wait_us = contact->seeds_at_us - bench_now(&bench).mono_us;

		pass_us(wait_us);
		ck_assert_uint_eq(resolved(), 1);
		least_us = wait_us < least_us ? wait_us : least_us;
		most_us = wait_us > most_us ? wait_us : most_us;
	}
	ck_assert_uint_ge(least_us, interval_us / 4 * 3);
	ck_assert_uint_le(most_us, interval_us);
	ck_assert_uint_gt(most_us, least_us);
}

START_TEST(a_lonely_node_looks_for_its_seeds_for_ever)
{
	expect_interval(JOIN_INTERVAL_US);
}
END_TEST

START_TEST(a_node_in_company_looks_for_its_seeds_now_and_then)
{
	bench_join_up_to(&bench, 2);
	expect_interval(REJOIN_INTERVAL_US);
}
END_TEST

START_TEST(who_has_lost_all_others_is_lonely)
{
	bench_join_up_to(&bench, 2);
	bench_bury(&bench, 2, MEMBER_DEAD);
	expect_interval(JOIN_INTERVAL_US);
}
END_TEST

START_TEST(a_seed_is_reconciled_with)
{
	struct address address = sample_address(2);

	seed(2);
	ck_assert_uint_eq(opened(), 1);
	ck_assert(address_equal(
		&sent_output(sent, OUTPUT_STREAM_OPEN)->address, &address));
}
END_TEST

START_TEST(a_seed_that_is_a_live_member_is_left_alone)
{
	bench_join_up_to(&bench, 2);
	seed(2);
	ck_assert_uint_eq(opened(), 0);
}
END_TEST

START_TEST(a_seed_at_the_address_of_a_dead_member_is_tried)
{
	bench_join_up_to(&bench, 2);
	bench_bury(&bench, 2, MEMBER_DEAD);
	seed(2);
	ck_assert_uint_eq(opened(), 1);
}
END_TEST

START_TEST(a_node_is_no_seed_of_its_own)
{
	seed(1);
	ck_assert_uint_eq(opened(), 0);
}
END_TEST

/* --- the dead --- */

/* How many pings go to each member while the time passes. */
static void
count_pings(uint64_t intervals, unsigned last, size_t *counts)
{
	for (uint64_t i = 0; i < intervals; i++) {
		pass_us(PROBE_INTERVAL_US);
		for (unsigned j = 2; j <= last; j++)
			counts[j] += sent_count(sent, MESSAGE_PING, j);
	}
}

START_TEST(the_dead_are_contacted_for_ever)
{
	size_t counts[6] = {0};

	bench_join_up_to(&bench, 5);
	bench_bury(&bench, 4, MEMBER_DEAD);
	bench_bury(&bench, 5, MEMBER_DEAD);
	count_pings(1000, 5, counts);
	ck_assert_uint_eq(counts[4] + counts[5], 1000);
	ck_assert_uint_gt(counts[4], 400);
	ck_assert_uint_gt(counts[5], 400);
}
END_TEST

START_TEST(the_living_and_the_left_are_not)
{
	size_t counts[6] = {0};

	bench_join_up_to(&bench, 5);
	bench_bury(&bench, 4, MEMBER_LEFT);
	count_pings(100, 5, counts);
	for (unsigned i = 2; i <= 5; i++)
		ck_assert_uint_eq(counts[i], 0);
}
END_TEST

/* All live members together try about four dead ones in each interval. */
START_TEST(the_larger_the_cluster_the_less_each_node_has_to_do)
{
	size_t counts[102] = {0};

	bench_join_up_to(&bench, 101);
	bench_bury(&bench, 101, MEMBER_DEAD);
	count_pings(5000, 101, counts);
	ck_assert_uint_gt(counts[101], 120);
	ck_assert_uint_lt(counts[101], 300);
}
END_TEST

START_TEST(a_dead_member_is_not_asked_to_answer_for_its_life)
{
	bench_join_up_to(&bench, 5);
	bench_bury(&bench, 2, MEMBER_DEAD);
	pass_us(PROBE_INTERVAL_US);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_PING, 2), 1);
	bench.node->probes.round_at_us = UINT64_MAX;
	bench_pass_us(&bench, 10 * PROBE_INTERVAL_US);
	ck_assert_uint_eq(sent_count(sent, MESSAGE_PING_REQ, 0), 0);
	ck_assert_int_eq(bench_member(&bench, 2)->state, MEMBER_DEAD);
	ck_assert_uint_eq(bench.node->probes.failed_count, 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("contact");
	TCase *seeds = add_case(suite, "seeds");
	TCase *dead = add_case(suite, "the dead");

	tcase_add_checked_fixture(seeds, set_up, tear_down);
	tcase_add_test(seeds, seeds_are_looked_up_at_the_start);
	tcase_add_test(seeds, without_seeds_nobody_is_looked_up);
	tcase_add_test(seeds, a_lonely_node_looks_for_its_seeds_for_ever);
	tcase_add_test(seeds, a_node_in_company_looks_for_its_seeds_now_and_then);
	tcase_add_test(seeds, who_has_lost_all_others_is_lonely);
	tcase_add_test(seeds, a_seed_is_reconciled_with);
	tcase_add_test(seeds, a_seed_that_is_a_live_member_is_left_alone);
	tcase_add_test(seeds, a_seed_at_the_address_of_a_dead_member_is_tried);
	tcase_add_test(seeds, a_node_is_no_seed_of_its_own);
	tcase_add_checked_fixture(dead, set_up, tear_down);
	tcase_add_test(dead, the_dead_are_contacted_for_ever);
	tcase_add_test(dead, the_living_and_the_left_are_not);
	tcase_add_test(dead, the_larger_the_cluster_the_less_each_node_has_to_do);
	tcase_add_test(dead, a_dead_member_is_not_asked_to_answer_for_its_life);
	return run_suite(suite);
}
