/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "cli/daemon.h"
#include "cli/output.h"
#include "cli/report.h"

struct listing {
	const struct invocation *invocation;
	size_t count;
	bool is_broken; /* an item was no item */
};

/* Key and value: without NULs to part the rows the value must not look like more. */
static void
write_pair(const struct listing *listing, const char *key, struct bytes value)
{
	if (invocation_has(listing->invocation, OPTION_NULL)) {
		output_text(key);
		output_text("\t");
		output_bytes(value);
	} else {
		output_escaped(bytes_of_string(key));
		output_text("\t");
		output_escaped(value);
	}
}

static bool
write_row(struct listing *listing, const json_t *item)
{
	const char *key = json_string_value(json_object_get(item, "key"));
	void *value = NULL;
	size_t value_len = 0;

	if (key == NULL) {
		return false;
	}
	if (invocation_has(listing->invocation, OPTION_KEYS)) {
		output_text(key);
	} else if (!rumor_value_get(item, &value, &value_len)) {
		return false;
	} else if (invocation_has(listing->invocation, OPTION_VALUES)) {
		output_bytes(bytes_of(value, value_len));
	} else {
		write_pair(listing, key, bytes_of(value, value_len));
	}
	free(value);
	output_bytes(invocation_has(listing->invocation, OPTION_NULL)
			     ? bytes_of("", 1)
			     : bytes_of_string("\n"));
	return true;
}

static bool
write_item(void *context, const json_t *item)
{
	struct listing *listing = context;

	listing->count++;
	if (invocation_has(listing->invocation, OPTION_JSON)) {
		output_json(item);
	} else if (!write_row(listing, item)) {
		listing->is_broken = true;
	}
	return !listing->is_broken && !output_failed();
}

static enum rumor_result
list(struct invocation *invocation, json_t *params)
{
	struct listing listing = {.invocation = invocation};
	enum rumor_result result = daemon_connect(invocation);

	if (result != RUMOR_OK) {
		return result;
	}
	result = rumor_list_objects(invocation->rumor, params, write_item, &listing);
	if (listing.is_broken) {
		report("the answer has an item without key or value");
		return RUMOR_UNREACHABLE;
	}
	if (result != RUMOR_OK) {
		return report_failure(invocation, result, NULL);
	}
	return listing.count > 0 ? RUMOR_OK : RUMOR_NEGATIVE;
}

enum rumor_result
run_list(struct invocation *invocation)
{
	const char *prefix =
		invocation->operand_count > 0 ? invocation->operands[0] : "";
	json_t *params = json_object();
	enum rumor_result result =
		invocation_exclude(invocation, OPTION_KEYS, OPTION_VALUES);

	if (result == RUMOR_OK) {
		result = put_text(invocation, params, "prefix", prefix);
	}
	if (result == RUMOR_OK) {
		put_flag(invocation, params, "all", OPTION_ALL);
		put_flag(invocation, params, "keys_only", OPTION_KEYS);
		result = list(invocation, params);
	}
	json_decref(params);
	return result;
}
