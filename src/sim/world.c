/* SPDX-License-Identifier: MIT */
#include "sim/world.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "sim/traffic.h"
#include "sim/world_parts.h"
#include "wire/limits.h"

/* The wall clock at the start of the world: 2025-01-01 UTC. */
#define WALL_START_MS UINT64_C(1735689600000)

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

	world->hosts = mem_resize(world->hosts, ++world->count, sizeof(*world->hosts));
	world->hosts[index] = host;
	snprintf(host->name, sizeof(host->name), "n%zu", index);
	host->settings = world->settings;
	host->settings.has_seeds = world->seed_count != 0;
	host->settings.identity = (struct identity){
		.writer = prng_next(&world->network.prng) | 1,
		.seq_limit = 1,
	};
	for (size_t i = 0; i < NODE_ID_SIZE; i++)
		host->settings.identity.id[i] =
			(uint8_t)prng_next(&world->network.prng);
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

void
world_crash(struct world *world, size_t index)
{
	struct host *host = world->hosts[index];
	size_t cursor = 0;
	const struct stream_end *end;

	while ((end = table_next(&host->peers, &cursor)) != NULL)
		traffic_end_stream(world, end->peer, end->peer_stream,
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

/* --- time --- */

void
world_settle(struct world *world, size_t host)
{
	traffic_settle(world, host);
}

void
world_run(struct world *world, uint64_t span_us)
{
	uint64_t until_us = world->network.now_us + span_us;
	struct event *event;

	while ((event = network_next(&world->network, until_us)) != NULL) {
		traffic_handle(world, event);
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
