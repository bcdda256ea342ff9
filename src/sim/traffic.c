/* SPDX-License-Identifier: MIT */
#include "sim/traffic.h"

#include <stdlib.h>

#include "base/mem.h"
#include "sim/world_parts.h"

/* How long a host waits for a stream that nobody answers. */
#define CONNECT_TIMEOUT_US (3 * SECOND_US)

#define STREAM_CHUNK_SIZE 65536

static bool
is_connected(const struct world *world, size_t from, size_t to)
{
	return world->hosts[from]->side == world->hosts[to]->side;
}

/* --- sending --- */

static void
post(struct world *world, struct event *event, size_t from, size_t to,
	uint64_t after_us)
{
	event->from = from;
	event->to = to;
	event->epoch = world->hosts[to]->epoch;
	network_post(&world->network, event, world->network.now_us + after_us);
}

void
traffic_end_stream(struct world *world, size_t to, uint32_t stream, uint64_t after_us)
{
	struct event *event = event_new(EVENT_STREAM_END, bytes_of(NULL, 0));

	event->stream = stream;
	post(world, event, to, to, after_us);
}

/* The running host at that address; false when there is none. */
static bool
find_host(const struct world *world, const struct address *address, size_t *ret_host)
{
	for (size_t i = 0; i < world->count; i++) {
		const struct host *host = world->hosts[i];

		if (host->node != NULL && address_equal(&host->address, address)) {
			*ret_host = i;
			return true;
		}
	}
	return false;
}

static void
send_datagram(struct world *world, size_t from, const struct output *output)
{
	size_t to;

	world->network.datagrams_sent++;
	world->network.bytes_sent += output->bytes.len;
	if (!find_host(world, &output->address, &to) ||
		!is_connected(world, from, to) || network_loses(&world->network))
		return;
	post(world, event_new(EVENT_DATAGRAM, output->bytes), from, to,
		network_delay_us(&world->network));
}

static void
open_stream(struct world *world, size_t from, const struct output *output)
{
	struct event *event;
	size_t to;

	if (!find_host(world, &output->address, &to)) {
		traffic_end_stream(
			world, from, output->stream, network_delay_us(&world->network));
		return;
	}
	if (!is_connected(world, from, to)) {
		traffic_end_stream(world, from, output->stream, CONNECT_TIMEOUT_US);
		return;
	}
	event = event_new(EVENT_ACCEPT, bytes_of(NULL, 0));
	event->from_stream = output->stream;
	post(world, event, from, to, network_delay_us(&world->network));
}

static struct stream_end *
find_end(const struct world *world, size_t host, uint32_t stream)
{
	return table_find(&world->hosts[host]->peers, stream);
}

static void
add_end(struct world *world, size_t host, uint32_t stream, size_t peer,
	uint32_t peer_stream)
{
	struct stream_end *end = mem_new(sizeof(*end));

	end->peer = peer;
	end->peer_stream = peer_stream;
	table_put(&world->hosts[host]->peers, stream, end);
}

/* In order after what was sent before on that stream. */
static void
post_on_stream(
	struct world *world, size_t from, struct stream_end *end, struct event *event)
{
	uint64_t at_us = world->network.now_us + network_delay_us(&world->network);

	if (at_us < end->last_us)
		at_us = end->last_us;
	end->last_us = at_us;
	event->stream = end->peer_stream;
	post(world, event, from, end->peer, at_us - world->network.now_us);
}

static void
pump_stream(struct world *world, size_t from, uint32_t stream)
{
	static const size_t size = STREAM_CHUNK_SIZE;
	struct stream_end *end = find_end(world, from, stream);
	uint8_t chunk[STREAM_CHUNK_SIZE];
	size_t len;

	if (end == NULL)
		return;
	while ((len = node_stream_fill(world->hosts[from]->node, stream, chunk, size)) >
		0)
		post_on_stream(world, from, end,
			event_new(EVENT_STREAM_BYTES, bytes_of(chunk, len)));
}

static void
close_stream(struct world *world, size_t from, uint32_t stream)
{
	struct stream_end *end = table_remove(&world->hosts[from]->peers, stream);

	if (end == NULL)
		return;
	post_on_stream(
		world, from, end, event_new(EVENT_STREAM_END, bytes_of(NULL, 0)));
	free(end);
}

/* --- what nodes want done --- */

static void
tell_seeds(struct world *world, size_t host)
{
	for (size_t i = 0; i < world->seed_count; i++)
		node_seed(world->hosts[host]->node,
			&world->hosts[world->seeds[i]]->address, world_now(world));
}

static void
perform(struct world *world, size_t host, const struct output *output)
{
	switch (output->kind) {
	case OUTPUT_DATAGRAM:
		send_datagram(world, host, output);
		break;
	case OUTPUT_STREAM_OPEN:
		open_stream(world, host, output);
		break;
	case OUTPUT_STREAM_WAKE:
		pump_stream(world, host, output->stream);
		break;
	case OUTPUT_STREAM_CLOSE:
		close_stream(world, host, output->stream);
		break;
	case OUTPUT_RESOLVE:
		tell_seeds(world, host);
		break;
	case OUTPUT_RESERVE: {
		struct identity *identity = &world->hosts[host]->settings.identity;

		identity->writer = output->writer;
		identity->seq_limit = output->limit;
		node_reserved(world->hosts[host]->node, output->writer, output->limit);
		break;
	}
	case OUTPUT_NOTICE:
		break;
	}
}

/* A tick is on its way no later than the node's deadline. */
static void
plan_tick(struct world *world, size_t index)
{
	struct host *host = world->hosts[index];
	uint64_t deadline = node_deadline(host->node);

	if (deadline >= host->tick_at_us)
		return;
	if (deadline < world->network.now_us)
		deadline = world->network.now_us;
	host->tick_at_us = deadline;
	post(world, event_new(EVENT_TICK, bytes_of(NULL, 0)), index, index,
		deadline - world->network.now_us);
}

void
traffic_settle(struct world *world, size_t host)
{
	const struct output *output;

	while ((output = node_output(world->hosts[host]->node)) != NULL)
		perform(world, host, output);
	plan_tick(world, host);
}

/* --- what arrives --- */

static void
accept_stream(struct world *world, const struct event *event)
{
	struct host *host = world->hosts[event->to];
	struct event *connected;
	uint32_t stream;

	if (world->hosts[event->from]->node == NULL)
		return;
	if (node_stream_accept(host->node, &world->hosts[event->from]->address,
		    world_now(world), &stream) != ERR_OK) {
		traffic_end_stream(world, event->from, event->from_stream,
			network_delay_us(&world->network));
		return;
	}
	add_end(world, event->to, stream, event->from, event->from_stream);
	add_end(world, event->from, event->from_stream, event->to, stream);
	connected = event_new(EVENT_CONNECTED, bytes_of(NULL, 0));
	post_on_stream(world, event->to, find_end(world, event->to, stream), connected);
}

static void
receive_on_stream(struct world *world, const struct event *event)
{
	struct node *node = world->hosts[event->to]->node;

	if (find_end(world, event->to, event->stream) == NULL)
		return;
	if (node_stream_receive(node, event->stream, bytes_of(event->bytes, event->len),
		    world_now(world)) != ERR_OK)
		close_stream(world, event->to, event->stream);
}

static void
end_stream(struct world *world, size_t host, uint32_t stream)
{
	free(table_remove(&world->hosts[host]->peers, stream));
	node_stream_closed(world->hosts[host]->node, stream, world_now(world));
}

/* The path is cut, or the receiver has begun another life. */
static void
fail_stream(struct world *world, const struct event *event)
{
	struct stream_end *end;

	if (event->kind == EVENT_ACCEPT) {
		traffic_end_stream(
			world, event->from, event->from_stream, CONNECT_TIMEOUT_US);
		return;
	}
	end = find_end(world, event->to, event->stream);
	if (end == NULL || world->hosts[event->to]->epoch != event->epoch)
		return;
	traffic_end_stream(world, end->peer, end->peer_stream, CONNECT_TIMEOUT_US);
	traffic_end_stream(world, event->to, event->stream, CONNECT_TIMEOUT_US);
}

static void
deliver(struct world *world, const struct event *event)
{
	struct host *host = world->hosts[event->to];

	switch (event->kind) {
	case EVENT_TICK:
		if (host->tick_at_us <= world->network.now_us)
			host->tick_at_us = DEADLINE_NONE;
		node_tick(host->node, world_now(world));
		break;
	case EVENT_DATAGRAM:
		node_receive(host->node, &world->hosts[event->from]->address,
			bytes_of(event->bytes, event->len), world_now(world));
		break;
	case EVENT_ACCEPT:
		accept_stream(world, event);
		break;
	case EVENT_CONNECTED:
		node_stream_connected(host->node, event->stream, world_now(world));
		break;
	case EVENT_STREAM_BYTES:
		receive_on_stream(world, event);
		break;
	case EVENT_STREAM_END:
		end_stream(world, event->to, event->stream);
		break;
	}
}

void
traffic_handle(struct world *world, const struct event *event)
{
	struct host *host = world->hosts[event->to];
	bool reaches = host->node != NULL && host->epoch == event->epoch &&
		       is_connected(world, event->from, event->to);

	if (reaches) {
		deliver(world, event);
		traffic_settle(world, event->to);
	} else if (event->kind != EVENT_DATAGRAM && event->kind != EVENT_TICK) {
		fail_stream(world, event);
	}
}
