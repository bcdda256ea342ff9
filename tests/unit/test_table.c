/* SPDX-License-Identifier: MIT */
#include "base/table.h"

#include <signal.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/prng.h"
#include "run.h"

static struct table table;
static char values[4];

static void
set_up(void)
{
	table_init(&table);
}

static void
tear_down(void)
{
	table_check(&table);
	table_fini(&table);
}

START_TEST(an_empty_table_has_nothing)
{
	size_t cursor = 0;

	ck_assert_uint_eq(table_count(&table), 0);
	ck_assert_ptr_null(table_find(&table, 0));
	ck_assert_ptr_null(table_remove(&table, 0));
	ck_assert_ptr_null(table_next(&table, &cursor));
	table_clear(&table);
	ck_assert_uint_eq(table_count(&table), 0);
}
END_TEST

START_TEST(every_key_is_as_good_as_another)
{
	static const uint64_t keys[] = {0, 1, UINT64_C(1) << 63, UINT64_MAX};

	for (size_t i = 0; i < 4; i++) {
		ck_assert_ptr_null(table_put(&table, keys[i], &values[i]));
	}
	for (size_t i = 0; i < 4; i++) {
		ck_assert_ptr_eq(table_find(&table, keys[i]), &values[i]);
	}
	ck_assert_ptr_null(table_find(&table, 2));
	ck_assert_uint_eq(table_count(&table), 4);
}
END_TEST

START_TEST(putting_a_key_again_replaces_its_value)
{
	ck_assert_ptr_null(table_put(&table, 7, &values[0]));
	ck_assert_ptr_eq(table_put(&table, 7, &values[1]), &values[0]);
	ck_assert_ptr_eq(table_find(&table, 7), &values[1]);
	ck_assert_uint_eq(table_count(&table), 1);
}
END_TEST

START_TEST(a_removed_key_is_gone)
{
	table_put(&table, 7, &values[0]);
	table_put(&table, 8, &values[1]);
	ck_assert_ptr_eq(table_remove(&table, 7), &values[0]);
	ck_assert_ptr_null(table_remove(&table, 7));
	ck_assert_ptr_null(table_find(&table, 7));
	ck_assert_ptr_eq(table_find(&table, 8), &values[1]);
	ck_assert_uint_eq(table_count(&table), 1);
}
END_TEST

START_TEST(a_cleared_table_can_be_filled_again)
{
	for (uint64_t key = 0; key < 100; key++) {
		table_put(&table, key, &values[0]);
	}
	table_clear(&table);
	table_check(&table);
	ck_assert_uint_eq(table_count(&table), 0);
	ck_assert_ptr_null(table_find(&table, 50));
	ck_assert_ptr_null(table_put(&table, 50, &values[1]));
	ck_assert_ptr_eq(table_find(&table, 50), &values[1]);
}
END_TEST

START_TEST(a_value_of_null_aborts)
{
	table_put(&table, 1, NULL);
}
END_TEST

#define UNIVERSE_MAX 600

/* A naive table: the value of each key of a small universe. */
struct model {
	uint64_t keys[UNIVERSE_MAX];
	char *values[UNIVERSE_MAX];
	size_t key_count;
	size_t count;
};

static bool
visits_each_value_once(const struct model *model, const char *targets)
{
	size_t visits[UNIVERSE_MAX] = {0};
	size_t cursor = 0;

	for (char *value; (value = table_next(&table, &cursor)) != NULL;) {
		visits[value - targets]++;
	}
	for (size_t i = 0; i < model->key_count; i++) {
		if (visits[i] != (model->values[i] != NULL)) {
			return false;
		}
	}
	return true;
}

/* Value i belongs to key i. Puts more often than it removes, and the other way round,
 * by turns. */
static void
run_against_model(struct model *model, size_t steps, uint64_t seed)
{
	char targets[UNIVERSE_MAX];
	size_t wrong = 0;
	struct prng prng;

	prng_init(&prng, seed);
	for (size_t step = 0; step < steps; step++) {
		size_t i = prng_below(&prng, model->key_count);
		bool grows = step / 1000 % 2 == 0;
		char *value =
			prng_below(&prng, 4) < (grows ? 3 : 1) ? &targets[i] : NULL;
		char *before = value != NULL ? table_put(&table, model->keys[i], value)
					     : table_remove(&table, model->keys[i]);

		wrong += before != model->values[i];
		model->count += (value != NULL);
		model->count -= (before != NULL);
		model->values[i] = value;
		wrong += table_count(&table) != model->count;
		i = prng_below(&prng, model->key_count);
		wrong += table_find(&table, model->keys[i]) != model->values[i];
		table_check(&table);
		if (step % 64 == 0) {
			wrong += !visits_each_value_once(model, targets);
		}
	}
	ck_assert_uint_eq(wrong, 0);
}

/* Keys of the kinds that a table meets: counters, their multiples, hashes. */
START_TEST(random_use_agrees_with_a_naive_table)
{
	struct model model = {.key_count = UNIVERSE_MAX};
	struct prng prng;

	prng_init(&prng, 1);
	for (uint64_t i = 0; i < UNIVERSE_MAX / 4; i++) {
		uint64_t *keys = &model.keys[4 * i];

		keys[0] = i;
		keys[1] = (i + 1) << 32;
		keys[2] = UINT64_MAX - i;
		keys[3] = prng_next(&prng);
	}
	run_against_model(&model, 20000, 2);
}
END_TEST

/* Six keys fill the smallest table, so that runs wrap round its end. */
START_TEST(random_use_of_a_full_table_agrees_with_a_naive_one)
{
	struct model model = {.key_count = 6};
	struct prng prng;

	prng_init(&prng, (uint64_t)_i);
	for (size_t i = 0; i < model.key_count; i++) {
		model.keys[i] = prng_next(&prng);
	}
	run_against_model(&model, 4000, (uint64_t)_i);
}
END_TEST

START_TEST(a_large_table_keeps_everything)
{
	const uint64_t count = 100000;
	char *targets = mem_new(count);
	size_t wrong = 0;

	for (uint64_t key = 0; key < count; key++) {
		table_put(&table, key << 8, &targets[key]);
	}
	table_check(&table);
	ck_assert_uint_eq(table_count(&table), count);
	for (uint64_t key = 0; key < count; key++) {
		wrong += table_find(&table, key << 8) != &targets[key];
		wrong += table_find(&table, key << 8 | 1) != NULL;
	}
	for (uint64_t key = 0; key < count; key += 2) {
		wrong += table_remove(&table, key << 8) != &targets[key];
	}
	table_check(&table);
	for (uint64_t key = 0; key < count; key++) {
		char *expected = key % 2 == 0 ? NULL : &targets[key];

		wrong += table_find(&table, key << 8) != expected;
	}
	ck_assert_uint_eq(wrong, 0);
	free(targets);
}
END_TEST

/* Takes minutes when values are visited in the order of their slots. */
START_TEST(a_table_can_be_filled_from_another)
{
	const size_t count = 1500000;
	uint64_t *keys = mem_new_array(count, sizeof(*keys));
	struct table copy;
	struct prng prng;
	size_t cursor = 0;

	prng_init(&prng, 1);
	for (size_t i = 0; i < count; i++) {
		keys[i] = prng_next(&prng);
		table_put(&table, keys[i], &keys[i]);
	}
	table_init(&copy);
	for (uint64_t *key; (key = table_next(&table, &cursor)) != NULL;) {
		table_put(&copy, *key, key);
	}
	ck_assert_uint_eq(table_count(&copy), table_count(&table));
	table_fini(&copy);
	free(keys);
}
END_TEST

#define SEEDED_COUNT 100

static void
visit_all(uint64_t seed, const void *visited[SEEDED_COUNT])
{
	static const char targets[SEEDED_COUNT];
	struct table seeded;
	size_t cursor = 0;

	table_init(&seeded);
	table_set_seed(&seeded, seed);
	for (size_t i = 0; i < SEEDED_COUNT; i++)
		table_put(&seeded, i, (void *)(uintptr_t)&targets[i]);
	for (size_t i = 0; i < SEEDED_COUNT; i++)
		visited[i] = table_next(&seeded, &cursor);
	ck_assert_ptr_null(table_next(&seeded, &cursor));
	table_check(&seeded);
	table_fini(&seeded);
}

START_TEST(the_seed_decides_where_keys_are)
{
	const void *first[SEEDED_COUNT];
	const void *again[SEEDED_COUNT];
	const void *other[SEEDED_COUNT];

	visit_all(1, first);
	visit_all(1, again);
	visit_all(2, other);
	ck_assert_mem_eq(first, again, sizeof(first));
	ck_assert_mem_ne(first, other, sizeof(first));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("table");
	TCase *tcase = add_case(suite, "table");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, an_empty_table_has_nothing);
	tcase_add_test(tcase, every_key_is_as_good_as_another);
	tcase_add_test(tcase, putting_a_key_again_replaces_its_value);
	tcase_add_test(tcase, a_removed_key_is_gone);
	tcase_add_test(tcase, a_cleared_table_can_be_filled_again);
	tcase_add_test_raise_signal(tcase, a_value_of_null_aborts, SIGABRT);
	tcase_add_test(tcase, random_use_agrees_with_a_naive_table);
	tcase_add_loop_test(
		tcase, random_use_of_a_full_table_agrees_with_a_naive_one, 0, 10);
	tcase_add_test(tcase, a_large_table_keeps_everything);
	tcase_add_test(tcase, a_table_can_be_filled_from_another);
	tcase_add_test(tcase, the_seed_decides_where_keys_are);
	return run_suite(suite);
}
