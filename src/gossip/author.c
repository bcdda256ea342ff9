/* SPDX-License-Identifier: MIT */
#include "gossip/author.h"

#include <assert.h>

/* The disk may have been full. */
#define ASK_AGAIN_US (5 * SECOND_US)

void
author_init(struct author *author, const struct identity *identity, struct store *store,
	struct broadcast *broadcast, struct clock *clock, struct outputs *outputs)
{
	*author = (struct author){
		.store = store,
		.broadcast = broadcast,
		.clock = clock,
		.outputs = outputs,
		.writer = identity->writer,
		.seq_next = identity->seq_next,
		.seq_limit = identity->seq_limit,
		.seq_asked = identity->seq_limit,
		.life_first = identity->seq_next,
	};
}

static void
ask_for_more(struct author *author, uint64_t now_us)
{
	bool enough = author->seq_limit - author->seq_next >= RESERVE_COUNT / 2;
	bool asked = author->seq_asked > author->seq_limit;

	if (enough || (asked && now_us - author->asked_us < ASK_AGAIN_US))
		return;
	author->asked_us = now_us;
	author->seq_asked = author->seq_limit + RESERVE_COUNT;
	outputs_reserve(author->outputs, author->writer, author->seq_asked);
}

enum err
author_write(struct author *author, struct record_view *view, struct now now)
{
	enum store_result result;

	ask_for_more(author, now.mono_us);
	/* Under a number that is taken elsewhere a write would pass for a duplicate. */
	if (author->seq_next >= author->seq_limit || author_is_outrun(author))
		return ERR_BUSY;
	view->dot = (struct dot){author->writer, author->seq_next};
	view->stamp = clock_issue(author->clock, now.wall_ms);

	enum err err = store_apply(author->store, view, now.wall_ms, &result);

	if (err != ERR_OK)
		return err;
	author->seq_next++;
	if (result == STORE_APPLIED)
		broadcast_fresh(author->broadcast,
			store_find_hash(
				author->store, store_hash(author->store, view->dot)),
			0, 0);
	return ERR_OK;
}

void
author_reserved(struct author *author, uint64_t writer, uint64_t limit)
{
	if (writer == author->writer && limit > author->seq_limit)
		author->seq_limit = limit;
}

bool
author_is_outrun(const struct author *author)
{
	return author->spent ||
	       context_max(&author->store->context, author->writer) >= author->seq_next;
}

void
author_dispute(struct author *author)
{
	author->spent = true;
}

bool
author_is_disputed(const struct author *author, struct dot dot)
{
	if (author->spent && dot.writer == author->writer)
		return dot.seq >= author->life_first;
	return dot.writer == author->disputed_writer &&
	       dot.seq >= author->disputed_first;
}

void
author_rescue(struct author *author, struct now now)
{
	uint8_t key[KEY_LEN_MAX];
	size_t key_len = 0;
	const struct record *record;

	while ((record = store_next(
			author->store, SPACE_KEYS, bytes_of(key, key_len))) != NULL) {
		struct record_view view = record_view(record);

		key_len = record->key_len;
		memcpy(key, record->bytes, key_len);
		if (author_is_disputed(author, record->dot) &&
			author_write(author, &view, now) != ERR_OK)
			return;
	}
	author->disputed_writer = 0;
}

void
author_renew(struct author *author, uint64_t writer, struct now now)
{
	assert(writer != 0);
	author->disputed_writer = author->writer;
	author->disputed_first = author->life_first;
	author->spent = false;
	author->life_first = 1;
	author->writer = writer;
	author->seq_next = 1;
	author->seq_limit = 1;
	author->seq_asked = 1;
	ask_for_more(author, now.mono_us);
}
