/* SPDX-License-Identifier: MIT */
#include "base/tree.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/prng.h"
#include "run.h"

struct item {
	uint8_t key[8];
	size_t key_len;
	struct tree_node node;
	bool is_in_tree;
};

static struct tree tree;

static struct bytes
item_key(const struct tree_node *node)
{
	const void *start = (const char *)node - offsetof(struct item, node);
	const struct item *item = start;

	return bytes_of(item->key, item->key_len);
}

static struct item *
item_of(struct tree_node *node)
{
	return tree_element(node, struct item, node);
}

static void
set_up(void)
{
	tree_init(&tree, item_key);
}

static struct item
make_item(const char *key)
{
	struct item item = {.key_len = strlen(key)};

	memcpy(item.key, key, item.key_len);
	return item;
}

START_TEST(an_empty_tree_has_nothing)
{
	ck_assert_uint_eq(tree_count(&tree), 0);
	ck_assert_ptr_null(tree_first(&tree));
	ck_assert_ptr_null(tree_find(&tree, bytes_of_string("a")));
	ck_assert_ptr_null(tree_find_from(&tree, bytes_of(NULL, 0)));
	ck_assert_ptr_null(tree_find_after(&tree, bytes_of(NULL, 0)));
	ck_assert_ptr_null(item_of(NULL));
}
END_TEST

START_TEST(elements_are_found_by_key_and_by_place)
{
	struct item a = make_item("a");
	struct item b = make_item("b");
	struct item empty = make_item("");

	tree_insert(&tree, &b.node);
	tree_insert(&tree, &empty.node);
	tree_insert(&tree, &a.node);
	ck_assert_uint_eq(tree_count(&tree), 3);
	ck_assert_ptr_eq(tree_find(&tree, bytes_of_string("a")), &a.node);
	ck_assert_ptr_eq(tree_find(&tree, bytes_of(NULL, 0)), &empty.node);
	ck_assert_ptr_null(tree_find(&tree, bytes_of_string("aa")));
	ck_assert_ptr_eq(tree_find_from(&tree, bytes_of_string("a")), &a.node);
	ck_assert_ptr_eq(tree_find_after(&tree, bytes_of_string("a")), &b.node);
	ck_assert_ptr_eq(tree_find_from(&tree, bytes_of_string("aa")), &b.node);
	ck_assert_ptr_eq(tree_find_after(&tree, bytes_of_string("aa")), &b.node);
	ck_assert_ptr_eq(tree_find_from(&tree, bytes_of_string("b")), &b.node);
	ck_assert_ptr_null(tree_find_after(&tree, bytes_of_string("b")));
	ck_assert_ptr_null(tree_find_from(&tree, bytes_of_string("ba")));
	ck_assert_ptr_eq(item_of(tree_first(&tree)), &empty);
	ck_assert_ptr_eq(item_of(tree_next(&empty.node)), &a);
	ck_assert_ptr_null(tree_next(&b.node));
	tree_check(&tree);
}
END_TEST

START_TEST(a_removed_element_can_come_back)
{
	struct item a = make_item("a");
	struct item b = make_item("b");

	tree_insert(&tree, &a.node);
	tree_insert(&tree, &b.node);
	tree_remove(&tree, &a.node);
	ck_assert_ptr_null(tree_find(&tree, bytes_of_string("a")));
	ck_assert_ptr_eq(tree_first(&tree), &b.node);
	tree_remove(&tree, &b.node);
	ck_assert_uint_eq(tree_count(&tree), 0);
	tree_insert(&tree, &a.node);
	ck_assert_ptr_eq(tree_first(&tree), &a.node);
	tree_check(&tree);
}
END_TEST

START_TEST(inserting_a_key_twice_aborts)
{
	struct item a = make_item("a");
	struct item same = make_item("a");

	tree_insert(&tree, &a.node);
	tree_insert(&tree, &same.node);
}
END_TEST

START_TEST(removing_what_is_not_in_the_tree_aborts)
{
	struct item a = make_item("a");
	struct item b = make_item("b");

	tree_insert(&tree, &a.node);
	tree_remove(&tree, &b.node);
}
END_TEST

#define ITEM_COUNT 500

/* A naive tree: all items there may be, in order, each marked as in or not. */
static struct item items[ITEM_COUNT];

static int
compare_naively(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
	size_t i = 0;

	while (i < a_len && i < b_len && a[i] == b[i]) {
		i++;
	}
	if (i == a_len || i == b_len) {
		return (i < a_len) - (i < b_len);
	}
	return a[i] < b[i] ? -1 : 1;
}

static int
compare_items(const void *a, const void *b)
{
	const struct item *item_a = a;
	const struct item *item_b = b;

	return compare_naively(
		item_a->key, item_a->key_len, item_b->key, item_b->key_len);
}

/* Few letters, the extremes among them, so that many keys begin others. */
static struct item
random_item(struct prng *prng)
{
	static const uint8_t letters[] = {0x00, '/', 'a', 0xff};
	struct item item = {.key_len = prng_below(prng, sizeof(item.key) + 1)};

	for (size_t i = 0; i < item.key_len; i++) {
		item.key[i] = letters[prng_below(prng, sizeof(letters))];
	}
	return item;
}

static void
make_items(struct prng *prng)
{
	size_t count = 0;

	while (count < ITEM_COUNT) {
		struct item item = random_item(prng);
		bool is_new = true;

		for (size_t i = 0; i < count; i++) {
			is_new = is_new && compare_items(&items[i], &item) != 0;
		}
		if (is_new) {
			items[count++] = item;
		}
	}
	qsort(items, ITEM_COUNT, sizeof(items[0]), compare_items);
}

/* The first item in the tree that compares with the key as `order_min` or more. */
static const struct tree_node *
find_naively(const struct item *key, int order_min)
{
	for (size_t i = 0; i < ITEM_COUNT; i++) {
		if (items[i].is_in_tree && compare_items(&items[i], key) >= order_min) {
			return &items[i].node;
		}
	}
	return NULL;
}

static bool
finds_as_model(const struct item *key)
{
	struct bytes bytes = item_key(&key->node);
	const struct tree_node *from = find_naively(key, 0);
	const struct tree_node *after = find_naively(key, 1);

	return tree_find_from(&tree, bytes) == from &&
	       tree_find_after(&tree, bytes) == after &&
	       tree_find(&tree, bytes) == (from != after ? from : NULL);
}

static bool
walks_as_model(void)
{
	const struct tree_node *node = tree_first(&tree);

	for (size_t i = 0; i < ITEM_COUNT; i++) {
		if (items[i].is_in_tree) {
			if (node != &items[i].node) {
				return false;
			}
			node = tree_next(node);
		}
	}
	return node == NULL;
}

START_TEST(random_use_agrees_with_a_sorted_array)
{
	size_t count = 0;
	size_t wrong = 0;
	struct prng prng;

	prng_init(&prng, 1);
	make_items(&prng);
	for (size_t step = 0; step < 10000; step++) {
		struct item *item = &items[prng_below(&prng, ITEM_COUNT)];
		struct item key = random_item(&prng);

		if (item->is_in_tree) {
			tree_remove(&tree, &item->node);
			count--;
		} else {
			tree_insert(&tree, &item->node);
			count++;
		}
		item->is_in_tree = !item->is_in_tree;
		tree_check(&tree);
		wrong += tree_count(&tree) != count;
		wrong += !finds_as_model(item);
		wrong += !finds_as_model(&key);
		wrong += !walks_as_model();
	}
	ck_assert_uint_eq(wrong, 0);
}
END_TEST

/* The index of the parent, its own for the root. */
static size_t
parent_of(const struct item *item)
{
	const struct tree_node *parent = item->node.parent;

	for (size_t i = 0; i < ITEM_COUNT; i++) {
		if (&items[i].node == parent) {
			return i;
		}
	}
	return (size_t)(item - items);
}

START_TEST(the_shape_depends_on_the_keys_alone)
{
	size_t parents[ITEM_COUNT];
	void *order[ITEM_COUNT];
	struct prng prng;

	prng_init(&prng, 2);
	make_items(&prng);
	for (size_t i = 0; i < ITEM_COUNT; i++) {
		tree_insert(&tree, &items[i].node);
		order[i] = &items[i].node;
	}
	for (size_t i = 0; i < ITEM_COUNT; i++) {
		parents[i] = parent_of(&items[i]);
	}
	prng_shuffle(&prng, order, ITEM_COUNT);
	for (size_t i = 0; i < ITEM_COUNT / 2; i++) {
		tree_remove(&tree, order[i]);
	}
	for (size_t i = 0; i < ITEM_COUNT / 2; i++) {
		tree_insert(&tree, order[i]);
	}
	for (size_t i = 0; i < ITEM_COUNT; i++) {
		ck_assert_uint_eq(parent_of(&items[i]), parents[i]);
	}
}
END_TEST

/* Twice the natural logarithm is about 21 levels on average; a plain search tree would
 * have 30,000. */
START_TEST(keys_inserted_in_order_leave_the_tree_shallow)
{
	const size_t count = 30000;
	struct item *many = mem_new_array(count, sizeof(*many));
	size_t depth_max = 0;

	for (size_t i = 0; i < count; i++) {
		char text[sizeof(many[i].key) + 1];

		snprintf(text, sizeof(text), "%08zu", i);
		many[i] = make_item(text);
		tree_insert(&tree, &many[i].node);
	}
	for (size_t i = 0; i < count; i++) {
		size_t depth = 0;

		for (const struct tree_node *node = &many[i].node; node != NULL;
			node = node->parent) {
			depth++;
		}
		depth_max = depth > depth_max ? depth : depth_max;
	}
	tree_check(&tree);
	ck_assert_uint_lt(depth_max, 60);
	free(many);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("tree");
	TCase *tcase = add_case(suite, "tree");

	tcase_add_checked_fixture(tcase, set_up, NULL);
	tcase_add_test(tcase, an_empty_tree_has_nothing);
	tcase_add_test(tcase, elements_are_found_by_key_and_by_place);
	tcase_add_test(tcase, a_removed_element_can_come_back);
	tcase_add_test_raise_signal(tcase, inserting_a_key_twice_aborts, SIGABRT);
	tcase_add_test_raise_signal(
		tcase, removing_what_is_not_in_the_tree_aborts, SIGABRT);
	tcase_add_test(tcase, random_use_agrees_with_a_sorted_array);
	tcase_add_test(tcase, the_shape_depends_on_the_keys_alone);
	tcase_add_test(tcase, keys_inserted_in_order_leave_the_tree_shallow);
	return run_suite(suite);
}
