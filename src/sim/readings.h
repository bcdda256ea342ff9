/* SPDX-License-Identifier: MIT */
#pragma once

#include "sim/ledger.h"

/*
 * What the hosts show of the keys of a ledger, over time. For one host, in one life:
 *
 * - a key never goes back to an older version, unless a newer one has expired, or was a
 *   delete whose tombstone is past its life;
 * - a write that the host knows to be superseded, deleted or expired never comes back,
 *   whatever has become of the tombstone;
 * - nothing is there after its time;
 * - a fact shows while its owner is alive for the host, and only then.
 */
struct readings {
	const struct ledger *ledger;
	struct version *last; /* by host and key */
	uint64_t *epochs;     /* by host: the life that was looked at */
	uint8_t *gone;        /* by write and host: known there not to stand any more */
	size_t gone_size;     /* writes that there is room for */
};

void readings_init(struct readings *readings, const struct ledger *ledger);
void readings_fini(struct readings *readings);

/* Reads all keys on all running hosts. False, with the reason, when a rule is broken.
 */
bool readings_take(struct readings *readings, const struct world *world,
	char fault[LEDGER_FAULT_SIZE]);
