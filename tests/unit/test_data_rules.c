/* SPDX-License-Identifier: MIT */
#include "gossip/node.h"

#include "gossip/node_parts.h"
#include "lan.h"
#include "run.h"
#include "sample.h"

/*
 * Nothing deleted comes back, nothing written is lost, whatever the length of a
 * partition: the rules of the data, with two or three nodes that are cut apart and meet
 * again.
 */
static struct lan lan;

/* Long enough to notice that the others are gone, or back, and to repair. */
#define LONG_MS 60000

#define TOMBSTONE_LIFE_MS 10000

static struct settings
settings_for(unsigned number)
{
	struct settings settings = sample_settings(number);

	settings.tombstone_life_ms = TOMBSTONE_LIFE_MS;
	return settings;
}

static void
start(unsigned number)
{
	struct settings settings = settings_for(number);

	lan_start(&lan, number, &settings);
}

static void
set_up(void)
{
	lan_init(&lan);
	for (unsigned i = 1; i <= 3; i++)
		start(i);
	lan_join(&lan, 2, 1);
	lan_join(&lan, 3, 1);
	lan_run_ms(&lan, 5000);
	lan_expect_agreement(&lan);
}

static void
tear_down(void)
{
	lan_fini(&lan);
}

/* Node 3 on one side, 1 and 2 on the other. */
static void
part(bool apart)
{
	lan_cut(&lan, 1, 3, apart);
	lan_cut(&lan, 2, 3, apart);
}

static void
meet(void)
{
	part(false);
	lan_run_ms(&lan, LONG_MS);
	lan_expect_agreement(&lan);
	for (unsigned i = 1; i <= 3; i++) {
		for (unsigned j = 1; j <= 3; j++)
			ck_assert_int_eq(lan_state(&lan, i, j), MEMBER_ALIVE);
	}
}

static void
expect_all(const char *key, const char *value)
{
	for (unsigned i = 1; i <= 3; i++)
		lan_expect(&lan, i, key, value);
}

static uint32_t
context_sum_of(unsigned number)
{
	return store_summary(&lan.nodes[number]->store).context_sum;
}

START_TEST(a_write_is_everywhere_at_once)
{
	lan_set(&lan, 2, "k", "v");
	lan_settle(&lan);
	expect_all("k", "v");
	lan_expect_agreement(&lan);
}
END_TEST

START_TEST(a_delete_while_apart_holds)
{
	lan_set(&lan, 1, "k", "v");
	lan_settle(&lan);
	part(true);
	lan_delete(&lan, 1, "k");
	lan_run_ms(&lan, TOMBSTONE_LIFE_MS / 2);
	lan_expect(&lan, 3, "k", "v");
	meet();
	expect_all("k", NULL);
}
END_TEST

START_TEST(a_delete_holds_longer_than_its_tombstone)
{
	lan_set(&lan, 1, "k", "v");
	lan_settle(&lan);
	part(true);
	lan_delete(&lan, 1, "k");
	lan_run_ms(&lan, 10 * TOMBSTONE_LIFE_MS);
	lan_expect(&lan, 3, "k", "v");
	meet();
	expect_all("k", NULL);
}
END_TEST

START_TEST(the_lonely_side_may_be_the_one_that_deletes)
{
	lan_set(&lan, 1, "k", "v");
	lan_settle(&lan);
	part(true);
	lan_delete(&lan, 3, "k");
	lan_run_ms(&lan, 10 * TOMBSTONE_LIFE_MS);
	meet();
	expect_all("k", NULL);
}
END_TEST

START_TEST(an_overwrite_while_apart_holds)
{
	lan_set(&lan, 1, "k", "old");
	lan_settle(&lan);
	part(true);
	lan_set(&lan, 3, "k", "new");
	lan_run_ms(&lan, LONG_MS);
	meet();
	expect_all("k", "new");
}
END_TEST

START_TEST(of_two_writes_while_apart_the_later_holds)
{
	part(true);
	lan_run_ms(&lan, 1000);
	lan_set(&lan, 3, "k", "earlier");
	lan_run_ms(&lan, 1000);
	lan_set(&lan, 1, "k", "later");
	lan_run_ms(&lan, LONG_MS);
	meet();
	expect_all("k", "later");
}
END_TEST

START_TEST(a_write_after_a_delete_elsewhere_holds)
{
	lan_set(&lan, 1, "k", "v");
	lan_settle(&lan);
	part(true);
	lan_delete(&lan, 1, "k");
	lan_run_ms(&lan, 1000);
	lan_set(&lan, 3, "k", "kept");
	meet();
	expect_all("k", "kept");
}
END_TEST

START_TEST(a_delete_after_a_write_elsewhere_holds)
{
	lan_set(&lan, 1, "k", "v");
	lan_settle(&lan);
	part(true);
	lan_set(&lan, 3, "k", "too early");
	lan_run_ms(&lan, 1000);
	lan_delete(&lan, 1, "k");
	lan_run_ms(&lan, 1000);
	meet();
	expect_all("k", NULL);
}
END_TEST

START_TEST(a_write_that_no_delete_has_seen_outlives_the_tombstone)
{
	lan_set(&lan, 1, "k", "v");
	lan_settle(&lan);
	part(true);
	lan_set(&lan, 3, "k", "unseen");
	lan_run_ms(&lan, 1000);
	lan_delete(&lan, 1, "k");
	lan_run_ms(&lan, 10 * TOMBSTONE_LIFE_MS);
	meet();
	expect_all("k", "unseen");
}
END_TEST

START_TEST(everything_written_while_apart_is_kept)
{
	part(true);
	for (unsigned i = 0; i < 100; i++) {
		lan_set(&lan, 1 + i % 3, sample_name(i), "v");
		lan_run_ms(&lan, 100);
	}
	meet();
	for (unsigned i = 0; i < 100; i++)
		expect_all(sample_name(i), "v");
}
END_TEST

/* On node 1, for twenty seconds. */
static void
set_for_a_while(void)
{
	struct write write = {
		.key = bytes_of_string("k"),
		.value = bytes_of_string("v"),
		.ttl_ms = 20000,
	};

	ck_assert_int_eq(
		node_set(lan.nodes[1], &write, lan_now(&lan, 1), NULL), ERR_OK);
}

START_TEST(a_record_expires_on_both_sides)
{
	set_for_a_while();
	lan_settle(&lan);
	part(true);
	expect_all("k", "v");
	lan_run_ms(&lan, 19999);
	expect_all("k", "v");
	lan_run_ms(&lan, 1);
	expect_all("k", NULL);
	meet();
	expect_all("k", NULL);
}
END_TEST

START_TEST(a_record_that_expired_here_is_dropped_by_a_slower_clock)
{
	set_for_a_while();
	lan_settle(&lan);
	lan.wall_offset_ms[1] = lan.wall_offset_ms[2] = 3600000;
	lan_run_ms(&lan, 15000);
	expect_all("k", NULL);
	lan_expect_agreement(&lan);
}
END_TEST

START_TEST(an_expired_record_does_not_come_back)
{
	part(true);
	set_for_a_while();
	lan_run_ms(&lan, 30000);
	meet();
	expect_all("k", NULL);
}
END_TEST

START_TEST(contexts_grow_together_when_states_agree)
{
	part(true);
	for (int i = 0; i < 20; i++) {
		lan_set(&lan, 1, "k", "v");
		lan_run_ms(&lan, 10);
	}
	meet();
	ck_assert_uint_eq(context_sum_of(1), context_sum_of(3));
	ck_assert_uint_eq(context_sum_of(1), context_sum_of(2));
}
END_TEST

/* --- refusals --- */

static void
start_small(unsigned number, size_t state_size_max)
{
	struct settings settings = settings_for(number);

	settings.state_size_max = state_size_max;
	settings.identity.generation = 2;
	settings.identity.seq_next = settings.identity.seq_limit;
	settings.identity.seq_limit *= 2;
	lan_start(&lan, number, &settings);
	lan_join(&lan, number, 1);
	lan_run_ms(&lan, 2000);
}

START_TEST(what_one_node_refuses_the_others_keep)
{
	char large[1200] = {0};

	memset(large, 'v', sizeof(large) - 1);
	start_small(3, 1000);
	lan_set(&lan, 1, "large", large);
	lan_run_ms(&lan, LONG_MS);
	lan_expect(&lan, 1, "large", large);
	lan_expect(&lan, 2, "large", large);
	lan_expect(&lan, 3, "large", NULL);
	lan_set(&lan, 3, "k", "v");
	lan_set(&lan, 2, "j", "v");
	lan_run_ms(&lan, LONG_MS);
	expect_all("k", "v");
	expect_all("j", "v");
	lan_delete(&lan, 1, "large");
	lan_run_ms(&lan, 2 * LONG_MS);
	lan_expect_agreement(&lan);
}
END_TEST

START_TEST(refusals_do_not_keep_the_network_busy)
{
	char large[1200] = {0};
	size_t before;

	memset(large, 'v', sizeof(large) - 1);
	start_small(3, 1000);
	lan_set(&lan, 1, "large", large);
	lan_run_ms(&lan, 5 * LONG_MS);
	before = lan.stream_count;
	lan_run_ms(&lan, 10 * LONG_MS);
	ck_assert_uint_le(lan.stream_count - before, 4 * 10 + 4);
}
END_TEST

START_TEST(a_clock_that_is_ahead_poisons_nobody)
{
	lan.wall_offset_ms[3] = 3600000;
	lan_set(&lan, 3, "k", "from the future");
	lan_run_ms(&lan, 1000);
	lan_set(&lan, 1, "k", "now");
	lan_run_ms(&lan, 1000);
	lan_expect(&lan, 1, "k", "now");
	lan_expect(&lan, 2, "k", "now");
	ck_assert_int_eq(lan_state(&lan, 1, 3), MEMBER_ALIVE);
	ck_assert_uint_gt(lan.nodes[1]->intake.drops[DROP_CLOCK], 0);
	ck_assert_uint_ge(lan.notices[1][NOTICE_CLOCK], 1);
}
END_TEST

/* --- restarts --- */

START_TEST(a_restart_without_state_loses_and_deletes_nothing)
{
	struct settings settings = settings_for(1);

	lan_set(&lan, 1, "k", "v");
	lan_set(&lan, 1, "@self/role", "db");
	lan_run_ms(&lan, 1000);
	lan_kill(&lan, 1);
	lan_run_ms(&lan, 1000);
	settings.identity.generation = 2;
	settings.identity.seq_next = settings.identity.seq_limit;
	settings.identity.seq_limit *= 2;
	lan_start(&lan, 1, &settings);
	lan_join(&lan, 1, 2);
	lan_run_ms(&lan, LONG_MS);
	lan_expect_agreement(&lan);
	expect_all("k", "v");
	expect_all("@n1/role", "db");
	lan_delete(&lan, 1, "k");
	lan_settle(&lan);
	expect_all("k", NULL);
	ck_assert_int_eq(lan_state(&lan, 2, 1), MEMBER_ALIVE);
}
END_TEST

START_TEST(a_restart_long_after_its_death_is_welcome)
{
	struct settings settings = settings_for(1);

	lan_set(&lan, 1, "k", "v");
	lan_settle(&lan);
	lan_kill(&lan, 1);
	lan_run_ms(&lan, 5 * LONG_MS);
	ck_assert_int_eq(lan_state(&lan, 2, 1), MEMBER_DEAD);
	ck_assert_int_eq(lan_state(&lan, 3, 1), MEMBER_DEAD);
	settings.identity.generation = 2;
	settings.identity.writer++;
	lan_start(&lan, 1, &settings);
	lan_join(&lan, 1, 3);
	lan_run_ms(&lan, 0);
	ck_assert_int_eq(lan_state(&lan, 2, 1), MEMBER_ALIVE);
	ck_assert_int_eq(lan_state(&lan, 3, 1), MEMBER_ALIVE);
	expect_all("k", "v");
}
END_TEST

/* The state directory of its first start came back from a backup: the identity is that
 * of the beginning, with numbers that have long been used. */
static void
restore_first(void)
{
	for (int i = 0; i < 20; i++)
		lan_set(&lan, 1, sample_name((unsigned)i % 5), "before");
	lan_run_ms(&lan, 5000);
	lan_kill(&lan, 1);
	start(1);
	lan_join(&lan, 1, 2);
	lan_run_ms(&lan, 5000);
}

START_TEST(a_restored_old_state_writes_under_a_new_writer)
{
	restore_first();
	ck_assert_uint_ne(lan.nodes[1]->author.writer, sample_writer(1));
	ck_assert_uint_eq(lan.reserved_writer[1], lan.nodes[1]->author.writer);
	lan_set(&lan, 1, "k", "after");
	lan_run_ms(&lan, 200);
	expect_all("k", "after");
	for (unsigned i = 0; i < 5; i++)
		expect_all(sample_name(i), "before");
	lan_expect_agreement(&lan);
}
END_TEST

START_TEST(a_new_writer_is_known_as_the_node_it_is)
{
	struct item item;

	restore_first();
	lan_set(&lan, 1, "k", "after");
	lan_run_ms(&lan, 200);
	for (unsigned i = 1; i <= 3; i++) {
		ck_assert_int_eq(
			node_get(lan.nodes[i], bytes_of_string("k"), false, &item),
			ERR_OK);
		ck_assert_str_eq(item.origin, "n1");
	}
}
END_TEST

START_TEST(a_renewed_writer_speaks_up_once)
{
	uint32_t incarnation;

	restore_first();
	incarnation = lan.nodes[1]->members.self->incarnation;
	node_reserved(lan.nodes[1], lan.nodes[1]->author.writer, UINT64_C(1) << 40);
	ck_assert_uint_eq(lan.nodes[1]->members.self->incarnation, incarnation);
}
END_TEST

START_TEST(a_restored_node_is_alive_for_all)
{
	restore_first();
	for (unsigned i = 1; i <= 3; i++) {
		for (unsigned j = 1; j <= 3; j++)
			ck_assert_int_eq(lan_state(&lan, i, j), MEMBER_ALIVE);
	}
}
END_TEST

START_TEST(what_a_restored_node_wrote_before_it_knew_is_not_lost)
{
	for (int i = 0; i < 20; i++)
		lan_set(&lan, 1, sample_name((unsigned)i % 5), "before");
	lan_run_ms(&lan, 5000);
	lan_kill(&lan, 1);
	start(1);
	lan_set(&lan, 1, "k", "written before the first meeting");
	lan_join(&lan, 1, 2);
	lan_run_ms(&lan, 5000);
	expect_all("k", "written before the first meeting");
}
END_TEST

/* --- names --- */

START_TEST(two_live_nodes_of_one_name_are_shown_and_not_fought_over)
{
	struct settings settings = settings_for(4);
	struct member_view view;
	size_t cursor = 0;
	size_t conflicts = 0;
	size_t before;

	settings.name = "n2";
	lan_start(&lan, 4, &settings);
	lan_join(&lan, 4, 1);
	lan_run_ms(&lan, 5000);
	while (node_next_member(lan.nodes[1], &cursor, &view))
		conflicts += view.name_conflict;
	ck_assert_uint_eq(conflicts, 2);
	ck_assert_int_eq(lan_state(&lan, 1, 2), MEMBER_ALIVE);
	ck_assert_int_eq(lan_state(&lan, 1, 4), MEMBER_ALIVE);
	ck_assert_uint_ge(lan.notices[1][NOTICE_NAME_CONFLICT], 1);
	before = lan.nodes[1]->intake.applied;
	lan_run_ms(&lan, LONG_MS);
	ck_assert_uint_eq(lan.nodes[1]->intake.applied, before);
}
END_TEST

START_TEST(the_name_of_a_dead_node_is_free)
{
	struct settings settings = settings_for(4);

	lan_set(&lan, 2, "@self/role", "old");
	lan_settle(&lan);
	lan_kill(&lan, 2);
	lan_run_ms(&lan, LONG_MS);
	lan_expect(&lan, 1, "@n2/role", NULL);
	settings.name = "n2";
	lan_start(&lan, 4, &settings);
	lan_join(&lan, 4, 1);
	lan_run_ms(&lan, 1000);
	lan_set(&lan, 4, "@self/role", "new");
	lan_settle(&lan);
	lan_expect(&lan, 1, "@n2/role", "new");
	lan_expect(&lan, 3, "@n2/role", "new");
	ck_assert_uint_eq(lan.notices[1][NOTICE_NAME_CONFLICT], 0);
}
END_TEST

static void
add_partitions(Suite *suite)
{
	TCase *tcase = add_case(suite, "partitions");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_write_is_everywhere_at_once);
	tcase_add_test(tcase, a_delete_while_apart_holds);
	tcase_add_test(tcase, a_delete_holds_longer_than_its_tombstone);
	tcase_add_test(tcase, the_lonely_side_may_be_the_one_that_deletes);
	tcase_add_test(tcase, an_overwrite_while_apart_holds);
	tcase_add_test(tcase, of_two_writes_while_apart_the_later_holds);
	tcase_add_test(tcase, a_write_after_a_delete_elsewhere_holds);
	tcase_add_test(tcase, a_delete_after_a_write_elsewhere_holds);
	tcase_add_test(tcase, a_write_that_no_delete_has_seen_outlives_the_tombstone);
	tcase_add_test(tcase, everything_written_while_apart_is_kept);
	tcase_add_test(tcase, contexts_grow_together_when_states_agree);
}

static void
add_expiry_and_refusals(Suite *suite)
{
	TCase *tcase = add_case(suite, "expiry and refusals");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_record_expires_on_both_sides);
	tcase_add_test(tcase, a_record_that_expired_here_is_dropped_by_a_slower_clock);
	tcase_add_test(tcase, an_expired_record_does_not_come_back);
	tcase_add_test(tcase, what_one_node_refuses_the_others_keep);
	tcase_add_test(tcase, refusals_do_not_keep_the_network_busy);
	tcase_add_test(tcase, a_clock_that_is_ahead_poisons_nobody);
}

static void
add_restarts_and_names(Suite *suite)
{
	TCase *tcase = add_case(suite, "restarts and names");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_restart_without_state_loses_and_deletes_nothing);
	tcase_add_test(tcase, a_restart_long_after_its_death_is_welcome);
	tcase_add_test(tcase, a_restored_old_state_writes_under_a_new_writer);
	tcase_add_test(tcase, a_new_writer_is_known_as_the_node_it_is);
	tcase_add_test(tcase, a_renewed_writer_speaks_up_once);
	tcase_add_test(tcase, a_restored_node_is_alive_for_all);
	tcase_add_test(tcase, what_a_restored_node_wrote_before_it_knew_is_not_lost);
	tcase_add_test(tcase, two_live_nodes_of_one_name_are_shown_and_not_fought_over);
	tcase_add_test(tcase, the_name_of_a_dead_node_is_free);
}

int
main(void)
{
	Suite *suite = suite_create("data_rules");

	add_partitions(suite);
	add_expiry_and_refusals(suite);
	add_restarts_and_names(suite);
	return run_suite(suite);
}
