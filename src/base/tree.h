/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/bytes.h"

/*
 * An ordered map: an intrusive balanced search tree (a treap whose priorities come from
 * the hash of the key, so its shape depends on the keys alone).
 *
 * The node is embedded in the element; the tree owns nothing. Keys are byte strings in
 * bytes_compare() order, unique, and must not change while the element is in the tree.
 */
struct tree_node {
	struct tree_node *parent;
	struct tree_node *left;
	struct tree_node *right;
};

/* The key of the element that embeds the node. */
typedef struct bytes (*tree_key)(const struct tree_node *node);

struct tree {
	struct tree_node *root;
	size_t count;
	tree_key key;
};

void tree_init(struct tree *tree, tree_key key);

size_t tree_count(const struct tree *tree);

/* NULL when absent. */
struct tree_node *tree_find(const struct tree *tree, struct bytes key);

/* The first node whose key is not below `key`, NULL when there is none. */
struct tree_node *tree_find_from(const struct tree *tree, struct bytes key);

/* The first node whose key is above `key`, NULL when there is none. */
struct tree_node *tree_find_after(const struct tree *tree, struct bytes key);

/* The key must not be in the tree yet. */
void tree_insert(struct tree *tree, struct tree_node *node);

/* The node must be in the tree. */
void tree_remove(struct tree *tree, struct tree_node *node);

struct tree_node *tree_first(const struct tree *tree);

/* The node that follows in key order, NULL at the end. */
struct tree_node *tree_next(const struct tree_node *node);

/* Asserts order, heap property, links and count. */
void tree_check(const struct tree *tree);

static inline void *
node_owner(const struct tree_node *node, size_t offset)
{
	return node == NULL ? NULL : (void *)((uintptr_t)node - offset);
}

/* The element of type `type` whose member `member` is `node`; NULL for NULL. */
#define tree_element(node, type, member) \
	((type *)node_owner((node), offsetof(type, member)))
