/* SPDX-License-Identifier: MIT */
#include "gossip/outbox.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"

struct packet {
	struct packet *next;
	struct address to;
	size_t len;
	uint8_t bytes[WIRE_DATAGRAM_SIZE_MAX];
};

void
outbox_init(struct outbox *outbox, const struct header *header, size_t packet_size_max)
{
	assert(packet_size_max <= WIRE_DATAGRAM_SIZE_MAX);
	*outbox = (struct outbox){
		.header = *header,
		.packet_size_max = packet_size_max,
	};
	table_init(&outbox->open);
}

static void
free_list(struct packet *packet)
{
	while (packet != NULL) {
		struct packet *next = packet->next;

		free(packet);
		packet = next;
	}
}

void
outbox_fini(struct outbox *outbox)
{
	free_list(outbox->ready_first);
	free_list(outbox->open_first);
	free_list(outbox->free);
	free(outbox->taken);
	table_fini(&outbox->open);
}

static struct packet *
packet_new(struct outbox *outbox, const struct address *to)
{
	struct packet *packet = outbox->free;
	struct writer writer;

	if (packet != NULL)
		outbox->free = packet->next;
	else
		packet = mem_new(sizeof(*packet));
	packet->next = NULL;
	packet->to = *to;
	writer = writer_of(packet->bytes, outbox->packet_size_max);
	header_write(&writer, &outbox->header);
	packet->len = writer.len;
	return packet;
}

/* From now on the packet takes further messages for its address. */
static void
open_packet(struct outbox *outbox, struct packet *packet)
{
	if (outbox->open_last != NULL)
		outbox->open_last->next = packet;
	else
		outbox->open_first = packet;
	outbox->open_last = packet;
	table_put(&outbox->open, address_hash(&packet->to), packet);
}

static void
free_packet(struct outbox *outbox, struct packet *packet)
{
	packet->next = outbox->free;
	outbox->free = packet;
}

static bool
append(struct outbox *outbox, struct packet *packet, const struct message *message)
{
	struct writer writer = writer_of(packet->bytes, outbox->packet_size_max);

	writer.len = packet->len;
	message_write(&writer, message);
	if (writer.failed)
		return false;
	packet->len = writer.len;
	return true;
}

bool
outbox_fits(const struct outbox *outbox, const struct record_view *record)
{
	return WIRE_HEADER_SIZE + OUTBOX_RECORD_OVERHEAD + record_len(record) <=
	       outbox->packet_size_max;
}

bool
outbox_put(
	struct outbox *outbox, const struct address *to, const struct message *message)
{
	struct packet *packet = table_find(&outbox->open, address_hash(to));

	if (packet != NULL && address_equal(&packet->to, to) &&
		append(outbox, packet, message))
		return true;
	packet = packet_new(outbox, to);
	if (!append(outbox, packet, message)) {
		free_packet(outbox, packet);
		return false;
	}
	open_packet(outbox, packet);
	return true;
}

/* Everything open becomes ready, in the order in which it was begun. */
static void
close_packets(struct outbox *outbox)
{
	if (outbox->open_first == NULL)
		return;
	table_clear(&outbox->open);
	if (outbox->ready_last != NULL)
		outbox->ready_last->next = outbox->open_first;
	else
		outbox->ready_first = outbox->open_first;
	outbox->ready_last = outbox->open_last;
	outbox->open_first = NULL;
	outbox->open_last = NULL;
}

bool
outbox_next(struct outbox *outbox, struct address *ret_to, struct bytes *ret_datagram)
{
	struct packet *packet;

	if (outbox->taken != NULL) {
		free_packet(outbox, outbox->taken);
		outbox->taken = NULL;
	}
	close_packets(outbox);
	packet = outbox->ready_first;
	if (packet == NULL)
		return false;
	outbox->ready_first = packet->next;
	if (outbox->ready_first == NULL)
		outbox->ready_last = NULL;
	outbox->taken = packet;
	outbox->packet_count++;
	outbox->byte_count += packet->len;
	*ret_to = packet->to;
	*ret_datagram = bytes_of(packet->bytes, packet->len);
	return true;
}
