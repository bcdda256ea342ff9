/* SPDX-License-Identifier: MIT */
#include "sim/readings.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "gossip/node_parts.h"
#include "sim/world_parts.h"

void
readings_init(struct readings *readings, const struct ledger *ledger)
{
	size_t hosts = ledger->host_count;

	*readings = (struct readings){
		.ledger = ledger,
		.last = mem_new_array(
			hosts * LEDGER_KEY_COUNT, sizeof(*readings->last)),
		.epochs = mem_new_array(hosts, sizeof(*readings->epochs)),
	};
}

void
readings_fini(struct readings *readings)
{
	free(readings->last);
	free(readings->epochs);
	free(readings->gone);
}

static uint8_t *
gone_of(struct readings *readings, size_t entry, size_t host)
{
	return &readings->gone[entry * readings->ledger->host_count + host];
}

static void
make_room(struct readings *readings)
{
	size_t count = readings->ledger->entry_size;
	size_t hosts = readings->ledger->host_count;

	if (count <= readings->gone_size)
		return;
	readings->gone = mem_resize(readings->gone, count, hosts);
	memset(readings->gone + readings->gone_size * hosts, 0,
		(count - readings->gone_size) * hosts);
	readings->gone_size = count;
}

/* A new life of the host has seen nothing yet. */
static void
forget(struct readings *readings, size_t host)
{
	memset(&readings->last[host * LEDGER_KEY_COUNT], 0,
		LEDGER_KEY_COUNT * sizeof(*readings->last));
	for (size_t i = 0; i < readings->gone_size; i++)
		*gone_of(readings, i, host) = 0;
}

/* --- one host --- */

struct look {
	size_t host;
	const struct node *node;
	uint64_t time_us; /* of the world */
	uint64_t wall_ms;
	bool stalled;
	const struct record *records[LEDGER_KEY_COUNT]; /* tombstones too */
};

static bool
fail(char fault[LEDGER_FAULT_SIZE], const struct look *look, unsigned key,
	const char *what)
{
	char name[LEDGER_KEY_SIZE];

	ledger_key(key, name);
	snprintf(fault, LEDGER_FAULT_SIZE, "%s on n%zu %s", name, look->host, what);
	return false;
}

/* Whether a write that old may show again: what came after it has ended, by its time or
 * with its tombstone, and did not know of everything older. */
static bool
may_go_back(const struct readings *readings, const struct look *look, unsigned key,
	struct version from)
{
	for (size_t i = 0; i < readings->ledger->entry_count; i++) {
		const struct entry *entry = &readings->ledger->entries[i];

		if (entry->key == key && ledger_compare(entry->version, from) >= 0 &&
			ledger_may_have_ended(
				readings->ledger, entry, look->time_us, look->wall_ms))
			return true;
	}
	return false;
}

static bool
read_key(struct readings *readings, const struct look *look, unsigned key,
	char fault[LEDGER_FAULT_SIZE])
{
	struct version *last = &readings->last[look->host * LEDGER_KEY_COUNT + key];
	const struct record *record = look->records[key];
	struct version version;

	if (record == NULL)
		return true;
	version = (struct version){record->stamp, record->dot.writer};
	if (ledger_compare(version, *last) < 0 &&
		!may_go_back(readings, look, key, *last))
		return fail(fault, look, key, "has gone back");
	*last = version;
	return true;
}

/* Facts show while their owner is alive for the host, and only then. */
static bool
read_fact(const struct look *look, unsigned key, char fault[LEDGER_FAULT_SIZE])
{
	const struct record *record = look->records[key];
	const struct member *owner;
	char name[LEDGER_KEY_SIZE];
	struct item item;
	bool found;

	if (record == NULL || !record_is_live(record, look->node->now.wall_ms))
		return true;
	owner = members_find(&look->node->members, record->owner);
	found = node_get(look->node, ledger_key(key, name), false, &item) == ERR_OK;
	if (owner == NULL ||
		(owner->state != MEMBER_ALIVE && owner->state != MEMBER_SUSPECT))
		return !found || fail(fault, look, key, "shows without its owner");
	return found || fail(fault, look, key, "does not show, but its owner is there");
}

/* Whether the write is what its key holds. */
static bool
stands(const struct look *look, const struct entry *entry)
{
	const struct record *record = look->records[entry->key];

	return record != NULL && record->dot.writer == entry->dot.writer &&
	       record->dot.seq == entry->dot.seq && record->deleted == entry->deletes;
}

static bool
follow_entry(struct readings *readings, const struct look *look, size_t index,
	char fault[LEDGER_FAULT_SIZE])
{
	const struct entry *entry = &readings->ledger->entries[index];
	uint8_t *gone = gone_of(readings, index, look->host);

	if (stands(look, entry)) {
		if (*gone != 0)
			return fail(fault, look, entry->key,
				"is back after it was known to be gone");
		if (entry->expires_ms != 0 && !look->stalled &&
			entry->expires_ms + LEDGER_MARGIN_MS < look->wall_ms)
			return fail(fault, look, entry->key, "is there after its time");
		return true;
	}
	if (*gone == 0 && context_covers(&look->node->store.context, entry->dot))
		*gone = 1;
	return true;
}

static bool
read_host(struct readings *readings, const struct world *world, size_t host,
	char fault[LEDGER_FAULT_SIZE])
{
	struct look look = {
		.host = host,
		.node = world_node(world, host),
		.time_us = world_time_us(world),
		.wall_ms = world_now(world, host).wall_ms,
		.stalled = world_is_stalled(world, host),
	};
	char name[LEDGER_KEY_SIZE];

	for (unsigned key = 0; key < LEDGER_KEY_COUNT; key++) {
		look.records[key] = store_find(
			&look.node->store, SPACE_KEYS, ledger_key(key, name));
		if (!read_key(readings, &look, key, fault) ||
			(key >= LEDGER_SHARED_COUNT && !read_fact(&look, key, fault)))
			return false;
	}
	for (size_t i = 0; i < readings->ledger->entry_count; i++) {
		if (!follow_entry(readings, &look, i, fault))
			return false;
	}
	return true;
}

bool
readings_take(struct readings *readings, const struct world *world,
	char fault[LEDGER_FAULT_SIZE])
{
	make_room(readings);
	for (size_t host = 0; host < readings->ledger->host_count; host++) {
		if (world_node(world, host) == NULL)
			continue;
		if (readings->epochs[host] != world->hosts[host]->epoch) {
			readings->epochs[host] = world->hosts[host]->epoch;
			forget(readings, host);
		}
		if (!read_host(readings, world, host, fault))
			return false;
	}
	return true;
}
