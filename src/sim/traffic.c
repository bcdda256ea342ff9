/* SPDX-License-Identifier: MIT */
#include "sim/traffic.h"

#include <stdlib.h>

#include "base/mem.h"
#include "sim/carry.h"
#include "sim/streams.h"

/* --- what nodes want done --- */

/* The running host at that address; false when there is none. */
static bool
find_host(const struct world *world, const struct address *address, size_t *ret_host)
{
	size_t index = (size_t)address->ip[1] << 16 | (size_t)address->ip[2] << 8 |
		       address->ip[3];

	if (index >= world->count || world->hosts[index]->node == NULL ||
		!address_equal(&world->hosts[index]->address, address))
		return false;
	*ret_host = index;
	return true;
}

static void
send_datagram(struct world *world, size_t from, const struct output *output)
{
	size_t to;

	world->network.datagrams_sent++;
	world->network.bytes_sent += output->bytes.len;
	for (struct observer *o = world->observers; o != NULL; o = o->next) {
		if (o->sent != NULL)
			o->sent(o, world, from, output->bytes);
	}
	if (find_host(world, &output->address, &to))
		carry_datagram(world, from, to, output->bytes);
}

static void
open_stream(struct world *world, size_t from, const struct output *output)
{
	size_t to;

	if (find_host(world, &output->address, &to))
		streams_open(world, from, output->stream, to);
	else
		streams_refuse(world, from, output->stream);
}

static void
tell_seeds(struct world *world, size_t host)
{
	for (size_t i = 0; i < world->seed_count; i++)
		node_seed(world->hosts[host]->node,
			&world->hosts[world->seeds[i]]->address,
			world_now(world, host));
}

static void
reserve(struct world *world, size_t host, const struct output *output)
{
	struct identity *identity = &world->hosts[host]->settings.identity;

	identity->writer = output->writer;
	identity->seq_limit = output->limit;
	node_reserved(world->hosts[host]->node, output->writer, output->limit);
}

static void
tell_observers(struct world *world, size_t host, const struct notice *notice)
{
	for (struct observer *o = world->observers; o != NULL; o = o->next) {
		if (o->noticed != NULL)
			o->noticed(o, world, host, notice);
	}
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
		streams_pump(world, host, output->stream);
		break;
	case OUTPUT_STREAM_CLOSE:
		streams_close(world, host, output->stream);
		break;
	case OUTPUT_RESOLVE:
		tell_seeds(world, host);
		break;
	case OUTPUT_RESERVE:
		reserve(world, host, output);
		break;
	case OUTPUT_NOTICE:
		tell_observers(world, host, &output->notice);
		break;
	}
}

static void
plan_tick(struct world *world, size_t index)
{
	struct host *host = world->hosts[index];
	uint64_t deadline = node_deadline(host->node);

	if (deadline == DEADLINE_NONE) {
		network_cancel(&world->network, host->tick);
		return;
	}
	host->tick->epoch = host->epoch;
	network_post(&world->network, host->tick,
		host_clock_when(&host->clock, deadline, world->network.now_us));
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
take_datagram(struct world *world, const struct event *event)
{
	struct bytes datagram = bytes_of(event->bytes, event->len);

	node_receive(world->hosts[event->to]->node, &world->hosts[event->from]->address,
		datagram, world_now(world, event->to));
	for (struct observer *o = world->observers; o != NULL; o = o->next) {
		if (o->received != NULL)
			o->received(o, world, event->to, datagram);
	}
}

static void
take_stream_event(struct world *world, const struct event *event)
{
	streams_deliver(world, event);
	if (event->kind != EVENT_STREAM_BYTES)
		return;
	for (struct observer *o = world->observers; o != NULL; o = o->next) {
		if (o->streamed != NULL)
			o->streamed(o, world, event->to);
	}
}

static bool
reaches(const struct world *world, const struct event *event)
{
	const struct host *host = world->hosts[event->to];

	return host->node != NULL && host->epoch == event->epoch &&
	       carry_is_open(world, event->from, event->to);
}

static void
deliver(struct world *world, struct event *event)
{
	if (!reaches(world, event)) {
		if (event->kind != EVENT_DATAGRAM)
			streams_fail(world, event);
	} else {
		if (event->kind == EVENT_DATAGRAM)
			take_datagram(world, event);
		else
			take_stream_event(world, event);
		traffic_settle(world, event->to);
	}
	free(event);
}

static void
keep_waiting(struct world *world, struct event *event)
{
	struct host *host = world->hosts[event->to];

	if (event->kind == EVENT_DATAGRAM) {
		if (host->waiting_datagrams == STALL_DATAGRAM_COUNT_MAX) {
			world->network.datagrams_lost++;
			free(event);
			return;
		}
		host->waiting_datagrams++;
	}
	if (host->waiting_count == host->waiting_size) {
		host->waiting_size = 2 * host->waiting_size + 16;
		host->waiting = mem_resize(
			host->waiting, host->waiting_size, sizeof(*host->waiting));
	}
	host->waiting[host->waiting_count++] = event;
}

void
traffic_handle(struct world *world, struct event *event)
{
	struct host *host = world->hosts[event->to];

	if (event == host->tick) {
		node_tick(host->node, world_now(world, event->to));
		traffic_settle(world, event->to);
	} else if (host->stalled && reaches(world, event)) {
		keep_waiting(world, event);
	} else {
		deliver(world, event);
	}
}

static void
discard_waiting(struct host *host)
{
	for (size_t i = 0; i < host->waiting_count; i++)
		free(host->waiting[i]);
	host->waiting_count = 0;
	host->waiting_datagrams = 0;
}

void
traffic_release(struct world *world, size_t index)
{
	struct host *host = world->hosts[index];

	/* A process that goes on sees its sockets before its timers. */
	for (size_t i = 0; i < host->waiting_count; i++)
		deliver(world, host->waiting[i]);
	host->waiting_count = 0;
	host->waiting_datagrams = 0;
	traffic_settle(world, index);
}

void
traffic_break_streams(struct world *world, size_t index)
{
	discard_waiting(world->hosts[index]);
	streams_break(world, index);
}

void
traffic_forget(struct host *host)
{
	discard_waiting(host);
	streams_forget(host);
}
