/* SPDX-License-Identifier: MIT */
#pragma once

#include "control/params.h"
#include "control/reply.h"
#include "gossip/request.h"

/*
 * A walk over keys in order: one page of it at once, or all of it streamed in portions.
 * It keeps its place by the last key, so keys may come and go between the portions.
 */
struct listing;

/* Keys in a page when nothing else is asked, and at most. */
#define LISTING_LIMIT_DEFAULT 1000
#define LISTING_LIMIT_MAX 10000

/* A page is not continued beyond this. */
#define LISTING_PAGE_SIZE ((size_t)(256 * 1024))

/* Copies what it needs. `id` is that of the request. */
struct listing *listing_new(const struct args *args, const json_t *id);
void listing_free(struct listing *listing);

/* Writes a notification for each item until `reply` has more than `size_max` bytes, and
 * at the end the result. True when it is written. */
bool listing_stream(struct listing *listing, const struct node *node, struct now now,
	struct reply *reply, size_t size_max);

/* Writes the members "items" and "next" of one page. */
void listing_page(const struct args *args, const struct node *node, struct now now,
	struct reply *reply);

/* The members that tell an item, as in the result of kv.get. */
void item_write(const struct item *item, struct now now, struct reply *reply);
