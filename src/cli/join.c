/* SPDX-License-Identifier: MIT */
#include "cli/daemon.h"
#include "cli/output.h"
#include "cli/report.h"

/* Tells which addresses were refused. */
static enum rumor_result
tell(const struct invocation *invocation, const json_t *items)
{
	enum rumor_result result = RUMOR_OK;

	for (size_t i = 0; i < json_array_size(items); i++) {
		const json_t *item = json_array_get(items, i);
		const char *address =
			json_string_value(json_object_get(item, "address"));
		const char *error = json_string_value(json_object_get(item, "error"));

		if (invocation_has(invocation, OPTION_JSON)) {
			output_json(item);
		}
		if (error != NULL) {
			report("cannot join %s: %s", address != NULL ? address : "?",
				error);
			result = RUMOR_NEGATIVE;
		}
	}
	return result;
}

enum rumor_result
run_join(struct invocation *invocation)
{
	json_t *addresses = json_array();
	json_t *reply;

	for (size_t i = 0; i < invocation->operand_count; i++) {
		const char *address = invocation->operands[i];

		if (json_array_append_new(addresses, json_string(address)) != 0) {
			json_decref(addresses);
			return report_usage(invocation, "%s is not UTF-8", address);
		}
	}

	json_t *params = json_pack("{so}", "addresses", addresses);
	enum rumor_result result =
		daemon_ask(invocation, "member.join", params, &reply);

	if (result == RUMOR_OK) {
		result = tell(invocation, json_object_get(reply, "items"));
		json_decref(reply);
	}
	return result;
}
