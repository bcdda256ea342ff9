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
	return context_max(&author->store->context, author->writer) >= author->seq_next;
}

void
author_renew(struct author *author, uint64_t writer, struct now now)
{
	assert(writer != 0);
	author->writer = writer;
	author->seq_next = 1;
	author->seq_limit = 1;
	author->seq_asked = 1;
	ask_for_more(author, now.mono_us);
}
