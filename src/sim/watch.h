/* SPDX-License-Identifier: MIT */
#pragma once

#include "sim/observer.h"
#include "sim/sample.h"
#include "sim/world.h"

/*
 * Watches who takes whom for dead, and whether that is so.
 *
 * A death begins when the first host tells of it and ends when no host believes it any
 * more; it counts once. It is false when its node ran and was well. A node that stands
 * still, did so within the last seconds, or loses most of its packets, cannot be told
 * from a dead one: those deaths are counted apart.
 */
struct watch {
	struct observer observer;
	size_t host_count;
	uint8_t *views; /* by host and target: what the host believes is dead */
	struct target *targets;
	uint64_t false_deaths;
	uint64_t unwell_deaths;
	struct sample detected_ms; /* from a crash until all that are well know it */
	size_t crashed_count;
	size_t unwell_count;
};

/* Of one host, as the others see it. */
struct target {
	size_t dead_views;      /* of all hosts */
	size_t dead_views_well; /* of those that are well */
	bool crashed;
	bool detected;
	bool degraded;
	uint64_t crashed_us;
	uint64_t stood_still_us; /* when it last did; 0 for never */
};

void watch_init(struct watch *watch, struct world *world);
void watch_fini(struct watch *watch);

/* Told before it happens. */
void watch_crash(struct watch *watch, const struct world *world, size_t host);
void watch_degrade(struct watch *watch, size_t host);

/* Told when a host that stood still goes on. */
void watch_resumed(struct watch *watch, const struct world *world, size_t host);
