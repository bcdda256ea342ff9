/* SPDX-License-Identifier: MIT */
#include "gossip/receive.h"

#include "gossip/node_parts.h"

/* --- what each message is for --- */

/* A message's sender as far as this node knows it. */
struct arrival {
	const struct address *from;
	uint64_t sender;       /* short id */
	struct member *member; /* NULL when unknown */
};

/* What may be answered with more than it takes itself is answered only to those who are
 * known to be where it came from. */
static bool
is_from_member(const struct arrival *arrival)
{
	return arrival->member != NULL && member_is_live(arrival->member) &&
	       address_equal(arrival->from, &arrival->member->address);
}

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

	if (!probes_on_answer(&node->probes, message, &answer) || answer.member == NULL)
		return;
	if (answer.reached)
		roster_on_heard(&node->roster, answer.member, node->now);
	else if (answer.kind == PROBE_VERIFY && arrival->member != NULL)
		roster_on_confirmed(
			&node->roster, answer.member, arrival->sender, node->now);
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

	if (result == INTAKE_REFUSED)
		broadcast_on_refused(&node->broadcast, dot);
	else
		broadcast_on_record(&node->broadcast, arrival->sender, arrival->from,
			dot, result == INTAKE_NEW, node->now.mono_us);
	if (result == INTAKE_KNOWN)
		mongering_on_known(&node->mongering, arrival->from, dot);
}

static void
on_ihave(
	struct node *node, const struct arrival *arrival, const struct message *message)
{
	if (arrival->member != NULL)
		broadcast_on_ihave(
			&node->broadcast, arrival->sender, message, node->now.mono_us);
	mongering_on_ihave(&node->mongering, message);
}

static void
on_graft(
	struct node *node, const struct arrival *arrival, const struct message *message)
{
	if (is_from_member(arrival))
		broadcast_on_graft(&node->broadcast, arrival->sender, arrival->from,
			message, node->now.mono_us);
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
	if (is_from_member(arrival))
		mongering_on_pull(&node->mongering, arrival->from);
}

static void
on_agree(
	struct node *node, const struct arrival *arrival, const struct message *message)
{
	if (is_from_member(arrival))
		repair_on_agree(&node->repair, message);
}

static void
on_sketch(
	struct node *node, const struct arrival *arrival, const struct message *message)
{
	if (is_from_member(arrival))
		repair_on_sketch(&node->repair, arrival->member, message, node->now);
}

static void
on_want(struct node *node, const struct arrival *arrival, const struct message *message)
{
	if (is_from_member(arrival))
		difference_on_want(&node->difference, arrival->from, message);
}

static void
on_offer(
	struct node *node, const struct arrival *arrival, const struct message *message)
{
	if (is_from_member(arrival))
		difference_on_offer(&node->difference, arrival->sender, arrival->from,
			message, node->now.mono_us);
}

static void
on_gone(struct node *node, const struct arrival *arrival, const struct message *message)
{
	if (is_from_member(arrival) &&
		difference_on_gone(&node->difference, message, node->now))
		roster_announce(&node->roster, node->now);
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
	[MESSAGE_SKETCH] = on_sketch,
	[MESSAGE_WANT] = on_want,
	[MESSAGE_OFFER] = on_offer,
	[MESSAGE_GONE] = on_gone,
};

/* --- datagrams --- */

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
		roster_on_heard(&node->roster, arrival.member, node->now);
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

void
receive_datagram(struct node *node, const struct address *from, struct bytes datagram)
{
	struct reader reader = reader_of(datagram);
	struct header header;
	enum err err = header_read(&reader, &header);

	node->datagrams_in++;
	node->datagram_bytes_in += datagram.len;
	if (err != ERR_OK)
		drop(node, err == ERR_VERSION ? DROP_VERSION : DROP_MALFORMED);
	else if (header.cluster != node->header.cluster)
		intake_drop_foreign(&node->intake, from, node->now);
	else if (header.sender == node->header.sender)
		drop(node, DROP_REFLECTED);
	else
		receive_messages(node, from, header.sender, &reader);
}
