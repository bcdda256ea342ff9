/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* A bar on standard error while a long run goes on; nothing when that is no terminal.
 */
struct progress {
	bool shown;
	size_t total;
	size_t done;
	long drawn_at; /* processor time, for few redraws */
};

void progress_init(struct progress *progress, size_t total);

/* The bar goes. */
void progress_fini(struct progress *progress);

/* So much of the next unit is done, 0 to 1. */
void progress_within(struct progress *progress, double share);

/* One more unit is done. */
void progress_step(struct progress *progress);
