/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/address.h"

struct event_base;

/*
 * Names to addresses by getaddrinfo() on a thread of its own, so that a slow name
 * server never holds up the event loop. Follows the system's nsswitch.conf. Answers
 * come back on the event loop, in the order of the questions.
 */
struct resolver;

/* The most addresses given for one name. */
#define RESOLVER_ADDRESS_COUNT_MAX 16

/* The most questions that wait for their answers. */
#define RESOLVER_QUESTION_COUNT_MAX 64

/* `count` is 0 when the name has no address or cannot be resolved now; `why` is then a
 * sentence that lives during the call only, NULL otherwise. No address is given twice.
 * The handler may call resolver_ask(), for the same name too, but not resolver_free().
 */
typedef void (*resolver_handler)(void *context, const char *name,
	const struct address *addresses, size_t count, const char *why);

/* ERR_IO with errno set when the thread cannot be started. */
MUST_CHECK enum err resolver_new(struct event_base *base, resolver_handler handler,
	void *context, struct resolver **ret_resolver);

/* Answers not yet given are dropped. Never waits: a thread that is stuck in the
 * system's resolver is left to end by itself. */
void resolver_free(struct resolver *resolver);

/* Asks for "host", "host:port" (see base/host_port.h) or an address, with or without a
 * port, which is its own answer; without a port `default_port` is used. ERR_INVALID for
 * text of another shape, ERR_BUSY when too many questions wait, ERR_DUPLICATE when the
 * same text is being asked already. */
MUST_CHECK enum err resolver_ask(
	struct resolver *resolver, const char *name, uint16_t default_port);
