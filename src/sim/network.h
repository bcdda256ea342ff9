/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/address.h"
#include "base/heap.h"
#include "base/prng.h"

/*
 * A virtual network: datagrams that are delayed and lost by chance, streams that keep
 * their order and break when their path is cut. Things on their way are events in order
 * of time; whoever runs the world takes them out one by one. Same seed, same events.
 */

struct network_settings {
	uint64_t delay_min_us; /* one way, uniform between the two */
	uint64_t delay_max_us;
	double loss; /* share of datagrams lost, 0 to 1 */
};

enum event_kind {
	EVENT_TICK,         /* `to` has something due */
	EVENT_DATAGRAM,     /* `bytes` arrive */
	EVENT_ACCEPT,       /* a stream is opened to `to` */
	EVENT_CONNECTED,    /* a stream that `to` opened is established */
	EVENT_STREAM_BYTES, /* `bytes` arrive on `stream` of `to` */
	EVENT_STREAM_END,   /* `stream` of `to` is gone */
};

struct event {
	struct timer timer;
	enum event_kind kind;
	size_t from; /* index of a host */
	size_t to;
	uint32_t from_stream;
	uint32_t stream; /* number at `to` */
	uint64_t epoch; /* of the receiving host: an event of an earlier life is void */
	size_t len;
	uint8_t bytes[];
};

struct network {
	struct network_settings settings;
	struct prng prng;
	struct heap events;
	uint64_t now_us;
	uint64_t trace; /* hash of every event so far */
	uint64_t datagrams_sent;
	uint64_t datagrams_lost;
	uint64_t bytes_sent; /* UDP payload */
};

void network_init(struct network *network, const struct network_settings *settings,
	uint64_t seed);
void network_fini(struct network *network);

/* A delay drawn for one packet. */
uint64_t network_delay_us(struct network *network);

/* Whether a datagram is lost, by chance. */
bool network_loses(struct network *network);

/* An event with a copy of the bytes, to be completed and given to network_post(). */
struct event *event_new(enum event_kind kind, struct bytes bytes);

/* Hands the event over; it comes back from network_next() at that time. */
void network_post(struct network *network, struct event *event, uint64_t at_us);

/* Takes the next event not later than `until_us` and moves the clock to it; the caller
 * frees it. NULL, with the clock at `until_us`, when there is none. */
struct event *network_next(struct network *network, uint64_t until_us);
