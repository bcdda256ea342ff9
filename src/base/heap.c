/* SPDX-License-Identifier: MIT */
#include "base/heap.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"

#define SIZE_MIN 16

void
heap_init(struct heap *heap)
{
	*heap = (struct heap){0};
}

void
heap_fini(struct heap *heap)
{
	free(heap->timers);
	heap_init(heap);
}

static bool
is_before(const struct timer *a, const struct timer *b)
{
	return a->at != b->at ? a->at < b->at : a->order < b->order;
}

/* Places are numbered from 1, so that the children of i are 2 i and 2 i + 1. */
static struct timer *
timer_at(const struct heap *heap, size_t index)
{
	return heap->timers[index - 1];
}

static void
place(struct heap *heap, size_t index, struct timer *timer)
{
	heap->timers[index - 1] = timer;
	timer->index = index;
}

/* Puts the timer at the hole or above it. */
static void
sift_up(struct heap *heap, size_t hole, struct timer *timer)
{
	while (hole > 1 && is_before(timer, timer_at(heap, hole / 2))) {
		place(heap, hole, timer_at(heap, hole / 2));
		hole /= 2;
	}
	place(heap, hole, timer);
}

/* Puts the timer at the hole or below it. */
static void
sift_down(struct heap *heap, size_t hole, struct timer *timer)
{
	for (size_t child = 2 * hole; child <= heap->count; child = 2 * hole) {
		if (child < heap->count &&
			is_before(timer_at(heap, child + 1), timer_at(heap, child))) {
			child++;
		}
		if (!is_before(timer_at(heap, child), timer)) {
			break;
		}
		place(heap, hole, timer_at(heap, child));
		hole = child;
	}
	place(heap, hole, timer);
}

static void
sift(struct heap *heap, size_t hole, struct timer *timer)
{
	if (hole > 1 && is_before(timer, timer_at(heap, hole / 2))) {
		sift_up(heap, hole, timer);
	} else {
		sift_down(heap, hole, timer);
	}
}

void
heap_set(struct heap *heap, struct timer *timer, uint64_t at)
{
	timer->at = at;
	timer->order = heap->order_next++;
	if (timer_is_set(timer)) {
		sift(heap, timer->index, timer);
		return;
	}
	if (heap->count == heap->size) {
		heap->size = heap->size > 0 ? 2 * heap->size : SIZE_MIN;
		heap->timers =
			mem_resize(heap->timers, heap->size, sizeof(struct timer *));
	}
	heap->count++;
	sift_up(heap, heap->count, timer);
}

void
heap_cancel(struct heap *heap, struct timer *timer)
{
	if (!timer_is_set(timer)) {
		return;
	}

	size_t hole = timer->index;
	struct timer *last = timer_at(heap, heap->count);

	assert(timer_at(heap, hole) == timer);
	heap->count--;
	timer->index = 0;
	if (last != timer) {
		sift(heap, hole, last);
	}
}

bool
timer_is_set(const struct timer *timer)
{
	return timer->index != 0;
}

uint64_t
heap_deadline(const struct heap *heap)
{
	return heap->count > 0 ? timer_at(heap, 1)->at : DEADLINE_NONE;
}

struct timer *
heap_pop_due(struct heap *heap, uint64_t now)
{
	if (heap->count == 0 || timer_at(heap, 1)->at > now) {
		return NULL;
	}

	struct timer *timer = timer_at(heap, 1);

	heap_cancel(heap, timer);
	return timer;
}

void
heap_check(const struct heap *heap)
{
	assert(heap->count <= heap->size);
	for (size_t i = 1; i <= heap->count; i++) {
		assert(timer_at(heap, i)->index == i);
		assert(timer_at(heap, i)->order < heap->order_next);
		assert(i == 1 || is_before(timer_at(heap, i / 2), timer_at(heap, i)));
	}
}
