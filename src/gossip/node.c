/* SPDX-License-Identifier: MIT */
#include "gossip/node.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "gossip/node_parts.h"
#include "gossip/receive.h"

/* --- making --- */

/* The settings with their texts in one allocation of the node's own. */
static void
copy_settings(struct node *node, const struct settings *settings)
{
	const char **texts[] = {&node->settings.name, &node->settings.zone,
		&node->settings.software, &node->settings.cluster};
	size_t size = 0;
	size_t used = 0;

	node->settings = *settings;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		size += strlen(*texts[i]) + 1;
	node->texts = mem_new(size);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		size_t len = strlen(*texts[i]) + 1;

		memcpy(node->texts + used, *texts[i], len);
		*texts[i] = node->texts + used;
		used += len;
	}
}

static void
init_state(struct node *node)
{
	const struct settings *settings = &node->settings;

	prng_init(&node->prng, settings->seed);
	node->header = (struct header){
		.version = WIRE_VERSION,
		.features = WIRE_FEATURES,
		.cluster = header_cluster(settings->cluster),
		.sender = short_id_of(settings->identity.id),
	};
	clock_init(&node->clock, settings->clock_drift_max_ms);
	store_init(&node->store, node->header.cluster, settings->state_size_max,
		settings->tombstone_life_ms);
	table_set_seed(&node->store.by_hash, prng_next(&node->prng));
	table_set_seed(&node->store.context.by_writer, prng_next(&node->prng));
	members_init(&node->members, settings->member_count_max);
	table_set_seed(&node->members.by_short_id, prng_next(&node->prng));
	table_set_seed(&node->members.by_writer, prng_next(&node->prng));
	outputs_init(&node->outputs);
	outbox_init(&node->outbox, &node->header, settings->packet_size_max);
}

static void
init_dissemination(struct node *node)
{
	const struct settings *settings = &node->settings;

	overlay_init(&node->overlay, &node->members, settings->neighbour_rings,
		settings->direct_count_max);
	mongering_init(&node->mongering, settings, &node->store, &node->members,
		&node->outbox, &node->prng, node->now.mono_us);
	broadcast_init(&node->broadcast, settings, &node->store, &node->members,
		&node->overlay, &node->outbox, &node->mongering);
	table_set_seed(&node->broadcast.missing.by_hash, prng_next(&node->prng));
	author_init(&node->author, &settings->identity, &node->store, &node->broadcast,
		&node->clock, &node->outputs);
}

static void
init_membership(struct node *node)
{
	const struct settings *settings = &node->settings;

	suspicions_init(&node->suspicions, settings);
	probes_init(&node->probes, settings, &node->members, &node->store,
		&node->outbox, &node->prng, node->now.mono_us);
	node->roster = (struct roster){
		.settings = settings,
		.members = &node->members,
		.overlay = &node->overlay,
		.suspicions = &node->suspicions,
		.probes = &node->probes,
		.store = &node->store,
		.author = &node->author,
		.broadcast = &node->broadcast,
		.outputs = &node->outputs,
		.prng = &node->prng,
	};
	node->leave = (struct leave){
		.members = &node->members,
		.probes = &node->probes,
		.broadcast = &node->broadcast,
		.outputs = &node->outputs,
		.prng = &node->prng,
		.again_at_us = DEADLINE_NONE,
	};
}

static void
init_reconciliation(struct node *node)
{
	const struct settings *settings = &node->settings;
	struct exchange_host host = {
		.members = &node->members,
		.store = &node->store,
		.intake = &node->intake,
		.author = &node->author,
		.header = &node->header,
		.now = &node->now,
	};

	node->intake = (struct intake){
		.settings = settings,
		.store = &node->store,
		.clock = &node->clock,
		.roster = &node->roster,
		.broadcast = &node->broadcast,
		.outputs = &node->outputs,
	};
	exchanges_init(
		&node->exchanges, &host, &node->roster, &node->outputs, settings);
	node->difference = (struct difference){
		.settings = settings,
		.members = &node->members,
		.store = &node->store,
		.author = &node->author,
		.broadcast = &node->broadcast,
		.outbox = &node->outbox,
	};
	repair_init(&node->repair, settings, &node->members, &node->store,
		&node->probes, &node->exchanges, &node->difference, &node->outbox);
	contact_init(&node->contact, settings, &node->members, &node->probes,
		&node->exchanges, &node->outputs, &node->prng, node->now.mono_us);
}

struct node *
node_new(const struct settings *settings, struct now now)
{
	struct node *node = mem_new(sizeof(*node));

	assert(settings->name[0] != '\0');
	assert(settings->address.port != 0);
	node->now = now;
	copy_settings(node, settings);
	init_state(node);
	init_dissemination(node);
	init_membership(node);
	init_reconciliation(node);
	roster_start(&node->roster, now);
	return node;
}

void
node_free(struct node *node)
{
	if (node == NULL)
		return;
	exchanges_fini(&node->exchanges);
	broadcast_fini(&node->broadcast);
	mongering_fini(&node->mongering);
	probes_fini(&node->probes);
	suspicions_fini(&node->suspicions);
	outbox_fini(&node->outbox);
	outputs_fini(&node->outputs);
	members_fini(&node->members);
	store_fini(&node->store);
	free(node->texts);
	free(node);
}

void
node_turn(struct node *node, struct now now)
{
	assert(now.mono_us >= node->now.mono_us);
	node->now = now;
	store_expire(&node->store, now.wall_ms);
}

/* --- datagrams --- */

/* An old state that came back would write under numbers that are taken. */
static void
renew_writer(struct node *node)
{
	uint64_t writer;

	if (!author_is_outrun(&node->author))
		return;
	do
		writer = prng_next(&node->prng);
	while (writer == 0);
	author_renew(&node->author, writer, node->now);
}

void
node_receive(struct node *node, const struct address *from, struct bytes datagram,
	struct now now)
{
	node_turn(node, now);
	receive_datagram(node, from, datagram);
	renew_writer(node);
}

/* --- time --- */

/* How long to wait for a neighbour follows from its round trip, and its turn to be
 * probed may be far. */
static void
measure_neighbours(struct node *node)
{
	for (size_t i = 0; i < node->overlay.count; i++) {
		const struct member *member = node->overlay.neighbours[i].member;

		if (member->rtt_us == 0)
			probes_start(&node->probes, PROBE_MEASURE, member,
				node->now.mono_us);
	}
}

void
node_tick(struct node *node, struct now now)
{
	struct probe_failure failure;
	uint64_t round_at_us = node->probes.round_at_us;
	uint64_t late_us;

	node_turn(node, now);
	late_us = probes_tick(&node->probes, now);
	if (late_us != 0)
		suspicions_delay(&node->suspicions, late_us);
	if (node->probes.round_at_us != round_at_us)
		measure_neighbours(node);
	while (probes_next_failed(&node->probes, &failure))
		roster_on_failed(&node->roster, &failure, now);
	roster_tick(&node->roster, now);
	broadcast_tick(&node->broadcast, now.mono_us);
	mongering_tick(&node->mongering, now.mono_us);
	repair_tick(&node->repair, now);
	contact_tick(&node->contact, now);
	leave_tick(&node->leave, now);
}

/* When the next record expires, on the monotonic clock as far as that can be known. */
static uint64_t
expiry_deadline(const struct node *node)
{
	uint64_t deadline_ms = store_deadline_ms(&node->store);

	if (deadline_ms == DEADLINE_NONE)
		return DEADLINE_NONE;
	if (deadline_ms <= node->now.wall_ms)
		return node->now.mono_us;
	/* An expiry may be told that no clock of ours will ever reach. */
	if (deadline_ms - node->now.wall_ms > (UINT64_MAX - node->now.mono_us) / MS_US)
		return DEADLINE_NONE;
	return node->now.mono_us + (deadline_ms - node->now.wall_ms) * MS_US;
}

uint64_t
node_deadline(const struct node *node)
{
	const uint64_t deadlines[] = {
		probes_deadline(&node->probes),
		suspicions_deadline(&node->suspicions),
		broadcast_deadline(&node->broadcast),
		mongering_deadline(&node->mongering),
		repair_deadline(&node->repair),
		contact_deadline(&node->contact),
		leave_deadline(&node->leave),
		expiry_deadline(node),
	};
	uint64_t earliest = DEADLINE_NONE;

	for (size_t i = 0; i < sizeof(deadlines) / sizeof(deadlines[0]); i++) {
		if (deadlines[i] < earliest)
			earliest = deadlines[i];
	}
	return earliest;
}

/* --- streams --- */

enum err
node_stream_accept(struct node *node, const struct address *from, struct now now,
	uint32_t *ret_stream)
{
	node_turn(node, now);
	return exchanges_accept(&node->exchanges, from, ret_stream);
}

void
node_stream_connected(struct node *node, uint32_t stream, struct now now)
{
	node_turn(node, now);
	exchanges_connected(&node->exchanges, stream);
}

enum err
node_stream_receive(
	struct node *node, uint32_t stream, struct bytes bytes, struct now now)
{
	node_turn(node, now);

	enum err err = exchanges_receive(&node->exchanges, stream, bytes, now);

	renew_writer(node);
	return err;
}

size_t
node_stream_fill(struct node *node, uint32_t stream, uint8_t *data, size_t size)
{
	return exchanges_fill(&node->exchanges, stream, data, size);
}

void
node_stream_closed(struct node *node, uint32_t stream, struct now now)
{
	node_turn(node, now);
	exchanges_closed(&node->exchanges, stream);
}

/* --- addresses and numbers the driver finds --- */

void
node_seed(struct node *node, const struct address *address, struct now now)
{
	node_turn(node, now);
	if (!address_equal(address, &node->members.self->address))
		contact_seed(&node->contact, address);
}

void
node_reserved(struct node *node, uint64_t writer, uint64_t limit)
{
	struct member *self = node->members.self;
	bool renewed = self->writer != writer;

	author_reserved(&node->author, writer, limit);
	if (writer != node->author.writer)
		return;
	/* The others learn under which id this node writes from now on, or that there
	 * is this node at all. */
	if (renewed) {
		author_rescue(&node->author, node->now);
		self->incarnation++;
	}
	if (renewed || store_find(&node->store, SPACE_MEMBERS,
			       bytes_of(self->id, NODE_ID_SIZE)) == NULL)
		roster_announce(&node->roster, node->now);
}

/* --- outputs --- */

static void
end_turn(struct node *node)
{
	uint64_t short_id;

	broadcast_flush(&node->broadcast, node->now.mono_us);
	mongering_flush(&node->mongering);
	while ((short_id = broadcast_next_oversized(&node->broadcast)) != 0) {
		const struct member *member = members_find(&node->members, short_id);

		if (member != NULL)
			repair_with(&node->repair, member, node->now);
	}
}

const struct output *
node_output(struct node *node)
{
	const struct output *output;

	end_turn(node);
	output = outputs_next(&node->outputs);
	if (output != NULL)
		return output;
	node->output.kind = OUTPUT_DATAGRAM;
	if (!outbox_next(&node->outbox, &node->output.address, &node->output.bytes))
		return NULL;
	return &node->output;
}

void
node_check(const struct node *node)
{
	store_check(&node->store);
	members_check(&node->members);
	overlay_check(&node->overlay);
	heap_check(&node->probes.timers);
	heap_check(&node->suspicions.timers);
	heap_check(&node->broadcast.missing.timers);
	assert(table_count(&node->suspicions.by_member) >=
		node->members.state_count[MEMBER_SUSPECT]);
}
