/* SPDX-License-Identifier: MIT */
#include "gossip/intake.h"

#include "bench.h"
#include "run.h"

#define VALUE_SIZE_MAX 100
#define STATE_SIZE_MAX 1000
#define MEMBER_COUNT_MAX 5

/* The node knows members 2, 3 and 4; records come from 2. */
static struct bench bench;
static struct intake *intake;

static void
set_up(void)
{
	struct settings settings = sample_settings(1);

	settings.value_size_max = VALUE_SIZE_MAX;
	settings.state_size_max = STATE_SIZE_MAX;
	settings.member_count_max = MEMBER_COUNT_MAX;
	settings.clock_drift_max_ms = 500;
	settings.direct_count_max = 1;
	bench_init(&bench, &settings);
	bench_join_up_to(&bench, 4);
	bench_take(&bench);
	for (size_t i = 0; i < bench.node->overlay.count; i++)
		bench.node->overlay.neighbours[i].eager = true;
	intake = &bench.node->intake;
	intake->applied = 0;
}

static void
tear_down(void)
{
	bench_fini(&bench);
}

static enum intake_result
take_from(const struct record_view *view, bool pass_on)
{
	struct source source = {
		.member = sample_short_id(2),
		.address = sample_address(2),
		.pass_on = pass_on,
	};
	enum intake_result result =
		intake_record(intake, view, &source, bench_now(&bench));

	bench_take(&bench);
	return result;
}

static enum intake_result
take(const struct record_view *view)
{
	return take_from(view, true);
}

static bool
is_covered(const struct record_view *view)
{
	return context_covers(&bench.node->store.context, view->dot);
}

static bool
is_held(const char *key)
{
	return store_find(&bench.node->store, SPACE_KEYS, bytes_of_string(key)) != NULL;
}

/* The record is refused for that reason, and no node will ever be told to drop it. */
static void
expect_refusal(const struct record_view *view, enum drop reason)
{
	uint64_t before = intake->drops[reason];
	uint64_t fingerprint = bench.node->store.fingerprint;

	ck_assert_int_eq(take(view), INTAKE_REFUSED);
	ck_assert_uint_eq(intake->drops[reason], before + 1);
	ck_assert(!is_covered(view));
	ck_assert_uint_eq(bench.node->store.fingerprint, fingerprint);
	ck_assert_uint_eq(sent_count(&bench.sent, MESSAGE_RECORD, 0), 0);
}

START_TEST(a_new_record_is_applied_and_passed_on)
{
	struct record_view view = bench_write(&bench, 2, 2, "k", "v");

	ck_assert_int_eq(take(&view), INTAKE_NEW);
	ck_assert(is_held("k"));
	ck_assert_uint_eq(intake->applied, 1);
	ck_assert_uint_eq(sent_record_count(&bench.sent, view.dot, 3), 1);
	ck_assert_uint_eq(sent_record_count(&bench.sent, view.dot, 2), 0);
}
END_TEST

/* With how many hops a record goes on that came with so many. */
static uint8_t
hops_after(uint8_t hops, bool streamed, uint64_t seq)
{
	struct record_view view = bench_write(&bench, 2, seq, "k", "v");
	struct source source = {
		.member = sample_short_id(2),
		.address = sample_address(2),
		.hops = hops,
		.streamed = streamed,
		.pass_on = true,
	};

	ck_assert_int_eq(
		intake_record(intake, &view, &source, bench_now(&bench)), INTAKE_NEW);
	bench_take(&bench);
	return sent_message(&bench.sent, MESSAGE_RECORD, 3).record.hops;
}

START_TEST(each_node_on_the_way_is_a_hop)
{
	ck_assert_uint_eq(hops_after(0, false, 2), 1);
	ck_assert_uint_eq(hops_after(7, false, 3), 8);
	ck_assert_uint_eq(hops_after(UINT8_MAX - 1, false, 4), UINT8_MAX);
	ck_assert_uint_eq(hops_after(UINT8_MAX, false, 5), UINT8_MAX);
}
END_TEST

START_TEST(what_came_by_a_stream_begins_its_way_here)
{
	ck_assert_uint_eq(hops_after(0, true, 2), 0);
	ck_assert_uint_eq(hops_after(7, true, 3), 0);
}
END_TEST

START_TEST(what_the_neighbours_have_is_not_passed_on)
{
	struct record_view view = bench_write(&bench, 2, 2, "k", "v");

	ck_assert_int_eq(take_from(&view, false), INTAKE_NEW);
	ck_assert_uint_eq(sent_count(&bench.sent, MESSAGE_RECORD, 0), 0);
}
END_TEST

START_TEST(a_record_seen_before_is_a_duplicate)
{
	struct record_view view = bench_write(&bench, 2, 2, "k", "v");

	take(&view);
	ck_assert_int_eq(take(&view), INTAKE_KNOWN);
	ck_assert_uint_eq(intake->duplicates, 1);
	ck_assert_uint_eq(intake->applied, 1);
	ck_assert_uint_eq(sent_count(&bench.sent, MESSAGE_RECORD, 0), 0);
}
END_TEST

START_TEST(a_record_that_comes_late_is_covered_and_goes_no_further)
{
	struct record_view new = bench_write(&bench, 2, 3, "k", "new");
	struct record_view old = bench_write(&bench, 2, 2, "k", "old");

	old.stamp--;
	take(&new);
	ck_assert_int_eq(take(&old), INTAKE_NEW);
	ck_assert(is_covered(&old));
	ck_assert_uint_eq(intake->applied, 1);
	ck_assert_uint_eq(sent_count(&bench.sent, MESSAGE_RECORD, 0), 0);
}
END_TEST

START_TEST(a_key_against_the_rules_is_refused)
{
	static const char *const keys[] = {"", "a\nb", "\xff", "@web", "@/x"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct record_view view = bench_write(&bench, 2, 2, keys[i], "v");

		expect_refusal(&view, DROP_RECORD);
	}
}
END_TEST

START_TEST(a_key_is_owned_by_its_name_and_by_its_kind)
{
	struct record_view shared = bench_write(&bench, 2, 2, "@n2/role", "v");
	struct record_view owned = bench_write(&bench, 2, 3, "role", "v");

	owned.kind = RECORD_OWNED;
	owned.owner = sample_short_id(2);
	expect_refusal(&shared, DROP_RECORD);
	expect_refusal(&owned, DROP_RECORD);
	owned.key = bytes_of_string("@n2/role");
	ck_assert_int_eq(take(&owned), INTAKE_NEW);
}
END_TEST

START_TEST(a_value_beyond_the_limit_is_refused)
{
	static char value[VALUE_SIZE_MAX + 2];

	memset(value, 'v', VALUE_SIZE_MAX + 1);

	struct record_view view = bench_write(&bench, 2, 2, "k", value);

	expect_refusal(&view, DROP_QUOTA);
	view.value.len--;
	ck_assert_int_eq(take(&view), INTAKE_NEW);
}
END_TEST

START_TEST(a_refused_record_stays_uncovered)
{
	static char value[VALUE_SIZE_MAX + 1];
	struct record_view view;
	bool refused = false;

	memset(value, 'v', VALUE_SIZE_MAX);
	for (uint64_t i = 0; i < 20 && !refused; i++) {
		view = bench_write(&bench, 2, 2 + i, sample_name((unsigned)i), value);
		refused = take(&view) == INTAKE_REFUSED;
	}
	ck_assert(refused);
	ck_assert(!is_covered(&view));
	expect_refusal(&view, DROP_QUOTA);
}
END_TEST

START_TEST(one_dot_for_two_writes_is_a_conflict)
{
	struct record_view view = bench_write(&bench, 2, 2, "k", "v");
	struct record_view other = bench_write(&bench, 2, 2, "other", "v");

	take(&view);
	ck_assert_int_eq(take(&other), INTAKE_REFUSED);
	ck_assert_uint_eq(intake->drops[DROP_CONFLICT], 1);
	ck_assert(is_held("k"));
	ck_assert(!is_held("other"));
}
END_TEST

/* --- clocks --- */

START_TEST(a_stamp_too_far_ahead_is_refused)
{
	struct record_view view = bench_write(&bench, 2, 2, "k", "v");

	view.stamp = stamp_at_ms(501);
	expect_refusal(&view, DROP_CLOCK);
	view.stamp = stamp_at_ms(500);
	ck_assert_int_eq(take(&view), INTAKE_NEW);
}
END_TEST

START_TEST(a_delete_too_far_ahead_is_refused_too)
{
	struct record_view view = bench_write(&bench, 2, 2, "k", "");

	view.deleted = true;
	view.stamp = UINT64_MAX;
	expect_refusal(&view, DROP_CLOCK);
}
END_TEST

START_TEST(a_refused_stamp_does_not_move_the_clock)
{
	struct record_view view = bench_write(&bench, 2, 2, "k", "v");
	struct version version;
	struct write write = {.key = bytes_of_string("own")};

	view.stamp = stamp_at_ms(10000);
	take(&view);
	ck_assert_int_eq(
		node_set(bench.node, &write, bench_now(&bench), &version), ERR_OK);
	ck_assert_uint_lt(version.stamp, stamp_at_ms(500));
}
END_TEST

START_TEST(what_is_known_is_known_whatever_its_stamp)
{
	struct record_view view = bench_write(&bench, 2, 2, "k", "v");

	take(&view);
	view.stamp = UINT64_MAX;
	view.dot.seq = 1;
	ck_assert_int_eq(take(&view), INTAKE_REFUSED);
	ck_assert_uint_eq(intake->drops[DROP_CLOCK], 0);
}
END_TEST

START_TEST(a_clock_that_is_off_is_told_of_once_a_minute)
{
	struct record_view view = bench_write(&bench, 2, 2, "k", "v");
	size_t notices = 0;

	view.stamp = UINT64_MAX;
	for (int i = 0; i < 120; i++) {
		take(&view);
		notices += sent_notice_count(&bench.sent, NOTICE_CLOCK, "n2");
		bench.time_us += SECOND_US;
	}
	ck_assert_uint_eq(notices, 2);
	ck_assert_uint_eq(intake->drops[DROP_CLOCK], 120);
}
END_TEST

/* --- members --- */

static struct record_view
member_record(
	unsigned number, uint64_t seq, uint32_t incarnation, struct member_space *space)
{
	struct member_info info = sample_info(number);
	struct dot dot = {sample_writer(number), seq};

	info.incarnation = incarnation;
	return sample_member(
		dot, bench_now(&bench).wall_ms << 16, number, &info, space);
}

START_TEST(a_member_record_makes_a_member)
{
	struct member_space space;
	struct record_view view = member_record(5, 1, 0, &space);

	ck_assert_int_eq(take(&view), INTAKE_NEW);
	ck_assert_int_eq(bench_member(&bench, 5)->state, MEMBER_ALIVE);
	ck_assert_uint_eq(
		sent_notice_count(&bench.sent, NOTICE_MEMBER_JOINED, "n5"), 1);
	ck_assert_uint_eq(sent_record_count(&bench.sent, view.dot, 3), 1);
}
END_TEST

START_TEST(a_member_record_that_cannot_be_read_is_refused)
{
	struct member_space space;
	struct record_view view = member_record(5, 1, 0, &space);

	view.value.len--;
	expect_refusal(&view, DROP_RECORD);
	ck_assert_ptr_null(bench_member(&bench, 5));
}
END_TEST

START_TEST(members_beyond_the_limit_are_refused_and_the_known_are_not)
{
	struct member_space space;
	struct record_view view = member_record(5, 1, 0, &space);

	take(&view);
	view = member_record(6, 1, 0, &space);
	expect_refusal(&view, DROP_QUOTA);
	view = member_record(5, 2, 1, &space);
	ck_assert_int_eq(take(&view), INTAKE_NEW);
	ck_assert_uint_eq(bench_member(&bench, 5)->incarnation, 1);
}
END_TEST

START_TEST(two_ids_that_begin_alike_are_not_mixed_up)
{
	struct member_space space;
	struct record_view view = member_record(2, 9, 7, &space);

	space.id[NODE_ID_SIZE - 1] ^= 1;
	expect_refusal(&view, DROP_QUOTA);
	ck_assert_uint_eq(bench_member(&bench, 2)->incarnation, 0);
}
END_TEST

START_TEST(a_member_whose_clock_is_off_is_a_member)
{
	struct member_space space;
	struct record_view view = member_record(5, 1, 0, &space);

	view.stamp = stamp_at_ms(3600000);
	ck_assert_int_eq(take(&view), INTAKE_NEW);
	ck_assert_int_eq(bench_member(&bench, 5)->state, MEMBER_ALIVE);
}
END_TEST

START_TEST(no_member_expires)
{
	struct member_space space;
	struct record_view view = member_record(3, 9, 0, &space);

	view.expires_ms = view.stamp >> 16;
	expect_refusal(&view, DROP_RECORD);
}
END_TEST

START_TEST(nobody_deletes_a_member)
{
	struct member_space space;
	struct record_view view = member_record(3, 9, 0, &space);

	view.deleted = true;
	view.value.len = 0;
	view.stamp = UINT64_MAX;
	expect_refusal(&view, DROP_RECORD);
	ck_assert_int_eq(bench_member(&bench, 3)->state, MEMBER_ALIVE);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("intake");
	TCase *keys = add_case(suite, "keys");
	TCase *clocks = add_case(suite, "clocks");
	TCase *members = add_case(suite, "members");

	tcase_add_checked_fixture(keys, set_up, tear_down);
	tcase_add_test(keys, a_new_record_is_applied_and_passed_on);
	tcase_add_test(keys, each_node_on_the_way_is_a_hop);
	tcase_add_test(keys, what_came_by_a_stream_begins_its_way_here);
	tcase_add_test(keys, what_the_neighbours_have_is_not_passed_on);
	tcase_add_test(keys, a_record_seen_before_is_a_duplicate);
	tcase_add_test(keys, a_record_that_comes_late_is_covered_and_goes_no_further);
	tcase_add_test(keys, a_key_against_the_rules_is_refused);
	tcase_add_test(keys, a_key_is_owned_by_its_name_and_by_its_kind);
	tcase_add_test(keys, a_value_beyond_the_limit_is_refused);
	tcase_add_test(keys, a_refused_record_stays_uncovered);
	tcase_add_test(keys, one_dot_for_two_writes_is_a_conflict);
	tcase_add_checked_fixture(clocks, set_up, tear_down);
	tcase_add_test(clocks, a_stamp_too_far_ahead_is_refused);
	tcase_add_test(clocks, a_delete_too_far_ahead_is_refused_too);
	tcase_add_test(clocks, a_refused_stamp_does_not_move_the_clock);
	tcase_add_test(clocks, what_is_known_is_known_whatever_its_stamp);
	tcase_add_test(clocks, a_clock_that_is_off_is_told_of_once_a_minute);
	tcase_add_checked_fixture(members, set_up, tear_down);
	tcase_add_test(members, a_member_record_makes_a_member);
	tcase_add_test(members, a_member_record_that_cannot_be_read_is_refused);
	tcase_add_test(
		members, members_beyond_the_limit_are_refused_and_the_known_are_not);
	tcase_add_test(members, two_ids_that_begin_alike_are_not_mixed_up);
	tcase_add_test(members, a_member_whose_clock_is_off_is_a_member);
	tcase_add_test(members, no_member_expires);
	tcase_add_test(members, nobody_deletes_a_member);
	return run_suite(suite);
}
