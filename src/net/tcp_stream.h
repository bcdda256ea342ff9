/* SPDX-License-Identifier: MIT */
#pragma once

#include <sys/queue.h>

#include "base/buffer.h"
#include "base/table.h"
#include "net/tcp.h"

/*
 * The inside of tcp: the life of one stream, from connecting or accepting to the end.
 * Streams end on their own, from the event loop, never within a call of the owner.
 */

struct event;
struct evconnlistener;

#define TCP_RECEIVE_SIZE ((size_t)64 * 1024)

enum tcp_stream_state {
	TCP_STREAM_CONNECTING,
	TCP_STREAM_OPEN,
	TCP_STREAM_LINGERING, /* all is sent and said so; waits for the peer to close */
};

struct tcp_stream {
	LIST_ENTRY(tcp_stream) link;
	struct tcp *tcp;
	struct event *readable;
	struct event *writable;
	struct event *timer;
	struct buffer output; /* taken from `fill`, not yet by the socket */
	enum tcp_stream_state state;
	enum err failure; /* why it cannot connect, to be told from the loop */
	bool closing;     /* the owner gave it up */
	bool nameless;    /* its number is free or another's: `fill` is not called */
	bool input_ended; /* the peer sends no more */
	uint32_t number;
	int socket; /* -1 when there was none to connect with */
};

struct tcp {
	struct event_base *base;
	struct tcp_settings settings;
	struct tcp_handlers handlers;
	void *context;
	struct address address;
	struct evconnlistener *listener;
	struct event *listener_pause;
	struct tcp_counters counters;
	struct table streams; /* those with a number, by it */
	LIST_HEAD(, tcp_stream) all;
	size_t stream_count;
	uint8_t received[TCP_RECEIVE_SIZE];
};

/* Takes the socket. A stream that is closing and has the same number loses it. */
struct tcp_stream *tcp_stream_new(struct tcp *tcp, int socket, uint32_t number);

/* Closes the socket and forgets the stream; tells nobody. */
void tcp_stream_free(struct tcp_stream *stream);

/* The socket is connecting: waits for that. */
void tcp_stream_await(struct tcp_stream *stream);

/* The socket is connected: starts to receive and to fill. */
void tcp_stream_open(struct tcp_stream *stream);

/* Has the stream end for that reason, in a moment, from the event loop. */
void tcp_stream_fail_soon(struct tcp_stream *stream, enum err why);

/* Has `fill` called, in a moment, from the event loop. */
void tcp_stream_wake(struct tcp_stream *stream);
