/* SPDX-License-Identifier: MIT */
#include "control/server_info.h"

#include "control/call.h"

#define PROTOCOL 1

void
server_write_limits(
	const struct service *service, const struct status *status, struct reply *reply)
{
	reply_open(reply, "limits", '{');
	reply_uint(reply, "key_bytes", status->key_size_max);
	reply_uint(reply, "value_bytes", status->value_size_max);
	reply_uint(reply, "state_bytes", status->state_size_max);
	reply_uint(reply, "members", status->member_count_max);
	reply_uint(reply, "line_bytes", service->settings.line_size_max);
	reply_uint(reply, "connections", service->settings.connection_count_max);
	reply_close(reply, '}');
}

static void
write_methods(struct reply *reply)
{
	const struct method *method;

	reply_open(reply, "methods", '[');
	for (size_t i = 0; (method = method_at(i)) != NULL; i++) {
		reply_text(reply, NULL, method->name);
	}
	reply_close(reply, ']');
}

enum err
call_server_info(struct call *call)
{
	const struct control_host *host = &call->service->host;
	struct reply *reply = call_begin(call);
	struct status status;

	node_status(host->node, &status);
	reply_text(reply, "version", host->software);
	reply_uint(reply, "protocol", PROTOCOL);
	reply_text(reply, "node", status.name);
	reply_time(reply, "started", host->started_ms);
	write_methods(reply);
	server_write_limits(call->service, &status, reply);
	call_end(call);
	return ERR_OK;
}
