/* SPDX-License-Identifier: MIT */
#include "control/request.h"

#include "control/call.h"
#include "control/shape.h"

#define ID_LEN_MAX 256

/* A request as JSON-RPC frames it; all is borrowed from its JSON. */
struct envelope {
	bool is_notification;
	const json_t *id;
	struct bytes method;
	json_t *params;
};

static const char *
parse_error_text(enum json_error_code code)
{
	switch ((int)code) {
	case json_error_invalid_utf8:
		return "not UTF-8; send other bytes as \"value_b64\"";
	case json_error_null_character:
	case json_error_null_byte_in_key:
		return "NUL in a string; send such values as \"value_b64\"";
	case json_error_duplicate_key:
		return "a member stands twice in an object";
	case json_error_end_of_input_expected:
		return "more than one JSON text on the line";
	case json_error_numeric_overflow:
		return "a number is too large";
	case json_error_premature_end_of_input:
		return "the line ends within the JSON text; a request is one line";
	default:
		return "not JSON";
	}
}

static enum err
parse(struct bytes line, struct failure *failure, json_t **ret_root)
{
	json_error_t error;

	if (!shape_is_bounded(line)) {
		return failure_set_rpc(failure, RPC_PARSE_ERROR,
			"nested deeper than %d or more than %d values", SHAPE_DEPTH_MAX,
			SHAPE_COMMA_COUNT_MAX);
	}

	json_t *root = json_loadb((const char *)line.data, line.len,
		JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);

	if (root == NULL) {
		return failure_set_rpc(failure, RPC_PARSE_ERROR, "%s (at byte %d)",
			parse_error_text(json_error_code(&error)), error.position);
	}
	*ret_root = root;
	return ERR_OK;
}

static bool
id_is_valid(const json_t *id)
{
	return json_is_null(id) || json_is_integer(id) ||
	       (json_is_string(id) && json_string_length(id) <= ID_LEN_MAX);
}

/* What is known of the request is in `envelope` also when it is refused. */
static enum err
open_envelope(const json_t *root, struct envelope *envelope, struct failure *failure)
{
	const json_t *id = json_object_get(root, "id");
	const json_t *method = json_object_get(root, "method");
	const char *protocol = json_string_value(json_object_get(root, "jsonrpc"));

	if (!json_is_object(root)) {
		return failure_set_rpc(failure, RPC_INVALID_REQUEST,
			json_is_array(root)
				? "batches are not taken; send one request a line"
				: "a request is an object");
	}
	if (id != NULL && !id_is_valid(id)) {
		return failure_set_rpc(failure, RPC_INVALID_REQUEST,
			"\"id\" must be an integer, null or a string of up to %d bytes",
			ID_LEN_MAX);
	}
	envelope->id = id;
	if (protocol == NULL || strcmp(protocol, "2.0") != 0) {
		return failure_set_rpc(
			failure, RPC_INVALID_REQUEST, "\"jsonrpc\" must be \"2.0\"");
	}
	if (!json_is_string(method)) {
		return failure_set_rpc(
			failure, RPC_INVALID_REQUEST, "\"method\" must be a string");
	}
	envelope->is_notification = id == NULL;
	envelope->method =
		bytes_of(json_string_value(method), json_string_length(method));
	envelope->params = json_object_get(root, "params");
	return ERR_OK;
}

/* NULL when there is none or it may not be called. */
static const struct method *
find_method(const struct envelope *envelope, bool read_only, struct failure *failure)
{
	const struct method *method = method_find(envelope->method);

	if (method == NULL) {
		failure_set_rpc(failure, RPC_METHOD_NOT_FOUND,
			"no such method; server.info lists them");
		return NULL;
	}
	if (read_only && method->access != ACCESS_READ) {
		failure_set(failure, ERR_DENIED,
			"%s changes something and this socket is read-only",
			method->name);
		failure->reason = "read_only";
		return NULL;
	}
	return method;
}

static bool
handle(const struct method *method, struct call *call, struct request_effect *effect)
{
	call->failure.code = 0;

	enum err err = method->handler(call);

	effect->changed |= method->access != ACCESS_READ;
	effect->listing = call->listing;
	if (err != ERR_OK && call->failure.code == 0) {
		failure_set(&call->failure, err, "%s", err_text(err));
	}
	return err == ERR_OK;
}

/* False when the call has a failure to be told. */
static bool
run(struct call *call, const struct envelope *envelope, bool read_only,
	struct request_effect *effect)
{
	const struct method *method = find_method(envelope, read_only, &call->failure);

	if (method == NULL || params_read(method, envelope->params, &call->args,
				      &call->failure) != ERR_OK) {
		return false;
	}

	/* Nobody would see what a notification reads. */
	bool is_futile = envelope->is_notification && method->access == ACCESS_READ;
	bool is_done = is_futile || handle(method, call, effect);

	args_fini(&call->args);
	return is_done;
}

static void
refuse(struct service *service, const struct failure *failure, const json_t *id,
	struct reply *reply)
{
	service->counters.requests_failed++;
	failure_reply(failure, id, reply);
}

void
request_run(struct service *service, bool read_only, struct bytes line,
	struct reply *reply, struct request_effect *effect)
{
	struct envelope envelope = {0};
	struct reply silent = reply_to(NULL);
	struct call call = {
		.service = service,
		.now = service->host.now(service->host.context),
	};
	json_t *root = NULL;
	enum err err = parse(line, &call.failure, &root);

	if (err == ERR_OK) {
		err = open_envelope(root, &envelope, &call.failure);
	}
	if (err != ERR_OK) {
		service->counters.lines_malformed++;
		refuse(service, &call.failure, envelope.id, reply);
		json_decref(root);
		return;
	}
	service->counters.requests++;
	call.id = envelope.id;
	call.reply = envelope.is_notification ? &silent : reply;
	if (!run(&call, &envelope, read_only, effect) && !envelope.is_notification) {
		refuse(service, &call.failure, envelope.id, reply);
	}
	json_decref(root);
}

void
request_refuse_long(struct service *service, struct reply *reply)
{
	struct failure failure = {0};

	service->counters.lines_too_long++;
	failure_set(&failure, ERR_TOO_LARGE, "a line has at most %zu bytes here",
		service->settings.line_size_max);
	refuse(service, &failure, NULL, reply);
}
