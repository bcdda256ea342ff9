/* SPDX-License-Identifier: MIT */
#include "gossip/sketch.h"

#include "base/hash.h"
#include "base/prng.h"
#include "run.h"

#define SEED 9
#define SYMBOL_COUNT WIRE_SYMBOL_COUNT_MAX

/* What both sets have. */
#define COMMON_COUNT 200

/* The most items that only one set has. */
#define ONLY_COUNT_MAX 400

/* Two sets that are equal but for the first items of each list. */
struct pair {
	struct prng prng;
	struct sketch ours;
	struct sketch theirs;
	uint64_t only_ours[ONLY_COUNT_MAX];
	uint64_t only_theirs[ONLY_COUNT_MAX];
	struct sketch_difference found;
};

static struct pair pair;

static void
set_up(void)
{
	pair = (struct pair){0};
	sketch_init(&pair.ours, SEED);
	sketch_init(&pair.theirs, SEED);
}

static void
differ(uint64_t seed, size_t our_count, size_t their_count)
{
	set_up();
	prng_init(&pair.prng, seed);
	for (size_t i = 0; i < COMMON_COUNT; i++) {
		uint64_t item = prng_next(&pair.prng);

		sketch_add(&pair.ours, item);
		sketch_add(&pair.theirs, item);
	}
	for (size_t i = 0; i < our_count; i++) {
		pair.only_ours[i] = prng_next(&pair.prng);
		sketch_add(&pair.ours, pair.only_ours[i]);
	}
	for (size_t i = 0; i < their_count; i++) {
		pair.only_theirs[i] = prng_next(&pair.prng);
		sketch_add(&pair.theirs, pair.only_theirs[i]);
	}
}

static bool
compare(size_t symbol_count)
{
	return sketch_compare(
		&pair.ours, pair.theirs.symbols, symbol_count, &pair.found);
}

static bool
has(const uint64_t *items, size_t count, uint64_t item)
{
	for (size_t i = 0; i < count; i++) {
		if (items[i] == item)
			return true;
	}
	return false;
}

static void
assert_same_set(
	const uint64_t *found, size_t found_count, const uint64_t *items, size_t count)
{
	ck_assert_uint_eq(found_count, count);
	for (size_t i = 0; i < count; i++)
		ck_assert(has(found, found_count, items[i]));
}

static void
assert_found(size_t our_count, size_t their_count)
{
	assert_same_set(
		pair.found.ours, pair.found.our_count, pair.only_ours, our_count);
	assert_same_set(pair.found.theirs, pair.found.their_count, pair.only_theirs,
		their_count);
}

/* How many of so many pairs are told apart; those that are, exactly. */
static size_t
success_count(
	size_t pair_count, size_t our_count, size_t their_count, size_t symbol_count)
{
	size_t found_count = 0;

	for (uint64_t seed = 1; seed <= pair_count; seed++) {
		differ(seed, our_count, their_count);
		if (!compare(symbol_count))
			continue;
		assert_found(our_count, their_count);
		found_count++;
	}
	return found_count;
}

/* --- differences --- */

/* With three and a half symbols for each difference, or more. Two items that are in the
 * same symbols are not to be told apart, which happens however many symbols there are.
 */
static const struct {
	size_t our_count;
	size_t their_count;
	size_t found_min; /* of 500 */
} differences[] = {
	{0, 0, 500},
	{1, 0, 500},
	{0, 1, 500},
	{1, 1, 500},
	{5, 0, 498},
	{0, 5, 498},
	{3, 2, 498},
	{20, 0, 490},
	{0, 20, 490},
	{10, 10, 490},
};

#define DIFFERENCE_COUNT ((int)(sizeof(differences) / sizeof(differences[0])))

START_TEST(differences_in_both_directions_are_found_exactly)
{
	ck_assert_uint_ge(success_count(500, differences[_i].our_count,
				  differences[_i].their_count, SYMBOL_COUNT),
		differences[_i].found_min);
}
END_TEST

/* Of the symbols that there are at most, 19 in 20 pairs can do with 1.9 each. */
START_TEST(all_symbols_do_for_38_differences)
{
	ck_assert_uint_ge(success_count(500, 19, 19, SYMBOL_COUNT), 465);
}
END_TEST

START_TEST(the_first_symbols_do_for_few_differences)
{
	ck_assert_uint_eq(success_count(500, 1, 0, 16), 500);
	ck_assert_uint_ge(success_count(500, 1, 1, 16), 499);
	ck_assert_uint_ge(success_count(500, 3, 3, 16), 460);
	ck_assert_uint_ge(success_count(500, 10, 0, 16 + 2 * 10), 490);
}
END_TEST

START_TEST(more_differences_than_symbols_are_not_told_apart)
{
	ck_assert_uint_eq(success_count(100, 37, 36, SYMBOL_COUNT), 0);
	ck_assert_uint_eq(success_count(100, 0, ONLY_COUNT_MAX, SYMBOL_COUNT), 0);
	ck_assert_uint_eq(
		success_count(100, ONLY_COUNT_MAX, ONLY_COUNT_MAX, SYMBOL_COUNT), 0);
	ck_assert_uint_eq(success_count(100, 10, 10, 16), 0);
}
END_TEST

START_TEST(a_set_is_compared_with_the_empty_one)
{
	uint64_t items[] = {3, 0, UINT64_MAX};

	for (size_t i = 0; i < 3; i++)
		sketch_add(&pair.theirs, items[i]);
	ck_assert(compare(SYMBOL_COUNT));
	assert_same_set(pair.found.theirs, pair.found.their_count, items, 3);
	ck_assert_uint_eq(pair.found.our_count, 0);
}
END_TEST

START_TEST(sets_under_another_seed_are_not_told_apart)
{
	sketch_init(&pair.theirs, SEED + 1);
	sketch_add(&pair.theirs, 7);
	ck_assert(!compare(SYMBOL_COUNT));
}
END_TEST

START_TEST(comparing_changes_nothing)
{
	static struct pair before;

	differ(1, 3, 3);
	before = pair;
	ck_assert(compare(SYMBOL_COUNT));
	ck_assert_mem_eq(&before.ours, &pair.ours, sizeof(pair.ours));
	ck_assert_mem_eq(&before.theirs, &pair.theirs, sizeof(pair.theirs));
}
END_TEST

/* --- symbols --- */

START_TEST(what_is_added_and_removed_leaves_nothing)
{
	static const struct symbol none;

	differ(1, 20, 0);
	for (size_t i = 0; i < 20; i++)
		sketch_remove(&pair.ours, pair.only_ours[i]);
	ck_assert_mem_eq(
		pair.ours.symbols, pair.theirs.symbols, sizeof(pair.ours.symbols));
	set_up();
	sketch_remove(&pair.ours, 5);
	sketch_add(&pair.ours, 5);
	for (size_t i = 0; i < SYMBOL_COUNT; i++)
		ck_assert_mem_eq(&pair.ours.symbols[i], &none, sizeof(none));
}
END_TEST

START_TEST(the_order_of_writes_makes_no_difference)
{
	for (uint64_t i = 1; i <= 100; i++) {
		sketch_add(&pair.ours, i);
		sketch_add(&pair.theirs, 101 - i);
	}
	ck_assert_mem_eq(
		pair.ours.symbols, pair.theirs.symbols, sizeof(pair.ours.symbols));
}
END_TEST

/* Rounding the gaps up makes them a little longer, the first one most. */
START_TEST(an_item_is_in_symbol_i_with_probability_1_of_1_and_half_i)
{
	size_t item_count = 50000;
	double in_all = 0;

	prng_init(&pair.prng, 1);
	for (size_t i = 0; i < item_count; i++)
		sketch_add(&pair.ours, prng_next(&pair.prng));
	for (size_t i = 0; i < SYMBOL_COUNT; i++) {
		double density =
			(double)pair.ours.symbols[i].count / (double)item_count;
		double expected = 1 / (1 + (double)i / 2);

		ck_assert_double_ge(density, 0.90 * expected);
		ck_assert_double_le(density, 1.10 * expected);
		in_all += density;
	}
	ck_assert_int_eq(pair.ours.symbols[0].count, (int64_t)item_count);
	ck_assert_double_eq_tol(in_all, 7.7, 0.1);
}
END_TEST

/* So that other machines, and other programs, draw the same. */
START_TEST(the_places_of_an_item_are_known)
{
	static const size_t places[] = {0, 1, 6, 8, 22, 24, 33, 35};
	size_t count = 0;

	sketch_add(&pair.ours, 1);
	for (size_t i = 0; i < SYMBOL_COUNT; i++) {
		if (pair.ours.symbols[i].count == 0)
			continue;
		ck_assert_uint_lt(count, sizeof(places) / sizeof(places[0]));
		ck_assert_uint_eq(i, places[count++]);
		ck_assert_int_eq(pair.ours.symbols[i].count, 1);
		ck_assert_uint_eq(pair.ours.symbols[i].sum, 1);
		ck_assert_uint_eq(pair.ours.symbols[i].check, hash_pair(1, 0, SEED));
	}
	ck_assert_uint_eq(count, sizeof(places) / sizeof(places[0]));
}
END_TEST

/* --- what is no sketch --- */

START_TEST(more_symbols_than_there_are_do_not_count)
{
	struct symbol symbols[SYMBOL_COUNT + 1] = {0};

	ck_assert(!sketch_compare(&pair.ours, symbols, SYMBOL_COUNT + 1, &pair.found));
}
END_TEST

/* Taking the item out of the one symbol puts it into others, from which it would be
 * taken again, for ever. */
START_TEST(an_item_that_is_not_in_all_of_its_symbols_is_no_difference)
{
	for (size_t i = 0; i < SYMBOL_COUNT; i++) {
		struct symbol symbols[SYMBOL_COUNT] = {0};

		symbols[i] = (struct symbol){1, hash_pair(1, 0, SEED), 1};
		ck_assert(!sketch_compare(
			&pair.ours, symbols, SYMBOL_COUNT, &pair.found));
	}
}
END_TEST

static struct symbol
random_symbol(struct prng *prng)
{
	static const int64_t counts[] = {0, 1, 2, UINT32_MAX};
	uint64_t item = prng_next(prng);
	bool fits = prng_below(prng, 2) == 0;

	return (struct symbol){
		.sum = item,
		.check = fits ? hash_pair(item, 0, SEED) : prng_next(prng),
		.count = counts[prng_below(prng, 4)],
	};
}

START_TEST(no_symbols_make_more_items_than_they_are)
{
	struct prng prng;

	prng_init(&prng, (uint64_t)_i);
	for (int round = 0; round < 1000; round++) {
		size_t count = 1 + (size_t)prng_below(&prng, SYMBOL_COUNT);

		differ((uint64_t)_i, 5, 5);
		for (size_t i = 0; i < count; i++) {
			if (prng_below(&prng, 1 + (uint64_t)_i) == 0)
				pair.theirs.symbols[i] = random_symbol(&prng);
		}
		(void)!compare(count);
		ck_assert_uint_le(pair.found.our_count + pair.found.their_count, count);
	}
}
END_TEST

START_TEST(one_wrong_symbol_is_noticed)
{
	for (size_t i = 0; i < SYMBOL_COUNT; i++) {
		for (int field = 0; field < 3; field++) {
			differ(1, 2, 2);
			pair.theirs.symbols[i].sum ^= field == 0 ? 1 : 0;
			pair.theirs.symbols[i].check ^= field == 1 ? 1 : 0;
			pair.theirs.symbols[i].count += field == 2 ? 1 : 0;
			ck_assert(!compare(SYMBOL_COUNT));
		}
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("sketch");
	TCase *found = add_case(suite, "differences");
	TCase *symbols = add_case(suite, "symbols");
	TCase *wrong = add_case(suite, "no sketch");

	tcase_add_checked_fixture(found, set_up, NULL);
	tcase_add_checked_fixture(symbols, set_up, NULL);
	tcase_add_checked_fixture(wrong, set_up, NULL);
	tcase_add_loop_test(found, differences_in_both_directions_are_found_exactly, 0,
		DIFFERENCE_COUNT);
	tcase_add_test(found, all_symbols_do_for_38_differences);
	tcase_add_test(found, the_first_symbols_do_for_few_differences);
	tcase_add_test(found, more_differences_than_symbols_are_not_told_apart);
	tcase_add_test(found, a_set_is_compared_with_the_empty_one);
	tcase_add_test(found, sets_under_another_seed_are_not_told_apart);
	tcase_add_test(found, comparing_changes_nothing);
	tcase_add_test(symbols, what_is_added_and_removed_leaves_nothing);
	tcase_add_test(symbols, the_order_of_writes_makes_no_difference);
	tcase_add_test(
		symbols, an_item_is_in_symbol_i_with_probability_1_of_1_and_half_i);
	tcase_add_test(symbols, the_places_of_an_item_are_known);
	tcase_add_test(wrong, more_symbols_than_there_are_do_not_count);
	tcase_add_test(
		wrong, an_item_that_is_not_in_all_of_its_symbols_is_no_difference);
	tcase_add_loop_test(wrong, no_symbols_make_more_items_than_they_are, 0, 8);
	tcase_add_test(wrong, one_wrong_symbol_is_noticed);
	return run_suite(suite);
}
