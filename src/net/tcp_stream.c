/* SPDX-License-Identifier: MIT */
#include "net/tcp_stream.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/mem.h"
#include "base/now.h"
#include "net/socket.h"

/* System calls on one stream before the others get their turn. */
#define ROUND_COUNT_MAX 4

/* What came of one turn of sending. */
enum progress {
	PROGRESS_DONE,    /* nothing is left and `fill` has no more */
	PROGRESS_PARTIAL, /* there is more when the socket can take it */
	PROGRESS_FAILED,  /* the stream is broken; errno says why */
};

static void
expect_within(struct tcp_stream *stream, uint64_t timeout_us)
{
	struct timeval timeout = {
		.tv_sec = (time_t)(timeout_us / SECOND_US),
		.tv_usec = (suseconds_t)(timeout_us % SECOND_US),
	};

	(void)event_add(stream->timer, &timeout);
}

static void
note_movement(struct tcp_stream *stream)
{
	expect_within(stream, stream->tcp->settings.idle_timeout_us);
}

static void
give_up_number(struct tcp_stream *stream)
{
	if (!stream->nameless) {
		table_remove(&stream->tcp->streams, stream->number);
		stream->nameless = true;
	}
}

/* --- the end --- */

static void
end(struct tcp_stream *stream, enum err why)
{
	struct tcp *tcp = stream->tcp;
	uint32_t number = stream->number;
	bool closing = stream->closing;

	tcp_stream_free(stream);
	if (!closing) {
		tcp->handlers.closed(tcp->context, number, why);
	}
}

static void
fail(struct tcp_stream *stream, enum err why)
{
	if (stream->state != TCP_STREAM_LINGERING) {
		stream->tcp->counters.streams_failed++;
	}
	end(stream, why);
}

static void
on_timer(evutil_socket_t socket, short what, void *context)
{
	struct tcp_stream *stream = context;

	(void)socket;
	(void)what;
	fail(stream, stream->failure != ERR_OK ? stream->failure : ERR_TIMEOUT);
}

void
tcp_stream_fail_soon(struct tcp_stream *stream, enum err why)
{
	stream->failure = why;
	event_active(stream->timer, EV_TIMEOUT, 0);
}

static enum err
broken_by(int error)
{
	return error == ETIMEDOUT ? ERR_TIMEOUT : ERR_IO;
}

/* Closing now, with bytes of the peer unread, would reset the connection and could cost
 * the peer what was sent last. */
static void
linger(struct tcp_stream *stream)
{
	give_up_number(stream);
	event_del(stream->writable);
	(void)shutdown(stream->socket, SHUT_WR);
	stream->state = TCP_STREAM_LINGERING;
	note_movement(stream);
}

/* All that `fill` had is sent. */
static void
rest(struct tcp_stream *stream)
{
	if (stream->input_ended) {
		end(stream, ERR_OK);
	} else if (stream->closing) {
		linger(stream);
	} else {
		event_del(stream->writable);
	}
}

/* --- out --- */

static bool
fill(struct tcp_stream *stream)
{
	struct tcp *tcp = stream->tcp;
	uint8_t *room = buffer_reserve(&stream->output, TCP_FILL_SIZE_MAX);
	size_t len = 0;

	while (len < TCP_FILL_SIZE_MAX && !stream->nameless) {
		size_t left = TCP_FILL_SIZE_MAX - len;
		size_t added = tcp->handlers.fill(
			tcp->context, stream->number, room + len, left);

		assert(added <= left);
		if (added == 0) {
			break;
		}
		len += added;
	}
	buffer_commit(&stream->output, len);
	return len > 0;
}

static enum progress
send_some(struct tcp_stream *stream)
{
	for (size_t round = 0; round < ROUND_COUNT_MAX; round++) {
		if (buffer_len(&stream->output) == 0 && !fill(stream)) {
			return PROGRESS_DONE;
		}

		struct bytes bytes = buffer_bytes(&stream->output);
		ssize_t len = send(stream->socket, bytes.data, bytes.len, MSG_NOSIGNAL);

		if (len >= 0) {
			buffer_consume(&stream->output, (size_t)len);
			stream->tcp->counters.bytes_out += (uint64_t)len;
			note_movement(stream);
		} else if (errno == EAGAIN) {
			return PROGRESS_PARTIAL;
		} else if (errno != EINTR) {
			return PROGRESS_FAILED;
		}
	}
	return PROGRESS_PARTIAL;
}

static void
find_outcome(struct tcp_stream *stream)
{
	struct tcp *tcp = stream->tcp;
	int error = 0;
	socklen_t len = sizeof(error);

	if (getsockopt(stream->socket, SOL_SOCKET, SO_ERROR, &error, &len) != 0) {
		error = errno;
	}
	if (error != 0) {
		fail(stream, error == ETIMEDOUT ? ERR_TIMEOUT : ERR_UNREACHABLE);
		return;
	}
	tcp_stream_open(stream);
	if (!stream->closing) {
		tcp->handlers.connected(tcp->context, stream->number);
	}
}

static void
on_writable(evutil_socket_t socket, short what, void *context)
{
	struct tcp_stream *stream = context;

	(void)socket;
	(void)what;
	if (stream->state == TCP_STREAM_CONNECTING) {
		find_outcome(stream);
		return;
	}
	switch (send_some(stream)) {
	case PROGRESS_DONE:
		rest(stream);
		break;
	case PROGRESS_PARTIAL:
		(void)event_add(stream->writable, NULL);
		break;
	case PROGRESS_FAILED:
		fail(stream, broken_by(errno));
		break;
	}
}

void
tcp_stream_wake(struct tcp_stream *stream)
{
	if (stream->state == TCP_STREAM_OPEN) {
		event_active(stream->writable, EV_WRITE, 0);
	}
}

/* --- in --- */

/* Returns false when the stream is gone. */
static bool
hand_over(struct tcp_stream *stream, size_t len)
{
	struct tcp *tcp = stream->tcp;

	tcp->counters.bytes_in += len;
	if (stream->closing) {
		return true;
	}
	note_movement(stream);
	if (tcp->handlers.received(
		    tcp->context, stream->number, bytes_of(tcp->received, len))) {
		return true;
	}
	tcp_stream_free(stream);
	return false;
}

static void
end_input(struct tcp_stream *stream)
{
	if (stream->state == TCP_STREAM_LINGERING) {
		end(stream, ERR_OK);
		return;
	}
	event_del(stream->readable);
	stream->input_ended = true;
	tcp_stream_wake(stream);
}

static void
on_readable(evutil_socket_t socket, short what, void *context)
{
	struct tcp_stream *stream = context;
	uint8_t *received = stream->tcp->received;

	(void)what;
	for (size_t round = 0; round < ROUND_COUNT_MAX; round++) {
		ssize_t len = recv(socket, received, TCP_RECEIVE_SIZE, 0);

		if (len < 0) {
			if (errno != EAGAIN && errno != EINTR) {
				fail(stream, broken_by(errno));
			}
			return;
		}
		if (len == 0) {
			end_input(stream);
			return;
		}
		if (!hand_over(stream, (size_t)len) || (size_t)len < TCP_RECEIVE_SIZE) {
			return;
		}
	}
}

/* --- life --- */

static void
take_number(struct tcp_stream *stream)
{
	struct tcp_stream *before =
		table_put(&stream->tcp->streams, stream->number, stream);

	if (before != NULL) {
		assert(before->closing);
		before->nameless = true;
	}
}

struct tcp_stream *
tcp_stream_new(struct tcp *tcp, int socket, uint32_t number)
{
	struct tcp_stream *stream = mem_new(sizeof(*stream));

	stream->tcp = tcp;
	stream->socket = socket;
	stream->number = number;
	buffer_init(&stream->output, TCP_FILL_SIZE_MAX);
	stream->readable =
		event_new(tcp->base, socket, EV_READ | EV_PERSIST, on_readable, stream);
	stream->writable = event_new(
		tcp->base, socket, EV_WRITE | EV_PERSIST, on_writable, stream);
	stream->timer = event_new(tcp->base, -1, 0, on_timer, stream);
	assert(stream->readable != NULL);
	assert(stream->writable != NULL);
	assert(stream->timer != NULL);
	take_number(stream);
	LIST_INSERT_HEAD(&tcp->all, stream, link);
	tcp->stream_count++;
	return stream;
}

void
tcp_stream_free(struct tcp_stream *stream)
{
	give_up_number(stream);
	LIST_REMOVE(stream, link);
	stream->tcp->stream_count--;
	event_free(stream->readable);
	event_free(stream->writable);
	event_free(stream->timer);
	if (stream->socket >= 0) {
		close(stream->socket);
	}
	buffer_fini(&stream->output);
	free(stream);
}

void
tcp_stream_await(struct tcp_stream *stream)
{
	(void)event_add(stream->writable, NULL);
	expect_within(stream, stream->tcp->settings.connect_timeout_us);
}

void
tcp_stream_open(struct tcp_stream *stream)
{
	socket_send_at_once(stream->socket);
	stream->state = TCP_STREAM_OPEN;
	(void)event_add(stream->readable, NULL);
	note_movement(stream);
	tcp_stream_wake(stream);
}
