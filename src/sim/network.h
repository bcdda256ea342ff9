/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/bytes.h"
#include "base/heap.h"
#include "base/prng.h"

/*
 * Virtual time: what is on its way between hosts are events in order of time; whoever
 * runs the world takes them out one by one. Same seed, same events.
 */

enum event_kind {
	EVENT_TICK,         /* `to` has something due */
	EVENT_DATAGRAM,     /* `bytes` arrive */
	EVENT_ACCEPT,       /* a stream is opened to `to` */
	EVENT_CONNECTED,    /* a stream that `to` opened is established */
	EVENT_STREAM_BYTES, /* `bytes` arrive on `stream` of `to` */
	EVENT_STREAM_END,   /* `stream` of `to` is gone */
	EVENT_STREAM_IDLE,  /* `stream` of `to` may have been idle for too long */
};

struct event {
	struct timer timer;
	enum event_kind kind;
	uint32_t from; /* index of a host */
	uint32_t to;
	uint32_t from_stream;
	uint32_t stream; /* number at `to` */
	uint32_t len;
	uint64_t epoch; /* of the receiving host: an event of an earlier life is void */
	uint64_t from_epoch; /* of the one that opens a stream */
	uint8_t bytes[];
};

struct network {
	struct prng prng;
	struct heap events;
	uint64_t now_us;
	uint64_t trace; /* hash of every event so far */
	uint64_t event_count;
	uint64_t datagrams_sent;
	uint64_t datagrams_lost; /* by chance, by a full queue, or on a cut path */
	uint64_t bytes_sent;     /* UDP payload */
	uint64_t stream_bytes_sent;
};

void network_init(struct network *network, uint64_t seed);

/* Frees what is on its way. */
void network_fini(struct network *network);

/* Whether something with that chance happens now. Draws nothing for 0. */
bool network_chance(struct network *network, double chance);

/* An event with a copy of the bytes, to be completed and given to network_post(). */
struct event *event_new(enum event_kind kind, struct bytes bytes);

/* Hands the event over; it comes back from network_next() at that time. One that is on
 * its way already is moved. */
void network_post(struct network *network, struct event *event, uint64_t at_us);

/* Takes the event back. */
void network_cancel(struct network *network, struct event *event);

/* Takes the next event not later than `until_us` and moves the clock to it. NULL, with
 * the clock at `until_us`, when there is none. */
struct event *network_next(struct network *network, uint64_t until_us);
