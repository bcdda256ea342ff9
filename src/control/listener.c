/* SPDX-License-Identifier: MIT */
#include "control/listener.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/listener.h>

#include "base/mem.h"
#include "control/failure.h"
#include "control/socket_file.h"

struct listener {
	struct event_base *base;
	struct service *service;
	struct connections *connections;
	bool read_only;
	struct socket_file file;
	struct evconnlistener *acceptor;
	struct event *retry;
};

/* How long to wait when the process or the system is out of descriptors. */
static const struct timeval retry_delay = {.tv_usec = 100 * 1000};

/* Why a client may not connect; false when it may. */
static bool
is_over_limit(const struct listener *listener, uid_t uid, struct failure *failure)
{
	const struct control_settings *settings = &listener->service->settings;
	size_t count = listener->service->connection_count;

	if (count >= settings->connection_count_max) {
		failure_set(failure, ERR_QUOTA,
			"too many connections: the limit is %zu",
			settings->connection_count_max);
		return true;
	}
	count = connections_count_of_user(listener->connections, uid);
	if (count >= settings->connections_per_user_max) {
		failure_set(failure, ERR_QUOTA,
			"too many connections of user %lu: the limit is %zu",
			(unsigned long)uid, settings->connections_per_user_max);
		return true;
	}
	return false;
}

/* The line fits into any new socket, so one try is enough. */
static void
refuse(struct listener *listener, int fd, const struct failure *failure)
{
	struct evbuffer *output = evbuffer_new();
	struct reply reply = reply_to(output);

	listener->service->counters.connections_refused++;
	failure_reply(failure, NULL, &reply);
	reply_commit(&reply);

	const void *line = evbuffer_pullup(output, -1);

	(void)send(fd, line, evbuffer_get_length(output), MSG_NOSIGNAL);
	evbuffer_free(output);
	close(fd);
}

static void
on_accepted(struct evconnlistener *acceptor, evutil_socket_t fd,
	struct sockaddr *address, int address_len, void *context)
{
	struct listener *listener = context;
	struct failure failure = {0};
	struct ucred peer;
	socklen_t peer_len = sizeof(peer);

	(void)acceptor;
	(void)address;
	(void)address_len;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &peer_len) != 0) {
		close(fd);
		return;
	}
	if (is_over_limit(listener, peer.uid, &failure)) {
		refuse(listener, fd, &failure);
		return;
	}

	struct client client = {fd, peer.uid, listener->read_only};

	listener->service->counters.connections++;
	connection_new(
		listener->base, listener->service, &client, listener->connections);
}

static void
on_accept_failed(struct evconnlistener *acceptor, void *context)
{
	struct listener *listener = context;

	evconnlistener_disable(acceptor);
	event_add(listener->retry, &retry_delay);
}

static void
on_retry(evutil_socket_t fd, short what, void *context)
{
	struct listener *listener = context;

	(void)fd;
	(void)what;
	evconnlistener_enable(listener->acceptor);
}

enum err
listener_new(struct event_base *base, struct service *service,
	const struct listener_settings *settings, struct connections *connections,
	struct listener **ret_listener)
{
	struct socket_file file;
	enum err err = socket_file_init(&file, settings->path, settings->mode);

	if (err != ERR_OK) {
		return err;
	}

	struct listener *listener = mem_new(sizeof(*listener));

	*listener = (struct listener){
		.base = base,
		.service = service,
		.connections = connections,
		.read_only = settings->read_only,
		.file = file,
		.retry = evtimer_new(base, on_retry, listener),
		.acceptor = evconnlistener_new(base, on_accepted, listener,
			LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, file.fd),
	};
	evconnlistener_set_error_cb(listener->acceptor, on_accept_failed);
	*ret_listener = listener;
	return ERR_OK;
}

void
listener_free(struct listener *listener)
{
	if (listener == NULL) {
		return;
	}
	socket_file_fini(&listener->file);
	evconnlistener_free(listener->acceptor);
	event_free(listener->retry);
	free(listener);
}
