/* SPDX-License-Identifier: MIT */
#pragma once

#include "sim/world.h"

/* Hosts that know each other before time starts: the member records that a join would
 * bring are put in directly, as an exchange would. */

/* All know all. */
void acquaint_all(struct world *world);

/* Each knows only its neighbours on the rings that all of them together make: a cheap
 * stand-in for full views, for what goes over the overlay alone. */
void acquaint_neighbours(struct world *world);

/* Size of the record in which a host tells of itself. */
size_t acquaint_record_len(const struct world *world, size_t host);
