/* SPDX-License-Identifier: MIT */
#include "loop.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <check.h>
#include <event2/event.h>

#define PASS_COUNT_MAX 100

static void
on_late(evutil_socket_t socket, short what, void *context)
{
	bool *late = context;

	(void)socket;
	(void)what;
	*late = true;
}

bool
loop_until(struct event_base *base, bool (*done)(void))
{
	static const struct timeval limit = {.tv_sec = 10};
	bool late = false;
	struct event *timer = evtimer_new(base, on_late, &late);

	ck_assert_ptr_nonnull(timer);
	evtimer_add(timer, &limit);
	while (!done() && !late) {
		event_base_loop(base, EVLOOP_ONCE);
	}
	event_free(timer);
	return done();
}

void
loop_settle(struct event_base *base)
{
	for (int pass = 0; pass < PASS_COUNT_MAX; pass++) {
		event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	}
}

struct address
address_of(const char *text)
{
	struct address address;

	ck_assert_int_eq(address_parse(text, 0, &address), ERR_OK);
	return address;
}

bool
host_has_ipv6(void)
{
	struct sockaddr_in6 loopback = {
		.sin6_family = AF_INET6,
		.sin6_addr = IN6ADDR_LOOPBACK_INIT,
	};
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);
	bool has = fd >= 0 &&
		   bind(fd, (struct sockaddr *)&loopback, sizeof(loopback)) == 0;

	if (fd >= 0) {
		close(fd);
	}
	return has;
}
