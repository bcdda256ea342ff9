/* SPDX-License-Identifier: MIT */
#include "gossip/context.h"

#include "base/prng.h"
#include "run.h"

static struct context context;
static struct context other;

static void
set_up(void)
{
	context_init(&context);
	context_init(&other);
}

static void
tear_down(void)
{
	context_check(&context);
	context_check(&other);
	context_fini(&context);
	context_fini(&other);
}

static bool
covers(uint64_t writer, uint64_t seq)
{
	return context_covers(&context, (struct dot){writer, seq});
}

static void
add(struct context *to, uint64_t writer, uint64_t seq)
{
	context_add(to, (struct dot){writer, seq});
}

START_TEST(an_empty_context_covers_nothing)
{
	ck_assert(!covers(1, 1));
	ck_assert_uint_eq(context_sum(&context), 0);
	ck_assert_uint_eq(context_max(&context, 1), 0);
	ck_assert_uint_eq(context_range_count(&context), 0);
}
END_TEST

START_TEST(only_the_dot_that_was_added_is_covered)
{
	add(&context, 7, 5);
	ck_assert(covers(7, 5));
	ck_assert(!covers(7, 4));
	ck_assert(!covers(7, 6));
	ck_assert(!covers(8, 5));
}
END_TEST

START_TEST(a_gap_stays_open_until_it_is_filled)
{
	add(&context, 7, 1);
	add(&context, 7, 3);
	ck_assert(!covers(7, 2));
	ck_assert_uint_eq(context_range_count(&context), 2);
	add(&context, 7, 2);
	ck_assert(covers(7, 2));
	ck_assert_uint_eq(context_range_count(&context), 1);
}
END_TEST

START_TEST(numbers_reach_from_end_to_end)
{
	add(&context, UINT64_MAX, UINT64_MAX);
	context_add_range(&context, 1, 1, UINT64_MAX);
	ck_assert(covers(UINT64_MAX, UINT64_MAX));
	ck_assert(!covers(UINT64_MAX, 1));
	ck_assert(covers(1, 1));
	ck_assert(covers(1, UINT64_MAX));
	ck_assert_uint_eq(context_max(&context, 1), UINT64_MAX);
}
END_TEST

START_TEST(the_largest_number_of_a_writer_is_known)
{
	add(&context, 7, 9);
	add(&context, 7, 3);
	context_add_range(&context, 8, 20, 30);
	ck_assert_uint_eq(context_max(&context, 7), 9);
	ck_assert_uint_eq(context_max(&context, 8), 30);
	ck_assert_uint_eq(context_max(&context, 9), 0);
}
END_TEST

START_TEST(ranges_merge_with_what_they_overlap)
{
	context_add_range(&context, 7, 1, 10);
	context_add_range(&context, 7, 20, 30);
	context_add_range(&context, 7, 5, 24);
	ck_assert_uint_eq(context_range_count(&context), 1);
	ck_assert(covers(7, 15));
	ck_assert(!covers(7, 31));
}
END_TEST

START_TEST(a_join_covers_what_either_covered)
{
	context_add_range(&context, 7, 1, 4);
	add(&context, 8, 1);
	context_add_range(&other, 7, 3, 6);
	add(&other, 9, 2);
	context_join(&context, &other);
	ck_assert(covers(7, 1));
	ck_assert(covers(7, 6));
	ck_assert(covers(8, 1));
	ck_assert(covers(9, 2));
	ck_assert(!covers(7, 7));
	ck_assert(!covers(9, 1));
}
END_TEST

START_TEST(a_join_with_what_is_known_changes_nothing)
{
	context_add_range(&context, 7, 1, 4);
	context_add_range(&other, 7, 2, 3);

	uint64_t sum = context_sum(&context);

	context_join(&context, &other);
	ck_assert_uint_eq(context_sum(&context), sum);
	context_join(&context, &context);
	ck_assert_uint_eq(context_sum(&context), sum);
}
END_TEST

START_TEST(equal_contexts_have_equal_sums_however_they_came_about)
{
	for (uint64_t seq = 10; seq >= 1; seq--)
		add(&context, 7, seq);
	add(&context, 8, 1);
	add(&other, 8, 1);
	context_add_range(&other, 7, 4, 8);
	context_add_range(&other, 7, 1, 10);
	ck_assert_uint_eq(context_sum(&context), context_sum(&other));
}
END_TEST

START_TEST(contexts_that_differ_have_different_sums)
{
	context_add_range(&context, 7, 1, 10);
	context_add_range(&other, 7, 1, 9);
	ck_assert_uint_ne(context_sum(&context), context_sum(&other));
	add(&other, 8, 10);
	ck_assert_uint_ne(context_sum(&context), context_sum(&other));
}
END_TEST

START_TEST(adding_again_changes_nothing)
{
	add(&context, 7, 5);

	uint64_t sum = context_sum(&context);

	add(&context, 7, 5);
	context_add_range(&context, 7, 5, 5);
	ck_assert_uint_eq(context_sum(&context), sum);
	ck_assert_uint_eq(context_range_count(&context), 1);
}
END_TEST

/* Takes minutes when each range costs as much as all before it. */
START_TEST(a_context_of_many_gaps_is_taken_in_one_pass)
{
	const uint64_t count = 200000;

	for (uint64_t i = 1; i <= count; i++)
		context_add_range(&context, 7, 3 * i, 3 * i + 1);
	ck_assert_uint_eq(context_range_count(&context), count);
	context_join(&other, &context);
	ck_assert_uint_eq(context_sum(&other), context_sum(&context));
	context_add_range(&other, 7, 1, 3 * count + 1);
	ck_assert_uint_eq(context_range_count(&other), 1);
}
END_TEST

/* --- against a naive set --- */

#define WRITER_COUNT 4
#define SEQ_COUNT 120
#define MODEL_STEP_COUNT 20000

struct model {
	bool covered[WRITER_COUNT][SEQ_COUNT + 2]; /* numbers from 1 */
};

static size_t
model_range_count(const struct model *model)
{
	size_t count = 0;

	for (size_t i = 0; i < WRITER_COUNT; i++) {
		for (size_t seq = 1; seq <= SEQ_COUNT; seq++)
			count += model->covered[i][seq] && !model->covered[i][seq - 1];
	}
	return count;
}

static size_t
count_differences(const struct context *is, const struct model *model)
{
	size_t count = context_range_count(is) != model_range_count(model);

	for (size_t i = 0; i < WRITER_COUNT; i++) {
		uint64_t max = 0;

		for (size_t seq = 1; seq <= SEQ_COUNT; seq++) {
			bool is_covered = context_covers(is, (struct dot){i + 1, seq});

			count += is_covered != model->covered[i][seq];
			max = model->covered[i][seq] ? seq : max;
		}
		count += context_max(is, i + 1) != max;
	}
	return count;
}

static void
change(struct context *is, struct model *model, struct prng *prng)
{
	size_t writer = prng_below(prng, WRITER_COUNT);
	uint64_t first = 1 + prng_below(prng, SEQ_COUNT);
	uint64_t last = first + prng_below(prng, prng_below(prng, 16) + 1);

	if (last > SEQ_COUNT)
		last = SEQ_COUNT;
	if (first == last)
		add(is, writer + 1, first);
	else
		context_add_range(is, writer + 1, first, last);
	for (uint64_t seq = first; seq <= last; seq++)
		model->covered[writer][seq] = true;
}

static void
join(struct model *model, const struct model *with)
{
	for (size_t i = 0; i < WRITER_COUNT; i++) {
		for (size_t seq = 1; seq <= SEQ_COUNT; seq++)
			model->covered[i][seq] |= with->covered[i][seq];
	}
}

static void
start_again(struct context *is, struct model *model)
{
	context_fini(is);
	context_init(is);
	*model = (struct model){0};
}

START_TEST(random_use_agrees_with_a_naive_set)
{
	struct model models[2] = {0};
	struct context *contexts[2] = {&context, &other};
	struct prng prng;
	size_t wrong = 0;

	prng_init(&prng, (uint64_t)_i);
	for (size_t step = 0; step < MODEL_STEP_COUNT; step++) {
		size_t i = prng_below(&prng, 2);
		uint64_t choice = prng_below(&prng, 200);

		if (choice == 0) {
			context_join(contexts[i], contexts[1 - i]);
			join(&models[i], &models[1 - i]);
		} else if (choice == 1) {
			start_again(contexts[i], &models[i]);
		} else {
			change(contexts[i], &models[i], &prng);
		}
		context_check(contexts[i]);
		wrong += count_differences(contexts[i], &models[i]);
		wrong += (context_sum(&context) == context_sum(&other)) !=
			 (memcmp(&models[0], &models[1], sizeof(models[0])) == 0);
	}
	ck_assert_uint_eq(wrong, 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("context");
	TCase *tcase = add_case(suite, "context");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, an_empty_context_covers_nothing);
	tcase_add_test(tcase, only_the_dot_that_was_added_is_covered);
	tcase_add_test(tcase, a_gap_stays_open_until_it_is_filled);
	tcase_add_test(tcase, numbers_reach_from_end_to_end);
	tcase_add_test(tcase, the_largest_number_of_a_writer_is_known);
	tcase_add_test(tcase, ranges_merge_with_what_they_overlap);
	tcase_add_test(tcase, a_join_covers_what_either_covered);
	tcase_add_test(tcase, a_join_with_what_is_known_changes_nothing);
	tcase_add_test(tcase, equal_contexts_have_equal_sums_however_they_came_about);
	tcase_add_test(tcase, contexts_that_differ_have_different_sums);
	tcase_add_test(tcase, adding_again_changes_nothing);
	tcase_add_test(tcase, a_context_of_many_gaps_is_taken_in_one_pass);
	tcase_add_loop_test(tcase, random_use_agrees_with_a_naive_set, 0, 4);
	return run_suite(suite);
}
