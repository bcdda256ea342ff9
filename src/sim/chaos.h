/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/prng.h"
#include "sim/ledger.h"
#include "sim/watch.h"
#include "sim/world.h"

/* Random faults: which kinds there are in a run, and when they come, follow from its
 * seed. */
struct chaos {
	struct world *world;
	struct ledger *ledger;
	struct watch *watch;
	struct prng prng;
	unsigned kinds;     /* a bit for each kind that this run has */
	int64_t *offset_ms; /* by host: how far its clock was set off */
};

void chaos_init(struct chaos *chaos, struct world *world, struct ledger *ledger,
	struct watch *watch, uint64_t seed);
void chaos_fini(struct chaos *chaos);

/* What the network is like, before there is a world. */
struct path chaos_path(uint64_t seed);

/* How long tombstones live: in many runs not as long as faults last. */
uint64_t chaos_tombstone_life_ms(uint64_t seed);

/* Whether no host is ever out of reach, so that nobody may be taken for dead. */
bool chaos_is_mild(const struct chaos *chaos);

/* Something goes wrong somewhere, or gets well. */
void chaos_strike(struct chaos *chaos);

/* Everything gets well: all hosts run, and the network loses nothing. */
void chaos_heal(struct chaos *chaos);
