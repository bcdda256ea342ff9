/* SPDX-License-Identifier: MIT */
#pragma once

#include "conf/conf.h"
#include "daemon/identity.h"
#include "gossip/node.h"
#include "net/resolver.h"
#include "net/tcp.h"
#include "net/udp.h"

struct event;

/*
 * Connects one node to the world: sockets, clock, name resolution and the identity
 * file. Each callback of the event loop is a turn: the clocks are read once, the node
 * takes what came, and then its outputs are carried out until there are none.
 */
struct driver {
	struct event_base *base;
	struct node *node;
	struct udp *udp;
	struct tcp *tcp;
	struct resolver *resolver;
	struct event *timer;
	struct event *settle_soon;
	const struct conf_list *seeds;
	struct identity_file *identity;
	bool settling;
	void (*left)(void *context); /* the node has left: called once */
	void *context;
	uint64_t started_ms;
};

/* Opens the sockets. ERR_IO, with errno set and the reason logged, when that fails. */
MUST_CHECK enum err driver_open(
	struct driver *driver, struct event_base *base, const struct conf *conf);

/* The address that is listened on, with its port. */
struct address driver_address(const struct driver *driver);

/* Starts a node with these settings on the open sockets. */
void driver_start(struct driver *driver, const struct settings *settings,
	struct identity_file *identity);

void driver_close(struct driver *driver);

/* The time of this turn. */
struct now driver_now(void);

/* Carries out what the node wants and plans the next tick: call it after any input. */
void driver_settle(struct driver *driver);

/* Resolves a seed and joins it. ERR_INVALID or ERR_BUSY as of resolver_ask(). */
MUST_CHECK enum err driver_join(struct driver *driver, const char *seed);
