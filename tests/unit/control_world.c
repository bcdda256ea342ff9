/* SPDX-License-Identifier: MIT */
#include "control_world.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"

/* More turns without a byte than any test needs. */
#define IDLE_TURN_COUNT_MAX 100000

static struct now
now(void *context)
{
	struct world *world = context;

	return world->now;
}

static void
settle(void *context)
{
	struct world *world = context;

	world->settle_count++;
	while (node_output(world->node) != NULL) {
	}
}

static enum err
join(void *context, const char *address)
{
	struct world *world = context;

	world->join_count++;
	return strchr(address, ' ') != NULL ? ERR_INVALID : world->join_result;
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
	struct world *world = context;

	world->leave_count++;
	node_leave(world->node, world->now);
}

static struct node *
new_node(struct now start)
{
	struct settings settings = settings_default();

	settings.identity = (struct identity){
		.id = {0xab, 0xcd},
		.generation = 3,
		.writer = 77,
		.seq_next = 1,
		.seq_limit = UINT64_C(1) << 40,
	};
	settings.name = "web1";
	settings.zone = "rack1";
	settings.software = "0.0.1";
	settings.cluster = "test";
	settings.address =
		(struct address){.ip = {127, 0, 0, 1}, .port = 7117, .family = 4};
	return node_new(&settings, start);
}

void
world_init(struct world *world)
{
	*world = (struct world){
		.now = {.mono_us = SECOND_US, .wall_ms = WORLD_WALL_MS},
		.settings =
			{
				.connection_count_max = 16,
				.connections_per_user_max = 8,
				.line_size_max = 2 * 1024 * 1024,
				.pending_count_max = 64,
			},
	};
	snprintf(world->folder, sizeof(world->folder), "/tmp/test_control.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(world->folder));
	snprintf(world->path, sizeof(world->path), "%s/control.sock", world->folder);
	snprintf(world->read_only_path, sizeof(world->read_only_path), "%s/ro.sock",
		world->folder);
	world->base = event_base_new();
	world->node = new_node(world->now);
	settle(world);
	world->settle_count = 0;
}

void
world_start(struct world *world)
{
	struct control_host host = {
		.context = world,
		.node = world->node,
		.now = now,
		.settle = settle,
		.join = join,
		.leave = leave,
		.socket_drops = socket_drops,
		.software = "0.0.1",
		.started_ms = WORLD_WALL_MS - 5000,
	};

	world->settings.path = world->path;
	world->settings.read_only_path = world->read_only_path;
	ck_assert_int_eq(
		control_new(world->base, &world->settings, &host, &world->control),
		ERR_OK);
}

void
world_open(struct world *world)
{
	world_init(world);
	world_start(world);
}

void
world_close(struct world *world)
{
	control_free(world->control);
	node_free(world->node);
	event_base_free(world->base);
	unlink(world->path);
	unlink(world->read_only_path);
	ck_assert_int_eq(rmdir(world->folder), 0);
}

void
world_turn(struct world *world)
{
	event_base_loop(world->base, EVLOOP_NONBLOCK);
}

int
world_connect_raw(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	ck_assert_int_eq(
		connect(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

int
world_connect_to(struct world *world, const char *path)
{
	int fd = world_connect_raw(path);

	world_turn(world);
	return fd;
}

int
world_connect(struct world *world)
{
	return world_connect_to(world, world->path);
}

void
world_send(struct world *world, int fd, const char *text, size_t len)
{
	size_t idle = 0;

	while (len > 0) {
		ssize_t sent = send(fd, text, len, MSG_NOSIGNAL);

		if (sent > 0) {
			text += sent;
			len -= (size_t)sent;
			idle = 0;
		} else {
			ck_assert_int_eq(errno, EAGAIN);
			ck_assert_uint_lt(idle++, IDLE_TURN_COUNT_MAX);
		}
		world_turn(world);
	}
}

static size_t
count_lines(const char *text, size_t len)
{
	size_t count = 0;

	for (size_t i = 0; i < len; i++) {
		count += text[i] == '\n';
	}
	return count;
}

static char *
read_until(struct world *world, int fd, size_t line_count, size_t *ret_len)
{
	size_t size = 64 * 1024;
	size_t len = 0;
	size_t lines = 0;
	size_t idle = 0;
	char *text = mem_new(size);

	while (lines < line_count) {
		ssize_t got = recv(fd, text + len, size - len - 1, 0);

		if (got == 0) {
			break;
		}
		if (got > 0) {
			lines += count_lines(text + len, (size_t)got);
			len += (size_t)got;
			idle = 0;
		} else {
			ck_assert_int_eq(errno, EAGAIN);
			ck_assert_uint_lt(idle++, IDLE_TURN_COUNT_MAX);
			world_turn(world);
		}
		if (size - len < size / 2) {
			size *= 2;
			text = mem_resize(text, size, 1);
		}
	}
	text[len] = '\0';
	if (ret_len != NULL) {
		*ret_len = len;
	}
	return text;
}

char *
world_read_lines(struct world *world, int fd, size_t line_count)
{
	return read_until(world, fd, line_count, NULL);
}

char *
world_read_all(struct world *world, int fd, size_t *ret_len)
{
	return read_until(world, fd, SIZE_MAX, ret_len);
}

json_t *
parse_lines(const char *text)
{
	json_t *values = json_array();

	while (*text != '\0') {
		size_t len = strcspn(text, "\n");
		json_error_t error;
		json_t *value = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);

		ck_assert_msg(value != NULL, "%s in: %.200s", error.text, text);
		ck_assert_msg(text[len] == '\n', "line without an end: %.200s", text);
		json_array_append_new(values, value);
		text += len + 1;
	}
	return values;
}

json_t *
world_ask_at(struct world *world, const char *path, const char *text)
{
	int fd = world_connect_to(world, path);

	world_send(world, fd, text, strlen(text));
	ck_assert_int_eq(shutdown(fd, SHUT_WR), 0);

	char *answer = world_read_all(world, fd, NULL);
	json_t *values = parse_lines(answer);

	free(answer);
	close(fd);
	return values;
}

json_t *
world_ask(struct world *world, const char *text)
{
	return world_ask_at(world, world->path, text);
}

json_t *
world_call(struct world *world, const char *method, const char *params)
{
	char *request;
	int len = asprintf(&request,
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\",\"params\":%s}\n",
		method, params);

	ck_assert_int_gt(len, 0);

	json_t *answers = world_ask(world, request);

	ck_assert_uint_eq(json_array_size(answers), 1);

	json_t *answer = json_incref(json_array_get(answers, 0));

	ck_assert_str_eq(json_string_value(json_object_get(answer, "jsonrpc")), "2.0");
	ck_assert_int_eq(json_integer_value(json_object_get(answer, "id")), 1);
	json_decref(answers);
	free(request);
	return answer;
}

json_t *
world_result(struct world *world, const char *method, const char *params)
{
	json_t *answer = world_call(world, method, params);
	json_t *result = json_incref(json_object_get(answer, "result"));

	ck_assert_msg(json_is_object(result), "%s %s: %s", method, params,
		json_string_value(
			json_object_get(json_object_get(answer, "error"), "message")));
	json_decref(answer);
	return result;
}

int
world_code(struct world *world, const char *method, const char *params)
{
	json_t *answer = world_call(world, method, params);
	const json_t *error = json_object_get(answer, "error");
	int code = (int)json_integer_value(json_object_get(error, "code"));

	ck_assert((error == NULL) == (json_object_get(answer, "result") != NULL));
	json_decref(answer);
	return code;
}

void
world_do(struct world *world, const char *method, const char *params)
{
	json_decref(world_result(world, method, params));
}

const char *
text_at(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

json_int_t
number_at(const json_t *object, const char *name)
{
	const json_t *number = json_object_get(object, name);

	ck_assert_msg(json_is_integer(number), "%s", name);
	return json_integer_value(number);
}

void
check_error(const json_t *answer, int code, const char *reason)
{
	const json_t *error = json_object_get(answer, "error");

	ck_assert_ptr_null(json_object_get(answer, "result"));
	ck_assert_int_eq(number_at(error, "code"), code);
	ck_assert_str_eq(text_at(json_object_get(error, "data"), "reason"), reason);
	ck_assert_uint_gt(strlen(text_at(error, "message")), 0);
}

const json_t *
answer_at(const json_t *answers, size_t index)
{
	const json_t *answer = json_array_get(answers, index);

	ck_assert_ptr_nonnull(answer);
	return answer;
}

void
check_result(const json_t *answer)
{
	ck_assert_ptr_nonnull(json_object_get(answer, "result"));
	ck_assert_ptr_null(json_object_get(answer, "error"));
}

void
check_ids_in_order(const json_t *answers, size_t count)
{
	ck_assert_uint_eq(json_array_size(answers), count);
	for (size_t i = 0; i < count; i++) {
		ck_assert_int_eq(number_at(answer_at(answers, i), "id"), (json_int_t)i);
	}
}
