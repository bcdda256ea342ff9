/* SPDX-License-Identifier: MIT */
#include "cli/daemon.h"

#include <errno.h>
#include <string.h>

#include "cli/report.h"

static const char *
advice(enum rumor_result result)
{
	if (result == RUMOR_DENIED) {
		return "you may not use it, but perhaps ro.sock beside it to read";
	}
	return result == RUMOR_TIMEOUT ? "is it overloaded or stopped?"
				       : "is it running? try --socket";
}

enum rumor_result
daemon_connect(struct invocation *invocation)
{
	const char *path = invocation->options[OPTION_SOCKET];
	enum rumor_result result = RUMOR_OK;

	if (invocation->rumor == NULL) {
		result = rumor_open(path, invocation->timeout_ms, &invocation->rumor);
	}
	if (result != RUMOR_OK) {
		const char *reason = strerror(errno);

		report("cannot reach rumord at %s: %s (%s)", rumor_socket_path(path),
			reason, advice(result));
	}
	return result;
}

enum rumor_result
daemon_ask(struct invocation *invocation, const char *method, json_t *params,
	json_t **ret_result)
{
	enum rumor_result result = daemon_connect(invocation);

	if (result == RUMOR_OK) {
		result = rumor_call(invocation->rumor, method, params, ret_result);
		if (result != RUMOR_OK && result != RUMOR_NEGATIVE) {
			report_failure(invocation, result, NULL);
		}
	}
	json_decref(params);
	return result;
}

enum rumor_result
put_text(const struct invocation *invocation, json_t *params, const char *name,
	const char *text)
{
	if (json_object_set_new(params, name, json_string(text)) != 0) {
		return report_usage(invocation, "%s is not UTF-8", text);
	}
	return RUMOR_OK;
}

void
put_flag(const struct invocation *invocation, json_t *params, const char *name,
	enum option_id id)
{
	if (invocation_has(invocation, id)) {
		json_object_set_new(params, name, json_true());
	}
}
