/* SPDX-License-Identifier: MIT */
#include "store_bench.h"

/* --- what wins --- */

START_TEST(an_empty_store_has_nothing)
{
	struct state_summary summary = store_summary(&store);

	ck_assert_ptr_null(find("k"));
	ck_assert_ptr_null(store_next(&store, SPACE_KEYS, (struct bytes){0}));
	ck_assert_uint_eq(summary.fingerprint, 0);
	ck_assert_uint_eq(summary.record_count, 0);
	ck_assert_uint_eq(store_deadline_ms(&store), DEADLINE_NONE);
	store_expire(&store, UINT64_MAX);
}
END_TEST

START_TEST(a_write_is_held_and_covered)
{
	ck_assert_int_eq(put(7, 1, 10, "k", "v"), STORE_APPLIED);
	ck_assert(holds("k", "v"));
	ck_assert(is_covered(7, 1));
	ck_assert_uint_eq(store.live_count[SPACE_KEYS], 1);
	ck_assert_uint_eq(store.size, 2);
}
END_TEST

START_TEST(a_record_travels_as_it_was_written)
{
	struct record_view view = shared(7, 9, 10, "k", "value");

	view.kind = RECORD_OWNED;
	view.owner = 5;
	view.expires_ms = NOW_MS + 1;
	apply(&store, &view);

	struct record_view held = record_view(find("k"));

	ck_assert_int_eq(held.kind, RECORD_OWNED);
	ck_assert(!held.deleted);
	ck_assert_uint_eq(held.dot.writer, 7);
	ck_assert_uint_eq(held.dot.seq, 9);
	ck_assert_uint_eq(held.stamp, 10);
	ck_assert_uint_eq(held.owner, 5);
	ck_assert_uint_eq(held.expires_ms, NOW_MS + 1);
	ck_assert(bytes_equal(held.key, view.key));
	ck_assert(bytes_equal(held.value, view.value));
}
END_TEST

START_TEST(an_empty_value_is_a_value)
{
	put(7, 1, 10, "k", "");
	ck_assert(holds("k", ""));
	ck_assert_uint_eq(store.live_count[SPACE_KEYS], 1);
}
END_TEST

START_TEST(the_later_stamp_wins_whatever_comes_first)
{
	put(7, 1, 10, "a", "old");
	ck_assert_int_eq(put(6, 1, 11, "a", "new"), STORE_APPLIED);
	put(6, 2, 11, "b", "new");
	ck_assert_int_eq(put(7, 2, 10, "b", "old"), STORE_OBSOLETE);
	ck_assert(holds("a", "new"));
	ck_assert(holds("b", "new"));
}
END_TEST

START_TEST(at_equal_stamps_the_higher_writer_wins)
{
	put(7, 1, 10, "a", "high");
	ck_assert_int_eq(put(6, 1, 10, "a", "low"), STORE_OBSOLETE);
	put(6, 2, 10, "b", "low");
	ck_assert_int_eq(put(7, 2, 10, "b", "high"), STORE_APPLIED);
	ck_assert(holds("a", "high"));
	ck_assert(holds("b", "high"));
}
END_TEST

START_TEST(a_write_that_loses_is_covered_too)
{
	put(7, 1, 11, "k", "new");
	put(6, 4, 10, "k", "old");
	ck_assert(is_covered(6, 4));
	ck_assert_ptr_null(
		store_find_hash(&store, store_hash(&store, (struct dot){6, 4})));
}
END_TEST

START_TEST(a_superseded_write_does_not_come_back)
{
	put(7, 1, 10, "k", "old");
	put(7, 2, 11, "k", "new");
	ck_assert_int_eq(put(7, 1, 10, "k", "old"), STORE_DUPLICATE);
	ck_assert(holds("k", "new"));
}
END_TEST

START_TEST(a_write_that_comes_twice_is_a_duplicate)
{
	put(7, 1, 10, "k", "v");

	struct state_summary before = store_summary(&store);

	ck_assert_int_eq(put(7, 1, 10, "k", "v"), STORE_DUPLICATE);

	struct state_summary after = store_summary(&store);

	ck_assert_uint_eq(before.fingerprint, after.fingerprint);
	ck_assert_uint_eq(before.record_count, after.record_count);
}
END_TEST

START_TEST(one_dot_for_two_writes_is_a_conflict)
{
	struct record_view other_key = shared(7, 1, 10, "other", "v");
	struct record_view other_stamp = shared(7, 1, 11, "k", "v");
	enum store_result result;

	put(7, 1, 10, "k", "v");
	ck_assert_int_eq(
		store_apply(&store, &other_key, NOW_MS, &result), ERR_CONFLICT);
	ck_assert_int_eq(
		store_apply(&store, &other_stamp, NOW_MS, &result), ERR_CONFLICT);
	ck_assert(holds("k", "v"));
	ck_assert_ptr_null(find("other"));
}
END_TEST

/* --- fingerprints --- */

START_TEST(equal_states_have_equal_fingerprints_whatever_their_history)
{
	struct store twin;
	struct record_view a = shared(7, 1, 10, "a", "1");
	struct record_view old_b = shared(6, 1, 10, "b", "0");
	struct record_view b = shared(7, 2, 11, "b", "2");

	store_init(&twin, 1, SIZE_MAX_DEFAULT, TOMBSTONE_LIFE_MS);
	put(7, 1, 10, "a", "1");
	put(7, 2, 11, "b", "2");
	apply(&twin, &old_b);
	apply(&twin, &b);
	ck_assert_uint_ne(twin.fingerprint, store.fingerprint);
	apply(&twin, &a);
	ck_assert_uint_eq(twin.fingerprint, store.fingerprint);
	ck_assert_uint_ne(
		store_summary(&twin).context_sum, store_summary(&store).context_sum);
	store_fini(&twin);
}
END_TEST

START_TEST(fingerprints_are_keyed_by_the_cluster)
{
	struct store foreign;
	struct record_view view = shared(7, 1, 10, "k", "v");

	store_init(&foreign, 2, SIZE_MAX_DEFAULT, TOMBSTONE_LIFE_MS);
	apply(&foreign, &view);
	put(7, 1, 10, "k", "v");
	ck_assert_uint_ne(foreign.fingerprint, store.fingerprint);
	store_fini(&foreign);
}
END_TEST

/* --- the limit --- */

static void
limit_size(size_t size_max)
{
	store_fini(&store);
	store_init(&store, 1, size_max, TOMBSTONE_LIFE_MS);
}

START_TEST(a_state_may_be_exactly_as_large_as_its_limit)
{
	struct record_view view = shared(7, 2, 10, "b", "1");
	enum store_result result;

	limit_size(5);
	ck_assert_int_eq(put(7, 1, 10, "a", "1234"), STORE_APPLIED);
	ck_assert_int_eq(store_apply(&store, &view, NOW_MS, &result), ERR_QUOTA);
}
END_TEST

START_TEST(a_refused_record_stays_uncovered)
{
	struct record_view view = shared(7, 2, 10, "b", "123456");
	enum store_result result = STORE_DUPLICATE;

	limit_size(8);
	put(7, 1, 10, "a", "1");

	struct state_summary before = store_summary(&store);

	ck_assert_int_eq(store_apply(&store, &view, NOW_MS, &result), ERR_QUOTA);
	ck_assert_int_eq(result, STORE_DUPLICATE);
	ck_assert(!is_covered(7, 2));
	ck_assert_ptr_null(find("b"));
	ck_assert_uint_eq(store_summary(&store).context_sum, before.context_sum);
	ck_assert_uint_eq(store_summary(&store).fingerprint, before.fingerprint);
}
END_TEST

START_TEST(what_was_refused_is_taken_when_there_is_room)
{
	struct record_view view = shared(7, 2, 10, "b", "123456");
	enum store_result result;

	limit_size(8);
	put(7, 1, 10, "a", "1");
	ck_assert_int_eq(store_apply(&store, &view, NOW_MS, &result), ERR_QUOTA);
	erase(7, 3, 11, "a");
	ck_assert_int_eq(apply(&store, &view), STORE_APPLIED);
}
END_TEST

START_TEST(only_growth_counts_against_the_limit)
{
	struct record_view view = shared(7, 3, 12, "a", "12345");
	enum store_result result;

	limit_size(5);
	put(7, 1, 10, "a", "1234");
	ck_assert_int_eq(put(7, 2, 11, "a", "4321"), STORE_APPLIED);
	ck_assert_int_eq(store_apply(&store, &view, NOW_MS, &result), ERR_QUOTA);
	ck_assert(holds("a", "4321"));
}
END_TEST

START_TEST(a_full_state_takes_deletes_and_members)
{
	struct member_space space;
	struct member_info info = sample_info(1);
	struct record_view member =
		sample_member((struct dot){9, 1}, 10, 1, &info, &space);

	limit_size(5);
	put(7, 1, 10, "a", "1234");
	ck_assert_int_eq(erase(7, 2, 11, "unknown"), STORE_APPLIED);
	ck_assert_int_eq(apply(&store, &member), STORE_APPLIED);
	ck_assert_int_eq(put(7, 3, 12, "a", "123"), STORE_APPLIED);
}
END_TEST

START_TEST(what_is_deleted_makes_room)
{
	limit_size(10);
	put(7, 1, 10, "a", "1234");
	put(7, 2, 10, "b", "1234");
	erase(7, 3, 11, "a");
	erase(7, 4, 11, "b");
	ck_assert_uint_eq(store.tombstone_count, 2);
	ck_assert_int_eq(put(7, 5, 12, "c", "12345678"), STORE_APPLIED);
	ck_assert_uint_eq(store.tombstone_count, 1);
	ck_assert_ptr_null(find("a"));
	ck_assert_int_eq(put(7, 6, 13, "b", ""), STORE_APPLIED);
	ck_assert_int_eq(put(7, 1, 10, "a", "1234"), STORE_DUPLICATE);
	ck_assert(holds("c", "12345678"));
}
END_TEST

START_TEST(tombstones_alone_do_not_pass_the_limit)
{
	limit_size(10);
	for (uint64_t seq = 1; seq <= 20; seq++) {
		const char key[] = {'a', (char)('a' + seq), '\0'};

		ck_assert_int_eq(erase(7, seq, 10, key), STORE_APPLIED);
		ck_assert_uint_le(store.size, 10);
	}
	ck_assert_uint_eq(store.tombstone_count, 5);
}
END_TEST

/* --- members --- */

static enum store_result
put_member(uint64_t seq, uint64_t stamp, uint32_t generation, uint32_t incarnation,
	enum member_claim claim)
{
	struct member_space space;
	struct member_info info = sample_info(1);

	info.generation = generation;
	info.incarnation = incarnation;
	info.claim = claim;

	struct record_view view =
		sample_member((struct dot){9, seq}, stamp, 1, &info, &space);

	return apply(&store, &view);
}

START_TEST(a_later_generation_wins_over_any_incarnation_and_stamp)
{
	put_member(1, 100, 1, 9, CLAIM_DEAD);
	ck_assert_int_eq(put_member(2, 1, 2, 0, CLAIM_ALIVE), STORE_APPLIED);
	ck_assert_int_eq(put_member(3, 200, 1, 10, CLAIM_LEFT), STORE_OBSOLETE);
}
END_TEST

START_TEST(a_later_incarnation_wins_over_a_death)
{
	put_member(1, 100, 1, 3, CLAIM_DEAD);
	ck_assert_int_eq(put_member(2, 1, 1, 4, CLAIM_ALIVE), STORE_APPLIED);
}
END_TEST

START_TEST(dead_wins_over_alive_and_left_over_dead)
{
	put_member(1, 100, 1, 3, CLAIM_ALIVE);
	ck_assert_int_eq(put_member(2, 1, 1, 3, CLAIM_DEAD), STORE_APPLIED);
	ck_assert_int_eq(put_member(3, 200, 1, 3, CLAIM_ALIVE), STORE_OBSOLETE);
	ck_assert_int_eq(put_member(4, 1, 1, 3, CLAIM_LEFT), STORE_APPLIED);
	ck_assert_int_eq(put_member(5, 300, 1, 3, CLAIM_DEAD), STORE_OBSOLETE);
}
END_TEST

START_TEST(the_same_word_again_wins_by_its_stamp)
{
	put_member(1, 100, 1, 3, CLAIM_ALIVE);
	ck_assert_int_eq(put_member(2, 101, 1, 3, CLAIM_ALIVE), STORE_APPLIED);
	ck_assert_int_eq(put_member(3, 99, 1, 3, CLAIM_ALIVE), STORE_OBSOLETE);
}
END_TEST

START_TEST(members_and_keys_are_apart)
{
	struct member_space space;
	struct member_info info = sample_info(1);
	struct record_view member =
		sample_member((struct dot){9, 1}, 10, 1, &info, &space);
	struct record_view key = sample_shared((struct dot){9, 2}, 11, "", "v");

	key.key = member.key;
	apply(&store, &member);
	ck_assert_int_eq(apply(&store, &key), STORE_APPLIED);
	ck_assert_uint_eq(store.live_count[SPACE_KEYS], 1);
	ck_assert_uint_eq(store.live_count[SPACE_MEMBERS], 1);
	ck_assert_uint_eq(store_summary(&store).record_count, 2);
	ck_assert_int_eq(
		store_find(&store, SPACE_MEMBERS, member.key)->kind, RECORD_MEMBER);
	ck_assert_int_eq(
		store_find(&store, SPACE_KEYS, member.key)->kind, RECORD_SHARED);
}
END_TEST

/* --- walking --- */

START_TEST(keys_come_in_the_order_of_their_bytes)
{
	static const char *const keys[] = {"B", "a", "a/", "a/b", "a0", "b"};

	for (size_t i = 6; i > 0; i--)
		put(7, i, i, keys[i - 1], "v");
	erase(7, 9, 9, "a/");

	const struct record *record = store_next(&store, SPACE_KEYS, (struct bytes){0});

	for (size_t i = 0; i < 6; i++) {
		ck_assert(bytes_equal(record_key(record), bytes_of_string(keys[i])));
		record = store_next(&store, SPACE_KEYS, record_key(record));
	}
	ck_assert_ptr_null(record);
}
END_TEST

START_TEST(a_walk_can_begin_anywhere)
{
	put(7, 1, 1, "b", "v");
	put(7, 2, 2, "d", "v");

	struct record *b = store_find(&store, SPACE_KEYS, bytes_of_string("b"));
	struct record *d = store_find(&store, SPACE_KEYS, bytes_of_string("d"));

	ck_assert_ptr_eq(store_next_from(&store, SPACE_KEYS, bytes_of_string("b")), b);
	ck_assert_ptr_eq(store_next_from(&store, SPACE_KEYS, bytes_of_string("c")), d);
	ck_assert_ptr_eq(store_next(&store, SPACE_KEYS, bytes_of_string("b")), d);
	ck_assert_ptr_eq(store_next(&store, SPACE_KEYS, bytes_of_string("a")), b);
	ck_assert_ptr_null(store_next(&store, SPACE_KEYS, bytes_of_string("d")));
	ck_assert_ptr_null(store_next_from(&store, SPACE_KEYS, bytes_of_string("e")));
	ck_assert_ptr_null(store_next(&store, SPACE_MEMBERS, (struct bytes){0}));
}
END_TEST

static void
add_keys(Suite *suite)
{
	TCase *tcase = add_case(suite, "keys");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, an_empty_store_has_nothing);
	tcase_add_test(tcase, a_write_is_held_and_covered);
	tcase_add_test(tcase, a_record_travels_as_it_was_written);
	tcase_add_test(tcase, an_empty_value_is_a_value);
	tcase_add_test(tcase, the_later_stamp_wins_whatever_comes_first);
	tcase_add_test(tcase, at_equal_stamps_the_higher_writer_wins);
	tcase_add_test(tcase, a_write_that_loses_is_covered_too);
	tcase_add_test(tcase, a_superseded_write_does_not_come_back);
	tcase_add_test(tcase, a_write_that_comes_twice_is_a_duplicate);
	tcase_add_test(tcase, one_dot_for_two_writes_is_a_conflict);
	tcase_add_test(tcase, keys_come_in_the_order_of_their_bytes);
	tcase_add_test(tcase, a_walk_can_begin_anywhere);
}

static void
add_state(Suite *suite)
{
	TCase *tcase = add_case(suite, "state");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(
		tcase, equal_states_have_equal_fingerprints_whatever_their_history);
	tcase_add_test(tcase, fingerprints_are_keyed_by_the_cluster);
	tcase_add_test(tcase, a_state_may_be_exactly_as_large_as_its_limit);
	tcase_add_test(tcase, a_refused_record_stays_uncovered);
	tcase_add_test(tcase, what_was_refused_is_taken_when_there_is_room);
	tcase_add_test(tcase, only_growth_counts_against_the_limit);
	tcase_add_test(tcase, a_full_state_takes_deletes_and_members);
	tcase_add_test(tcase, what_is_deleted_makes_room);
	tcase_add_test(tcase, tombstones_alone_do_not_pass_the_limit);
}

static void
add_members(Suite *suite)
{
	TCase *tcase = add_case(suite, "members");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_later_generation_wins_over_any_incarnation_and_stamp);
	tcase_add_test(tcase, a_later_incarnation_wins_over_a_death);
	tcase_add_test(tcase, dead_wins_over_alive_and_left_over_dead);
	tcase_add_test(tcase, the_same_word_again_wins_by_its_stamp);
	tcase_add_test(tcase, members_and_keys_are_apart);
}

int
main(void)
{
	Suite *suite = suite_create("store");

	add_keys(suite);
	add_state(suite);
	add_members(suite);
	return run_suite(suite);
}
