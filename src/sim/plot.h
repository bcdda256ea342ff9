/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

#include "base/err.h"

/* How many shares of the nodes a curve is drawn through: evenly from one of them to
 * all. */
#define PLOT_POINT_COUNT 50

/* What is drawn of one strategy. */
struct plot_series {
	const char *name;
	double times_ms[PLOT_POINT_COUNT]; /* until that share of the nodes; NAN never
					    */
	double bytes;                      /* a node and write */
};

static inline double
plot_share(size_t point)
{
	return (double)(point + 1) / PLOT_POINT_COUNT;
}

/* Draws the curves, and for several series speed against bytes, as SVG. ERR_IO when the
 * file cannot be written. */
MUST_CHECK enum err plot_write(const char *path, const char *title,
	const struct plot_series *series, size_t count);
