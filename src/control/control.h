/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/now.h"
#include "base/err.h"
#include "gossip/request.h"

struct event_base;

/*
 * The control protocol: JSON-RPC 2.0, one object a line, on Unix stream sockets. Reads
 * requests, looks the method up in the method table (control/methods.h), and answers in
 * the order of the requests.
 */
struct control;

/* Datagrams that never reached the node or never left the host. */
struct socket_drops {
	uint64_t oversized; /* came in longer than any valid one */
	uint64_t unsent;    /* the system took them neither at once nor later */
};

/* What the daemon lends to the control protocol. Every call is made from the event
 * loop. */
struct control_host {
	void *context;
	struct node *node;

	/* The time of this turn of the loop. */
	struct now (*now)(void *context);

	/* Called once after every batch of requests read from a connection that may
	 * have changed the node: take its outputs. */
	void (*settle)(void *context);

	/* Resolves and joins one address or name: ERR_INVALID for text of no such
	 * shape, ERR_BUSY when too many wait. */
	enum err (*join)(void *context, const char *address);

	/* Starts to leave and to stop; the daemon ends some moments later. */
	void (*leave)(void *context);

	struct socket_drops (*socket_drops)(void *context);

	/* Process facts for server.info and cluster.status. */
	const char *software; /* version */
	uint64_t started_ms;  /* wall clock */
};

struct control_settings {
	const char *path;           /* all methods; mode 0660 */
	const char *read_only_path; /* methods that only read; mode 0666; "" for none */
	size_t connection_count_max;
	size_t connections_per_user_max;
	size_t line_size_max;
	size_t pending_count_max;
};

struct control_counters {
	uint64_t connections;
	uint64_t connections_refused;
	uint64_t requests;
	uint64_t requests_failed; /* answered with an error */
	uint64_t lines_too_long;
	uint64_t lines_malformed;
};

/* Listens. A socket file that nobody answers on is replaced; a live one is
 * ERR_DUPLICATE (another daemon runs). ERR_IO with errno set otherwise. Copies the
 * settings. */
MUST_CHECK enum err control_new(struct event_base *base,
	const struct control_settings *settings, const struct control_host *host,
	struct control **ret_control);

/* Sends what can be sent at once, closes every connection, removes the socket files. */
void control_free(struct control *control);

const struct control_counters *control_counters(const struct control *control);
