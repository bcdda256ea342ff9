/* SPDX-License-Identifier: MIT */
#include "control/connection.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/event.h>

#include "base/mem.h"
#include "control/session.h"

#define PIECES_PER_SEND 16

struct connection {
	LIST_ENTRY(connection) entry;
	struct client client;
	struct session session;
	struct evbuffer *output;
	struct event *readable;
	struct event *writable;
	struct event *again; /* due at once when more is to be answered */
};

static bool
is_temporary(int error)
{
	return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

/* False when the client is gone. */
static bool
send_output(struct connection *connection)
{
	struct evbuffer_iovec pieces[PIECES_PER_SEND];

	while (evbuffer_get_length(connection->output) > 0) {
		int count = evbuffer_peek(
			connection->output, -1, NULL, pieces, PIECES_PER_SEND);
		struct msghdr message = {
			.msg_iov = pieces,
			.msg_iovlen =
				(size_t)(count < PIECES_PER_SEND ? count
								 : PIECES_PER_SEND),
		};
		ssize_t sent = sendmsg(connection->client.fd, &message, MSG_NOSIGNAL);

		if (sent < 0) {
			return is_temporary(errno);
		}
		evbuffer_drain(connection->output, (size_t)sent);
	}
	return true;
}

static void
set_reading(struct connection *connection, bool on)
{
	bool is_on = event_pending(connection->readable, EV_READ, NULL) != 0;

	if (on && !is_on) {
		event_add(connection->readable, NULL);
	} else if (!on && is_on) {
		event_del(connection->readable);
	}
}

/* The stall timer runs from the last time the socket took something: it must not start
 * anew with every request. */
static void
set_writing(struct connection *connection, bool on)
{
	bool is_on = event_pending(connection->writable, EV_WRITE, NULL) != 0;
	uint64_t stall_ms = connection->session.service->stall_ms;
	struct timeval stall = {
		.tv_sec = (time_t)(stall_ms / SECOND_MS),
		.tv_usec = (suseconds_t)(stall_ms % SECOND_MS * MS_US),
	};

	if (on && !is_on) {
		event_add(connection->writable, &stall);
	} else if (!on && is_on) {
		event_del(connection->writable);
	}
}

/* Answers what there is and decides what to wait for. May free the connection. */
static void
proceed(struct connection *connection)
{
	static const struct timeval at_once = {0};
	struct session *session = &connection->session;
	bool has_more = session_answer(session, connection->output);
	bool is_alive = send_output(connection);
	size_t owed = evbuffer_get_length(connection->output);

	if (!is_alive || (session->ended && !has_more && owed == 0)) {
		connection_free(connection);
		return;
	}

	bool is_paused = owed > SESSION_OUTPUT_SIZE_MAX;

	set_writing(connection, owed > 0);
	set_reading(connection, !session->ended && !has_more && !is_paused);
	if (has_more && !is_paused) {
		event_add(connection->again, &at_once);
	}
}

static void
on_readable(evutil_socket_t fd, short what, void *context)
{
	struct connection *connection = context;
	struct session *session = &connection->session;
	ssize_t len = read(fd, lines_reserve(&session->lines), LINES_READ_SIZE);

	(void)what;
	if (len > 0) {
		lines_commit(&session->lines, (size_t)len);
	} else if (len == 0) {
		session->ended = true;
	} else if (is_temporary(errno)) {
		return;
	} else {
		connection_free(connection);
		return;
	}
	proceed(connection);
}

static void
on_writable(evutil_socket_t fd, short what, void *context)
{
	struct connection *connection = context;

	(void)fd;
	if ((what & EV_TIMEOUT) != 0 || !send_output(connection)) {
		connection_free(connection);
		return;
	}
	if (evbuffer_get_length(connection->output) <= SESSION_OUTPUT_SIZE_MAX / 2) {
		proceed(connection);
	}
}

static void
on_again(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	proceed(context);
}

struct connection *
connection_new(struct event_base *base, struct service *service,
	const struct client *client, struct connections *connections)
{
	struct connection *connection = mem_new(sizeof(*connection));
	int fd = client->fd;

	connection->client = *client;
	session_init(&connection->session, service, client->read_only);
	connection->output = evbuffer_new();
	connection->readable =
		event_new(base, fd, EV_READ | EV_PERSIST, on_readable, connection);
	connection->writable =
		event_new(base, fd, EV_WRITE | EV_PERSIST, on_writable, connection);
	connection->again = evtimer_new(base, on_again, connection);
	event_add(connection->readable, NULL);
	LIST_INSERT_HEAD(connections, connection, entry);
	service->connection_count++;
	return connection;
}

void
connection_free(struct connection *connection)
{
	send_output(connection);
	LIST_REMOVE(connection, entry);
	connection->session.service->connection_count--;
	event_free(connection->readable);
	event_free(connection->writable);
	event_free(connection->again);
	evbuffer_free(connection->output);
	session_fini(&connection->session);
	close(connection->client.fd);
	free(connection);
}

void
connections_close(struct connections *connections)
{
	struct connection *connection = LIST_FIRST(connections);

	while (connection != NULL) {
		struct connection *next = LIST_NEXT(connection, entry);

		connection_free(connection);
		connection = next;
	}
}

size_t
connections_count_of_user(const struct connections *connections, uid_t uid)
{
	const struct connection *connection;
	size_t count = 0;

	LIST_FOREACH(connection, connections, entry)
	{
		count += connection->client.uid == uid;
	}
	return count;
}
