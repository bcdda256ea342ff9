/* SPDX-License-Identifier: MIT */
#include "sim/network.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/mem.h"

void
network_init(struct network *network, uint64_t seed)
{
	*network = (struct network){0};
	prng_init(&network->prng, seed);
	heap_init(&network->events);
}

void
network_fini(struct network *network)
{
	struct timer *timer;

	while ((timer = heap_pop_due(&network->events, UINT64_MAX)) != NULL)
		free(timer_element(timer, struct event, timer));
	heap_fini(&network->events);
}

bool
network_chance(struct network *network, double chance)
{
	return chance > 0 && prng_unit(&network->prng) < chance;
}

struct event *
event_new(enum event_kind kind, struct bytes bytes)
{
	struct event *event = mem_new(sizeof(*event) + bytes.len);

	event->kind = kind;
	event->len = (uint32_t)bytes.len;
	if (bytes.len != 0)
		memcpy(event->bytes, bytes.data, bytes.len);
	return event;
}

void
network_post(struct network *network, struct event *event, uint64_t at_us)
{
	heap_set(&network->events, &event->timer, at_us);
}

void
network_cancel(struct network *network, struct event *event)
{
	heap_cancel(&network->events, &event->timer);
}

static void
trace(struct network *network, const struct event *event)
{
	uint64_t ends = (uint64_t)event->from << 32 | event->to;
	uint64_t hash = hash_bytes(bytes_of(event->bytes, event->len), event->kind);

	network->trace = hash_pair(network->now_us, ends ^ hash, network->trace);
}

struct event *
network_next(struct network *network, uint64_t until_us)
{
	struct event *event = NULL;

	if (heap_deadline(&network->events) <= until_us)
		event = timer_element(
			heap_pop_due(&network->events, until_us), struct event, timer);
	if (event == NULL) {
		network->now_us = until_us;
		return NULL;
	}
	if (event->timer.at > network->now_us)
		network->now_us = event->timer.at;
	network->event_count++;
	trace(network, event);
	return event;
}
