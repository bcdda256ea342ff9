/* SPDX-License-Identifier: MIT */
#include "gossip/store.h"

#include <stdio.h>

#include "base/prng.h"
#include "run.h"
#include "sample.h"

#define KEY_COUNT 12
#define WRITER_COUNT 4
#define WRITE_COUNT 3000
#define STEP_COUNT 6000
#define SIZE_LIMIT 200
#define TOMBSTONE_LIFE_MS 1000
#define VALUE "abcdefghijklmnopqrstuvwxyz"

/* A write that may arrive any number of times, in any order. */
struct write_plan {
	struct dot dot;
	uint64_t stamp;
	size_t key;
	bool deleted;
	uint64_t expires_ms;
	size_t value_len;
};

/* What a key holds by the rules; until_ms is 0 for ever. */
struct held {
	bool present;
	struct write_plan write;
	uint64_t until_ms;
};

/* The rules in their plainest form. */
struct model {
	struct held keys[KEY_COUNT];
	bool covered[WRITE_COUNT];
	size_t size_max;
};

static struct write_plan plans[WRITE_COUNT];

static void
make_plans(struct prng *prng, bool with_lifetimes)
{
	for (size_t i = 0; i < WRITE_COUNT; i++) {
		plans[i] = (struct write_plan){
			.dot = {1 + i % WRITER_COUNT, 1 + i / WRITER_COUNT},
			.stamp = prng_below(prng, WRITE_COUNT / 2),
			.key = prng_below(prng, KEY_COUNT),
			.deleted = prng_below(prng, 4) == 0,
			.value_len = prng_below(prng, sizeof(VALUE)),
		};
		if (with_lifetimes && prng_below(prng, 3) == 0)
			plans[i].expires_ms =
				SAMPLE_WALL_MS + prng_below(prng, STEP_COUNT);
		if (plans[i].deleted)
			plans[i].value_len = 0;
	}
}

static const char *
key_of(size_t key)
{
	static char text[8];

	snprintf(text, sizeof(text), "k%zu", key);
	return text;
}

static struct record_view
view_of(const struct write_plan *plan)
{
	return (struct record_view){
		.kind = RECORD_SHARED,
		.deleted = plan->deleted,
		.dot = plan->dot,
		.stamp = plan->stamp,
		.expires_ms = plan->expires_ms,
		.key = bytes_of_string(key_of(plan->key)),
		.value = bytes_of(VALUE, plan->value_len),
	};
}

/* --- the rules --- */

static bool
is_newer(const struct write_plan *a, const struct write_plan *b)
{
	if (a->stamp != b->stamp)
		return a->stamp > b->stamp;
	if (a->dot.writer != b->dot.writer)
		return a->dot.writer > b->dot.writer;
	return a->dot.seq > b->dot.seq;
}

static size_t
size_of(const struct held *held)
{
	return held->present ? strlen(key_of(held->write.key)) + held->write.value_len
			     : 0;
}

static size_t
model_size(const struct model *model)
{
	size_t size = 0;

	for (size_t i = 0; i < KEY_COUNT; i++)
		size += size_of(&model->keys[i]);
	return size;
}

static size_t
live_size_of(const struct held *held)
{
	return held->write.deleted ? 0 : size_of(held);
}

static bool
fits(const struct model *model, const struct held *before, const struct held *after)
{
	size_t size = size_of(after);

	for (size_t i = 0; i < KEY_COUNT; i++)
		size += live_size_of(&model->keys[i]);
	return after->write.deleted || size_of(after) <= live_size_of(before) ||
	       size - live_size_of(before) <= model->size_max;
}

static struct held *
oldest_tombstone(struct model *model)
{
	struct held *oldest = NULL;

	for (size_t i = 0; i < KEY_COUNT; i++) {
		struct held *held = &model->keys[i];

		if (held->present && held->write.deleted &&
			(oldest == NULL || held->until_ms < oldest->until_ms))
			oldest = held;
	}
	return oldest;
}

/* Puts `after` in place of `before`, and the oldest tombstones out while it is too
 * much. */
static void
replace(struct model *model, struct held *before, const struct held *after)
{
	struct held *oldest;

	before->present = false;
	while (model_size(model) + size_of(after) > model->size_max &&
		(oldest = oldest_tombstone(model)) != NULL)
		oldest->present = false;
	*before = *after;
}

static enum err
model_apply(
	struct model *model, size_t i, uint64_t wall_ms, enum store_result *ret_result)
{
	struct held *held = &model->keys[plans[i].key];
	struct held after = {
		.present = true,
		.write = plans[i],
		.until_ms = plans[i].deleted ? wall_ms + TOMBSTONE_LIFE_MS
					     : plans[i].expires_ms,
	};

	*ret_result = STORE_DUPLICATE;
	if (model->covered[i])
		return ERR_OK;
	*ret_result = STORE_OBSOLETE;
	if (held->present && !is_newer(&plans[i], &held->write)) {
		model->covered[i] = true;
		return ERR_OK;
	}
	if (!fits(model, held, &after))
		return ERR_QUOTA;
	*ret_result = STORE_APPLIED;
	model->covered[i] = true;
	replace(model, held, &after);
	return ERR_OK;
}

static void
model_expire(struct model *model, uint64_t wall_ms)
{
	for (size_t i = 0; i < KEY_COUNT; i++) {
		struct held *held = &model->keys[i];

		if (held->present && held->until_ms != 0 && held->until_ms <= wall_ms)
			held->present = false;
	}
}

/* --- comparing --- */

static size_t
key_differs(const struct store *store, const struct held *held, size_t key)
{
	const struct record *record =
		store_find(store, SPACE_KEYS, bytes_of_string(key_of(key)));

	if (record == NULL || !held->present)
		return (record != NULL) != held->present;
	return record->dot.writer != held->write.dot.writer ||
	       record->dot.seq != held->write.dot.seq ||
	       record->deleted != held->write.deleted ||
	       !bytes_equal(
		       record_value(record), bytes_of(VALUE, held->write.value_len));
}

static size_t
count_differences(const struct store *store, const struct model *model)
{
	uint64_t fingerprint = 0;
	size_t live = 0;
	size_t tombstones = 0;
	size_t count = 0;

	for (size_t i = 0; i < KEY_COUNT; i++) {
		const struct held *held = &model->keys[i];

		count += key_differs(store, held, i);
		if (!held->present)
			continue;
		tombstones += held->write.deleted;
		live += !held->write.deleted;
		if (!held->write.deleted)
			fingerprint += store_hash(store, held->write.dot);
	}
	count += store_summary(store).fingerprint != fingerprint;
	count += store->live_count[SPACE_KEYS] != live;
	count += store->tombstone_count != tombstones;
	count += store->size != model_size(model);
	return count;
}

static size_t
count_coverage_differences(const struct store *store, const struct model *model)
{
	size_t count = 0;

	for (size_t i = 0; i < WRITE_COUNT; i++)
		count += context_covers(&store->context, plans[i].dot) !=
			 model->covered[i];
	return count;
}

START_TEST(random_use_agrees_with_a_naive_map)
{
	static struct model model;
	struct store store;
	struct prng prng;
	size_t wrong = 0;

	prng_init(&prng, (uint64_t)_i);
	make_plans(&prng, true);
	model = (struct model){.size_max = SIZE_LIMIT};
	store_init(&store, 1, SIZE_LIMIT, TOMBSTONE_LIFE_MS);
	for (size_t step = 0; step < STEP_COUNT; step++) {
		uint64_t wall_ms = SAMPLE_WALL_MS + step;
		size_t i = prng_below(&prng, 1 + step / 2);
		struct record_view view = view_of(&plans[i]);
		enum store_result expected = STORE_DUPLICATE;
		enum store_result result = STORE_DUPLICATE;

		store_expire(&store, wall_ms);
		model_expire(&model, wall_ms);

		enum err expected_err = model_apply(&model, i, wall_ms, &expected);
		enum err err = store_apply(&store, &view, wall_ms, &result);

		wrong += err != expected_err;
		wrong += err == ERR_OK && result != expected;
		store_check(&store);
		wrong += count_differences(&store, &model);
	}
	wrong += count_coverage_differences(&store, &model);
	store_fini(&store);
	ck_assert_uint_eq(wrong, 0);
}
END_TEST

/* Without limits and lifetimes the order of arrival leaves no trace. */
START_TEST(the_same_writes_in_any_order_make_the_same_state)
{
	struct store stores[2];
	struct state_summary summaries[2];
	void *order[WRITE_COUNT];
	struct prng prng;

	prng_init(&prng, (uint64_t)_i);
	make_plans(&prng, false);
	for (size_t i = 0; i < WRITE_COUNT; i++)
		order[i] = &plans[i];
	for (size_t s = 0; s < 2; s++) {
		prng_shuffle(&prng, order, WRITE_COUNT);
		store_init(&stores[s], 1, SIZE_MAX, TOMBSTONE_LIFE_MS);
		for (size_t i = 0; i < WRITE_COUNT; i++) {
			struct record_view view = view_of(order[i]);
			enum store_result result;

			ck_assert_int_eq(
				store_apply(&stores[s], &view, SAMPLE_WALL_MS, &result),
				ERR_OK);
		}
		store_check(&stores[s]);
		summaries[s] = store_summary(&stores[s]);
	}
	ck_assert_uint_eq(summaries[0].fingerprint, summaries[1].fingerprint);
	ck_assert_uint_eq(summaries[0].record_count, summaries[1].record_count);
	ck_assert_uint_eq(summaries[0].context_sum, summaries[1].context_sum);
	ck_assert_uint_eq(stores[0].tombstone_count, stores[1].tombstone_count);
	store_fini(&stores[0]);
	store_fini(&stores[1]);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("store_model");
	TCase *tcase = add_case(suite, "model");

	tcase_add_loop_test(tcase, random_use_agrees_with_a_naive_map, 0, 8);
	tcase_add_loop_test(
		tcase, the_same_writes_in_any_order_make_the_same_state, 0, 8);
	return run_suite(suite);
}
