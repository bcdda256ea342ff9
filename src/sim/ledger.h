/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/prng.h"
#include "sim/world.h"
#include "wire/record.h"

/*
 * What was written in a world, and what must come of it: every write that a node took
 * is in the end on all nodes, or superseded by a higher version; what was deleted stays
 * away; and what one node shows of a key never goes back.
 *
 * Nodes keep their records in memory, so a write is excused when all hosts that had it
 * went before anybody else got it.
 */

#define LEDGER_KEY_COUNT 24
#define LEDGER_FAULT_SIZE 160

struct ledger {
	struct entry *entries;
	size_t entry_count;
	size_t entry_size;
	struct version *seen; /* by host and key: the highest it has shown */
	size_t host_count;
};

/* One write. */
struct entry {
	struct dot dot;
	struct version version;
	unsigned key;
	bool deletes;
	bool excused;
};

void ledger_init(struct ledger *ledger, size_t host_count);
void ledger_fini(struct ledger *ledger);

/* Sets or deletes a random key on that host. A refusal is no write. */
void ledger_write(
	struct ledger *ledger, struct world *world, size_t host, struct prng *prng);

/* To be told before a host crashes. */
void ledger_crash(struct ledger *ledger, const struct world *world, size_t host);

/* Reads all keys on all hosts. False, with the reason, when one has gone back. */
bool ledger_read(struct ledger *ledger, const struct world *world,
	char fault[LEDGER_FAULT_SIZE]);

/* False, with the reason, when some host lacks a write or shows another value than the
 * highest version: for a world that has healed. */
bool ledger_check(const struct ledger *ledger, const struct world *world,
	char fault[LEDGER_FAULT_SIZE]);
