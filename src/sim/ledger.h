/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/prng.h"
#include "sim/world.h"
#include "wire/record.h"

/*
 * What was written in a world, and what must come of it: every write that a node took
 * is in the end on all nodes, or superseded by a higher version, deleted or expired.
 *
 * A delete orders itself against writes that it did not know of for as long as its
 * tombstone lives; after that, and after a write that expires, such a write may stand
 * (gossip/store.h). That nothing known to be gone comes back is for sim/readings.h.
 *
 * Nodes keep their records in memory, so a write is excused when all hosts that had it
 * went before anybody else got it.
 */

/* Keys that all hosts write, and facts that the first hosts have of themselves. */
#define LEDGER_SHARED_COUNT 24
#define LEDGER_OWNER_COUNT 8
#define LEDGER_FACT_COUNT 2
#define LEDGER_KEY_COUNT (LEDGER_SHARED_COUNT + LEDGER_OWNER_COUNT * LEDGER_FACT_COUNT)

#define LEDGER_KEY_SIZE 24
#define LEDGER_FAULT_SIZE 160

/* So far may a node be from acting at its time, clock steps included. */
#define LEDGER_MARGIN_MS 1000

struct ledger {
	struct entry *entries;
	size_t entry_count;
	size_t entry_size;
	size_t host_count;
	uint64_t tombstone_life_ms;
};

/* One write. */
struct entry {
	struct dot dot;
	struct version version;
	uint64_t written_us;
	uint64_t expires_ms; /* wall clock, 0 = never */
	uint64_t owner;      /* short id of who wrote a fact */
	unsigned key;
	bool deletes;
	bool excused;
};

void ledger_init(struct ledger *ledger, size_t host_count, uint64_t tombstone_life_ms);
void ledger_fini(struct ledger *ledger);

struct bytes ledger_key(unsigned key, char name[LEDGER_KEY_SIZE]);

/* By stamp, then writer. */
int ledger_compare(struct version a, struct version b);

/* Sets or deletes a random key on that host, with or without a time to live. A refusal
 * is no write. */
void ledger_write(
	struct ledger *ledger, struct world *world, size_t host, struct prng *prng);

/* To be told before a host crashes. */
void ledger_crash(struct ledger *ledger, const struct world *world, size_t host);

/* Whether the write may say nothing any more about older ones that it did not know of,
 * for a host with that wall clock: it has expired, or its tombstone is past its life.
 */
bool ledger_may_have_ended(const struct ledger *ledger, const struct entry *entry,
	uint64_t time_us, uint64_t wall_ms);

/* False, with the reason, when some host lacks a write or shows what it should not: for
 * a world that has healed and where all hosts run. */
bool ledger_check(const struct ledger *ledger, const struct world *world,
	char fault[LEDGER_FAULT_SIZE]);
