/* SPDX-License-Identifier: MIT */
#pragma once

#include "sim/acquaint.h"
#include "sim/conditions.h"
#include "sim/watch.h"
#include "sim/world.h"

/* What scenarios have in common. */

/* A local network: 0.3 to 1 ms one way, nothing lost. */
static inline struct path
scene_local(void)
{
	return (struct path){.delay = delay_uniform(300, 1000)};
}

/* Hosts that know each other and have run for three seconds. */
static inline struct world *
scene_new(const struct path *path, size_t count, uint64_t seed)
{
	struct world *world = world_new(path, seed);

	while (world_count(world) < count)
		world_add(world);
	acquaint_all(world);
	world_run(world, 3 * SECOND_US);
	return world;
}
