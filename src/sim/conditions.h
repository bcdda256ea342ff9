/* SPDX-License-Identifier: MIT */
#pragma once

#include "sim/world.h"

/* Conditions for world_run_until(). `context` is not used where nothing is said. */

/* All running hosts have the same fingerprint. */
bool world_agrees(const struct world *world, const void *context);

/* All running hosts see exactly the running hosts alive. */
bool world_knows_all(const struct world *world, const void *context);

#define DOUBT_SIZE 96

/* Says where world_knows_all() fails first; "" when it does not. */
const char *world_doubt(const struct world *world, char text[DOUBT_SIZE]);
