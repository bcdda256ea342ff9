/* SPDX-License-Identifier: MIT */
#include "sim/world.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "sim/traffic.h"
#include "sim/world_parts.h"
#include "wire/limits.h"

/* --- hosts --- */

struct world *
world_new(const struct path *path, uint64_t seed)
{
	struct world *world = mem_new(sizeof(*world));

	network_init(&world->network, seed);
	paths_init(&world->paths, path);
	world->settings = settings_default();
	return world;
}

static void
host_free(struct world *world, struct host *host)
{
	node_free(host->node);
	traffic_forget(host);
	network_cancel(&world->network, host->tick);
	table_fini(&host->peers);
	free(host->tick);
	free(host->waiting);
	free(host);
}

void
world_free(struct world *world)
{
	if (world == NULL)
		return;
	for (size_t i = 0; i < world->count; i++)
		host_free(world, world->hosts[i]);
	network_fini(&world->network);
	paths_fini(&world->paths);
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
	world->seeds = count == 0 ? NULL : mem_copy(hosts, count * sizeof(*hosts));
	world->seed_count = count;
}

/* The index of a host can be read from its address. */
static struct address
address_of(size_t host)
{
	return (struct address){
		.family = 4,
		.ip = {10, (uint8_t)(host >> 16), (uint8_t)(host >> 8), (uint8_t)host},
		.port = WIRE_PORT,
	};
}

static void
draw_identity(struct world *world, struct identity *identity)
{
	*identity = (struct identity){
		.writer = prng_next(&world->network.prng) | 1,
		.seq_limit = 1,
	};
	for (size_t i = 0; i < NODE_ID_SIZE; i++)
		identity->id[i] = (uint8_t)prng_next(&world->network.prng);
}

static void
start(struct world *world, size_t index)
{
	struct host *host = world->hosts[index];

	host->settings.address = host->address;
	host->settings.name = host->name;
	host->settings.seed = prng_next(&world->network.prng);
	host->settings.identity.generation++;
	host->settings.identity.seq_next = host->settings.identity.seq_limit;
	host->settings.identity.seq_limit += RESERVE_COUNT;
	host->node = node_new(&host->settings, world_now(world, index));
	world_settle(world, index);
}

size_t
world_add(struct world *world)
{
	struct host *host = mem_new(sizeof(*host));
	size_t index = world->count;

	world->hosts = mem_resize(world->hosts, ++world->count, sizeof(struct host *));
	world->hosts[index] = host;
	snprintf(host->name, sizeof(host->name), "n%zu", index);
	host->settings = world->settings;
	host->settings.has_seeds = world->seed_count != 0;
	draw_identity(world, &host->settings.identity);
	host->address = address_of(index);
	host->tick = event_new(EVENT_TICK, bytes_of(NULL, 0));
	host->tick->from = host->tick->to = (uint32_t)index;
	host_clock_init(&host->clock);
	table_init(&host->peers);
	start(world, index);
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
world_now(const struct world *world, size_t host)
{
	return host_clock_now(&world->hosts[host]->clock, world->network.now_us);
}

uint64_t
world_time_us(const struct world *world)
{
	return world->network.now_us;
}

size_t
world_index(const char *name)
{
	return (size_t)strtoul(name + 1, NULL, 10);
}

void
world_observe(struct world *world, struct observer *observer)
{
	observer->next = world->observers;
	world->observers = observer;
}

void
world_unobserve(struct world *world, struct observer *observer)
{
	struct observer **link = &world->observers;

	while (*link != observer)
		link = &(*link)->next;
	*link = observer->next;
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

/* --- faults of hosts --- */

void
world_crash(struct world *world, size_t index)
{
	struct host *host = world->hosts[index];

	traffic_break_streams(world, index);
	node_free(host->node);
	host->node = NULL;
	host->stalled = false;
	host->epoch++;
	network_cancel(&world->network, host->tick);
}

void
world_restart(struct world *world, size_t index, enum kept kept)
{
	struct host *host = world->hosts[index];

	assert(host->node == NULL);
	if (kept == KEPT_NOTHING)
		draw_identity(world, &host->settings.identity);
	start(world, index);
}

void
world_move(struct world *world, size_t index)
{
	world->hosts[index]->address.port++;
}

void
world_stall(struct world *world, size_t index)
{
	struct host *host = world->hosts[index];

	assert(host->node != NULL);
	host->stalled = true;
	network_cancel(&world->network, host->tick);
}

void
world_resume(struct world *world, size_t index)
{
	struct host *host = world->hosts[index];

	assert(host->stalled);
	host->stalled = false;
	traffic_release(world, index);
}

bool
world_is_stalled(const struct world *world, size_t host)
{
	return world->hosts[host]->stalled;
}

void
world_step_clock(struct world *world, size_t host, int64_t step_ms)
{
	world->hosts[host]->clock.offset_ms += step_ms;
}

void
world_set_clock_rate(struct world *world, size_t index, double rate)
{
	struct host *host = world->hosts[index];

	host_clock_set_rate(&host->clock, rate, world->network.now_us);
	if (host->node != NULL && !host->stalled)
		world_settle(world, index);
}

void
world_set_host_loss(struct world *world, size_t host, double loss)
{
	world->hosts[host]->loss = loss;
}

void
world_set_bandwidth(struct world *world, size_t host, uint64_t bytes_per_s)
{
	world->hosts[host]->bytes_per_s = bytes_per_s;
}

/* --- faults of the network --- */

struct paths *
world_paths(struct world *world)
{
	return &world->paths;
}

void
world_set_side(struct world *world, size_t host, unsigned side)
{
	world->hosts[host]->side = side;
}

void
world_set_region(struct world *world, size_t host, size_t region)
{
	assert(region < world->paths.region_count);
	world->hosts[host]->region = region;
}

/* --- time --- */

void
world_settle(struct world *world, size_t host)
{
	traffic_settle(world, host);
}

void
world_run_to(struct world *world, uint64_t at_us)
{
	struct event *event;

	while ((event = network_next(&world->network, at_us)) != NULL)
		traffic_handle(world, event);
}

void
world_run(struct world *world, uint64_t span_us)
{
	world_run_to(world, world->network.now_us + span_us);
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

void
world_check(const struct world *world)
{
	for (size_t i = 0; i < world->count; i++) {
		if (world->hosts[i]->node != NULL)
			node_check(world->hosts[i]->node);
	}
}
