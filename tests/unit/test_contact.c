/* SPDX-License-Identifier: MIT */
#include "gossip/contact.h"

#include "bench.h"
#include "run.h"

#define JOIN_INTERVAL_US (2 * SECOND_US)
#define REJOIN_INTERVAL_US (30 * SECOND_US)
#define PROBE_INTERVAL_US SECOND_US

/* When lonely, seeds are looked up again after this at first. */
#define JOIN_AGAIN_US (200 * MS_US)

/* How long one seed is waited for alone, and others after it. */
#define ANSWER_US (300 * MS_US)
#define SETTLE_US SECOND_US

static struct bench bench;
static struct sent *sent = &bench.sent;
static struct contact *contact;

static void
init_with_randomness(bool has_seeds, uint64_t randomness)
{
	struct settings settings = sample_settings(1);

	settings.seed = randomness;
	settings.has_seeds = has_seeds;
	settings.join_interval_us = JOIN_INTERVAL_US;
	settings.rejoin_interval_us = REJOIN_INTERVAL_US;
	settings.probe_interval_us = PROBE_INTERVAL_US;
	bench_init(&bench, &settings);
	contact = &bench.node->contact;
}

static void
init_with(bool has_seeds)
{
	init_with_randomness(has_seeds, 1);
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

/* How long it is until seeds are looked up again, which then happens. */
static uint64_t
next_lookup_us(void)
{
	uint64_t wait_us = contact->seeds_at_us - bench_now(&bench).mono_us;

	pass_us(wait_us);
	ck_assert_uint_eq(resolved(), 1);
	return wait_us;
}

/* Seeds are looked up again and again, between three quarters of the interval and all
 * of it apart. */
static void
expect_interval(uint64_t interval_us)
{
	uint64_t least_us = UINT64_MAX;
	uint64_t most_us = 0;

	for (int i = 0; i < 100; i++) {
		uint64_t wait_us = next_lookup_us();

		least_us = wait_us < least_us ? wait_us : least_us;
		most_us = wait_us > most_us ? wait_us : most_us;
	}
	ck_assert_uint_ge(least_us, interval_us / 4 * 3);
	ck_assert_uint_le(most_us, interval_us);
	ck_assert_uint_gt(most_us, least_us);
}

/* The first lookups follow soon, then twice as far apart each time. */
static void
expect_growing_intervals(void)
{
	for (uint64_t us = JOIN_AGAIN_US; us < JOIN_INTERVAL_US; us *= 2) {
		uint64_t wait_us = next_lookup_us();

		ck_assert_uint_ge(wait_us, us / 4 * 3);
		ck_assert_uint_le(wait_us, us);
	}
}

START_TEST(a_lonely_node_looks_for_its_seeds_for_ever)
{
	pass_us(0);
	expect_growing_intervals();
	expect_interval(JOIN_INTERVAL_US);
}
END_TEST

START_TEST(a_node_in_company_looks_for_its_seeds_now_and_then)
{
	bench_join_up_to(&bench, 2);
	pass_us(0);
	expect_interval(REJOIN_INTERVAL_US);
}
END_TEST

START_TEST(who_has_lost_all_others_is_lonely)
{
	pass_us(0);
	expect_growing_intervals();
	bench_join_up_to(&bench, 2);
	next_lookup_us();
	bench_bury(&bench, 2, MEMBER_DEAD);
	next_lookup_us();
	expect_growing_intervals();
	expect_interval(JOIN_INTERVAL_US);
}
END_TEST

/* --- contacting them --- */

/* A stream is opened to that member and to no other. */
static void
expect_opened(unsigned number)
{
	struct address address = sample_address(number);

	ck_assert_uint_eq(opened(), 1);
	ck_assert(address_equal(
		&sent_output(sent, OUTPUT_STREAM_OPEN)->address, &address));
}

/* The number of the one seed, up to `last`, that is contacted now. */
static unsigned
opened_to(unsigned last)
{
	ck_assert_uint_eq(opened(), 1);
	for (unsigned i = 2; i <= last; i++) {
		struct address address = sample_address(i);

		if (address_equal(
			    &sent_output(sent, OUTPUT_STREAM_OPEN)->address, &address))
			return i;
	}
	ck_abort_msg("nobody of them is contacted");
	return 0;
}

START_TEST(a_seed_is_reconciled_with)
{
	seed(2);
	pass_us(0);
	expect_opened(2);
	pass_us(0);
	ck_assert_uint_eq(opened(), 0);
}
END_TEST

START_TEST(of_several_seeds_one_is_asked_and_the_next_when_it_takes_long)
{
	bool asked[5] = {false};

	for (unsigned i = 2; i <= 4; i++)
		seed(i);
	pass_us(0);
	asked[opened_to(4)] = true;
	for (int i = 0; i < 2; i++) {
		ck_assert_uint_le(contact_deadline(contact),
			bench_now(&bench).mono_us + ANSWER_US);
		pass_us(ANSWER_US - 1);
		ck_assert_uint_eq(opened(), 0);
		pass_us(1);
		asked[opened_to(4)] = true;
	}
	ck_assert(asked[2] && asked[3] && asked[4]);
	pass_us(ANSWER_US);
	ck_assert_uint_eq(opened(), 0);
}
END_TEST

START_TEST(the_next_seed_is_asked_when_one_fails)
{
	seed(2);
	seed(3);
	pass_us(0);
	opened_to(3);
	node_stream_closed(bench.node, sent_output(sent, OUTPUT_STREAM_OPEN)->stream,
		bench_now(&bench));
	ck_assert_uint_le(contact_deadline(contact), bench_now(&bench).mono_us);
	pass_us(0);
	opened_to(3);
}
END_TEST

START_TEST(which_seed_is_asked_first_is_a_matter_of_chance)
{
	size_t counts[5] = {0};

	for (uint64_t i = 0; i < 60; i++) {
		bench_fini(&bench);
		init_with_randomness(true, i);
		for (unsigned j = 2; j <= 4; j++)
			seed(j);
		pass_us(0);
		counts[opened_to(4)]++;
	}
	for (unsigned i = 2; i <= 4; i++)
		ck_assert_uint_gt(counts[i], 8);
}
END_TEST

START_TEST(a_seed_told_twice_is_asked_once)
{
	for (int i = 0; i < 3; i++)
		seed(2);
	ck_assert_uint_eq(contact->untried_count, 1);
}
END_TEST

START_TEST(more_seeds_than_there_is_room_for_are_left_out)
{
	for (unsigned i = 2; i < 2 * SEED_COUNT_MAX; i++)
		seed(i);
	ck_assert_uint_eq(contact->untried_count, SEED_COUNT_MAX);
}
END_TEST

START_TEST(who_was_not_known_by_the_first_seed_is_contacted_a_little_later)
{
	for (unsigned i = 2; i <= 5; i++)
		seed(i);
	pass_us(0);
	contact->exchanges->synced = true;
	bench_join_up_to(&bench, 3);
	ck_assert_uint_le(
		contact_deadline(contact), bench_now(&bench).mono_us + SETTLE_US);
	pass_us(SETTLE_US - 1);
	ck_assert_uint_eq(opened(), 0);
	pass_us(1);
	ck_assert_uint_ge(opened(), 1);
	for (size_t i = 0; i < sent->output_count; i++) {
		struct address second = sample_address(2);
		struct address third = sample_address(3);
		const struct output *output = &sent->outputs[i].output;

		if (output->kind != OUTPUT_STREAM_OPEN)
			continue;
		ck_assert(!address_equal(&output->address, &second));
		ck_assert(!address_equal(&output->address, &third));
	}
	ck_assert_uint_eq(contact->untried_count, 0);
}
END_TEST

START_TEST(who_has_nobody_to_wait_for_contacts_all_at_once)
{
	bench_fini(&bench);
	init_with(false);
	for (unsigned i = 2; i <= 4; i++)
		seed(i);
	pass_us(0);
	ck_assert_uint_eq(opened(), 3);
}
END_TEST

START_TEST(a_seed_that_is_a_live_member_is_left_alone)
{
	bench_join_up_to(&bench, 2);
	seed(2);
	pass_us(0);
	ck_assert_uint_eq(opened(), 0);
	seed(2);
	seed(3);
	pass_us(0);
	expect_opened(3);
}
END_TEST

START_TEST(a_seed_at_the_address_of_a_dead_member_is_tried)
{
	bench_join_up_to(&bench, 2);
	bench_bury(&bench, 2, MEMBER_DEAD);
	seed(2);
	pass_us(0);
	expect_opened(2);
}
END_TEST

START_TEST(a_node_is_no_seed_of_its_own)
{
	seed(1);
	pass_us(0);
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
	TCase *contacting = add_case(suite, "contacting");
	TCase *dead = add_case(suite, "the dead");

	tcase_add_checked_fixture(seeds, set_up, tear_down);
	tcase_add_test(seeds, seeds_are_looked_up_at_the_start);
	tcase_add_test(seeds, without_seeds_nobody_is_looked_up);
	tcase_add_test(seeds, a_lonely_node_looks_for_its_seeds_for_ever);
	tcase_add_test(seeds, a_node_in_company_looks_for_its_seeds_now_and_then);
	tcase_add_test(seeds, who_has_lost_all_others_is_lonely);
	tcase_add_checked_fixture(contacting, set_up, tear_down);
	tcase_add_test(contacting, a_seed_is_reconciled_with);
	tcase_add_test(contacting,
		of_several_seeds_one_is_asked_and_the_next_when_it_takes_long);
	tcase_add_test(contacting, the_next_seed_is_asked_when_one_fails);
	tcase_add_test(contacting, which_seed_is_asked_first_is_a_matter_of_chance);
	tcase_add_test(contacting, a_seed_told_twice_is_asked_once);
	tcase_add_test(contacting, more_seeds_than_there_is_room_for_are_left_out);
	tcase_add_test(contacting,
		who_was_not_known_by_the_first_seed_is_contacted_a_little_later);
	tcase_add_test(contacting, who_has_nobody_to_wait_for_contacts_all_at_once);
	tcase_add_test(contacting, a_seed_that_is_a_live_member_is_left_alone);
	tcase_add_test(contacting, a_seed_at_the_address_of_a_dead_member_is_tried);
	tcase_add_test(contacting, a_node_is_no_seed_of_its_own);
	tcase_add_checked_fixture(dead, set_up, tear_down);
	tcase_add_test(dead, the_dead_are_contacted_for_ever);
	tcase_add_test(dead, the_living_and_the_left_are_not);
	tcase_add_test(dead, the_larger_the_cluster_the_less_each_node_has_to_do);
	tcase_add_test(dead, a_dead_member_is_not_asked_to_answer_for_its_life);
	return run_suite(suite);
}
