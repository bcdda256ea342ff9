/* SPDX-License-Identifier: MIT */
#include "sim/streams.h"

#include <stdlib.h>

#include "base/mem.h"
#include "sim/carry.h"

/* How long a host waits for a stream that nobody answers. */
#define CONNECT_TIMEOUT_US (3 * SECOND_US)

/* How long a stream may go without a byte. */
#define IDLE_TIMEOUT_US (15 * SECOND_US)

#define STREAM_CHUNK_SIZE 65536

/* One host's end of an established stream. */
struct stream_end {
	size_t peer;
	uint64_t peer_epoch;
	uint32_t peer_stream;
	uint64_t last_us;  /* when the last bytes sent arrive: they keep their order */
	uint64_t moved_us; /* when bytes were last sent or received */
};

/* --- ends --- */

static struct stream_end *
find_end(const struct world *world, size_t host, uint32_t stream)
{
	return table_find(&world->hosts[host]->peers, stream);
}

/* The stream is looked at when it would have been idle for too long. */
static void
plan_idle(struct world *world, size_t host, uint32_t stream, uint64_t moved_us)
{
	struct event *event = event_new(EVENT_STREAM_IDLE, bytes_of(NULL, 0));

	event->stream = stream;
	carry_event(world, event, host, host, moved_us + IDLE_TIMEOUT_US);
}

static void
add_end(struct world *world, size_t host, uint32_t stream, size_t peer,
	uint32_t peer_stream)
{
	struct stream_end *end = mem_new(sizeof(*end));

	end->peer = peer;
	end->peer_epoch = world->hosts[peer]->epoch;
	end->peer_stream = peer_stream;
	end->moved_us = world->network.now_us;
	table_put(&world->hosts[host]->peers, stream, end);
	plan_idle(world, host, stream, end->moved_us);
}

/* A host learns after that time that its stream is gone. */
static void
tell_end(struct world *world, size_t to, uint32_t stream, uint64_t after_us)
{
	struct event *event = event_new(EVENT_STREAM_END, bytes_of(NULL, 0));

	event->stream = stream;
	carry_event(world, event, to, to, world->network.now_us + after_us);
}

/* The same of the other end, if that life is still going on. */
static void
tell_peer_end(struct world *world, const struct stream_end *end, uint64_t after_us)
{
	if (world->hosts[end->peer]->epoch == end->peer_epoch)
		tell_end(world, end->peer, end->peer_stream, after_us);
}

void
streams_forget(struct host *host)
{
	size_t cursor = 0;
	struct stream_end *end;

	while ((end = table_next(&host->peers, &cursor)) != NULL)
		free(end);
	table_clear(&host->peers);
}

void
streams_break(struct world *world, size_t index)
{
	struct host *host = world->hosts[index];
	size_t cursor = 0;
	const struct stream_end *end;

	while ((end = table_next(&host->peers, &cursor)) != NULL)
		tell_peer_end(world, end,
			carry_stream_at_us(world, index, end->peer, 0) -
				world->network.now_us);
	streams_forget(host);
}

/* --- sending --- */

static uint64_t
packet_us(struct world *world, size_t from, size_t to)
{
	return carry_stream_at_us(world, from, to, 0) - world->network.now_us;
}

void
streams_refuse(struct world *world, size_t from, uint32_t stream)
{
	tell_end(world, from, stream,
		delay_draw(&world->paths.usual.delay, &world->network.prng));
}

void
streams_open(struct world *world, size_t from, uint32_t stream, size_t to)
{
	uint64_t passes_us = packet_us(world, from, to);
	struct event *event;

	if (!carry_is_open(world, from, to) || passes_us >= CONNECT_TIMEOUT_US) {
		tell_end(world, from, stream, CONNECT_TIMEOUT_US);
		return;
	}
	event = event_new(EVENT_ACCEPT, bytes_of(NULL, 0));
	event->from_stream = stream;
	event->from_epoch = world->hosts[from]->epoch;
	carry_event(world, event, from, to, world->network.now_us + passes_us);
}

/* In order after what was sent before on that stream. */
static void
post_on_stream(
	struct world *world, size_t from, struct stream_end *end, struct event *event)
{
	uint64_t at_us = carry_stream_at_us(world, from, end->peer, event->len);

	if (at_us < end->last_us)
		at_us = end->last_us;
	end->last_us = at_us;
	end->moved_us = world->network.now_us;
	event->stream = end->peer_stream;
	carry_event(world, event, from, end->peer, at_us);
	event->epoch = end->peer_epoch;
}

void
streams_pump(struct world *world, size_t from, uint32_t stream)
{
	struct stream_end *end = find_end(world, from, stream);
	uint8_t chunk[STREAM_CHUNK_SIZE];
	size_t len;

	if (end == NULL)
		return;
	while ((len = node_stream_fill(
			world->hosts[from]->node, stream, chunk, sizeof(chunk))) > 0) {
		world->network.stream_bytes_sent += len;
		post_on_stream(world, from, end,
			event_new(EVENT_STREAM_BYTES, bytes_of(chunk, len)));
	}
}

void
streams_close(struct world *world, size_t from, uint32_t stream)
{
	struct stream_end *end = table_remove(&world->hosts[from]->peers, stream);

	if (end == NULL)
		return;
	post_on_stream(
		world, from, end, event_new(EVENT_STREAM_END, bytes_of(NULL, 0)));
	free(end);
}

/* --- what arrives --- */

static void
accept_stream(struct world *world, const struct event *event)
{
	struct host *host = world->hosts[event->to];
	struct event *connected;
	uint32_t stream;

	if (world->hosts[event->from]->epoch != event->from_epoch)
		return;
	if (node_stream_accept(host->node, &world->hosts[event->from]->address,
		    world_now(world, event->to), &stream) != ERR_OK) {
		tell_end(world, event->from, event->from_stream,
			packet_us(world, event->to, event->from));
		return;
	}
	add_end(world, event->to, stream, event->from, event->from_stream);
	add_end(world, event->from, event->from_stream, event->to, stream);
	connected = event_new(EVENT_CONNECTED, bytes_of(NULL, 0));
	post_on_stream(world, event->to, find_end(world, event->to, stream), connected);
}

static void
receive(struct world *world, const struct event *event)
{
	struct node *node = world->hosts[event->to]->node;
	struct stream_end *end = find_end(world, event->to, event->stream);

	if (end == NULL)
		return;
	end->moved_us = world->network.now_us;
	if (node_stream_receive(node, event->stream, bytes_of(event->bytes, event->len),
		    world_now(world, event->to)) != ERR_OK)
		streams_close(world, event->to, event->stream);
}

static void
end_stream(struct world *world, size_t host, uint32_t stream)
{
	free(table_remove(&world->hosts[host]->peers, stream));
	node_stream_closed(world->hosts[host]->node, stream, world_now(world, host));
}

static void
look_whether_idle(struct world *world, size_t host, uint32_t stream)
{
	struct stream_end *end = find_end(world, host, stream);

	if (end == NULL)
		return;
	if (world->network.now_us - end->moved_us < IDLE_TIMEOUT_US) {
		plan_idle(world, host, stream, end->moved_us);
		return;
	}
	tell_peer_end(world, end, packet_us(world, host, end->peer));
	end_stream(world, host, stream);
}

void
streams_deliver(struct world *world, const struct event *event)
{
	switch (event->kind) {
	case EVENT_ACCEPT:
		accept_stream(world, event);
		break;
	case EVENT_CONNECTED:
		node_stream_connected(world->hosts[event->to]->node, event->stream,
			world_now(world, event->to));
		break;
	case EVENT_STREAM_BYTES:
		receive(world, event);
		break;
	case EVENT_STREAM_END:
		end_stream(world, event->to, event->stream);
		break;
	case EVENT_STREAM_IDLE:
		look_whether_idle(world, event->to, event->stream);
		break;
	case EVENT_TICK:
	case EVENT_DATAGRAM:
		break;
	}
}

void
streams_fail(struct world *world, const struct event *event)
{
	struct stream_end *end;

	if (event->kind == EVENT_ACCEPT) {
		if (world->hosts[event->from]->epoch == event->from_epoch)
			tell_end(world, event->from, event->from_stream,
				CONNECT_TIMEOUT_US);
		return;
	}
	end = find_end(world, event->to, event->stream);
	if (end == NULL || world->hosts[event->to]->epoch != event->epoch)
		return;
	tell_peer_end(world, end, CONNECT_TIMEOUT_US);
	tell_end(world, event->to, event->stream, CONNECT_TIMEOUT_US);
}
