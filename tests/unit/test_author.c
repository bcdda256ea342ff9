/* SPDX-License-Identifier: MIT */
#include "gossip/author.h"

#include "bench.h"
#include "run.h"

static struct bench bench;
static struct author *author;

static void
init_with(uint64_t seq_next, uint64_t seq_limit)
{
	struct settings settings = sample_settings(1);

	settings.identity.seq_next = seq_next;
	settings.identity.seq_limit = seq_limit;
	settings.state_size_max = 1000;
	bench_init(&bench, &settings);
	author = &bench.node->author;
}

static void
set_up(void)
{
	init_with(1, RESERVE_COUNT);
}

static void
tear_down(void)
{
	bench_fini(&bench);
}

static void
start_again_with(uint64_t seq_next, uint64_t seq_limit)
{
	bench_fini(&bench);
	init_with(seq_next, seq_limit);
}

static enum err
write_key(const char *key, const char *value, struct record_view *ret_view)
{
	struct record_view view = sample_shared((struct dot){0}, 0, key, value);
	enum err err = author_write(author, &view, bench_now(&bench));

	if (ret_view != NULL)
		*ret_view = view;
	return err;
}

static const struct record *
find(const char *key)
{
	return store_find(&bench.node->store, SPACE_KEYS, bytes_of_string(key));
}

START_TEST(each_write_has_the_next_number_and_a_later_stamp)
{
	struct record_view first;
	struct record_view second;

	ck_assert_int_eq(write_key("a", "1", &first), ERR_OK);
	ck_assert_int_eq(write_key("a", "2", &second), ERR_OK);
	ck_assert_uint_eq(first.dot.writer, sample_writer(1));
	ck_assert_uint_eq(second.dot.writer, sample_writer(1));
	ck_assert_uint_eq(second.dot.seq, first.dot.seq + 1);
	ck_assert_uint_gt(second.stamp, first.stamp);
}
END_TEST

START_TEST(a_write_is_held_and_passed_on)
{
	struct record_view view;

	bench_join_up_to(&bench, 3);
	write_key("k", "v", &view);
	ck_assert(bytes_equal(record_value(find("k")), bytes_of_string("v")));
	bench_take(&bench);
	ck_assert_uint_eq(sent_record_count(&bench.sent, view.dot, 0), 2);
}
END_TEST

START_TEST(a_write_wins_over_all_that_was_seen)
{
	struct record_view seen = bench_write(&bench, 2, 2, "k", "theirs");

	seen.stamp = stamp_at_ms(400);
	bench_join_up_to(&bench, 2);
	bench_tell_record(&bench, 2, &seen);
	ck_assert_int_eq(write_key("k", "ours", NULL), ERR_OK);
	ck_assert(bytes_equal(record_value(find("k")), bytes_of_string("ours")));
}
END_TEST

START_TEST(numbers_go_on_where_they_were_left)
{
	struct record_view view;

	start_again_with(5000, 5000 + RESERVE_COUNT);
	write_key("k", "v", &view);
	/* The node told of itself under the first. */
	ck_assert_uint_eq(view.dot.seq, 5001);
}
END_TEST

START_TEST(numbers_are_reserved_before_they_are_used)
{
	start_again_with(1, 3);
	ck_assert_int_eq(write_key("a", "1", NULL), ERR_OK);
	ck_assert_int_eq(write_key("b", "2", NULL), ERR_BUSY);
	ck_assert_ptr_null(find("b"));

	const struct output *output = sent_output(&bench.sent, OUTPUT_RESERVE);

	ck_assert_uint_eq(output->writer, sample_writer(1));
	ck_assert_uint_eq(output->limit, 3 + RESERVE_COUNT);
	author_reserved(author, output->writer, output->limit);
	ck_assert_int_eq(write_key("b", "2", NULL), ERR_OK);
}
END_TEST

START_TEST(more_numbers_are_asked_for_long_before_the_last_and_once)
{
	start_again_with(1, RESERVE_COUNT / 2 + 3);
	ck_assert_uint_eq(sent_output_count(&bench.sent, OUTPUT_RESERVE), 0);
	for (int i = 0; i < 10; i++) {
		ck_assert_int_eq(write_key("k", "v", NULL), ERR_OK);
		bench_take(&bench);
		ck_assert_uint_eq(
			sent_output_count(&bench.sent, OUTPUT_RESERVE), i == 2 ? 1 : 0);
	}
}
END_TEST

START_TEST(numbers_that_are_not_granted_are_asked_for_again)
{
	start_again_with(1, 3);
	ck_assert_int_eq(write_key("k", "v", NULL), ERR_OK);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(write_key("k", "v", NULL), ERR_BUSY);
		bench_take(&bench);
		bench.time_us += SECOND_US;
	}
	ck_assert_uint_eq(sent_output_count(&bench.sent, OUTPUT_RESERVE), 0);
	bench.time_us += 10 * SECOND_US;
	ck_assert_int_eq(write_key("k", "v", NULL), ERR_BUSY);
	bench_take(&bench);
	ck_assert_uint_eq(sent_output_count(&bench.sent, OUTPUT_RESERVE), 1);
	author_reserved(author, sample_writer(1), 3 + RESERVE_COUNT);
	ck_assert_int_eq(write_key("k", "v", NULL), ERR_OK);
}
END_TEST

START_TEST(a_reservation_is_followed_by_the_next)
{
	start_again_with(1, 3);
	author_reserved(author, sample_writer(1), 4);
	write_key("k", "v", NULL);
	bench_take(&bench);
	ck_assert_uint_eq(sent_output_count(&bench.sent, OUTPUT_RESERVE), 0);
	author_reserved(author, sample_writer(1), 3 + RESERVE_COUNT / 4);
	author_reserved(author, sample_writer(1), 3 + RESERVE_COUNT);
	author->seq_next += RESERVE_COUNT * 3 / 4;
	ck_assert_int_eq(write_key("k", "v", NULL), ERR_OK);
	bench_take(&bench);
	ck_assert_uint_eq(
		sent_output(&bench.sent, OUTPUT_RESERVE)->limit, 3 + 2 * RESERVE_COUNT);
}
END_TEST

START_TEST(a_reservation_for_somebody_else_is_none)
{
	start_again_with(1, 3);
	ck_assert_int_eq(write_key("a", "1", NULL), ERR_OK);
	author_reserved(author, 77, 1000);
	author_reserved(author, sample_writer(1), 2);
	ck_assert_int_eq(write_key("b", "2", NULL), ERR_BUSY);
}
END_TEST

START_TEST(a_refused_write_uses_up_no_number)
{
	static char large[1001];
	struct record_view before;
	struct record_view after;

	memset(large, 'v', sizeof(large) - 1);
	write_key("a", "1", &before);
	ck_assert_int_eq(write_key("b", large, NULL), ERR_QUOTA);
	ck_assert_ptr_null(find("b"));
	ck_assert_int_eq(write_key("c", "1", &after), ERR_OK);
	ck_assert_uint_eq(after.dot.seq, before.dot.seq + 1);
}
END_TEST

/* --- when an old state came back --- */

static void
learn_of(uint64_t seq)
{
	context_add(&bench.node->store.context, (struct dot){sample_writer(1), seq});
}

START_TEST(a_writer_that_others_know_better_is_outrun)
{
	ck_assert(!author_is_outrun(author));
	learn_of(author->seq_next - 1);
	ck_assert(!author_is_outrun(author));
	learn_of(author->seq_next);
	ck_assert(author_is_outrun(author));
}
END_TEST

START_TEST(no_write_is_swallowed_under_a_number_that_is_taken)
{
	learn_of(author->seq_next + 1);
	for (int i = 0; i < 4; i++) {
		enum err err = write_key(sample_name((unsigned)i), "v", NULL);

		ck_assert(err == ERR_BUSY ||
			  (err == ERR_OK && find(sample_name((unsigned)i)) != NULL));
	}
	ck_assert_int_eq(write_key("last", "v", NULL), ERR_BUSY);
}
END_TEST

START_TEST(a_new_writer_writes_once_it_is_reserved)
{
	struct record_view view;

	author_renew(author, 99, bench_now(&bench));
	ck_assert_int_eq(write_key("k", "v", NULL), ERR_BUSY);
	bench_take(&bench);
	ck_assert_uint_eq(sent_output_count(&bench.sent, OUTPUT_RESERVE), 1);

	const struct output *output = sent_output(&bench.sent, OUTPUT_RESERVE);

	ck_assert_uint_eq(output->writer, 99);
	ck_assert_uint_gt(output->limit, 1);
	author_reserved(author, sample_writer(1), output->limit);
	ck_assert_int_eq(write_key("k", "v", NULL), ERR_BUSY);
	author_reserved(author, 99, output->limit);
	ck_assert_int_eq(write_key("k", "v", &view), ERR_OK);
	ck_assert_uint_eq(view.dot.writer, 99);
	ck_assert_uint_eq(view.dot.seq, 1);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("author");
	TCase *tcase = add_case(suite, "author");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, each_write_has_the_next_number_and_a_later_stamp);
	tcase_add_test(tcase, a_write_is_held_and_passed_on);
	tcase_add_test(tcase, a_write_wins_over_all_that_was_seen);
	tcase_add_test(tcase, numbers_go_on_where_they_were_left);
	tcase_add_test(tcase, numbers_are_reserved_before_they_are_used);
	tcase_add_test(tcase, more_numbers_are_asked_for_long_before_the_last_and_once);
	tcase_add_test(tcase, numbers_that_are_not_granted_are_asked_for_again);
	tcase_add_test(tcase, a_reservation_is_followed_by_the_next);
	tcase_add_test(tcase, a_reservation_for_somebody_else_is_none);
	tcase_add_test(tcase, a_refused_write_uses_up_no_number);
	tcase_add_test(tcase, a_writer_that_others_know_better_is_outrun);
	tcase_add_test(tcase, no_write_is_swallowed_under_a_number_that_is_taken);
	tcase_add_test(tcase, a_new_writer_writes_once_it_is_reserved);
	return run_suite(suite);
}
