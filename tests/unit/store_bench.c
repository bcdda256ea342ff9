/* SPDX-License-Identifier: MIT */
#include "store_bench.h"

struct store store;

void
set_up(void)
{
	store_init(&store, 1, SIZE_MAX_DEFAULT, TOMBSTONE_LIFE_MS);
}

void
tear_down(void)
{
	store_check(&store);
	store_fini(&store);
}

enum store_result
apply(struct store *to, const struct record_view *view)
{
	enum store_result result;

	ck_assert_int_eq(store_apply(to, view, NOW_MS, &result), ERR_OK);
	store_check(to);
	return result;
}

struct record_view
shared(uint64_t writer, uint64_t seq, uint64_t stamp, const char *key,
	const char *value)
{
	return sample_shared((struct dot){writer, seq}, stamp, key, value);
}

enum store_result
put(uint64_t writer, uint64_t seq, uint64_t stamp, const char *key, const char *value)
{
	struct record_view view = shared(writer, seq, stamp, key, value);

	return apply(&store, &view);
}

enum store_result
erase(uint64_t writer, uint64_t seq, uint64_t stamp, const char *key)
{
	struct record_view view = sample_deleted((struct dot){writer, seq}, stamp, key);

	return apply(&store, &view);
}

const struct record *
find(const char *key)
{
	return store_find(&store, SPACE_KEYS, bytes_of_string(key));
}

bool
holds(const char *key, const char *value)
{
	const struct record *record = find(key);

	return record != NULL && !record->deleted &&
	       bytes_equal(record_value(record), bytes_of_string(value));
}

bool
is_covered(uint64_t writer, uint64_t seq)
{
	return context_covers(&store.context, (struct dot){writer, seq});
}
