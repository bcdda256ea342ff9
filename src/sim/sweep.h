/* SPDX-License-Identifier: MIT */
#pragma once

#include "sim/ledger.h"
#include "sim/options.h"

#define SWEEP_FAULT_SIZE (LEDGER_FAULT_SIZE + 64)

struct sweep_result {
	uint64_t trace;
	char fault[SWEEP_FAULT_SIZE]; /* "" when all was well */
};

/*
 * One run that follows from its seed alone: a cluster of some nodes under random faults
 * with random writes and deletes, then healed and left alone. Looks all the time
 * whether the invariants of every node hold and what its keys show (sim/readings.h),
 * and in the end whether all agree, hold what was written (sim/ledger.h), know exactly
 * who runs, and are quiet. In a run where everybody can be reached nobody may be taken
 * for dead.
 */
void sweep_run(
	const struct options *options, uint64_t seed, struct sweep_result *ret_result);
