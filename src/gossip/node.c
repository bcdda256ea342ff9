/* SPDX-License-Identifier: MIT */
#include "gossip/node.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "gossip/node_parts.h"

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
	table_set_seed(&node->broadcast.missing, prng_next(&node->prng));
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
		.outbox = &node->outbox,
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
	repair_init(&node->repair, settings, &node->members, &node->store,
		&node->probes, &node->exchanges, &node->outbox);
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

/* --- datagrams: what each message is for --- */

/* A message's sender as far as this node knows it. */
struct arrival {
	const struct address *from;
	uint64_t sender;       /* short id */
	struct member *member; /* NULL when unknown */
};

static void
on_ping(struct node *node, const struct arrival *arrival, const struct message *message)
{
	probes_answer(&node->probes, arrival->from, message->ping.probe, node->now);
	if (arrival->member == NULL)
		return;
	roster_on_sign_of_life(&node->roster, arrival->member, arrival->from);
	repair_on_state(
		&node->repair, arrival->member, &message->ping.state, NULL, node->now);
}

static void
on_ack(struct node *node, const struct arrival *arrival, const struct message *message)
{
	struct probe_answer answer;
	struct member *member = arrival->member;

	if (!probes_on_ack(&node->probes, arrival->sender, message->ping.probe,
		    node->now, &answer))
		return;
	if (answer.kind == PROBE_LEAVE)
		leave_confirmed(&node->leave, arrival->sender);
	if (member == NULL || answer.kind == PROBE_RELAY)
		return;
	member->clock_known = true;
	/* Any number may come in: the sum is made where it cannot overflow. */
	member->clock_offset_ms = (int64_t)(message->ping.wall_ms - node->now.wall_ms +
					    member->rtt_us / 2 / MS_US);
	roster_on_sign_of_life(&node->roster, member, arrival->from);
	repair_on_state(
		&node->repair, member, &message->ping.state, &answer, node->now);
}

static void
on_ping_req(
	struct node *node, const struct arrival *arrival, const struct message *message)
{
	probes_relay(&node->probes, arrival->from, message, node->now.mono_us);
}

static void
on_answer(
	struct node *node, const struct arrival *arrival, const struct message *message)
{
	struct probe_answer answer;

	(void)arrival;
	if (probes_on_answer(&node->probes, message, &answer) && answer.member != NULL)
		answer.member->heard_us = node->now.mono_us;
}

static void
on_suspect(
	struct node *node, const struct arrival *arrival, const struct message *message)
{
	roster_on_suspect(&node->roster, message, arrival->from, node->now);
}

static void
on_record(
	struct node *node, const struct arrival *arrival, const struct message *message)
{
	struct source source = {
		.member = arrival->sender,
		.address = *arrival->from,
		.hops = message->record.hops,
		.pass_on = true,
	};
	struct dot dot = message->record.view.dot;
	enum intake_result result =
		intake_record(&node->intake, &message->record.view, &source, node->now);

	broadcast_on_record(&node->broadcast, arrival->sender, arrival->from, dot,
		result != INTAKE_KNOWN, node->now.mono_us);
}

static void
on_ihave(
	struct node *node, const struct arrival *arrival, const struct message *message)
{
	broadcast_on_ihave(
		&node->broadcast, arrival->sender, message, node->now.mono_us);
}

static void
on_graft(
	struct node *node, const struct arrival *arrival, const struct message *message)
{
	broadcast_on_graft(&node->broadcast, arrival->sender, arrival->from, message,
		node->now.mono_us);
}

static void
on_prune(
	struct node *node, const struct arrival *arrival, const struct message *message)
{
	(void)message;
	broadcast_on_prune(&node->broadcast, arrival->sender);
}

static void
on_pull(struct node *node, const struct arrival *arrival, const struct message *message)
{
	(void)message;
	mongering_on_pull(&node->mongering, arrival->from);
}

static void
on_agree(
	struct node *node, const struct arrival *arrival, const struct message *message)
{
	(void)arrival;
	repair_on_agree(&node->repair, message);
}

/* What may stand in a datagram, and who takes it. */
static void (*const datagram_handlers[MESSAGE_TYPE_COUNT])(struct node *node,
	const struct arrival *arrival, const struct message *message) = {
	[MESSAGE_PING] = on_ping,
	[MESSAGE_ACK] = on_ack,
	[MESSAGE_PING_REQ] = on_ping_req,
	[MESSAGE_NACK] = on_answer,
	[MESSAGE_RELAYED_ACK] = on_answer,
	[MESSAGE_SUSPECT] = on_suspect,
	[MESSAGE_RECORD] = on_record,
	[MESSAGE_IHAVE] = on_ihave,
	[MESSAGE_GRAFT] = on_graft,
	[MESSAGE_PRUNE] = on_prune,
	[MESSAGE_AGREE] = on_agree,
	[MESSAGE_PULL] = on_pull,
};

static void
drop(struct node *node, enum drop reason)
{
	node->intake.drops[reason]++;
}

static void
receive_messages(struct node *node, const struct address *from, uint64_t sender,
	struct reader *reader)
{
	struct arrival arrival = {
		.from = from,
		.sender = sender,
		.member = members_find(&node->members, sender),
	};
	struct message message;

	if (arrival.member != NULL)
		arrival.member->heard_us = node->now.mono_us;
	while (reader_left(reader) > 0) {
		enum message_result result =
			message_read(reader, WIRE_DATAGRAM_SIZE_MAX, &message);

		if (result == MESSAGE_SKIPPED)
			continue;
		if (result != MESSAGE_TAKEN ||
			datagram_handlers[message.type] == NULL) {
			drop(node, DROP_MALFORMED);
			return;
		}
		datagram_handlers[message.type](node, &arrival, &message);
	}
}

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
	struct reader reader = reader_of(datagram);
	struct header header;
	enum err err = header_read(&reader, &header);

	node_turn(node, now);
	node->datagrams_in++;
	node->datagram_bytes_in += datagram.len;
	if (err != ERR_OK)
		drop(node, err == ERR_VERSION ? DROP_VERSION : DROP_MALFORMED);
	else if (header.cluster != node->header.cluster)
		intake_drop_foreign(&node->intake, from, now);
	else if (header.sender == node->header.sender)
		drop(node, DROP_REFLECTED);
	else
		receive_messages(node, from, header.sender, &reader);
	renew_writer(node);
}

/* --- time --- */

void
node_tick(struct node *node, struct now now)
{
	uint64_t failed;

	node_turn(node, now);
	probes_tick(&node->probes, now);
	while ((failed = probes_next_failed(&node->probes)) != 0)
		roster_on_failed(&node->roster, failed, now);
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
	heap_check(&node->broadcast.timers);
	assert(table_count(&node->suspicions.by_member) >=
		node->members.state_count[MEMBER_SUSPECT]);
}
