/* SPDX-License-Identifier: MIT */
#include "sim/spread.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "sim/carry.h"
#include "wire/header.h"
#include "wire/message.h"

#define KEY_SIZE 48

/* --- who has what --- */

/* The keys of one spread have its number before their own. */
static size_t
write_prefix(const struct spread *spread, char key[KEY_SIZE])
{
	return (size_t)snprintf(
		key, KEY_SIZE, "spread%llu/", (unsigned long long)spread->number);
}

static void
write_key(const struct spread *spread, size_t update, char key[KEY_SIZE])
{
	size_t len = write_prefix(spread, key);

	snprintf(key + len, KEY_SIZE - len, "%zu", update);
}

/* The followed write that a key stands for; NULL for another key. */
static struct update *
find_update(struct spread *spread, struct bytes key)
{
	char prefix[KEY_SIZE];
	size_t prefix_len = write_prefix(spread, prefix);
	size_t index = 0;

	if (!bytes_has_prefix(key, bytes_of(prefix, prefix_len)))
		return NULL;
	for (size_t i = prefix_len; i < key.len; i++)
		index = 10 * index + (size_t)(key.data[i] - '0');
	return index < spread->update_count ? &spread->updates[index] : NULL;
}

static void
mark(struct spread *spread, const struct world *world, struct update *update,
	size_t host)
{
	if (update->has[host])
		return;
	update->has[host] = 1;
	update->arrived_us[update->count++] = world_time_us(world) - update->began_us;
	spread->complete_count += update->count == spread->host_count;
}

static void
look(struct spread *spread, const struct world *world, size_t index, size_t host)
{
	struct item item;
	char key[KEY_SIZE];

	write_key(spread, index, key);
	if (node_get(world_node(world, host), bytes_of_string(key), false, &item) ==
		ERR_OK)
		mark(spread, world, &spread->updates[index], host);
}

/* --- what passes --- */

static struct spread *
spread_of(struct observer *observer)
{
	return (struct spread *)observer;
}

static bool
open_datagram(struct bytes datagram, struct reader *ret_reader)
{
	struct header header;

	*ret_reader = reader_of(datagram);
	return header_read(ret_reader, &header) == ERR_OK;
}

/* Whether the message is part of broadcasting writes. */
static bool
count_message(struct spread *spread, const struct message *message)
{
	if (message->type == MESSAGE_RECORD) {
		if (find_update(spread, message->record.view.key) == NULL)
			return false;
		spread->copies++;
		return true;
	}
	if (message->type == MESSAGE_IHAVE || message->type == MESSAGE_GRAFT) {
		spread->digests += message->dots.count;
		return true;
	}
	return message->type == MESSAGE_PRUNE || message->type == MESSAGE_PULL;
}

static void
on_sent(struct observer *observer, const struct world *world, size_t host,
	struct bytes datagram)
{
	struct spread *spread = spread_of(observer);
	struct message message;
	struct reader reader;
	bool counts = false;

	(void)world;
	(void)host;
	if (!open_datagram(datagram, &reader))
		return;
	while (reader_left(&reader) > 0) {
		enum message_result result =
			message_read(&reader, WIRE_DATAGRAM_SIZE_MAX, &message);

		if (result == MESSAGE_TAKEN)
			counts |= count_message(spread, &message);
		else if (result != MESSAGE_SKIPPED)
			break;
	}
	if (!counts)
		return;
	spread->datagrams++;
	spread->bytes += datagram.len + DATAGRAM_OVERHEAD;
}

static void
on_received(struct observer *observer, const struct world *world, size_t host,
	struct bytes datagram)
{
	struct spread *spread = spread_of(observer);
	struct message message;
	struct reader reader;

	if (!open_datagram(datagram, &reader))
		return;
	while (reader_left(&reader) > 0) {
		enum message_result result =
			message_read(&reader, WIRE_DATAGRAM_SIZE_MAX, &message);
		const struct update *update;

		if (result != MESSAGE_TAKEN && result != MESSAGE_SKIPPED)
			break;
		if (result == MESSAGE_SKIPPED || message.type != MESSAGE_RECORD)
			continue;
		update = find_update(spread, message.record.view.key);
		if (update != NULL && update->has[host])
			spread->duplicates++;
		else if (update != NULL)
			look(spread, world, (size_t)(update - spread->updates), host);
	}
}

static void
on_streamed(struct observer *observer, const struct world *world, size_t host)
{
	struct spread *spread = spread_of(observer);

	for (size_t i = 0; i < spread->update_count; i++) {
		if (!spread->updates[i].has[host])
			look(spread, world, i, host);
	}
}

/* --- following --- */

void
spread_init(struct spread *spread, struct world *world)
{
	*spread = (struct spread){
		.observer = {.sent = on_sent,
			.received = on_received,
			.streamed = on_streamed},
		.number = world_time_us(world),
		.host_count = world_count(world),
	};
	world_observe(world, &spread->observer);
}

void
spread_fini(struct spread *spread)
{
	for (size_t i = 0; i < spread->update_count; i++) {
		free(spread->updates[i].has);
		free(spread->updates[i].arrived_us);
	}
	free(spread->updates);
}

static struct update *
add_update(struct spread *spread, uint64_t now_us)
{
	struct update *update;

	if (spread->update_count == spread->update_size) {
		spread->update_size = 2 * spread->update_size + 16;
		spread->updates = mem_resize(
			spread->updates, spread->update_size, sizeof(*spread->updates));
	}
	update = &spread->updates[spread->update_count++];
	*update = (struct update){
		.began_us = now_us,
		.has = mem_new(spread->host_count),
		.arrived_us =
			mem_new_array(spread->host_count, sizeof(*update->arrived_us)),
	};
	return update;
}

void
spread_write(struct spread *spread, struct world *world, size_t host, size_t value_size)
{
	uint8_t *value = mem_new(value_size + 1);
	char key[KEY_SIZE];
	struct write write = {.value = bytes_of(value, value_size)};
	enum err err;

	write_key(spread, spread->update_count, key);
	write.key = bytes_of_string(key);
	mark(spread, world, add_update(spread, world_time_us(world)), host);
	err = node_set(world_node(world, host), &write, world_now(world, host), NULL);
	assert(err == ERR_OK);
	world_settle(world, host);
	free(value);
}

bool
spread_is_complete(const struct world *world, const void *context)
{
	const struct spread *spread = context;

	(void)world;
	return spread->complete_count == spread->update_count;
}

uint64_t
spread_missed(const struct spread *spread)
{
	uint64_t missed = 0;

	for (size_t i = 0; i < spread->update_count; i++)
		missed += spread->host_count - spread->updates[i].count;
	return missed;
}

void
spread_times(const struct spread *spread, double share, struct sample *sample)
{
	size_t wanted = (size_t)ceil(share * (double)spread->host_count);

	for (size_t i = 0; i < spread->update_count; i++) {
		const struct update *update = &spread->updates[i];

		if (update->count >= wanted)
			sample_add(
				sample, (double)update->arrived_us[wanted - 1] / 1e3);
	}
}

void
spread_pairs(const struct spread *spread, struct sample *sample)
{
	for (size_t i = 0; i < spread->update_count; i++) {
		const struct update *update = &spread->updates[i];

		for (size_t j = 0; j < update->count; j++)
			sample_add(sample, (double)update->arrived_us[j] / 1e3);
	}
}
