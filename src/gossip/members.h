/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/table.h"
#include "gossip/request.h"
#include "wire/limits.h"
#include "wire/member_info.h"

/* The most rings that the overlay may have. */
#define RING_COUNT_MAX 3

/*
 * Everybody this node knows, itself included, as the member records and its own
 * observations say. Members are known by the first eight bytes of their id, the short
 * id.
 */
struct member {
	uint8_t id[NODE_ID_SIZE];
	uint64_t short_id;
	char *name;
	char *zone;
	char *software;
	struct address address;
	uint64_t writer;
	uint32_t generation;
	uint32_t incarnation;
	enum member_state state;

	uint64_t heard_us; /* last packet from it, monotonic; 0 = never */
	uint64_t rtt_us;   /* smoothed, 0 = unknown */
	uint64_t rtt_deviation_us;
	int64_t clock_offset_ms; /* its clock minus ours */
	bool clock_known;
	bool agreement_known;               /* whether it has told its fingerprint */
	bool agrees;                        /* and that was ours at that time */
	uint64_t repair_at_us;              /* no repair of a difference before */
	uint64_t repair_count;              /* since there was agreement */
	uint64_t ring_hash[RING_COUNT_MAX]; /* its place on each; see overlay.h */
};

struct members {
	struct table by_short_id;
	struct table by_writer;
	struct member **sorted; /* by name, then id */
	size_t count;
	size_t size;
	size_t count_max;
	size_t state_count[MEMBER_STATE_COUNT];
	struct member *self;
};

/* The short id of an id: never 0. */
uint64_t short_id_of(const uint8_t id[NODE_ID_SIZE]);

void members_init(struct members *members, size_t count_max);
void members_fini(struct members *members);

/* NULL when unknown. */
struct member *members_find(const struct members *members, uint64_t short_id);

/* The member that writes under that writer id; NULL when unknown. */
struct member *members_find_writer(const struct members *members, uint64_t writer);

/* Another live member with the name of this one; NULL when there is none. */
struct member *members_find_namesake(
	const struct members *members, const struct member *member);

bool members_are_full(const struct members *members);

/* Adds a member, or takes over what its record says now. The state is set apart. */
struct member *members_put(struct members *members, const uint8_t id[NODE_ID_SIZE],
	const struct member_info *info);

/* Forgets and frees a member other than this node. */
void members_remove(struct members *members, struct member *member);

void member_set_state(
	struct members *members, struct member *member, enum member_state state);

/* Alive or only suspected. */
bool member_is_live(const struct member *member);

/* How many are live, this node among them. */
size_t members_live_count(const struct members *members);

/* What a record about the member would say, with the given claim. Borrows its texts. */
struct member_info member_info_of(const struct member *member, enum member_claim claim);

/* Takes one round trip into the smoothed estimate (RFC 6298 §2). */
void member_measured(struct member *member, uint64_t rtt_us);

void members_check(const struct members *members);
