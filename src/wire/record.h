/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/bytes.h"
#include "base/err.h"
#include "base/pack.h"

/* Names one write for ever: the writer's id and its sequence number, from 1. */
struct dot {
	uint64_t writer;
	uint64_t seq;
};

enum record_kind {
	RECORD_SHARED = 1, /* a key that any node may write */
	RECORD_OWNED = 2,  /* a fact: written by its owner alone */
	RECORD_MEMBER = 3, /* what is known of a member; the key is its id */
};

/* One write as it travels: borrowed key and value. */
struct record_view {
	enum record_kind kind;
	bool deleted; /* a tombstone; the value is empty */
	struct dot dot;
	uint64_t stamp;      /* hybrid logical clock */
	uint64_t expires_ms; /* wall clock, 0 = never */
	uint64_t owner;      /* short id of the owner; 0 unless RECORD_OWNED */
	struct bytes key;
	struct bytes value;
};

/* How many bytes record_write() takes. */
size_t record_len(const struct record_view *record);

void record_write(struct writer *writer, const struct record_view *record);

/* ERR_MALFORMED when cut short, of an unknown kind, without a key, or beyond a limit.
 * The view borrows from what the reader reads. */
MUST_CHECK enum err record_read(struct reader *reader, struct record_view *ret_record);
