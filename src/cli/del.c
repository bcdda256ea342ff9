/* SPDX-License-Identifier: MIT */
#include "cli/daemon.h"
#include "cli/output.h"
#include "cli/report.h"

/* How far the deleting got. */
struct deletion {
	struct invocation *invocation;
	size_t count;
	enum rumor_result result; /* the first that was neither done nor absent */
};

/* Deletes one key; one that is absent counts for nothing. False ends it all. */
static bool
delete_key(struct deletion *deletion, const char *key)
{
	struct invocation *invocation = deletion->invocation;
	const char *version = invocation->options[OPTION_IF_VERSION];
	json_t *params = json_pack("{ss}", "key", key);
	json_t *reply;

	if (version != NULL) {
		json_object_set_new(params, "if_version", json_string(version));
	}

	enum rumor_result result =
		rumor_call(invocation->rumor, "kv.delete", params, &reply);

	json_decref(params);
	if (result == RUMOR_OK) {
		if (invocation_has(invocation, OPTION_JSON)) {
			output_json(reply);
		}
		json_decref(reply);
		deletion->count++;
	} else if (result != RUMOR_NEGATIVE) {
		deletion->result = report_failure(invocation, result, key);
	}
	return deletion->result == RUMOR_OK;
}

static bool
delete_item(void *context, const json_t *item)
{
	const char *key = json_string_value(json_object_get(item, "key"));

	return key == NULL || delete_key(context, key);
}

static bool
delete_prefix(struct deletion *deletion, const char *prefix)
{
	struct invocation *invocation = deletion->invocation;
	json_t *params = json_pack("{sssb}", "prefix", prefix, "keys_only", true);
	enum rumor_result result =
		rumor_list_objects(invocation->rumor, params, delete_item, deletion);

	json_decref(params);
	if (deletion->result == RUMOR_OK && result != RUMOR_OK) {
		deletion->result = report_failure(invocation, result, prefix);
	}
	return deletion->result == RUMOR_OK;
}

/* What can be told to be wrong before anything is deleted. */
static enum rumor_result
check(const struct invocation *invocation)
{
	const char *version = invocation->options[OPTION_IF_VERSION];
	bool by_prefix = invocation_has(invocation, OPTION_PREFIX);

	if (version != NULL && invocation->operand_count > 1) {
		return report_usage(invocation, "--if-version goes with one KEY");
	}
	if (version != NULL && !bytes_is_utf8(bytes_of_string(version))) {
		return report_usage(invocation, "%s is not UTF-8", version);
	}
	for (size_t i = 0; i < invocation->operand_count; i++) {
		const char *key = invocation->operands[i];

		if (!bytes_is_utf8(bytes_of_string(key))) {
			return report_usage(invocation, "%s is not UTF-8", key);
		}
		if (by_prefix && key[0] == '\0') {
			return report_usage(
				invocation, "an empty prefix would delete every key");
		}
	}
	return invocation_exclude(invocation, OPTION_IF_VERSION, OPTION_PREFIX);
}

enum rumor_result
run_del(struct invocation *invocation)
{
	struct deletion deletion = {.invocation = invocation};
	enum rumor_result result = check(invocation);

	if (result == RUMOR_OK) {
		result = daemon_connect(invocation);
	}
	if (result != RUMOR_OK) {
		return result;
	}

	bool (*delete)(struct deletion *, const char *) =
		invocation_has(invocation, OPTION_PREFIX) ? delete_prefix : delete_key;

	for (size_t i = 0; i < invocation->operand_count; i++) {
		if (!delete (&deletion, invocation->operands[i])) {
			return deletion.result;
		}
	}
	return deletion.count > 0 ? RUMOR_OK : RUMOR_NEGATIVE;
}
