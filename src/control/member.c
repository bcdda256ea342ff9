/* SPDX-License-Identifier: MIT */
#include "control/member.h"

#include "control/call.h"

const char *const MEMBER_STATES[] = {"alive", "suspect", "dead", "left", NULL};

static void
write_measures(const struct member_view *view, struct now now, struct reply *reply)
{
	if (view->rtt_known) {
		reply_us_as_ms(reply, "rtt_ms", view->rtt_us);
	} else {
		reply_null(reply, "rtt_ms");
	}
	if (view->heard_us != 0 && view->heard_us <= now.mono_us) {
		reply_uint(
			reply, "last_heard_ms", (now.mono_us - view->heard_us) / MS_US);
	} else {
		reply_null(reply, "last_heard_ms");
	}
	if (view->agreement_known) {
		reply_bool(reply, "agrees", view->agrees);
	} else {
		reply_null(reply, "agrees");
	}
}

static void
write_member(const struct member_view *view, struct now now, struct reply *reply)
{
	char address[ADDRESS_TEXT_SIZE];

	reply_open(reply, NULL, '{');
	reply_text(reply, "name", view->name);
	reply_hex(reply, "id", bytes_of(view->id, sizeof(view->id)));
	reply_text(reply, "addr", address_format(&view->address, address));
	reply_text(reply, "state", member_state_name(view->state));
	reply_uint(reply, "incarnation", view->incarnation);
	reply_uint(reply, "generation", view->generation);
	reply_text(reply, "zone", view->zone);
	reply_text(reply, "version", view->software);
	reply_bool(reply, "self", view->is_self);
	reply_bool(reply, "name_conflict", view->name_conflict);
	write_measures(view, now, reply);
	reply_close(reply, '}');
}

static bool
is_wanted(const struct call *call, const struct member_view *view)
{
	struct bytes state = call->args.state;

	return state.data == NULL ||
	       bytes_equal(state, bytes_of_string(member_state_name(view->state)));
}

enum err
call_member_list(struct call *call)
{
	struct reply *reply = call_begin(call);
	struct member_view view;
	size_t cursor = 0;

	reply_open(reply, "items", '[');
	while (node_next_member(call_node(call), &cursor, &view)) {
		if (is_wanted(call, &view)) {
			write_member(&view, call->now, reply);
		}
	}
	reply_close(reply, ']');
	call_end(call);
	return ERR_OK;
}

/* Starts to join every address; false when none of them looks like one. */
static bool
join_all(struct call *call, enum err *errors, size_t count)
{
	struct control_host *host = &call->service->host;
	bool is_any_valid = false;

	for (size_t i = 0; i < count; i++) {
		const json_t *address = json_array_get(call->args.addresses, i);

		errors[i] = host->join(host->context, json_string_value(address));
		is_any_valid |= errors[i] != ERR_INVALID;
	}
	return is_any_valid;
}

enum err
call_member_join(struct call *call)
{
	enum err errors[MEMBER_JOIN_COUNT_MAX];
	size_t count = json_array_size(call->args.addresses);

	if (!join_all(call, errors, count)) {
		return failure_set(&call->failure, ERR_INVALID,
			"an address is HOST, HOST:PORT or [IPV6]:PORT");
	}

	struct reply *reply = call_begin(call);

	reply_open(reply, "items", '[');
	for (size_t i = 0; i < count; i++) {
		const json_t *address = json_array_get(call->args.addresses, i);

		reply_open(reply, NULL, '{');
		reply_text(reply, "address", json_string_value(address));
		if (errors[i] != ERR_OK) {
			reply_text(reply, "error", err_name(errors[i]));
		}
		reply_close(reply, '}');
	}
	reply_close(reply, ']');
	call_end(call);
	return ERR_OK;
}

enum err
call_member_leave(struct call *call)
{
	struct control_host *host = &call->service->host;

	call_begin(call);
	call_end(call);
	host->leave(host->context);
	return ERR_OK;
}
