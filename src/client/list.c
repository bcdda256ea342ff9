/* SPDX-License-Identifier: MIT */
#include "client/session.h"

#include <stdlib.h>

/* Items asked for at a time; the daemon may give fewer. */
#define PAGE_COUNT 500

/* Hands out the items of a page until the handler has enough. */
static bool
visit_page(const json_t *items, rumor_object_handler handler, void *context)
{
	size_t count = json_array_size(items);

	for (size_t i = 0; i < count; i++) {
		if (!handler(context, json_array_get(items, i))) {
			return false;
		}
	}
	return true;
}

/* Moves `params` on to the page after this one; false when this is the last. A daemon
 * that does not get ahead ends the connection. */
static enum rumor_result
turn_page(struct rumor *rumor, const json_t *page, json_t *params, bool *ret_is_last)
{
	json_t *next = json_object_get(page, "next");

	*ret_is_last = next == NULL || json_is_null(next);
	if (*ret_is_last) {
		return RUMOR_OK;
	}
	if (!json_is_string(next) ||
		json_equal(next, json_object_get(params, "after"))) {
		return fail_protocol(rumor, "the pages of the list do not get ahead");
	}
	return json_object_set(params, "after", next) == 0 ? RUMOR_OK
							   : fail_memory(rumor);
}

static enum rumor_result
list_pages(struct rumor *rumor, json_t *params, rumor_object_handler handler,
	void *context)
{
	bool is_last = false;

	while (!is_last) {
		json_t *page;
		enum rumor_result result = rumor_call(rumor, "kv.list", params, &page);

		if (result != RUMOR_OK) {
			return result;
		}

		const json_t *items = json_object_get(page, "items");

		if (!json_is_array(items)) {
			result = fail_protocol(rumor, "the list has no items");
		} else if (!visit_page(items, handler, context)) {
			is_last = true;
		} else {
			result = turn_page(rumor, page, params, &is_last);
		}
		json_decref(page);
		if (result != RUMOR_OK) {
			return result;
		}
	}
	return RUMOR_OK;
}

enum rumor_result
rumor_list_objects(struct rumor *rumor, json_t *params, rumor_object_handler handler,
	void *context)
{
	json_t *pages = params != NULL ? json_copy(params) : json_object();
	enum rumor_result result =
		json_object_set_new(pages, "limit", json_integer(PAGE_COUNT)) == 0
			? list_pages(rumor, pages, handler, context)
			: fail_memory(rumor);

	json_decref(pages);
	if (result == RUMOR_OK) {
		clear_error(rumor);
	}
	return result;
}

/* Who wants the items of a list as bytes, and how giving them went. */
struct visit {
	rumor_item_handler handler;
	void *context;
	bool is_broken;
};

static bool
visit_item(void *context, const json_t *item)
{
	struct visit *visit = context;
	const char *key = json_string_value(json_object_get(item, "key"));
	const char *version = json_string_value(json_object_get(item, "version"));
	void *value;
	size_t value_len;

	if (key == NULL || version == NULL ||
		!rumor_value_get(item, &value, &value_len)) {
		visit->is_broken = true;
		return false;
	}

	bool goes_on = visit->handler(visit->context, key, value, value_len, version);

	free(value);
	return goes_on;
}

enum rumor_result
rumor_list(struct rumor *rumor, const char *prefix, rumor_item_handler handler,
	void *context)
{
	struct visit visit = {.handler = handler, .context = context};
	json_t *params = json_object();
	enum rumor_result result;

	if (!bytes_is_utf8(bytes_of_string(prefix))) {
		result = fail(
			rumor, RUMOR_INVALID, "invalid", "the prefix is not UTF-8");
	} else if (json_object_set_new(params, "prefix", json_string(prefix)) != 0) {
		result = fail_memory(rumor);
	} else {
		result = rumor_list_objects(rumor, params, visit_item, &visit);
	}
	json_decref(params);
	return visit.is_broken ? fail_protocol(rumor, "an item of the list is broken")
			       : result;
}
