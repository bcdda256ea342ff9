/* SPDX-License-Identifier: MIT */
#include "sim/ledger.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "gossip/node_parts.h"

/* One write in so many deletes. */
#define DELETE_EVERY 4

#define KEY_SIZE 16

static struct bytes
key_name(unsigned key, char name[KEY_SIZE])
{
	return bytes_of(name, (size_t)snprintf(name, KEY_SIZE, "key/%u", key));
}

void
ledger_init(struct ledger *ledger, size_t host_count)
{
	*ledger = (struct ledger){
		.seen = mem_new_array(
			host_count * LEDGER_KEY_COUNT, sizeof(*ledger->seen)),
		.host_count = host_count,
	};
}

void
ledger_fini(struct ledger *ledger)
{
	free(ledger->entries);
	free(ledger->seen);
}

static int
compare(struct version a, struct version b)
{
	if (a.stamp != b.stamp)
		return a.stamp < b.stamp ? -1 : 1;
	return a.writer < b.writer ? -1 : a.writer > b.writer;
}

/* --- writing --- */

static void
note(struct ledger *ledger, const struct node *node, struct bytes name,
	const struct entry *entry)
{
	const struct record *record = store_find(&node->store, SPACE_KEYS, name);

	assert(record != NULL && record->stamp == entry->version.stamp);
	if (ledger->entry_count == ledger->entry_size) {
		ledger->entry_size = 2 * ledger->entry_size + 64;
		ledger->entries = mem_resize(
			ledger->entries, ledger->entry_size, sizeof(*ledger->entries));
	}
	ledger->entries[ledger->entry_count] = *entry;
	ledger->entries[ledger->entry_count++].dot = record->dot;
}

void
ledger_write(struct ledger *ledger, struct world *world, size_t host, struct prng *prng)
{
	struct node *node = world_node(world, host);
	struct entry entry = {
		.key = (unsigned)prng_below(prng, LEDGER_KEY_COUNT),
		.deletes = prng_below(prng, DELETE_EVERY) == 0,
	};
	char text[KEY_SIZE];
	char value[24];
	struct write write = {.key = key_name(entry.key, text)};
	enum err err;

	snprintf(value, sizeof(value), "%zu", ledger->entry_count);
	write.value = bytes_of_string(value);
	if (entry.deletes)
		err = node_delete(node, write.key, (struct version){0},
			world_now(world, host), &entry.version);
	else
		err = node_set(node, &write, world_now(world, host), &entry.version);
	if (err == ERR_OK)
		note(ledger, node, write.key, &entry);
	world_settle(world, host);
}

static bool
covers(const struct world *world, size_t host, const struct entry *entry)
{
	const struct node *node = world_node(world, host);

	return node != NULL && context_covers(&node->store.context, entry->dot);
}

/* Whether another host has applied it or knows it to be superseded. */
static bool
is_held(const struct ledger *ledger, const struct world *world,
	const struct entry *entry, size_t except)
{
	for (size_t i = 0; i < ledger->host_count; i++) {
		if (i != except && covers(world, i, entry))
			return true;
	}
	return false;
}

void
ledger_crash(struct ledger *ledger, const struct world *world, size_t host)
{
	for (size_t i = 0; i < ledger->entry_count; i++) {
		struct entry *entry = &ledger->entries[i];

		if (!entry->excused && !is_held(ledger, world, entry, host))
			entry->excused = true;
	}
	memset(&ledger->seen[host * LEDGER_KEY_COUNT], 0,
		LEDGER_KEY_COUNT * sizeof(*ledger->seen));
}

/* --- reading --- */

static bool
read_key(struct ledger *ledger, const struct world *world, size_t host, unsigned key,
	char fault[LEDGER_FAULT_SIZE])
{
	struct version *seen = &ledger->seen[host * LEDGER_KEY_COUNT + key];
	struct item item;
	char text[KEY_SIZE];

	if (node_get(world_node(world, host), key_name(key, text), false, &item) !=
		ERR_OK)
		return true;
	if (compare(item.version, *seen) < 0) {
		snprintf(fault, LEDGER_FAULT_SIZE, "key/%u has gone back on n%zu", key,
			host);
		return false;
	}
	*seen = item.version;
	return true;
}

bool
ledger_read(
	struct ledger *ledger, const struct world *world, char fault[LEDGER_FAULT_SIZE])
{
	for (size_t host = 0; host < ledger->host_count; host++) {
		if (world_node(world, host) == NULL)
			continue;
		for (unsigned key = 0; key < LEDGER_KEY_COUNT; key++) {
			if (!read_key(ledger, world, host, key, fault))
				return false;
		}
	}
	return true;
}

/* --- the end --- */

/* The write with the highest version that must have come through; NULL for none. */
static const struct entry *
find_winner(const struct ledger *ledger, unsigned key)
{
	const struct entry *winner = NULL;

	for (size_t i = 0; i < ledger->entry_count; i++) {
		const struct entry *entry = &ledger->entries[i];

		if (entry->key == key && !entry->excused &&
			(winner == NULL ||
				compare(entry->version, winner->version) > 0))
			winner = entry;
	}
	return winner;
}

/* Whether a write that was excused came through all the same, with a version above. */
static bool
is_late_winner(const struct ledger *ledger, const struct world *world, size_t host,
	unsigned key, const struct entry *winner)
{
	for (size_t i = 0; i < ledger->entry_count; i++) {
		const struct entry *entry = &ledger->entries[i];

		if (entry->key == key && entry->excused &&
			(winner == NULL ||
				compare(entry->version, winner->version) > 0) &&
			covers(world, host, entry))
			return true;
	}
	return false;
}

static bool
check_key(const struct ledger *ledger, const struct world *world, size_t host,
	unsigned key, char fault[LEDGER_FAULT_SIZE])
{
	const struct entry *winner = find_winner(ledger, key);
	bool wanted = winner != NULL && !winner->deletes;
	struct item item;
	char text[KEY_SIZE];
	bool found = node_get(world_node(world, host), key_name(key, text), false,
			     &item) == ERR_OK;

	if (is_late_winner(ledger, world, host, key, winner))
		return true;
	if (found == wanted && (!found || compare(item.version, winner->version) == 0))
		return true;
	snprintf(fault, LEDGER_FAULT_SIZE, "key/%u on n%zu is %s, and should be %s",
		key, host,
		!found   ? "absent"
		: wanted ? "another version"
			 : "there",
		wanted ? "there" : "absent");
	return false;
}

static bool
check_host(const struct ledger *ledger, const struct world *world, size_t host,
	char fault[LEDGER_FAULT_SIZE])
{
	for (unsigned key = 0; key < LEDGER_KEY_COUNT; key++) {
		if (!check_key(ledger, world, host, key, fault))
			return false;
	}
	return true;
}

bool
ledger_check(const struct ledger *ledger, const struct world *world,
	char fault[LEDGER_FAULT_SIZE])
{
	for (size_t host = 0; host < ledger->host_count; host++) {
		if (world_node(world, host) != NULL &&
			!check_host(ledger, world, host, fault))
			return false;
	}
	return true;
}
