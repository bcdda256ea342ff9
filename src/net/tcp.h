/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/address.h"

struct event_base;

/*
 * A TCP listener and its streams, in and out, on the event loop. A stream is known by a
 * number that the owner chooses. Bytes to send are pulled from the owner when the
 * socket can take them, so that nothing piles up here; a stream that moves no byte for
 * `idle_timeout_us` is closed.
 */
struct tcp;

/* The most bytes `fill` is asked for, and the most that wait here for a slow peer. */
#define TCP_FILL_SIZE_MAX ((size_t)64 * 1024)

/* Called from the event loop, never from within a tcp_ function. The owner may call any
 * of those in them but tcp_free(). After tcp_close() only `fill` is called for a
 * stream, after `closed` nothing is. */
struct tcp_handlers {
	/* Somebody connected. Gives the stream its number and returns true, or returns
	 * false to have it closed at once. */
	bool (*accepted)(
		void *context, const struct address *from, uint32_t *ret_stream);

	/* A stream of tcp_connect() is established. */
	void (*connected)(void *context, uint32_t stream);

	/* Bytes arrived. Returns false to have the stream closed at once; `closed` is
	 * then not called. */
	bool (*received)(void *context, uint32_t stream, struct bytes bytes);

	/* The socket can take up to `size` bytes: writes them and returns how many, 0
	 * for none now. Called once the stream is established, again after each success
	 * and after tcp_wake(). */
	size_t (*fill)(void *context, uint32_t stream, uint8_t *data, size_t size);

	/* The stream is gone, its number free again. ERR_OK: the peer has sent all it
	 * wanted, which was received, and `fill` had no more for it. ERR_UNREACHABLE or
	 * ERR_IO: connecting failed. ERR_QUOTA: there are too many streams to connect
	 * one more. ERR_TIMEOUT: not connected in time, or no byte moved. ERR_IO:
	 * broken. */
	void (*closed)(void *context, uint32_t stream, enum err why);
};

struct tcp_counters {
	uint64_t bytes_in;
	uint64_t bytes_out;
	uint64_t streams_in;      /* accepted */
	uint64_t streams_out;     /* asked for */
	uint64_t streams_refused; /* came in, but the owner or the limit forbade it */
	uint64_t streams_failed;  /* not connected, broken or timed out */
};

struct tcp_settings {
	struct address bind;
	uint64_t connect_timeout_us;
	uint64_t idle_timeout_us;
	size_t stream_count_max; /* in and out together, and those still closing */
};

/* Binds and listens. An IPv6 wildcard takes IPv4 too, and becomes the IPv4 wildcard on
 * a host without IPv6. ERR_IO with errno set when that fails. Port 0 takes any free
 * port. */
MUST_CHECK enum err tcp_new(struct event_base *base,
	const struct tcp_settings *settings, const struct tcp_handlers *handlers,
	void *context, struct tcp **ret_tcp);

/* Breaks off every stream without calling handlers. */
void tcp_free(struct tcp *tcp);

/* The address in use, with the port the system chose. */
struct address tcp_address(const struct tcp *tcp);

/* Starts a stream under a number that is not in use, from the host that is bound unless
 * that is a wildcard. The outcome comes later as `connected` or `closed`. */
void tcp_connect(struct tcp *tcp, const struct address *to, uint32_t stream);

/* The owner has bytes to send on that stream. Unknown numbers are ignored. */
void tcp_wake(struct tcp *tcp, uint32_t stream);

/* Sends what `fill` gives until it gives 0, and what is in flight, then closes; nothing
 * received is handed over any more. A stream that is not connected yet does all that
 * once it is. It takes as long as the peer reads, no longer than the idle timeout with
 * nothing moving. The number may be given to a new stream at once, which ends the
 * filling of the old one. Unknown numbers are ignored. */
void tcp_close(struct tcp *tcp, uint32_t stream);

const struct tcp_counters *tcp_counters(const struct tcp *tcp);
