/* SPDX-License-Identifier: MIT */
#include "sim/world.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/table.h"
#include "wire/limits.h"

/* The wall clock at the start of the world: 2025-01-01 UTC. */
#define WALL_START_MS UINT64_C(1735689600000)

/* How long a host waits for a stream that nobody answers. */
#define CONNECT_TIMEOUT_US (3 * SECOND_US)

#define STREAM_CHUNK_SIZE 65536

struct host {
	char name[16];
	struct node *node; /* NULL when down */
	struct settings settings;
	struct address address;
	uint64_t epoch; /* raised with each end of a life */
	uint64_t tick_at_us; /* of the event on its way; DEADLINE_NONE for none */
	unsigned side;
	struct table peers; /* by own stream: struct stream_end */
};

/* One host's end of an established stream. */
struct stream_end {
	size_t peer;
	uint32_t peer_stream;
	uint64_t last_us; /* when the last bytes sent arrive: they keep their order */
};

struct world {
	struct network network;
	struct settings settings;
	struct host **hosts;
	size_t count;
	size_t *seeds;
	size_t seed_count;
};

/* --- hosts --- */

struct world *
world_new(const struct network_settings *settings, uint64_t seed)
{
	struct world *world = mem_new(sizeof(*world));

	network_init(&world->network, settings, seed);
	world->settings = settings_default();
	return world;
}

static void
forget_streams(struct host *host)
{
	size_t cursor = 0;
	struct stream_end *end;

	while ((end = table_next(&host->peers, &cursor)) != NULL)
		free(end);
	table_clear(&host->peers);
}

void
world_free(struct world *world)
{
	for (size_t i = 0; i < world->count; i++) {
		node_free(world->hosts[i]->node);
		forget_streams(world->hosts[i]);
		table_fini(&world->hosts[i]->peers);
		free(world->hosts[i]);
	}
	network_fini(&world->network);
	free(world->hosts);
	free(world->seeds);
	free(world);
}

struct settings *
world_settings(struct world *world)
{
	return &world->settings;
}

void
world_set_seeds(struct world *world, const size_t *hosts, size_t count)
{
	free(world->seeds);
	world->seeds = mem_copy(hosts, count * sizeof(*hosts));
	world->seed_count = count;
}

static struct address
address_of(size_t host, unsigned life)
{
	return (struct address){
		.family = 4,
		.ip = {10, (uint8_t)(host >> 16), (uint8_t)(host >> 8), (uint8_t)host},
		.port = (uint16_t)(WIRE_PORT + life),
	};
}

static void
start(struct world *world, struct host *host)
{
	host->settings.address = host->address;
	host->settings.name = host->name;
	host->settings.seed = prng_next(&world->network.prng);
	host->settings.identity.generation++;
	host->settings.identity.seq_next = host->settings.identity.seq_limit;
	host->settings.identity.seq_limit += UINT64_C(1) << 20;
	host->tick_at_us = DEADLINE_NONE;
	host->node = node_new(&host->settings, world_now(world));
}

size_t
world_add(struct world *world)
{
	struct host *host = mem_new(sizeof(*host));
	size_t index = world->count;

	world->hosts =
		mem_resize(world->hosts, ++world->count, sizeof(*world->hosts));
	world->hosts[index] = host;
	snprintf(host->name, sizeof(host->name), "n%zu", index);
	host->settings = world->settings;
	host->settings.has_seeds = world->seed_count != 0;
	host->settings.identity = (struct identity){
		.writer = prng_next(&world->network.prng) | 1,
		.seq_limit = 1,
	};
	for (size_t i = 0; i < NODE_ID_SIZE; i++)
		host->settings.identity.id[i] = (uint8_t)prng_next(&world->network.prng);
	host->address = address_of(index, 0);
	table_init(&host->peers);
	start(world, host);
	world_settle(world, index);
	return index;
}

size_t
world_count(const struct world *world)
{
	return world->count;
}

struct node *
world_node(const struct world *world, size_t host)
{
	return world->hosts[host]->node;
}

struct now
world_now(const struct world *world)
{
	return (struct now){
		.mono_us = world->network.now_us,
		.wall_ms = WALL_START_MS + world->network.now_us / MS_US,
	};
}

const struct network *
world_network(const struct world *world)
{
	return &world->network;
}

uint64_t
world_trace(const struct world *world)
{
	return world->network.trace;
}

/* --- faults --- */

static void post_end(
	struct world *world, size_t to, uint32_t stream, uint64_t after_us);

void
world_crash(struct world *world, size_t index)
{
	struct host *host = world->hosts[index];
	size_t cursor = 0;
	const struct stream_end *end;

	while ((end = table_next(&host->peers, &cursor)) != NULL)
		post_end(world, end->peer, end->peer_stream,
			network_delay_us(&world->network));
	node_free(host->node);
	host->node = NULL;
	host->epoch++;
	forget_streams(host);
}

void
world_restart(struct world *world, size_t index)
{
	assert(world->hosts[index]->node == NULL);
	start(world, world->hosts[index]);
	world_settle(world, index);
}

void
world_move(struct world *world, size_t index)
{
	struct host *host = world->hosts[index];

	host->address.port++;
}

void
world_set_side(struct world *world, size_t host, unsigned side)
{
	world->hosts[host]->side = side;
}

void
world_set_loss(struct world *world, double loss)
{
	world->network.settings.loss = loss;
}

static bool
is_connected(const struct world *world, size_t from, size_t to)
{
	return world->hosts[from]->side == world->hosts[to]->side;
}

/* --- sending --- */

static void
post(struct world *world, struct event *event, size_t from, size_t to, uint64_t after_us)
{
	event->from = from;
	event->to = to;
	event->epoch = world->hosts[to]->epoch;
	network_post(&world->network, event, world->network.now_us + after_us);
}

static void
post_end(struct world *world, size_t to, uint32_t stream, uint64_t after_us)
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
	if (!find_host(world, &output->address, &to) || !is_connected(world, from, to) ||
		network_loses(&world->network))
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
		post_end(world, from, output->stream,
			network_delay_us(&world->network));
		return;
	}
	if (!is_connected(world, from, to)) {
		post_end(world, from, output->stream, CONNECT_TIMEOUT_US);
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
	while ((len = node_stream_fill(
			world->hosts[from]->node, stream, chunk, size)) > 0)
		post_on_stream(world, from, end,
			event_new(EVENT_STREAM_BYTES, bytes_of(chunk, len)));
}

static void
close_stream(struct world *world, size_t from, uint32_t stream)
{
	struct stream_end *end =
		table_remove(&world->hosts[from]->peers, stream);

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
		node_reserved(
			world->hosts[host]->node, output->writer, output->limit);
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
world_settle(struct world *world, size_t host)
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
		post_end(world, event->from, event->from_stream,
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
		post_end(world, event->from, event->from_stream, CONNECT_TIMEOUT_US);
		return;
	}
	end = find_end(world, event->to, event->stream);
	if (end == NULL || world->hosts[event->to]->epoch != event->epoch)
		return;
	post_end(world, end->peer, end->peer_stream, CONNECT_TIMEOUT_US);
	post_end(world, event->to, event->stream, CONNECT_TIMEOUT_US);
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

static void
handle(struct world *world, const struct event *event)
{
	struct host *host = world->hosts[event->to];
	bool reaches = host->node != NULL && host->epoch == event->epoch &&
		is_connected(world, event->from, event->to);

	if (reaches) {
		deliver(world, event);
		world_settle(world, event->to);
	} else if (event->kind != EVENT_DATAGRAM && event->kind != EVENT_TICK) {
		fail_stream(world, event);
	}
}

void
world_run(struct world *world, uint64_t span_us)
{
	uint64_t until_us = world->network.now_us + span_us;
	struct event *event;

	while ((event = network_next(&world->network, until_us)) != NULL) {
		handle(world, event);
		free(event);
	}
}

/* The condition is looked at so often. */
#define LOOK_INTERVAL_US MS_US

bool
world_run_until(struct world *world, world_condition condition, const void *context,
	uint64_t span_us)
{
	uint64_t until_us = world->network.now_us + span_us;

	while (!condition(world, context)) {
		if (world->network.now_us >= until_us)
			return false;
		world_run(world, LOOK_INTERVAL_US);
	}
	return true;
}

/* --- conditions --- */

bool
world_agrees(const struct world *world, const void *context)
{
	bool first = true;
	uint64_t fingerprint = 0;

	(void)context;
	for (size_t i = 0; i < world->count; i++) {
		struct status status;

		if (world->hosts[i]->node == NULL)
			continue;
		node_status(world->hosts[i]->node, &status);
		if (!first && status.fingerprint != fingerprint)
			return false;
		fingerprint = status.fingerprint;
		first = false;
	}
	return true;
}

static size_t
running_count(const struct world *world)
{
	size_t count = 0;

	for (size_t i = 0; i < world->count; i++)
		count += world->hosts[i]->node != NULL;
	return count;
}

/* The names of hosts are "n" and their index. */
static bool
is_running(const struct world *world, const char *name)
{
	size_t index = (size_t)strtoul(name + 1, NULL, 10);

	return world->hosts[index]->node != NULL;
}

bool
world_knows_all(const struct world *world, const void *context)
{
	size_t running = running_count(world);

	(void)context;
	for (size_t i = 0; i < world->count; i++) {
		struct member_view view;
		size_t cursor = 0;
		size_t alive = 0;

		if (world->hosts[i]->node == NULL)
			continue;
		while (node_next_member(world->hosts[i]->node, &cursor, &view)) {
			if (view.state == MEMBER_DEAD || view.state == MEMBER_LEFT)
				continue;
			if (!is_running(world, view.name))
				return false;
			alive += view.state == MEMBER_ALIVE;
		}
		if (alive != running)
			return false;
	}
	return true;
}

void
world_check(const struct world *world)
{
	for (size_t i = 0; i < world->count; i++) {
		if (world->hosts[i]->node != NULL)
			node_check(world->hosts[i]->node);
	}
}
