/* SPDX-License-Identifier: MIT */
#pragma once

#include "gossip/store.h"
#include "run.h"
#include "sample.h"

/* One store, for tests that write into it by hand; checked after each step. */
#define SIZE_MAX_DEFAULT 1000000
#define TOMBSTONE_LIFE_MS 3600000
#define NOW_MS SAMPLE_WALL_MS

extern struct store store;

void set_up(void);
void tear_down(void);
enum store_result apply(struct store *to, const struct record_view *view);
struct record_view shared(uint64_t writer, uint64_t seq, uint64_t stamp,
	const char *key, const char *value);
enum store_result put(uint64_t writer, uint64_t seq, uint64_t stamp, const char *key,
	const char *value);
enum store_result erase(uint64_t writer, uint64_t seq, uint64_t stamp, const char *key);
const struct record *find(const char *key);
bool holds(const char *key, const char *value);
bool is_covered(uint64_t writer, uint64_t seq);
