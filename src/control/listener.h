/* SPDX-License-Identifier: MIT */
#pragma once

#include "control/connection.h"

struct event_base;

/*
 * One control socket: accepts clients within the limits of the service and adds them to
 * the connections.
 */
struct listener;

struct listener_settings {
	const char *path;
	mode_t mode;
	bool read_only;
};

/* Errors as socket_file_init(). */
MUST_CHECK enum err listener_new(struct event_base *base, struct service *service,
	const struct listener_settings *settings, struct connections *connections,
	struct listener **ret_listener);

/* Removes the socket file; the connections stay. */
void listener_free(struct listener *listener);
