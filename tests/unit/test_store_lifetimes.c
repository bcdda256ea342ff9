/* SPDX-License-Identifier: MIT */
#include "store_bench.h"

/* --- deletes --- */

START_TEST(a_delete_leaves_a_tombstone_that_no_fingerprint_knows)
{
	put(7, 1, 10, "other", "v");

	uint64_t before = store.fingerprint;

	put(7, 2, 11, "k", "v");
	ck_assert_uint_ne(store.fingerprint, before);
	ck_assert_int_eq(erase(7, 3, 12, "k"), STORE_APPLIED);
	ck_assert_uint_eq(store.fingerprint, before);
	ck_assert_uint_eq(store.tombstone_count, 1);
	ck_assert_uint_eq(store.live_count[SPACE_KEYS], 1);
	ck_assert(find("k")->deleted);
	ck_assert_ptr_null(
		store_find_live(&store, SPACE_KEYS, bytes_of_string("k"), NOW_MS));
}
END_TEST

START_TEST(a_tombstone_has_no_value)
{
	struct record_view view = shared(7, 1, 10, "k", "leftover");

	view.deleted = true;
	apply(&store, &view);
	ck_assert_uint_eq(record_value(find("k")).len, 0);
	ck_assert_uint_eq(store.size, 1);
}
END_TEST

START_TEST(a_write_older_than_the_delete_stays_deleted)
{
	erase(7, 1, 12, "k");
	ck_assert_int_eq(put(6, 1, 11, "k", "late"), STORE_OBSOLETE);
	ck_assert(find("k")->deleted);
	ck_assert(is_covered(6, 1));
}
END_TEST

START_TEST(a_write_newer_than_the_delete_brings_the_key_back)
{
	put(7, 1, 10, "k", "first");
	erase(7, 2, 11, "k");
	ck_assert_int_eq(put(6, 1, 12, "k", "again"), STORE_APPLIED);
	ck_assert(holds("k", "again"));
	ck_assert_uint_eq(store.tombstone_count, 0);
}
END_TEST

START_TEST(a_tombstone_goes_at_the_end_of_its_life)
{
	erase(7, 1, 10, "k");
	ck_assert_uint_eq(store_deadline_ms(&store), NOW_MS + TOMBSTONE_LIFE_MS);
	store_expire(&store, NOW_MS + TOMBSTONE_LIFE_MS - 1);
	ck_assert_ptr_nonnull(find("k"));
	store_expire(&store, NOW_MS + TOMBSTONE_LIFE_MS);
	ck_assert_ptr_null(find("k"));
	ck_assert_uint_eq(store.tombstone_count, 0);
	ck_assert_uint_eq(store.size, 0);
}
END_TEST

START_TEST(what_was_deleted_does_not_come_back_after_the_tombstone)
{
	put(7, 1, 10, "k", "v");
	erase(7, 2, 11, "k");
	store_expire(&store, NOW_MS + TOMBSTONE_LIFE_MS);
	ck_assert_int_eq(put(7, 1, 10, "k", "v"), STORE_DUPLICATE);
	ck_assert_ptr_null(find("k"));
	ck_assert_int_eq(erase(7, 2, 11, "k"), STORE_DUPLICATE);
	ck_assert_ptr_null(find("k"));
}
END_TEST

/* --- expiry --- */

static void
put_until(uint64_t seq, const char *key, uint64_t expires_ms)
{
	struct record_view view = shared(7, seq, seq, key, "v");

	view.expires_ms = expires_ms;
	apply(&store, &view);
}

START_TEST(a_record_leaves_at_its_time)
{
	struct bytes key = bytes_of_string("k");

	put_until(1, "k", NOW_MS + 100);
	ck_assert_uint_eq(store_deadline_ms(&store), NOW_MS + 100);
	ck_assert_ptr_nonnull(store_find_live(&store, SPACE_KEYS, key, NOW_MS + 99));
	ck_assert_ptr_null(store_find_live(&store, SPACE_KEYS, key, NOW_MS + 100));
	store_expire(&store, NOW_MS + 99);
	ck_assert_ptr_nonnull(find("k"));
	store_expire(&store, NOW_MS + 100);
	ck_assert_ptr_null(find("k"));
	ck_assert_uint_eq(store.fingerprint, 0);
	ck_assert_uint_eq(store_deadline_ms(&store), DEADLINE_NONE);
}
END_TEST

START_TEST(an_expired_record_stays_covered)
{
	put_until(1, "k", NOW_MS + 100);
	store_expire(&store, NOW_MS + 100);
	ck_assert(is_covered(7, 1));
}
END_TEST

START_TEST(records_leave_in_the_order_of_their_times)
{
	put_until(1, "late", NOW_MS + 300);
	put_until(2, "early", NOW_MS + 100);
	put_until(3, "middle", NOW_MS + 200);
	ck_assert_uint_eq(store_deadline_ms(&store), NOW_MS + 100);
	store_expire(&store, NOW_MS + 250);
	ck_assert_ptr_null(find("early"));
	ck_assert_ptr_null(find("middle"));
	ck_assert_ptr_nonnull(find("late"));
	ck_assert_uint_eq(store_deadline_ms(&store), NOW_MS + 300);
}
END_TEST

START_TEST(an_overwritten_record_takes_its_time_along)
{
	put_until(1, "k", NOW_MS + 100);
	put(7, 2, 20, "k", "for ever");
	ck_assert_uint_eq(store_deadline_ms(&store), DEADLINE_NONE);
	store_expire(&store, NOW_MS + 1000);
	ck_assert(holds("k", "for ever"));
}
END_TEST

START_TEST(a_record_that_is_late_for_its_own_time_leaves_at_once)
{
	put_until(1, "k", NOW_MS - 1);
	ck_assert_ptr_null(
		store_find_live(&store, SPACE_KEYS, bytes_of_string("k"), NOW_MS));
	store_expire(&store, NOW_MS);
	ck_assert_ptr_null(find("k"));
	ck_assert(is_covered(7, 1));
}
END_TEST

START_TEST(a_tombstone_stays_beyond_the_time_of_what_it_deletes)
{
	struct record_view view = sample_deleted((struct dot){7, 2}, 20, "k");

	put_until(1, "k", NOW_MS + 100);
	view.expires_ms = NOW_MS + 100;
	apply(&store, &view);
	store_expire(&store, NOW_MS + 100);
	ck_assert_ptr_nonnull(find("k"));
	ck_assert_uint_eq(store_deadline_ms(&store), NOW_MS + TOMBSTONE_LIFE_MS);
}
END_TEST

/* --- what is known to be gone elsewhere --- */

static void
bury(const char *key)
{
	store_bury(
		&store, store_find(&store, SPACE_KEYS, bytes_of_string(key)), NOW_MS);
	store_check(&store);
}

START_TEST(a_buried_key_leaves_a_tombstone_under_its_own_dot)
{
	put(7, 1, 10, "k", "v");
	bury("k");
	ck_assert(find("k")->deleted);
	ck_assert_uint_eq(find("k")->dot.writer, 7);
	ck_assert_uint_eq(find("k")->dot.seq, 1);
	ck_assert_uint_eq(find("k")->stamp, 10);
	ck_assert_uint_eq(record_value(find("k")).len, 0);
	ck_assert_ptr_eq(
		store_find_hash(&store, store_hash(&store, (struct dot){7, 1})),
		find("k"));
	ck_assert(is_covered(7, 1));
}
END_TEST

START_TEST(a_buried_key_leaves_the_fingerprint_and_the_sketch)
{
	static struct sketch none;

	sketch_init(&none, store.sketch.seed);
	put(7, 1, 10, "k", "value");
	bury("k");
	ck_assert_uint_eq(store.fingerprint, 0);
	ck_assert_mem_eq(&store.sketch, &none, sizeof(none));
	ck_assert_uint_eq(store.live_count[SPACE_KEYS], 0);
	ck_assert_uint_eq(store.tombstone_count, 1);
	ck_assert_uint_eq(store.size, 1);
}
END_TEST

START_TEST(a_write_older_than_what_was_buried_stays_out)
{
	put(7, 1, 10, "k", "v");
	bury("k");
	ck_assert_int_eq(put(6, 1, 9, "k", "late"), STORE_OBSOLETE);
	ck_assert(find("k")->deleted);
	ck_assert(is_covered(6, 1));
	ck_assert_uint_eq(store.fingerprint, 0);
}
END_TEST

START_TEST(a_write_newer_than_what_was_buried_counts)
{
	put(7, 1, 10, "k", "v");
	bury("k");
	ck_assert_int_eq(put(6, 1, 11, "k", "again"), STORE_APPLIED);
	ck_assert(holds("k", "again"));
	ck_assert_uint_eq(store.tombstone_count, 0);
}
END_TEST

START_TEST(what_was_buried_does_not_come_back)
{
	put(7, 1, 10, "k", "v");
	bury("k");
	ck_assert_int_eq(put(7, 1, 10, "k", "v"), STORE_DUPLICATE);
	ck_assert(find("k")->deleted);
	store_expire(&store, NOW_MS + TOMBSTONE_LIFE_MS - 1);
	ck_assert_ptr_nonnull(find("k"));
	store_expire(&store, NOW_MS + TOMBSTONE_LIFE_MS);
	ck_assert_ptr_null(find("k"));
	ck_assert_int_eq(put(7, 1, 10, "k", "v"), STORE_DUPLICATE);
	ck_assert_ptr_null(find("k"));
}
END_TEST

START_TEST(a_buried_key_does_not_expire_before_its_tombstone)
{
	put_until(1, "k", NOW_MS + 100);
	bury("k");
	ck_assert_uint_eq(find("k")->expires_ms, 0);
	ck_assert_uint_eq(store_deadline_ms(&store), NOW_MS + TOMBSTONE_LIFE_MS);
	store_expire(&store, NOW_MS + 100);
	ck_assert_ptr_nonnull(find("k"));
}
END_TEST

START_TEST(of_a_buried_member_nothing_stays_but_its_dot)
{
	struct member_info info = sample_info(2);
	struct member_space space;
	struct dot dot = {sample_writer(2), 1};
	struct record_view view = sample_member(dot, 10, 2, &info, &space);

	apply(&store, &view);
	store_bury(&store, store_find(&store, SPACE_MEMBERS, view.key), NOW_MS);
	store_check(&store);
	ck_assert_ptr_null(store_find(&store, SPACE_MEMBERS, view.key));
	ck_assert_uint_eq(store.fingerprint, 0);
	ck_assert_uint_eq(store.size, 0);
	ck_assert_uint_eq(store.tombstone_count, 0);
	ck_assert(is_covered(dot.writer, dot.seq));
}
END_TEST

static void
add_burials(Suite *suite)
{
	TCase *tcase = add_case(suite, "burials");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_buried_key_leaves_a_tombstone_under_its_own_dot);
	tcase_add_test(tcase, a_buried_key_leaves_the_fingerprint_and_the_sketch);
	tcase_add_test(tcase, a_write_older_than_what_was_buried_stays_out);
	tcase_add_test(tcase, a_write_newer_than_what_was_buried_counts);
	tcase_add_test(tcase, what_was_buried_does_not_come_back);
	tcase_add_test(tcase, a_buried_key_does_not_expire_before_its_tombstone);
	tcase_add_test(tcase, of_a_buried_member_nothing_stays_but_its_dot);
}

int
main(void)
{
	Suite *suite = suite_create("store_lifetimes");
	TCase *tcase = add_case(suite, "lifetimes");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_delete_leaves_a_tombstone_that_no_fingerprint_knows);
	tcase_add_test(tcase, a_tombstone_has_no_value);
	tcase_add_test(tcase, a_write_older_than_the_delete_stays_deleted);
	tcase_add_test(tcase, a_write_newer_than_the_delete_brings_the_key_back);
	tcase_add_test(tcase, a_tombstone_goes_at_the_end_of_its_life);
	tcase_add_test(tcase, what_was_deleted_does_not_come_back_after_the_tombstone);
	tcase_add_test(tcase, a_record_leaves_at_its_time);
	tcase_add_test(tcase, an_expired_record_stays_covered);
	tcase_add_test(tcase, records_leave_in_the_order_of_their_times);
	tcase_add_test(tcase, an_overwritten_record_takes_its_time_along);
	tcase_add_test(tcase, a_record_that_is_late_for_its_own_time_leaves_at_once);
	tcase_add_test(tcase, a_tombstone_stays_beyond_the_time_of_what_it_deletes);
	add_burials(suite);
	return run_suite(suite);
}
