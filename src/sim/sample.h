/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

/* Measured numbers, to be asked for quantiles. */
struct sample {
	double *values;
	size_t count;
	size_t size;
};

void sample_init(struct sample *sample);
void sample_fini(struct sample *sample);

void sample_add(struct sample *sample, double value);

/* The value that a share `rank`, 0 to 1, of all does not exceed; NAN of none. */
double sample_quantile(struct sample *sample, double rank);

double sample_median(struct sample *sample);
double sample_max(struct sample *sample);
