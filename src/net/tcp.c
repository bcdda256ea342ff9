/* SPDX-License-Identifier: MIT */
#include "net/tcp.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/event.h>
#include <event2/listener.h>

#include "base/mem.h"
#include "net/sockaddr.h"
#include "net/socket.h"
#include "net/tcp_stream.h"

/* After a failed accept(), commonly for want of file descriptors. */
static const struct timeval listener_pause_time = {.tv_usec = 100000};

/* When there are too many, the oldest of those has to go that are only waiting for
 * their peers to take the rest and close. */
static bool
may_have_more(struct tcp *tcp)
{
	struct tcp_stream *oldest = NULL;
	struct tcp_stream *stream;

	if (tcp->stream_count < tcp->settings.stream_count_max) {
		return true;
	}
	LIST_FOREACH(stream, &tcp->all, link)
	{
		if (stream->closing) {
			oldest = stream;
		}
	}
	if (oldest != NULL) {
		tcp_stream_free(oldest);
	}
	return oldest != NULL;
}

/* --- in --- */

static void
on_accepted(struct evconnlistener *listener, evutil_socket_t socket,
	struct sockaddr *sockaddr, int sockaddr_len, void *context)
{
	struct tcp *tcp = context;
	struct address from = sockaddr_address(sockaddr);
	uint32_t number = 0;

	(void)listener;
	(void)sockaddr_len;
	if (!may_have_more(tcp) ||
		!tcp->handlers.accepted(tcp->context, &from, &number)) {
		tcp->counters.streams_refused++;
		close(socket);
		return;
	}
	tcp->counters.streams_in++;
	tcp_stream_open(tcp_stream_new(tcp, socket, number));
}

/* The connection stays in the backlog: to try again at once would spin. */
static void
on_accept_failed(struct evconnlistener *listener, void *context)
{
	struct tcp *tcp = context;

	evconnlistener_disable(listener);
	(void)event_add(tcp->listener_pause, &listener_pause_time);
}

static void
on_pause_over(evutil_socket_t socket, short what, void *context)
{
	struct tcp *tcp = context;

	(void)socket;
	(void)what;
	evconnlistener_enable(tcp->listener);
}

/* --- out --- */

void
tcp_connect(struct tcp *tcp, const struct address *to, uint32_t stream)
{
	int socket = -1;
	enum err err = may_have_more(tcp) ? socket_connect(&tcp->address, to, &socket)
					  : ERR_QUOTA;
	struct tcp_stream *new_stream = tcp_stream_new(tcp, socket, stream);

	tcp->counters.streams_out++;
	if (err == ERR_OK) {
		tcp_stream_await(new_stream);
	} else {
		tcp_stream_fail_soon(new_stream, err);
	}
}

void
tcp_wake(struct tcp *tcp, uint32_t stream)
{
	struct tcp_stream *found = table_find(&tcp->streams, stream);

	if (found != NULL) {
		tcp_stream_wake(found);
	}
}

void
tcp_close(struct tcp *tcp, uint32_t stream)
{
	struct tcp_stream *found = table_find(&tcp->streams, stream);

	if (found != NULL) {
		found->closing = true;
		tcp_stream_wake(found);
	}
}

/* --- life --- */

static bool
start(struct tcp *tcp)
{
	int socket = -1;

	if (socket_bind(&tcp->settings.bind, SOCK_STREAM, &socket, &tcp->address) !=
		ERR_OK) {
		return false;
	}
	tcp->listener = evconnlistener_new(tcp->base, on_accepted, tcp,
		LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, -1, socket);
	if (tcp->listener == NULL) {
		int error = errno;

		close(socket);
		errno = error;
		return false;
	}
	evconnlistener_set_error_cb(tcp->listener, on_accept_failed);
	tcp->listener_pause = event_new(tcp->base, -1, 0, on_pause_over, tcp);
	return tcp->listener_pause != NULL;
}

enum err
tcp_new(struct event_base *base, const struct tcp_settings *settings,
	const struct tcp_handlers *handlers, void *context, struct tcp **ret_tcp)
{
	struct tcp *tcp = mem_new(sizeof(*tcp));

	tcp->base = base;
	tcp->settings = *settings;
	tcp->handlers = *handlers;
	tcp->context = context;
	LIST_INIT(&tcp->all);
	table_init(&tcp->streams);
	if (!start(tcp)) {
		int error = errno;

		tcp_free(tcp);
		errno = error;
		return ERR_IO;
	}
	*ret_tcp = tcp;
	return ERR_OK;
}

void
tcp_free(struct tcp *tcp)
{
	if (tcp == NULL) {
		return;
	}
	while (!LIST_EMPTY(&tcp->all)) {
		tcp_stream_free(LIST_FIRST(&tcp->all));
	}
	if (tcp->listener != NULL) {
		evconnlistener_free(tcp->listener);
	}
	if (tcp->listener_pause != NULL) {
		event_free(tcp->listener_pause);
	}
	table_fini(&tcp->streams);
	free(tcp);
}

struct address
tcp_address(const struct tcp *tcp)
{
	return tcp->address;
}

const struct tcp_counters *
tcp_counters(const struct tcp *tcp)
{
	return &tcp->counters;
}
