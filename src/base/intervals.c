/* SPDX-License-Identifier: MIT */
#include "base/intervals.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"

#define SIZE_MIN 4

void
interval_set_init(struct interval_set *set)
{
	*set = (struct interval_set){0};
}

void
interval_set_fini(struct interval_set *set)
{
	free(set->intervals);
	interval_set_init(set);
}

size_t
interval_set_find_from(const struct interval_set *set, uint64_t number)
{
	size_t low = 0;
	size_t high = set->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (set->intervals[middle].last < number) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

static bool
contains_range(const struct interval_set *set, uint64_t first, uint64_t last)
{
	size_t i = interval_set_find_from(set, first);

	return i < set->count && set->intervals[i].first <= first &&
	       set->intervals[i].last >= last;
}

bool
interval_set_contains(const struct interval_set *set, uint64_t number)
{
	return contains_range(set, number, number);
}

/* Replaces the intervals from `start` to before `end` with one. */
static void
replace(struct interval_set *set, size_t start, size_t end, struct interval interval)
{
	if (start == end && set->count == set->size) {
		set->size = set->size > 0 ? 2 * set->size : SIZE_MIN;
		set->intervals =
			mem_resize(set->intervals, set->size, sizeof(*set->intervals));
	}
	if (end < set->count) {
		memmove(&set->intervals[start + 1], &set->intervals[end],
			(set->count - end) * sizeof(*set->intervals));
	}
	set->intervals[start] = interval;
	set->count += 1 + start - end;
}

void
interval_set_add(struct interval_set *set, uint64_t first, uint64_t last)
{
	assert(first <= last);

	/* What only touches is merged too; the limits are written so as not to
	 * overflow. */
	size_t start = interval_set_find_from(set, first > 0 ? first - 1 : 0);
	size_t end = interval_set_find_from(set, last);

	if (end < set->count && (set->intervals[end].first <= last ||
					set->intervals[end].first - 1 == last)) {
		end++;
	}
	if (start < end && set->intervals[start].first < first) {
		first = set->intervals[start].first;
	}
	if (start < end && set->intervals[end - 1].last > last) {
		last = set->intervals[end - 1].last;
	}
	replace(set, start, end, (struct interval){first, last});
}

bool
interval_set_covers(const struct interval_set *set, const struct interval_set *other)
{
	for (size_t i = 0; i < other->count; i++) {
		struct interval interval = other->intervals[i];

		if (!contains_range(set, interval.first, interval.last)) {
			return false;
		}
	}
	return true;
}

bool
interval_set_equal(const struct interval_set *a, const struct interval_set *b)
{
	return a->count == b->count &&
	       (a->count == 0 || memcmp(a->intervals, b->intervals,
					 a->count * sizeof(*a->intervals)) == 0);
}

uint64_t
interval_set_max(const struct interval_set *set)
{
	return set->count > 0 ? set->intervals[set->count - 1].last : 0;
}

void
interval_set_check(const struct interval_set *set)
{
	assert(set->count <= set->size);
	for (size_t i = 0; i < set->count; i++) {
		assert(set->intervals[i].first <= set->intervals[i].last);
	}
	for (size_t i = 1; i < set->count; i++) {
		assert(set->intervals[i - 1].last < set->intervals[i].first);
		assert(set->intervals[i - 1].last + 1 < set->intervals[i].first);
	}
}
