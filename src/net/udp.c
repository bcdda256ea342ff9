/* SPDX-License-Identifier: MIT */
#include "net/udp.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/buffer.h"
#include "base/mem.h"
#include "net/sockaddr.h"
#include "net/socket.h"

/* Batches taken in before the event loop gets its turn again. */
#define ROUND_COUNT_MAX 8

/* The system gives less when its own limit is lower. */
#define SOCKET_BUFFER_SIZE (4 * 1024 * 1024)

/* What recvmmsg() fills. */
struct inbox {
	struct mmsghdr headers[UDP_BATCH_COUNT];
	struct iovec slices[UDP_BATCH_COUNT];
	struct sockaddr_storage peers[UDP_BATCH_COUNT];
	struct udp_datagram datagrams[UDP_BATCH_COUNT];
	uint8_t data[UDP_BATCH_COUNT][UDP_DATAGRAM_SIZE_MAX];
};

/* What sendmmsg() reads. */
struct outbox {
	struct mmsghdr headers[UDP_BATCH_COUNT];
	struct iovec slices[UDP_BATCH_COUNT];
	struct sockaddr_storage peers[UDP_BATCH_COUNT];
};

struct queued {
	struct address to;
	size_t len;
};

struct udp {
	udp_receive_handler handler;
	void *context;
	struct event *readable;
	struct event *writable;
	struct address address;
	int socket;
	struct udp_counters counters;

	/* A ring; the bytes of all that is in it lie end to end in `bytes`. */
	struct queued queue[UDP_QUEUE_COUNT_MAX];
	size_t queue_first;
	size_t queue_count;
	struct buffer bytes;
	bool waiting; /* for the socket to be writable */

	struct inbox inbox;
};

/* --- in --- */

static int
receive_batch(struct udp *udp)
{
	struct inbox *inbox = &udp->inbox;

	for (size_t i = 0; i < UDP_BATCH_COUNT; i++) {
		inbox->slices[i] = (struct iovec){
			.iov_base = inbox->data[i],
			.iov_len = UDP_DATAGRAM_SIZE_MAX,
		};
		inbox->headers[i].msg_hdr = (struct msghdr){
			.msg_name = &inbox->peers[i],
			.msg_namelen = sizeof(inbox->peers[i]),
			.msg_iov = &inbox->slices[i],
			.msg_iovlen = 1,
		};
	}
	return recvmmsg(
		udp->socket, inbox->headers, UDP_BATCH_COUNT, MSG_DONTWAIT, NULL);
}

/* Makes datagrams of the first `count` received and returns how many are good. */
static size_t
sort_batch(struct udp *udp, size_t count)
{
	struct inbox *inbox = &udp->inbox;
	size_t good_count = 0;

	for (size_t i = 0; i < count; i++) {
		if ((inbox->headers[i].msg_hdr.msg_flags & MSG_TRUNC) != 0) {
			udp->counters.drops_oversized++;
			continue;
		}

		const struct sockaddr *peer = (const struct sockaddr *)&inbox->peers[i];
		size_t len = inbox->headers[i].msg_len;

		inbox->datagrams[good_count++] = (struct udp_datagram){
			.peer = sockaddr_address(peer),
			.bytes = bytes_of(inbox->data[i], len),
		};
		udp->counters.packets_in++;
		udp->counters.bytes_in += len;
	}
	return good_count;
}

/* Returns whether more may be waiting. An error is about a datagram sent before; being
 * told takes it off the socket, and the loop comes back for the rest. */
static bool
take_batch(struct udp *udp)
{
	int count = receive_batch(udp);

	if (count < 0) {
		return false;
	}

	size_t good_count = sort_batch(udp, (size_t)count);

	if (good_count > 0) {
		udp->handler(udp->context, udp->inbox.datagrams, good_count);
	}
	return count == UDP_BATCH_COUNT;
}

static void
on_readable(evutil_socket_t socket, short what, void *context)
{
	(void)socket;
	(void)what;
	for (size_t round = 0; round < ROUND_COUNT_MAX; round++) {
		if (!take_batch(context)) {
			return;
		}
	}
}

/* --- out --- */

static struct queued *
queued_at(struct udp *udp, size_t index)
{
	return &udp->queue[(udp->queue_first + index) % UDP_QUEUE_COUNT_MAX];
}

static unsigned
fill_outbox(struct udp *udp, struct outbox *outbox)
{
	int family = sockaddr_family(&udp->address);
	const uint8_t *data = buffer_bytes(&udp->bytes).data;
	size_t offset = 0;
	unsigned count = 0;

	while (count < UDP_BATCH_COUNT && count < udp->queue_count) {
		const struct queued *queued = queued_at(udp, count);
		struct sockaddr_storage *peer = &outbox->peers[count];

		outbox->slices[count] = (struct iovec){
			.iov_base = queued->len > 0 ? (void *)(uintptr_t)(data + offset)
						    : NULL,
			.iov_len = queued->len,
		};
		outbox->headers[count].msg_hdr = (struct msghdr){
			.msg_name = peer,
			.msg_namelen = sockaddr_of(&queued->to, family, peer),
			.msg_iov = &outbox->slices[count],
			.msg_iovlen = 1,
		};
		offset += queued->len;
		count++;
	}
	return count;
}

static void
drop_first(struct udp *udp)
{
	buffer_consume(&udp->bytes, queued_at(udp, 0)->len);
	udp->queue_count--;
	udp->queue_first =
		udp->queue_count > 0 ? (udp->queue_first + 1) % UDP_QUEUE_COUNT_MAX : 0;
}

static void
wait_until_writable(struct udp *udp)
{
	udp->waiting = event_add(udp->writable, NULL) == 0;
}

/* Returns whether to go on: false when the socket is full. sendmmsg() stops at the
 * first datagram that the system refuses and fails only when that is the first of the
 * batch. */
static bool
send_batch(struct udp *udp)
{
	struct outbox outbox;
	unsigned count = fill_outbox(udp, &outbox);
	int sent_count = sendmmsg(udp->socket, outbox.headers, count, MSG_DONTWAIT);

	if (sent_count < 0) {
		if (errno == EAGAIN) {
			return false;
		}
		if (errno != EINTR) {
			udp->counters.drops_refused++;
			drop_first(udp);
		}
		return true;
	}
	for (int i = 0; i < sent_count; i++) {
		udp->counters.packets_out++;
		udp->counters.bytes_out += queued_at(udp, 0)->len;
		drop_first(udp);
	}
	return true;
}

void
udp_flush(struct udp *udp)
{
	while (!udp->waiting && udp->queue_count > 0) {
		if (!send_batch(udp)) {
			wait_until_writable(udp);
			return;
		}
	}
}

static void
on_writable(evutil_socket_t socket, short what, void *context)
{
	struct udp *udp = context;

	(void)socket;
	(void)what;
	udp->waiting = false;
	udp_flush(udp);
}

void
udp_send(struct udp *udp, const struct address *to, struct bytes bytes)
{
	if (udp->queue_count == UDP_QUEUE_COUNT_MAX ||
		buffer_append(&udp->bytes, bytes) != ERR_OK) {
		udp->counters.drops_queue++;
		return;
	}
	*queued_at(udp, udp->queue_count++) = (struct queued){*to, bytes.len};
	if (udp->queue_count >= UDP_BATCH_COUNT) {
		udp_flush(udp);
	}
}

/* --- life --- */

static void
ask_for_large_buffers(int socket)
{
	int size = SOCKET_BUFFER_SIZE;

	(void)setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	(void)setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
}

static bool
start(struct udp *udp, struct event_base *base)
{
	udp->readable =
		event_new(base, udp->socket, EV_READ | EV_PERSIST, on_readable, udp);
	udp->writable = event_new(base, udp->socket, EV_WRITE, on_writable, udp);
	return udp->readable != NULL && udp->writable != NULL &&
	       event_add(udp->readable, NULL) == 0;
}

enum err
udp_new(struct event_base *base, const struct address *bind,
	udp_receive_handler handler, void *context, struct udp **ret_udp)
{
	struct udp *udp = mem_new(sizeof(*udp));

	udp->handler = handler;
	udp->context = context;
	udp->socket = -1;
	buffer_init(&udp->bytes, UDP_QUEUE_SIZE_MAX);
	if (socket_bind(bind, SOCK_DGRAM, &udp->socket, &udp->address) != ERR_OK ||
		!start(udp, base)) {
		int error = errno;

		udp_free(udp);
		errno = error;
		return ERR_IO;
	}
	ask_for_large_buffers(udp->socket);
	*ret_udp = udp;
	return ERR_OK;
}

void
udp_free(struct udp *udp)
{
	if (udp == NULL) {
		return;
	}
	if (udp->readable != NULL) {
		event_free(udp->readable);
	}
	if (udp->writable != NULL) {
		event_free(udp->writable);
	}
	if (udp->socket >= 0) {
		close(udp->socket);
	}
	buffer_fini(&udp->bytes);
	free(udp);
}

struct address
udp_address(const struct udp *udp)
{
	return udp->address;
}

const struct udp_counters *
udp_counters(const struct udp *udp)
{
	return &udp->counters;
}
