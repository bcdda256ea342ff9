/* SPDX-License-Identifier: MIT */
#include "gossip/store.h"

#include <assert.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/mem.h"
#include "wire/member_info.h"

/* When a record leaves by itself. Apart from the record, because most stay. */
struct lifetime {
	struct timer timer;
	struct record *record;
};

struct bytes
record_key(const struct record *record)
{
	return bytes_of(record->bytes, record->key_len);
}

struct bytes
record_value(const struct record *record)
{
	return bytes_of(record->bytes + record->key_len, record->value_len);
}

struct record_view
record_view(const struct record *record)
{
	return (struct record_view){
		.kind = (enum record_kind)record->kind,
		.deleted = record->deleted,
		.dot = record->dot,
		.stamp = record->stamp,
		.expires_ms = record->expires_ms,
		.owner = record->owner,
		.key = record_key(record),
		.value = record_value(record),
	};
}

bool
record_is_live(const struct record *record, uint64_t wall_ms)
{
	return !record->deleted &&
	       (record->expires_ms == 0 || record->expires_ms > wall_ms);
}

static enum store_space
space_of(enum record_kind kind)
{
	return kind == RECORD_MEMBER ? SPACE_MEMBERS : SPACE_KEYS;
}

static struct bytes
node_key(const struct tree_node *node)
{
	return record_key(tree_element(node, struct record, node));
}

static struct record *
record_of(struct tree_node *node)
{
	return tree_element(node, struct record, node);
}

void
store_init(
	struct store *store, uint64_t seed, size_t size_max, uint64_t tombstone_life_ms)
{
	*store = (struct store){
		.seed = seed,
		.size_max = size_max,
		.tombstone_life_ms = tombstone_life_ms,
	};
	for (size_t i = 0; i < SPACE_COUNT; i++)
		tree_init(&store->spaces[i], node_key);
	table_init(&store->by_hash);
	heap_init(&store->expiries);
	heap_init(&store->tombstones);
	context_init(&store->context);
	sketch_init(&store->sketch, seed);
}

static void
record_free(struct record *record)
{
	if (record == NULL)
		return;
	free(record->lifetime);
	free(record);
}

void
store_fini(struct store *store)
{
	size_t cursor = 0;
	struct record *record;

	while ((record = table_next(&store->by_hash, &cursor)) != NULL)
		record_free(record);
	table_fini(&store->by_hash);
	heap_fini(&store->expiries);
	heap_fini(&store->tombstones);
	context_fini(&store->context);
}

uint64_t
store_hash(const struct store *store, struct dot dot)
{
	return hash_pair(dot.writer, dot.seq, store->seed);
}

/* --- what wins --- */

static int
compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int
compare_rank(struct bytes a, struct bytes b)
{
	struct member_info info_a;
	struct member_info info_b;

	if (member_info_read(a, &info_a) != ERR_OK ||
		member_info_read(b, &info_b) != ERR_OK)
		return 0;
	return member_info_compare(&info_a, &info_b);
}

static bool
view_is_newer(const struct record_view *view, const struct record *current)
{
	int order = 0;

	if (view->kind == RECORD_MEMBER && !view->deleted && !current->deleted)
		order = compare_rank(view->value, record_value(current));
	if (order == 0)
		order = compare_numbers(view->stamp, current->stamp);
	if (order == 0)
		order = compare_numbers(view->dot.writer, current->dot.writer);
	if (order == 0)
		order = compare_numbers(view->dot.seq, current->dot.seq);
	return order > 0;
}

/* --- taking in and out --- */

static size_t
record_size(const struct record *record)
{
	return (size_t)record->key_len + record->value_len;
}

static struct record *
record_new(const struct store *store, const struct record_view *view)
{
	size_t value_len = view->deleted ? 0 : view->value.len;
	struct record *record = mem_new(sizeof(*record) + view->key.len + value_len);

	record->hash = store_hash(store, view->dot);
	record->stamp = view->stamp;
	record->dot = view->dot;
	record->owner = view->owner;
	record->expires_ms = view->expires_ms;
	record->key_len = (uint16_t)view->key.len;
	record->value_len = (uint32_t)value_len;
	record->kind = (uint8_t)view->kind;
	record->deleted = view->deleted;
	memcpy(record->bytes, view->key.data, view->key.len);
	if (value_len != 0)
		memcpy(record->bytes + view->key.len, view->value.data, value_len);
	return record;
}

static struct heap *
heap_of(struct store *store, const struct record *record)
{
	return record->deleted ? &store->tombstones : &store->expiries;
}

static void
set_lifetime(struct store *store, struct record *record, uint64_t wall_ms)
{
	uint64_t until_ms = record->expires_ms;

	if (record->deleted)
		until_ms = wall_ms + store->tombstone_life_ms;
	if (until_ms == 0)
		return;
	record->lifetime = mem_new(sizeof(*record->lifetime));
	record->lifetime->record = record;
	heap_set(heap_of(store, record), &record->lifetime->timer, until_ms);
}

static void
insert(struct store *store, struct record *record)
{
	enum store_space space = space_of((enum record_kind)record->kind);

	tree_insert(&store->spaces[space], &record->node);
	table_put(&store->by_hash, record->hash, record);
	store->size += record_size(record);
	if (record->deleted) {
		store->tombstone_count++;
		store->tombstone_size += record_size(record);
	} else {
		store->live_count[space]++;
		store->fingerprint += record->hash;
		sketch_add(&store->sketch, record->hash);
	}
}

static void
take_out(struct store *store, struct record *record)
{
	enum store_space space = space_of((enum record_kind)record->kind);

	tree_remove(&store->spaces[space], &record->node);
	table_remove(&store->by_hash, record->hash);
	store->size -= record_size(record);
	if (record->deleted) {
		store->tombstone_count--;
		store->tombstone_size -= record_size(record);
	} else {
		store->live_count[space]--;
		store->fingerprint -= record->hash;
		sketch_remove(&store->sketch, record->hash);
	}
	if (record->lifetime != NULL)
		heap_cancel(heap_of(store, record), &record->lifetime->timer);
}

static void
drop(struct store *store, struct record *record)
{
	assert(context_covers(&store->context, record->dot));
	take_out(store, record);
	record_free(record);
}

static enum err
check_duplicate(const struct store *store, const struct record_view *view)
{
	const struct record *held =
		store_find_hash(store, store_hash(store, view->dot));

	if (held == NULL)
		return ERR_OK;
	if (held->stamp != view->stamp || !bytes_equal(record_key(held), view->key))
		return ERR_CONFLICT;
	return ERR_OK;
}

static enum err
check_size(const struct store *store, const struct record_view *view,
	const struct record *current)
{
	size_t size = view->key.len + (view->deleted ? 0 : view->value.len);
	size_t live_size = store->size - store->tombstone_size;
	size_t freed = current == NULL || current->deleted ? 0 : record_size(current);

	/* What shrinks the state is always welcome, and so is what the cluster cannot
	 * do without. */
	if (view->deleted || view->kind == RECORD_MEMBER || size <= freed)
		return ERR_OK;
	return live_size - freed + size > store->size_max ? ERR_QUOTA : ERR_OK;
}

/* Tombstones give way to the new record, the oldest first: the context knows of the
 * deletes without them. */
static void
make_room(struct store *store, const struct record *added, const struct record *current)
{
	size_t freed = current == NULL ? 0 : record_size(current);

	while (store->size - freed + record_size(added) > store->size_max) {
		struct lifetime *oldest =
			timer_element(heap_pop_due(&store->tombstones, UINT64_MAX),
				struct lifetime, timer);

		if (oldest == NULL)
			return;
		if (oldest->record != current)
			drop(store, oldest->record);
	}
}

enum err
store_apply(struct store *store, const struct record_view *view, uint64_t wall_ms,
	enum store_result *ret_result)
{
	if (context_covers(&store->context, view->dot)) {
		*ret_result = STORE_DUPLICATE;
		return check_duplicate(store, view);
	}

	struct record *current = store_find(store, space_of(view->kind), view->key);

	if (current != NULL && !view_is_newer(view, current)) {
		context_add(&store->context, view->dot);
		*ret_result = STORE_OBSOLETE;
		return ERR_OK;
	}

	enum err err = check_size(store, view, current);

	if (err != ERR_OK)
		return err;

	struct record *record = record_new(store, view);

	make_room(store, record, current);
	if (current != NULL)
		drop(store, current);
	context_add(&store->context, record->dot);
	insert(store, record);
	set_lifetime(store, record, wall_ms);
	*ret_result = STORE_APPLIED;
	return ERR_OK;
}

void
store_bury(struct store *store, struct record *record, uint64_t wall_ms)
{
	struct record_view view = record_view(record);
	struct record *tombstone = NULL;

	assert(!record->deleted);
	if (record->kind != RECORD_MEMBER) {
		view.deleted = true;
		view.expires_ms = 0;
		tombstone = record_new(store, &view);
	}
	drop(store, record);
	if (tombstone != NULL) {
		insert(store, tombstone);
		set_lifetime(store, tombstone, wall_ms);
	}
}

static void
drop_due(struct store *store, struct heap *heap, uint64_t wall_ms)
{
	struct timer *timer;

	while ((timer = heap_pop_due(heap, wall_ms)) != NULL) {
		struct lifetime *lifetime =
			timer_element(timer, struct lifetime, timer);

		drop(store, lifetime->record);
	}
}

void
store_expire(struct store *store, uint64_t wall_ms)
{
	drop_due(store, &store->expiries, wall_ms);
	drop_due(store, &store->tombstones, wall_ms);
}

uint64_t
store_deadline_ms(const struct store *store)
{
	uint64_t expiry_ms = heap_deadline(&store->expiries);
	uint64_t tombstone_ms = heap_deadline(&store->tombstones);

	return expiry_ms < tombstone_ms ? expiry_ms : tombstone_ms;
}

/* --- looking --- */

struct record *
store_find(const struct store *store, enum store_space space, struct bytes key)
{
	return record_of(tree_find(&store->spaces[space], key));
}

struct record *
store_find_live(const struct store *store, enum store_space space, struct bytes key,
	uint64_t wall_ms)
{
	struct record *record = store_find(store, space, key);

	return record != NULL && record_is_live(record, wall_ms) ? record : NULL;
}

struct record *
store_find_hash(const struct store *store, uint64_t hash)
{
	return table_find(&store->by_hash, hash);
}

struct record *
store_next(const struct store *store, enum store_space space, struct bytes after)
{
	if (after.len == 0)
		return record_of(tree_first(&store->spaces[space]));
	return record_of(tree_find_after(&store->spaces[space], after));
}

struct record *
store_next_from(const struct store *store, enum store_space space, struct bytes from)
{
	return record_of(tree_find_from(&store->spaces[space], from));
}

struct state_summary
store_summary(const struct store *store)
{
	return (struct state_summary){
		.fingerprint = store->fingerprint,
		.record_count = store->live_count[SPACE_KEYS] +
				store->live_count[SPACE_MEMBERS],
		.context_sum = (uint32_t)context_sum(&store->context),
	};
}

static void
check_space(const struct store *store, enum store_space space, struct store *sums)
{
	const struct tree *tree = &store->spaces[space];

	tree_check(tree);
	for (struct tree_node *node = tree_first(tree); node != NULL;
		node = tree_next(node)) {
		struct record *record = record_of(node);

		assert(context_covers(&store->context, record->dot));
		assert(record->hash == store_hash(store, record->dot));
		assert(store_find_hash(store, record->hash) == record);
		sums->size += record_size(record);
		sums->tombstone_count += record->deleted;
		sums->tombstone_size += record->deleted ? record_size(record) : 0;
		if (record->deleted)
			continue;
		sums->live_count[space]++;
		sums->fingerprint += record->hash;
		sketch_add(&sums->sketch, record->hash);
	}
}

void
store_check(const struct store *store)
{
	struct store sums = {0};

	sketch_init(&sums.sketch, store->seed);
	context_check(&store->context);
	table_check(&store->by_hash);
	heap_check(&store->expiries);
	heap_check(&store->tombstones);
	for (size_t i = 0; i < SPACE_COUNT; i++) {
		check_space(store, (enum store_space)i, &sums);
		assert(sums.live_count[i] == store->live_count[i]);
	}
	assert(sums.fingerprint == store->fingerprint);
	assert(memcmp(&sums.sketch, &store->sketch, sizeof(sums.sketch)) == 0);
	assert(sums.size == store->size);
	assert(sums.tombstone_count == store->tombstone_count);
	assert(sums.tombstone_size == store->tombstone_size);
}
