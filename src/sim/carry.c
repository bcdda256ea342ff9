/* SPDX-License-Identifier: MIT */
#include "sim/carry.h"

/* What waits longer to be sent is dropped. */
#define SEND_QUEUE_MAX_US SECOND_US

/* Payload of one packet of a stream, and how long it takes TCP to send a lost one again
 * (RFC 6298 §2.4 asks for a second, systems use less). */
#define SEGMENT_SIZE 1400
#define RETRANSMIT_US (200 * MS_US)
#define RETRANSMIT_COUNT_MAX 10

bool
carry_is_open(const struct world *world, size_t from, size_t to)
{
	return from == to || (world->hosts[from]->side == world->hosts[to]->side &&
				     !paths_find(&world->paths, from, to)->cut);
}

static bool
is_lost(struct world *world, const struct path *path, size_t from, size_t to)
{
	struct network *network = &world->network;

	return network_chance(network, path->loss) ||
	       network_chance(network, world->hosts[from]->loss) ||
	       network_chance(network, world->hosts[to]->loss);
}

static uint64_t
draw_delay_us(struct world *world, const struct path *path, size_t from, size_t to)
{
	return delay_draw(&path->delay, &world->network.prng) +
	       paths_region_us(&world->paths, world->hosts[from]->region,
		       world->hosts[to]->region);
}

/* When the last byte has left the host. */
static uint64_t
leaves_at_us(struct world *world, struct host *host, size_t size)
{
	uint64_t now_us = world->network.now_us;

	if (host->bytes_per_s == 0)
		return now_us;
	if (host->link_free_us < now_us)
		host->link_free_us = now_us;
	host->link_free_us += size * SECOND_US / host->bytes_per_s;
	return host->link_free_us;
}

/* A clogged path lets everything go at once, and the way is travelled by then. */
static uint64_t
unclogged(const struct path *path, uint64_t at_us)
{
	return at_us < path->clogged_until_us ? path->clogged_until_us : at_us;
}

void
carry_event(struct world *world, struct event *event, size_t from, size_t to,
	uint64_t at_us)
{
	event->from = (uint32_t)from;
	event->to = (uint32_t)to;
	event->epoch = world->hosts[to]->epoch;
	network_post(&world->network, event, at_us);
}

void
carry_datagram(struct world *world, size_t from, size_t to, struct bytes datagram)
{
	const struct path *path = paths_find(&world->paths, from, to);
	struct host *host = world->hosts[from];
	struct network *network = &world->network;
	uint64_t at_us;
	int copies;

	if (!carry_is_open(world, from, to) || is_lost(world, path, from, to) ||
		host->link_free_us > network->now_us + SEND_QUEUE_MAX_US) {
		network->datagrams_lost++;
		return;
	}
	at_us = leaves_at_us(world, host, datagram.len + DATAGRAM_OVERHEAD);
	copies = network_chance(network, path->duplicate) ? 2 : 1;
	while (copies-- > 0) {
		uint64_t delay_us = draw_delay_us(world, path, from, to);

		if (network_chance(network, path->reorder))
			delay_us += path->reorder_us;
		carry_event(world, event_new(EVENT_DATAGRAM, datagram), from, to,
			unclogged(path, at_us + delay_us));
	}
}

uint64_t
carry_stream_at_us(struct world *world, size_t from, size_t to, size_t len)
{
	const struct path *path = paths_find(&world->paths, from, to);
	uint64_t at_us = leaves_at_us(world, world->hosts[from], len) +
			 draw_delay_us(world, path, from, to);
	uint64_t wait_us = RETRANSMIT_US;
	size_t segments = len / SEGMENT_SIZE + 1;
	bool again = false;

	/* The other segments show that one is missing, so it is sent again at once. */
	while (segments-- > 1)
		again |= is_lost(world, path, from, to);
	if (again)
		at_us += 2 * draw_delay_us(world, path, from, to);
	for (int i = 0; i < RETRANSMIT_COUNT_MAX && is_lost(world, path, from, to);
		i++) {
		at_us += wait_us;
		wait_us *= 2;
	}
	return unclogged(path, at_us);
}
