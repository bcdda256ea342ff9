/* SPDX-License-Identifier: MIT */
#pragma once

#include "gossip/deliveries.h"
#include "gossip/missing.h"
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
 * While everybody is a neighbour the origin pushes to all, and nobody forwards.
 *
 * Whoever had to ask takes it that datagrams get lost, unless neighbours have just
 * changed, and for a while announces everything again over all links. Nothing is pushed
 * or announced to a neighbour that has announced it itself.
 *
 * The first few records leave in the turn in which they came. When more come than that,
 * they are collected for up to the forward interval, so that packets fill. Members go
 * first. What the byte budget does not allow to be pushed is announced only.
 *
 * What waits to be sent is named by dot and looked up when it leaves, so two versions
 * of one key never leave in the same turn: the older one is no longer there.
 */

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
	uint64_t forward_at_us;    /* when there is room for one more turn of pushing */
	uint64_t crowded_until_us; /* records had to wait of late */
	uint64_t spent_until_us;   /* the byte budget, counted in time */
	struct announcements announcements[ANNOUNCE_ROUND_COUNT];
	uint64_t lossy_until_us; /* datagrams were lost of late */
	uint64_t settled_at_us;  /* a while after the last change of neighbours */
	uint64_t change_count;   /* of the overlay, as known here */

	struct deliveries deliveries;

	struct missing_dots missing;

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

/* A record came that is not taken here, which says nothing about a link either. */
void broadcast_on_refused(struct broadcast *broadcast, struct dot dot);

/* A record came past the overlay: that it comes again says nothing about a link. */
void broadcast_on_streamed(struct broadcast *broadcast, struct dot dot);

void broadcast_on_ihave(struct broadcast *broadcast, uint64_t from,
	const struct message *message, uint64_t now_us);

/* Asks a member for a missing record that will not come by itself. */
void broadcast_ask(
	struct broadcast *broadcast, struct dot dot, uint64_t member, uint64_t now_us);
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
