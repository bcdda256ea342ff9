/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/heap.h"
#include "gossip/mongering.h"
#include "gossip/outbox.h"
#include "gossip/overlay.h"
#include "gossip/store.h"

/*
 * Spreads what is new along the overlay (Plumtree, Leitão, Pereira, Rodrigues 2007,
 * §3): payloads are pushed over eager links at the end of the turn, their dots are
 * announced over lazy links a little later. Who hears of a dot and does not get its
 * payload in time asks for it (GRAFT) and makes that link eager; who gets a payload
 * twice asks to be left out (PRUNE). The eager links so become a tree that mends
 * itself.
 *
 * Whoever had to ask, or was asked, takes it that datagrams get lost, and for a while
 * announces everything again over all links.
 *
 * What waits to be sent is named by dot and looked up when it leaves, so two versions
 * of one key never leave in the same turn: the older one is no longer there.
 */

/* Who brought a record first, remembered for so many of the latest. */
#define DELIVERY_COUNT 1024

struct delivery {
	uint64_t hash; /* of the dot */
	uint64_t from; /* short id */
};

/* How often a record is announced: the first time over lazy links; again, and over all
 * links, only while datagrams are being lost. */
#define ANNOUNCE_ROUND_COUNT 3

/* Records to announce at the same time. */
struct announcements {
	struct pending *items;
	size_t count;
	size_t size;
	uint64_t at_us; /* DEADLINE_NONE when nothing waits */
};

/* Who announced a missing dot; further ones are not needed. */
#define ANNOUNCER_COUNT_MAX 4

struct broadcast {
	const struct settings *settings;
	const struct store *store;
	const struct members *members;
	struct overlay *overlay;
	struct outbox *outbox;
	struct mongering *mongering; /* takes what is fresh under another strategy */

	struct pending *fresh; /* to push at the end of the turn */
	size_t fresh_count;
	size_t fresh_size;
	struct announcements announcements[ANNOUNCE_ROUND_COUNT];
	uint64_t lossy_until_us; /* datagrams were lost of late */

	struct delivery deliveries[DELIVERY_COUNT]; /* placed by dot hash */

	struct table missing; /* by dot hash */
	struct heap timers;   /* of the missing */

	uint64_t *
		oversized; /* short ids that asked for records too large for a packet */
	size_t oversized_count;
	size_t oversized_size;
};

void broadcast_init(struct broadcast *broadcast, const struct settings *settings,
	const struct store *store, const struct members *members,
	struct overlay *overlay, struct outbox *outbox, struct mongering *mongering);
void broadcast_fini(struct broadcast *broadcast);

/* A record was applied here. `from` is the short id of who sent it, 0 for this node. */
void broadcast_fresh(struct broadcast *broadcast, const struct record *record,
	uint64_t from, uint8_t hops);

/* A RECORD message from a member brought something new, or not. */
void broadcast_on_record(struct broadcast *broadcast, uint64_t from,
	const struct address *address, struct dot dot, bool is_new, uint64_t now_us);

/* A record came past the overlay: that it comes again says nothing about a link. */
void broadcast_on_streamed(struct broadcast *broadcast, struct dot dot);

void broadcast_on_ihave(struct broadcast *broadcast, uint64_t from,
	const struct message *message, uint64_t now_us);
void broadcast_on_graft(struct broadcast *broadcast, uint64_t from,
	const struct address *address, const struct message *message, uint64_t now_us);
void broadcast_on_prune(struct broadcast *broadcast, uint64_t from);

/* Sends `record` to one address, as far as it fits in a packet. */
bool broadcast_send(struct broadcast *broadcast, const struct record *record,
	const struct address *to);

/* Ends the turn: pushes what is fresh. */
void broadcast_flush(struct broadcast *broadcast, uint64_t now_us);

/* Announces and asks what is due. */
void broadcast_tick(struct broadcast *broadcast, uint64_t now_us);

/* The short id of a member that needs a record too large for a packet, so that it takes
 * an exchange; 0 when there is no more. */
uint64_t broadcast_next_oversized(struct broadcast *broadcast);

uint64_t broadcast_deadline(const struct broadcast *broadcast);
