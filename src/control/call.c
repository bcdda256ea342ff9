/* SPDX-License-Identifier: MIT */
#include "control/call.h"

struct reply *
call_begin(struct call *call)
{
	reply_begin_result(call->reply, call->id);
	reply_open(call->reply, NULL, '{');
	return call->reply;
}

void
call_end(struct call *call)
{
	reply_close(call->reply, '}');
	reply_end(call->reply);
}

struct node *
call_node(const struct call *call)
{
	return call->service->host.node;
}
