/* SPDX-License-Identifier: MIT */
#include "control/listing.h"

#include <stdlib.h>

#include "base/mem.h"

struct listing {
	json_t *id;
	uint8_t *prefix;
	size_t prefix_len;
	uint8_t *after; /* the last key that was listed */
	size_t after_len;
	uint64_t limit; /* 0 = none */
	uint64_t count;
	bool all;
	bool keys_only;
};

struct listing *
listing_new(const struct args *args, const json_t *id)
{
	struct listing *listing = mem_new(sizeof(*listing));

	*listing = (struct listing){
		.id = json_deep_copy(id),
		.prefix = mem_copy(args->prefix.data, args->prefix.len),
		.prefix_len = args->prefix.len,
		.after = mem_copy(args->after.data, args->after.len),
		.after_len = args->after.len,
		.limit = args->limit,
		.all = args->all,
		.keys_only = args->keys_only,
	};
	return listing;
}

void
listing_free(struct listing *listing)
{
	if (listing == NULL) {
		return;
	}
	json_decref(listing->id);
	free(listing->prefix);
	free(listing->after);
	free(listing);
}

void
item_write(const struct item *item, struct now now, struct reply *reply)
{
	char version[VERSION_TEXT_SIZE];

	reply_string(reply, "key", item->key);
	reply_value(reply, item->value);
	reply_text(reply, "version", version_format(item->version, version));
	reply_text(reply, "origin", item->origin);
	reply_time(reply, "modified", item->modified_ms);
	if (item->expires_ms > now.wall_ms) {
		reply_uint(reply, "ttl_ms", item->expires_ms - now.wall_ms);
	} else if (item->expires_ms != 0) {
		reply_uint(reply, "ttl_ms", 0);
	}
}

static void
write_item(const struct item *item, bool keys_only, struct now now, struct reply *reply)
{
	if (keys_only) {
		reply_string(reply, "key", item->key);
	} else {
		item_write(item, now, reply);
	}
}

static void
write_notification(const struct listing *listing, const struct item *item,
	struct now now, struct reply *reply)
{
	reply_begin_notification(reply, "kv.item");
	reply_open(reply, NULL, '{');
	reply_id(reply, "id", listing->id);
	write_item(item, listing->keys_only, now, reply);
	reply_close(reply, '}');
	reply_end(reply);
}

static void
write_result(const struct listing *listing, struct reply *reply)
{
	reply_begin_result(reply, listing->id);
	reply_open(reply, NULL, '{');
	reply_uint(reply, "count", listing->count);
	reply_close(reply, '}');
	reply_end(reply);
}

static bool
is_at_limit(const struct listing *listing)
{
	return listing->limit != 0 && listing->count == listing->limit;
}

bool
listing_stream(struct listing *listing, const struct node *node, struct now now,
	struct reply *reply, size_t size_max)
{
	struct bytes prefix = bytes_of(listing->prefix, listing->prefix_len);
	struct bytes after = bytes_of(listing->after, listing->after_len);
	struct item item;
	bool has_more = true;

	while (has_more && reply_len(reply) <= size_max) {
		has_more = !is_at_limit(listing) &&
			   node_next(node, prefix, after, listing->all, &item);
		if (has_more) {
			write_notification(listing, &item, now, reply);
			listing->count++;
			after = item.key;
		}
	}
	if (!has_more) {
		write_result(listing, reply);
		return true;
	}

	uint8_t *place = mem_copy(after.data, after.len);

	free(listing->after);
	listing->after = place;
	listing->after_len = after.len;
	return false;
}

void
listing_page(const struct args *args, const struct node *node, struct now now,
	struct reply *reply)
{
	uint64_t left = args->limit != 0 ? args->limit : LISTING_LIMIT_DEFAULT;
	size_t size_end = reply_len(reply) + LISTING_PAGE_SIZE;
	struct bytes after = args->after;
	struct item item;
	bool has_more = node_next(node, args->prefix, after, args->all, &item);

	reply_open(reply, "items", '[');
	while (has_more && left > 0 && reply_len(reply) < size_end) {
		reply_open(reply, NULL, '{');
		write_item(&item, args->keys_only, now, reply);
		reply_close(reply, '}');
		left--;
		after = item.key;
		has_more = node_next(node, args->prefix, after, args->all, &item);
	}
	reply_close(reply, ']');
	if (has_more) {
		reply_string(reply, "next", after);
	}
}
