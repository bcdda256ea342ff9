/* SPDX-License-Identifier: MIT */
#pragma once

#include <sys/queue.h>
#include <sys/types.h>

#include "control/service.h"

/*
 * The socket of one client: moves bytes between it and a session. Reads only when all
 * that was read is answered and little output waits; gives other connections a turn
 * after each batch; sends all that is owed before it closes after the client's end.
 */
struct connection;

LIST_HEAD(connections, connection);

struct client {
	int fd;
	uid_t uid;
	bool read_only;
};

/* Takes the descriptor over and puts the connection into the list, where it stays until
 * it is freed, by itself when the client is done or gone. */
struct connection *connection_new(struct event_base *base, struct service *service,
	const struct client *client, struct connections *connections);

/* Sends what can be sent at once and closes. */
void connection_free(struct connection *connection);

/* Frees all of them. */
void connections_close(struct connections *connections);

size_t connections_count_of_user(const struct connections *connections, uid_t uid);
