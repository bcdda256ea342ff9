/* SPDX-License-Identifier: MIT */
#include "cli/daemon.h"
#include "cli/output.h"

enum rumor_result
run_leave(struct invocation *invocation)
{
	json_t *reply;
	enum rumor_result result = daemon_ask(invocation, "member.leave", NULL, &reply);

	if (result == RUMOR_OK) {
		if (invocation_has(invocation, OPTION_JSON)) {
			output_json(reply);
		}
		json_decref(reply);
	}
	return result;
}
