/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "cli/daemon.h"
#include "cli/duration.h"
#include "cli/output.h"
#include "cli/report.h"

/* Exact bytes; people get a newline so that the prompt stands alone. */
static void
write_value(struct bytes value)
{
	output_bytes(value);
	if (output_is_terminal() &&
		(value.len == 0 || value.data[value.len - 1] != '\n')) {
		output_text("\n");
	}
}

static void
write_fact(const char *name, const char *text)
{
	output_format("%-9s ", name);
	output_escaped(bytes_of_string(text != NULL ? text : "-"));
	output_text("\n");
}

static const char *
text_of(const json_t *item, const char *name)
{
	return json_string_value(json_object_get(item, name));
}

static void
write_meta(const json_t *item, size_t value_len)
{
	const json_t *ttl = json_object_get(item, "ttl_ms");
	char text[DURATION_TEXT_SIZE];

	write_fact("key", text_of(item, "key"));
	output_format("%-9s %zu\n", "length", value_len);
	write_fact("version", text_of(item, "version"));
	write_fact("origin", text_of(item, "origin"));
	write_fact("modified", text_of(item, "modified"));
	if (json_is_integer(ttl)) {
		write_fact("ttl",
			duration_format((uint64_t)json_integer_value(ttl), text));
	}
}

static enum rumor_result
write_item(const struct invocation *invocation, const json_t *item)
{
	void *value;
	size_t value_len;

	if (invocation_has(invocation, OPTION_JSON)) {
		output_json(item);
		return RUMOR_OK;
	}
	if (!rumor_value_get(item, &value, &value_len)) {
		report("the answer has no value that can be read");
		return RUMOR_UNREACHABLE;
	}
	if (invocation_has(invocation, OPTION_META)) {
		write_meta(item, value_len);
	} else {
		write_value(bytes_of(value, value_len));
	}
	free(value);
	return RUMOR_OK;
}

static void
write_default(const struct invocation *invocation)
{
	const char *value = invocation->options[OPTION_DEFAULT];

	if (!invocation_has(invocation, OPTION_JSON)) {
		write_value(bytes_of_string(value));
		return;
	}

	json_t *item = json_pack("{ss}", "key", invocation->operands[0]);

	rumor_value_put(item, value, strlen(value));
	output_json(item);
	json_decref(item);
}

enum rumor_result
run_get(struct invocation *invocation)
{
	json_t *params = json_object();
	json_t *item;
	enum rumor_result result =
		put_text(invocation, params, "key", invocation->operands[0]);

	if (result == RUMOR_OK) {
		result = invocation_exclude(invocation, OPTION_DEFAULT, OPTION_META);
	}
	if (result != RUMOR_OK) {
		json_decref(params);
		return result;
	}
	put_flag(invocation, params, "all", OPTION_ALL);
	result = daemon_ask(invocation, "kv.get", params, &item);
	if (result == RUMOR_NEGATIVE && invocation_has(invocation, OPTION_DEFAULT)) {
		write_default(invocation);
		return RUMOR_OK;
	}
	if (result == RUMOR_OK) {
		result = write_item(invocation, item);
		json_decref(item);
	}
	return result;
}
