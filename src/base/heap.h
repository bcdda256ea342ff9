/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A queue of deadlines: an intrusive binary heap, the smallest `at` first. Equal
 * deadlines leave in the order in which they were set, so that runs repeat exactly.
 */
struct timer {
	uint64_t at;    /* on whatever clock, and in whatever unit, the owner keeps */
	uint64_t order; /* breaks ties */
	size_t index;   /* place in the heap, from 1; 0 = not set */
};

struct heap {
	struct timer **timers;
	size_t count;
	size_t size;
	uint64_t order_next;
};

/* What heap_deadline() says of an empty heap. */
#define DEADLINE_NONE UINT64_MAX

void heap_init(struct heap *heap);
void heap_fini(struct heap *heap);

/* Sets the timer, or moves it when it is set already. The heap does not own it. */
void heap_set(struct heap *heap, struct timer *timer, uint64_t at);

/* Takes the timer out; does nothing when it is not set. */
void heap_cancel(struct heap *heap, struct timer *timer);

bool timer_is_set(const struct timer *timer);

/* The earliest deadline, or DEADLINE_NONE. */
uint64_t heap_deadline(const struct heap *heap);

/* Takes out and returns the earliest timer that is due at `now`, or NULL. */
struct timer *heap_pop_due(struct heap *heap, uint64_t now);

void heap_check(const struct heap *heap);

static inline void *
timer_owner(const struct timer *timer, size_t offset)
{
	return timer == NULL ? NULL : (void *)((uintptr_t)timer - offset);
}

/* The element of type `type` whose member `member` is `timer`; NULL for NULL. */
#define timer_element(timer, type, member) \
	((type *)timer_owner((timer), offsetof(type, member)))
