/* SPDX-License-Identifier: MIT */

/*
 * Feeds bytes to a session of the control protocol as a client would, in portions of a
 * size that the first byte chooses. Every line that comes back must be JSON-RPC.
 */
#include "control/session.h"

#include <event2/buffer.h>
#include <jansson.h>

#include "fuzz.h"
#include "gossip/node.h"

static const struct now start = {
	.mono_us = SECOND_US,
	.wall_ms = UINT64_C(1700000000123),
};

static struct now
now(void *context)
{
	(void)context;
	return start;
}

static void
settle(void *context)
{
	while (node_output(context) != NULL) {
	}
}

static enum err
join(void *context, const char *address)
{
	(void)context;
	return address[0] == ' ' ? ERR_INVALID : ERR_OK;
}

static struct socket_drops
socket_drops(void *context)
{
	(void)context;
	return (struct socket_drops){.oversized = 3, .unsent = 4};
}

static void
leave(void *context)
{
	node_leave(context, start);
}

static struct node *
new_node(void)
{
	struct settings settings = settings_default();

	settings.identity = (struct identity){
		.id = {1},
		.generation = 1,
		.writer = 1,
		.seq_next = 1,
		.seq_limit = UINT64_C(1) << 40,
	};
	settings.name = "web1";
	settings.address =
		(struct address){.ip = {127, 0, 0, 1}, .port = 7117, .family = 4};
	settings.value_size_max = 4096;
	settings.state_size_max = 64 * 1024;
	return node_new(&settings, start);
}

static void
check_line(const char *line, size_t len)
{
	json_t *answer = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);
	const char *protocol = json_string_value(json_object_get(answer, "jsonrpc"));
	const json_t *error = json_object_get(answer, "error");
	bool has_result = json_is_object(json_object_get(answer, "result"));
	bool has_params = json_is_object(json_object_get(answer, "params"));
	bool has_id = json_object_get(answer, "id") != NULL;

	MUST(protocol != NULL && strcmp(protocol, "2.0") == 0);
	MUST(has_id != has_params);
	MUST(has_id == ((error != NULL) != has_result));
	if (error != NULL) {
		MUST(json_integer_value(json_object_get(error, "code")) != 0);
		MUST(json_is_string(
			json_object_get(json_object_get(error, "data"), "reason")));
	}
	json_decref(answer);
}

static void
check_output(struct evbuffer *output)
{
	size_t len;
	char *line;

	while ((line = evbuffer_readln(output, &len, EVBUFFER_EOL_LF)) != NULL) {
		check_line(line, len);
		free(line);
	}
	MUST(evbuffer_get_length(output) == 0);
}

static void
answer(struct session *session, struct evbuffer *output)
{
	while (session_answer(session, output)) {
		check_output(output);
	}
	check_output(output);
}

static void
feed(struct session *session, const uint8_t *data, size_t size)
{
	struct evbuffer *output = evbuffer_new();
	size_t portion_max = size > 0 ? 1 + (size_t)data[0] * 4 : 1;
	size_t pos = size > 0 ? 1 : 0;

	while (pos < size) {
		size_t left = size - pos;
		size_t portion = left < portion_max ? left : portion_max;

		memcpy(lines_reserve(&session->lines), data + pos, portion);
		lines_commit(&session->lines, portion);
		answer(session, output);
		pos += portion;
	}
	session->ended = true;
	answer(session, output);
	evbuffer_free(output);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct node *node = new_node();
	struct service service = {
		.settings = {.line_size_max = 8192, .pending_count_max = 4},
		.host =
			{
				.context = node,
				.node = node,
				.now = now,
				.settle = settle,
				.join = join,
				.leave = leave,
				.socket_drops = socket_drops,
				.software = "0.0.1",
			},
	};
	struct session session;

	session_init(&session, &service, false);
	feed(&session, data, size);
	session_fini(&session);
	node_check(node);
	node_free(node);
	return 0;
}
