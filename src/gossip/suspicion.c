/* SPDX-License-Identifier: MIT */
#include "gossip/suspicion.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

void
suspicions_init(struct suspicions *suspicions, const struct settings *settings)
{
	*suspicions = (struct suspicions){
		.min_us = settings->suspicion_min_us,
		.max_factor = settings->suspicion_max_factor,
	};
	table_init(&suspicions->by_member);
	heap_init(&suspicions->timers);
}

void
suspicions_fini(struct suspicions *suspicions)
{
	size_t cursor = 0;
	struct suspicion *suspicion;

	while ((suspicion = table_next(&suspicions->by_member, &cursor)) != NULL)
		free(suspicion);
	table_fini(&suspicions->by_member);
	heap_fini(&suspicions->timers);
}

static uint64_t
timeout_us(const struct suspicions *suspicions, size_t accuser_count, size_t live_count)
{
	double scale = live_count < 10 ? 1 : log10((double)live_count);
	double min = (double)suspicions->min_us;
	double max = min * scale * (double)suspicions->max_factor;

	/* Neither this node nor the suspect counts among those who could confirm. */
	size_t others = live_count > 2 ? live_count - 2 : 0;
	size_t wanted = others < CONFIRMATION_COUNT ? others : CONFIRMATION_COUNT;

	if (accuser_count > wanted)
		return (uint64_t)min;
	return (uint64_t)(max - (max - min) * log((double)accuser_count) /
					log((double)wanted + 1));
}

static bool
is_accuser(const struct suspicion *suspicion, uint64_t accuser)
{
	for (size_t i = 0; i < suspicion->accuser_count; i++) {
		if (suspicion->accusers[i] == accuser)
			return true;
	}
	return false;
}

void
suspicions_accuse(struct suspicions *suspicions, const struct member *member,
	uint64_t accuser, size_t live_count, uint64_t now_us)
{
	struct suspicion *suspicion =
		table_find(&suspicions->by_member, member->short_id);
	uint64_t due_us;

	if (suspicion == NULL) {
		suspicion = mem_new(sizeof(*suspicion));
		suspicion->member = member->short_id;
		suspicion->start_us = now_us;
		table_put(&suspicions->by_member, member->short_id, suspicion);
	}
	if (is_accuser(suspicion, accuser) ||
		suspicion->accuser_count > CONFIRMATION_COUNT)
		return;
	suspicion->accusers[suspicion->accuser_count++] = accuser;
	due_us = suspicion->start_us +
		 timeout_us(suspicions, suspicion->accuser_count, live_count);
	/* What is due in the past looks as if this node had not run since. */
	heap_set(&suspicions->timers, &suspicion->timer,
		due_us > now_us ? due_us : now_us);
}

struct suspicion *
suspicions_find(const struct suspicions *suspicions, uint64_t member)
{
	return table_find(&suspicions->by_member, member);
}

void
suspicions_clear(struct suspicions *suspicions, uint64_t member)
{
	struct suspicion *suspicion = table_remove(&suspicions->by_member, member);

	if (suspicion == NULL)
		return;
	heap_cancel(&suspicions->timers, &suspicion->timer);
	free(suspicion);
}

const struct suspicion *
suspicions_next_due(struct suspicions *suspicions, uint64_t now_us)
{
	return timer_element(
		heap_pop_due(&suspicions->timers, now_us), struct suspicion, timer);
}

void
suspicions_prolong(struct suspicions *suspicions, uint64_t member, uint64_t until_us)
{
	struct suspicion *suspicion = table_find(&suspicions->by_member, member);

	if (suspicion == NULL)
		return;
	heap_set(&suspicions->timers, &suspicion->timer, until_us);
}

void
suspicions_delay(struct suspicions *suspicions, uint64_t us)
{
	size_t cursor = 0;
	struct suspicion *suspicion;

	while ((suspicion = table_next(&suspicions->by_member, &cursor)) != NULL) {
		suspicion->start_us += us;
		heap_set(&suspicions->timers, &suspicion->timer,
			suspicion->timer.at + us);
	}
}

uint64_t
suspicions_deadline(const struct suspicions *suspicions)
{
	return heap_deadline(&suspicions->timers);
}
