/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/address.h"

struct event_base;

/*
 * One UDP socket on the event loop: batches in (recvmmsg) and batches out (sendmmsg).
 * Moves datagrams, does not know what they mean.
 */
struct udp;

/* The largest datagram taken in; a longer one is dropped and counted. */
#define UDP_DATAGRAM_SIZE_MAX 2048

/* The most datagrams handed over in one call and sent in one system call. */
#define UDP_BATCH_COUNT 64

/* What waits at most for a socket that cannot take it; more is dropped and counted. */
#define UDP_QUEUE_COUNT_MAX 4096
#define UDP_QUEUE_SIZE_MAX (4 * 1024 * 1024)

struct udp_datagram {
	struct address peer; /* sender of what is received, receiver of what is sent */
	struct bytes bytes;
};

/* Datagrams that came in together; they are valid during the call only. The handler may
 * call udp_send() and udp_flush(), but not udp_free(). */
typedef void (*udp_receive_handler)(
	void *context, const struct udp_datagram *datagrams, size_t count);

/* Counters since udp_new(); bytes are UDP payload. */
struct udp_counters {
	uint64_t packets_in; /* handed over; what was dropped is not in it */
	uint64_t packets_out;
	uint64_t bytes_in;
	uint64_t bytes_out;
	uint64_t drops_oversized; /* came in longer than UDP_DATAGRAM_SIZE_MAX */
	uint64_t drops_queue;     /* not sent: the queue was full */
	uint64_t drops_refused;   /* not sent: the system refused that one */
};

/* Binds and starts receiving. An IPv6 wildcard takes IPv4 too, and becomes the IPv4
 * wildcard on a host without IPv6. ERR_IO with errno set when the address cannot be
 * bound. Port 0 takes any free port, see udp_address(). */
MUST_CHECK enum err udp_new(struct event_base *base, const struct address *bind,
	udp_receive_handler handler, void *context, struct udp **ret_udp);

/* What is still queued is lost; see udp_flush(). */
void udp_free(struct udp *udp);

/* The address in use, with the port the system chose. */
struct address udp_address(const struct udp *udp);

/* Queues a copy; it leaves at udp_flush() or when the batch is full. */
void udp_send(struct udp *udp, const struct address *to, struct bytes bytes);

/* Sends what is queued. What the socket cannot take now stays queued, up to a limit,
 * and leaves when the socket is writable. */
void udp_flush(struct udp *udp);

const struct udp_counters *udp_counters(const struct udp *udp);
