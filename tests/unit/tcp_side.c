/* SPDX-License-Identifier: MIT */
#include "tcp_side.h"

#include <errno.h>
#include <sys/socket.h>

#include <check.h>

#include "base/now.h"
#include "loop.h"
#include "net/sockaddr.h"

uint8_t
pattern_at(uint64_t position)
{
	return (uint8_t)(position * 31 + (position >> 8) * 7 + (position >> 16));
}

static bool
accepted(void *context, const struct address *from, uint32_t *ret_stream)
{
	struct side *side = context;

	side->accepted_count++;
	side->from = *from;
	*ret_stream = side->number++;
	return !side->refusing;
}

static void
connected(void *context, uint32_t stream)
{
	struct side *side = context;

	(void)stream;
	side->connected_count++;
	if (side->on_connected != NULL) {
		side->on_connected(side);
	}
}

static bool
received(void *context, uint32_t stream, struct bytes bytes)
{
	struct side *side = context;

	(void)stream;
	ck_assert_uint_gt(bytes.len, 0);
	side->received_count++;
	for (size_t i = 0; i < bytes.len; i++) {
		side->wrong_count += bytes.data[i] != pattern_at(side->taken_len++);
	}
	return side->on_received == NULL || side->on_received(side);
}

static size_t
smaller(uint64_t a, uint64_t b)
{
	return (size_t)(a < b ? a : b);
}

static size_t
fill(void *context, uint32_t stream, uint8_t *data, size_t size)
{
	struct side *side = context;
	uint64_t waiting_len = side->given_len - tcp_counters(side->tcp)->bytes_out;
	size_t len = smaller(size, side->give_len - side->given_len);

	(void)stream;
	side->fill_count++;
	side->fill_excess_count += waiting_len + size > TCP_FILL_SIZE_MAX;
	if (side->portion_len > 0) {
		len = smaller(len, side->portion_len);
	}
	for (size_t i = 0; i < len; i++) {
		data[i] = pattern_at(side->given_len++);
	}
	if (side->on_fill != NULL) {
		side->on_fill(side);
	}
	return len;
}

static void
closed(void *context, uint32_t stream, enum err why)
{
	struct side *side = context;

	(void)stream;
	side->closed_count++;
	side->why = why;
	if (side->on_closed != NULL) {
		side->on_closed(side);
	}
}

struct tcp_settings
side_settings(const char *bind)
{
	return (struct tcp_settings){
		.bind = address_of(bind),
		.connect_timeout_us = 60 * SECOND_US,
		.idle_timeout_us = 60 * SECOND_US,
		.stream_count_max = 16,
	};
}

void
side_open(struct side *side, struct event_base *base,
	const struct tcp_settings *settings, uint32_t number)
{
	static const struct tcp_handlers handlers = {
		.accepted = accepted,
		.connected = connected,
		.received = received,
		.fill = fill,
		.closed = closed,
	};

	tcp_free(side->tcp);
	side->number = number;
	ck_assert_int_eq(tcp_new(base, settings, &handlers, side, &side->tcp), ERR_OK);
}

void
side_connect(struct side *side, uint32_t number, const struct side *to)
{
	struct address address = tcp_address(to->tcp);

	tcp_connect(side->tcp, &address, number);
}

void
side_give(struct side *side, uint32_t number, uint64_t len)
{
	side->give_len += len;
	tcp_wake(side->tcp, number);
}

int
plain_connect(const struct side *to, int buffer_size)
{
	struct address address = tcp_address(to->tcp);
	int family = sockaddr_family(&address);
	struct sockaddr_storage sockaddr;
	socklen_t len = sockaddr_of(&address, family, &sockaddr);
	int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK, 0);

	ck_assert_int_ge(fd, 0);
	if (buffer_size > 0) {
		setsockopt(
			fd, SOL_SOCKET, SO_RCVBUF, &buffer_size, sizeof(buffer_size));
	}
	if (connect(fd, (struct sockaddr *)&sockaddr, len) != 0) {
		ck_assert_int_eq(errno, EINPROGRESS);
	}
	return fd;
}
