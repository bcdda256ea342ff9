/* SPDX-License-Identifier: MIT */
#include "base/tree.h"

#include <assert.h>

#include "base/hash.h"

void
tree_init(struct tree *tree, tree_key key)
{
	*tree = (struct tree){.key = key};
}

size_t
tree_count(const struct tree *tree)
{
	return tree->count;
}

struct tree_node *
tree_find(const struct tree *tree, struct bytes key)
{
	struct tree_node *node = tree->root;

	while (node != NULL) {
		int order = bytes_compare(key, tree->key(node));

		if (order == 0) {
			return node;
		}
		node = order < 0 ? node->left : node->right;
	}
	return NULL;
}

static struct tree_node *
find_above(const struct tree *tree, struct bytes key, bool or_equal)
{
	struct tree_node *found = NULL;
	struct tree_node *node = tree->root;

	while (node != NULL) {
		int order = bytes_compare(tree->key(node), key);

		if (order > 0 || (or_equal && order == 0)) {
			found = node;
			node = node->left;
		} else {
			node = node->right;
		}
	}
	return found;
}

struct tree_node *
tree_find_from(const struct tree *tree, struct bytes key)
{
	return find_above(tree, key, true);
}

struct tree_node *
tree_find_after(const struct tree *tree, struct bytes key)
{
	return find_above(tree, key, false);
}

/* Whether `a` belongs above `b`. Equal hashes are ordered too, lest the shape depend on
 * the order of insertion. */
static bool
is_above(const struct tree *tree, const struct tree_node *a, const struct tree_node *b)
{
	struct bytes key_a = tree->key(a);
	struct bytes key_b = tree->key(b);
	uint64_t priority_a = hash_bytes(key_a, 0);
	uint64_t priority_b = hash_bytes(key_b, 0);

	return priority_a != priority_b ? priority_a > priority_b
					: bytes_compare(key_a, key_b) > 0;
}

/* The pointer through which the tree reaches the node. */
static struct tree_node **
link_to(struct tree *tree, const struct tree_node *node)
{
	if (node->parent == NULL) {
		return &tree->root;
	}
	return node->parent->left == node ? &node->parent->left : &node->parent->right;
}

static void
attach(struct tree_node **link, struct tree_node *parent, struct tree_node *node)
{
	*link = node;
	if (node != NULL) {
		node->parent = parent;
	}
}

/* Puts the node in its parent's place and the parent below it. */
static void
rotate_up(struct tree *tree, struct tree_node *node)
{
	struct tree_node *parent = node->parent;

	attach(link_to(tree, parent), parent->parent, node);
	if (parent->left == node) {
		attach(&parent->left, parent, node->right);
		attach(&node->right, node, parent);
	} else {
		attach(&parent->right, parent, node->left);
		attach(&node->left, node, parent);
	}
}

void
tree_insert(struct tree *tree, struct tree_node *node)
{
	struct bytes key = tree->key(node);
	struct tree_node *parent = NULL;
	struct tree_node **link = &tree->root;

	while (*link != NULL) {
		parent = *link;

		int order = bytes_compare(key, tree->key(parent));

		assert(order != 0);
		link = order < 0 ? &parent->left : &parent->right;
	}
	*node = (struct tree_node){.parent = parent};
	*link = node;
	tree->count++;
	while (node->parent != NULL && is_above(tree, node, node->parent)) {
		rotate_up(tree, node);
	}
}

void
tree_remove(struct tree *tree, struct tree_node *node)
{
	struct tree_node **link = link_to(tree, node);
	struct tree_node *parent = node->parent;
	struct tree_node *left = node->left;
	struct tree_node *right = node->right;

	assert(*link == node);
	while (left != NULL && right != NULL) {
		if (is_above(tree, left, right)) {
			attach(link, parent, left);
			parent = left;
			link = &parent->right;
			left = parent->right;
		} else {
			attach(link, parent, right);
			parent = right;
			link = &parent->left;
			right = parent->left;
		}
	}
	attach(link, parent, left != NULL ? left : right);
	*node = (struct tree_node){0};
	tree->count--;
}

static struct tree_node *
leftmost(struct tree_node *node)
{
	while (node != NULL && node->left != NULL) {
		node = node->left;
	}
	return node;
}

struct tree_node *
tree_first(const struct tree *tree)
{
	return leftmost(tree->root);
}

struct tree_node *
tree_next(const struct tree_node *node)
{
	if (node->right != NULL) {
		return leftmost(node->right);
	}
	while (node->parent != NULL && node->parent->right == node) {
		node = node->parent;
	}
	return node->parent;
}

static void
check_node(const struct tree *tree, const struct tree_node *node)
{
	if (node->left != NULL) {
		assert(node->left->parent == node);
		assert(is_above(tree, node, node->left));
	}
	if (node->right != NULL) {
		assert(node->right->parent == node);
		assert(is_above(tree, node, node->right));
	}
}

void
tree_check(const struct tree *tree)
{
	const struct tree_node *before = NULL;
	size_t count = 0;

	assert(tree->root == NULL || tree->root->parent == NULL);
	for (const struct tree_node *node = tree_first(tree); node != NULL;
		node = tree_next(node)) {
		check_node(tree, node);
		assert(before == NULL ||
			bytes_compare(tree->key(before), tree->key(node)) < 0);
		before = node;
		count++;
		assert(count <= tree->count);
	}
	assert(count == tree->count);
}
