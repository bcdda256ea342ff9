/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/err.h"
#include "base/heap.h"
#include "base/table.h"
#include "base/tree.h"
#include "gossip/context.h"
#include "gossip/sketch.h"
#include "wire/message.h"

/*
 * The records a node holds, ordered by key, with the causal context of all it has seen.
 *
 * For one key the newest write wins: the higher (stamp, writer), or for members the
 * higher rank. A record that is not a tombstone is live and counts in the fingerprint,
 * an additive keyed hash over the dots of all live records: two nodes with the same
 * fingerprint hold the same state. Every dot held is covered by the context.
 *
 * Tombstones stay for a while, outside the fingerprint, to order a delete against
 * writes that did not know of it. Expired records leave by themselves.
 */

struct record {
	struct tree_node node;
	uint64_t hash; /* of the dot; its share of the fingerprint */
	uint64_t stamp;
	struct dot dot;
	uint64_t owner;
	uint64_t expires_ms;
	struct lifetime *lifetime; /* NULL for a record that stays */
	uint32_t value_len;
	uint16_t key_len;
	uint8_t kind;
	bool deleted;
	uint8_t bytes[]; /* key, then value */
};

struct bytes record_key(const struct record *record);
struct bytes record_value(const struct record *record);

/* The record as it travels, borrowing from it. */
struct record_view record_view(const struct record *record);

/* Members are apart from keys, which are one ordered space. */
enum store_space {
	SPACE_KEYS,
	SPACE_MEMBERS,
	SPACE_COUNT,
};

struct store {
	struct tree spaces[SPACE_COUNT];
	struct table by_hash;
	struct heap expiries; /* deadlines in wall ms */
	struct heap tombstones;
	struct context context;
	uint64_t seed;
	uint64_t fingerprint;
	struct sketch sketch; /* of the live records, as the fingerprint */
	size_t live_count[SPACE_COUNT];
	size_t tombstone_count;
	size_t tombstone_size;
	size_t size;     /* bytes of all keys and values, tombstones too */
	size_t size_max; /* tombstones give way to others before it is passed */
	uint64_t tombstone_life_ms;
};

/* `seed` keys the hash of dots and must be the same on all nodes of a cluster. */
void store_init(struct store *store, uint64_t seed, size_t size_max,
	uint64_t tombstone_life_ms);
void store_fini(struct store *store);

enum store_result {
	STORE_APPLIED,   /* it is now what the key holds */
	STORE_DUPLICATE, /* its dot was covered already */
	STORE_OBSOLETE,  /* the key holds something newer; the dot is covered now */
};

/* Takes a write. ERR_QUOTA when the state would grow beyond its limit, ERR_CONFLICT
 * when the same dot stands for another write here; the dot stays as it was then. */
MUST_CHECK enum err store_apply(struct store *store, const struct record_view *view,
	uint64_t wall_ms, enum store_result *ret_result);

/* The record under a key, tombstones too; NULL when absent. */
struct record *store_find(
	const struct store *store, enum store_space space, struct bytes key);

/* As store_find(), but only what is live at that time. */
struct record *store_find_live(const struct store *store, enum store_space space,
	struct bytes key, uint64_t wall_ms);

/* The record whose dot has that hash, tombstones too; NULL when none is held. */
struct record *store_find_hash(const struct store *store, uint64_t hash);

uint64_t store_hash(const struct store *store, struct dot dot);

/* The first record, tombstones too, with a key above `after`; NULL at the end. An empty
 * `after` starts at the front. */
struct record *store_next(
	const struct store *store, enum store_space space, struct bytes after);

/* The first record with a key not below `from`. */
struct record *store_next_from(
	const struct store *store, enum store_space space, struct bytes from);

/* Takes a live record out that is known to be superseded or deleted elsewhere. Of a key
 * a tombstone stays in its place, to order it against older writes that are still on
 * their way. */
void store_bury(struct store *store, struct record *record, uint64_t wall_ms);

/* Takes out what has expired and tombstones past their life. */
void store_expire(struct store *store, uint64_t wall_ms);

/* Wall time at which store_expire() has something to do, DEADLINE_NONE for never. */
uint64_t store_deadline_ms(const struct store *store);

bool record_is_live(const struct record *record, uint64_t wall_ms);

struct state_summary store_summary(const struct store *store);

void store_check(const struct store *store);
