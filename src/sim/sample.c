/* SPDX-License-Identifier: MIT */
#include "sim/sample.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

void
sample_init(struct sample *sample)
{
	*sample = (struct sample){0};
}

void
sample_fini(struct sample *sample)
{
	free(sample->values);
}

void
sample_add(struct sample *sample, double value)
{
	if (sample->count == sample->size) {
		sample->size = 2 * sample->size + 16;
		sample->values = mem_resize(
			sample->values, sample->size, sizeof(*sample->values));
	}
	sample->values[sample->count++] = value;
}

static int
compare(const void *a, const void *b)
{
	const double *first = a;
	const double *second = b;

	return *first < *second ? -1 : *first > *second;
}

double
sample_quantile(struct sample *sample, double rank)
{
	double place;

	if (sample->count == 0)
		return (double)NAN;
	qsort(sample->values, sample->count, sizeof(*sample->values), compare);
	place = ceil(rank * (double)sample->count) - 1;
	return sample->values[place < 0 ? 0 : (size_t)place];
}

double
sample_median(struct sample *sample)
{
	return sample_quantile(sample, 0.5);
}

double
sample_max(struct sample *sample)
{
	return sample_quantile(sample, 1);
}
