/* SPDX-License-Identifier: MIT */
#include "client/session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* The request as a line, newline and all and no NUL; free() it. NULL when memory is
 * short. */
static char *
format_request(struct rumor *rumor, const char *method, json_t *params, size_t *ret_len)
{
	json_t *request = json_object();
	char *line = NULL;

	if (json_object_set_new(request, "jsonrpc", json_string("2.0")) == 0 &&
		json_object_set_new(request, "id", json_integer(rumor->id)) == 0 &&
		json_object_set_new(request, "method", json_string(method)) == 0 &&
		(params == NULL || json_object_set(request, "params", params) == 0)) {
		line = json_dumps(request, JSON_COMPACT);
	}
	json_decref(request);
	if (line != NULL) {
		size_t len = strlen(line);

		line[len] = '\n';
		*ret_len = len + 1;
	}
	return line;
}

static enum rumor_result
fail_unreachable(struct rumor *rumor, int error)
{
	char text[128];

	connection_close(&rumor->connection);
	if (error == 0) {
		return fail(rumor, RUMOR_UNREACHABLE, "unreachable",
			"rumord closed the connection");
	}
	snprintf(text, sizeof(text), "the connection to rumord broke: %s",
		strerror(error));
	return fail(rumor, RUMOR_UNREACHABLE, "unreachable", text);
}

static enum rumor_result
fail_timeout(struct rumor *rumor)
{
	char text[64];

	snprintf(text, sizeof(text), "no answer within %u ms", rumor->timeout_ms);
	return fail(rumor, RUMOR_TIMEOUT, "timeout", text);
}

static enum rumor_result
fail_transport(struct rumor *rumor, enum err err)
{
	if (err == ERR_TIMEOUT) {
		return fail_timeout(rumor);
	}
	if (err == ERR_TOO_LARGE) {
		return fail_protocol(rumor, "the answer is longer than any can be");
	}
	if (err == ERR_IO) {
		connection_close(&rumor->connection);
		return fail_memory(rumor);
	}
	return fail_unreachable(rumor, errno);
}

/* The control protocol's code as a result; RUMOR_REFUSED for what is unknown. */
static enum rumor_result
result_of_code(json_int_t code)
{
	if (code >= RUMOR_NEGATIVE && code <= RUMOR_REFUSED) {
		return (enum rumor_result)code;
	}
	switch (code) {
	case -32700: /* not JSON */
	case -32600: /* not a request */
	case -32601: /* no such method */
	case -32602: /* wrong params */
		return RUMOR_INVALID;
	default:
		return RUMOR_REFUSED;
	}
}

static const char *
string_or(const json_t *object, const char *key, const char *otherwise)
{
	const char *string = json_string_value(json_object_get(object, key));

	return string != NULL ? string : otherwise;
}

/* What the answer to the request says. */
static enum rumor_result
settle(struct rumor *rumor, const json_t *reply, json_t **ret_result)
{
	const json_t *error = json_object_get(reply, "error");
	json_t *result = json_object_get(reply, "result");

	if (json_is_object(error)) {
		json_int_t code = json_integer_value(json_object_get(error, "code"));

		return fail(rumor, result_of_code(code),
			string_or(json_object_get(error, "data"), "reason", "unknown"),
			string_or(error, "message", "rumord gave no reason"));
	}
	if (result == NULL) {
		return fail_protocol(rumor,
			"the answer is not from rumord: neither result nor error");
	}
	*ret_result = json_incref(result);
	return RUMOR_OK;
}

/* Whether it answers the last request. Requests that timed out are answered first; what
 * the daemon could not read is answered without an id. */
static bool
is_answer(struct rumor *rumor, const json_t *reply)
{
	const json_t *id = json_object_get(reply, "id");
	bool is_last = rumor->unanswered == 1;

	if (rumor->unanswered > 0) {
		rumor->unanswered--;
	}
	if (json_is_integer(id)) {
		return json_integer_value(id) == rumor->id;
	}
	return is_last;
}

static void
notify(struct rumor *rumor, const json_t *notification)
{
	if (rumor->handler != NULL) {
		rumor->handler(rumor->handler_context,
			string_or(notification, "method", ""),
			json_object_get(notification, "params"));
	}
}

/* The next message, NULL when the connection gives none: then `*ret_result` says why.
 */
static json_t *
receive_message(
	struct rumor *rumor, uint64_t deadline_ms, enum rumor_result *ret_result)
{
	struct bytes line;
	enum err err = connection_receive(&rumor->connection, deadline_ms, &line);

	if (err != ERR_OK) {
		*ret_result = fail_transport(rumor, err);
		return NULL;
	}

	json_t *message = json_loadb((const char *)line.data, line.len, 0, NULL);

	if (!json_is_object(message)) {
		json_decref(message);
		*ret_result = fail_protocol(
			rumor, "the answer is not from rumord: not a JSON object");
		return NULL;
	}
	return message;
}

/* Reads up to the answer to the last request. What streams in before it shows that the
 * daemon is at work, so each notification starts the time anew. */
static enum rumor_result
receive_answer(struct rumor *rumor, uint64_t deadline_ms, json_t **ret_result)
{
	enum rumor_result result = RUMOR_OK;
	json_t *message;

	while ((message = receive_message(rumor, deadline_ms, &result)) != NULL) {
		if (json_object_get(message, "method") != NULL) {
			notify(rumor, message);
			deadline_ms = deadline_after(rumor->timeout_ms);
		} else if (is_answer(rumor, message)) {
			result = settle(rumor, message, ret_result);
			json_decref(message);
			break;
		}
		json_decref(message);
	}
	return result;
}

static enum rumor_result
exchange(struct rumor *rumor, struct bytes request, json_t **ret_result)
{
	uint64_t deadline_ms = deadline_after(rumor->timeout_ms);
	enum err err = connection_send(&rumor->connection, request, deadline_ms);

	if (err == ERR_OK) {
		return receive_answer(rumor, deadline_ms, ret_result);
	}

	/* A daemon that hangs up at once may have said why before it did. */
	enum rumor_result result =
		err == ERR_UNREACHABLE ? receive_answer(rumor, deadline_ms, ret_result)
				       : fail_transport(rumor, err);

	/* Half a line is out: nothing more can be said on this connection. */
	connection_close(&rumor->connection);
	return result;
}

enum rumor_result
rumor_call(struct rumor *rumor, const char *method, json_t *params, json_t **ret_result)
{
	clear_error(rumor);
	if (rumor->connection.fd < 0) {
		return fail(rumor, RUMOR_UNREACHABLE, "unreachable",
			"the connection to rumord was lost");
	}
	if (!bytes_is_utf8(bytes_of_string(method))) {
		return fail(rumor, RUMOR_INVALID, "invalid", "the method is not UTF-8");
	}
	rumor->id++;

	size_t len;
	char *request = format_request(rumor, method, params, &len);

	if (request == NULL) {
		return fail_memory(rumor);
	}
	rumor->unanswered++;

	enum rumor_result result = exchange(rumor, bytes_of(request, len), ret_result);

	free(request);
	return result;
}
