/* SPDX-License-Identifier: MIT */
#include "sim/ledger.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "gossip/node_parts.h"

/* One write in so many deletes, has a time to live, or is a fact. */
#define DELETE_EVERY 4
#define TTL_EVERY 4
#define FACT_EVERY 4

/* Every second time to live outlasts any run, the others end while it goes on. */
#define TTL_LONG_MS (24 * 3600 * SECOND_MS)
#define TTL_MIN_MS 500
#define TTL_SPREAD_MS (20 * SECOND_MS)

struct bytes
ledger_key(unsigned key, char name[LEDGER_KEY_SIZE])
{
	unsigned fact = key - LEDGER_SHARED_COUNT;
	int len;

	if (key < LEDGER_SHARED_COUNT)
		len = snprintf(name, LEDGER_KEY_SIZE, "key/%u", key);
	else
		len = snprintf(name, LEDGER_KEY_SIZE, "@n%u/fact/%u",
			fact / LEDGER_FACT_COUNT, fact % LEDGER_FACT_COUNT);
	return bytes_of(name, (size_t)len);
}

/* The host whose fact the key is. */
static size_t
owner_of(unsigned key)
{
	return (key - LEDGER_SHARED_COUNT) / LEDGER_FACT_COUNT;
}

void
ledger_init(struct ledger *ledger, size_t host_count, uint64_t tombstone_life_ms)
{
	*ledger = (struct ledger){
		.host_count = host_count,
		.tombstone_life_ms = tombstone_life_ms,
	};
}

void
ledger_fini(struct ledger *ledger)
{
	free(ledger->entries);
}

int
ledger_compare(struct version a, struct version b)
{
	if (a.stamp != b.stamp)
		return a.stamp < b.stamp ? -1 : 1;
	return a.writer < b.writer ? -1 : a.writer > b.writer;
}

/* --- writing --- */

static void
note(struct ledger *ledger, const struct node *node, const struct entry *entry)
{
	char name[LEDGER_KEY_SIZE];
	const struct record *record =
		store_find(&node->store, SPACE_KEYS, ledger_key(entry->key, name));

	assert(record != NULL && record->stamp == entry->version.stamp);
	assert(record->expires_ms == entry->expires_ms);
	if (ledger->entry_count == ledger->entry_size) {
		ledger->entry_size = 2 * ledger->entry_size + 64;
		ledger->entries = mem_resize(
			ledger->entries, ledger->entry_size, sizeof(*ledger->entries));
	}
	ledger->entries[ledger->entry_count] = *entry;
	ledger->entries[ledger->entry_count++].dot = record->dot;
}

static unsigned
draw_key(size_t host, struct prng *prng)
{
	if (host < LEDGER_OWNER_COUNT && prng_below(prng, FACT_EVERY) == 0)
		return LEDGER_SHARED_COUNT + (unsigned)host * LEDGER_FACT_COUNT +
		       (unsigned)prng_below(prng, LEDGER_FACT_COUNT);
	return (unsigned)prng_below(prng, LEDGER_SHARED_COUNT);
}

static uint64_t
draw_ttl_ms(struct prng *prng)
{
	if (prng_below(prng, TTL_EVERY) != 0)
		return 0;
	if (prng_below(prng, 2) == 0)
		return TTL_LONG_MS;
	return TTL_MIN_MS + prng_below(prng, TTL_SPREAD_MS);
}

/* As a program on the host would name it. */
static struct bytes
name_of(unsigned key, char name[LEDGER_KEY_SIZE])
{
	if (key < LEDGER_SHARED_COUNT)
		return ledger_key(key, name);
	return bytes_of(name, (size_t)snprintf(name, LEDGER_KEY_SIZE, "@self/fact/%u",
				      (key - LEDGER_SHARED_COUNT) % LEDGER_FACT_COUNT));
}

void
ledger_write(struct ledger *ledger, struct world *world, size_t host, struct prng *prng)
{
	struct node *node = world_node(world, host);
	struct now now = world_now(world, host);
	struct entry entry = {
		.written_us = world_time_us(world),
		.owner = node->members.self->short_id,
		.key = draw_key(host, prng),
		.deletes = prng_below(prng, DELETE_EVERY) == 0,
	};
	char text[LEDGER_KEY_SIZE];
	char value[24];
	struct write write = {
		.key = name_of(entry.key, text),
		.ttl_ms = draw_ttl_ms(prng),
	};
	enum err err;

	snprintf(value, sizeof(value), "%zu", ledger->entry_count);
	write.value = bytes_of_string(value);
	if (entry.deletes)
		err = node_delete(
			node, write.key, (struct version){0}, now, &entry.version);
	else
		err = node_set(node, &write, now, &entry.version);
	if (!entry.deletes && write.ttl_ms != 0)
		entry.expires_ms = now.wall_ms + write.ttl_ms;
	if (err == ERR_OK)
		note(ledger, node, &entry);
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
}

/* --- the end --- */

bool
ledger_may_have_ended(const struct ledger *ledger, const struct entry *entry,
	uint64_t time_us, uint64_t wall_ms)
{
	uint64_t age_ms = (time_us - entry->written_us) / MS_US;

	if (entry->deletes)
		return age_ms + LEDGER_MARGIN_MS >= ledger->tombstone_life_ms;
	return entry->expires_ms != 0 &&
	       wall_ms + LEDGER_MARGIN_MS >= entry->expires_ms;
}

/* The write with the highest version that must have come through; NULL for none. */
static const struct entry *
find_winner(const struct ledger *ledger, unsigned key)
{
	const struct entry *winner = NULL;

	for (size_t i = 0; i < ledger->entry_count; i++) {
		const struct entry *entry = &ledger->entries[i];

		if (entry->key == key && !entry->excused &&
			(winner == NULL ||
				ledger_compare(entry->version, winner->version) > 0))
			winner = entry;
	}
	return winner;
}

/* Whether a write that was excused came through all the same, with a version above. Of
 * one that ends, by a delete or by its time, the effect may be all that came through.
 */
static bool
is_late_winner(const struct ledger *ledger, const struct world *world, unsigned key,
	const struct entry *winner)
{
	for (size_t i = 0; i < ledger->entry_count; i++) {
		const struct entry *entry = &ledger->entries[i];

		if (entry->key == key && entry->excused &&
			(winner == NULL ||
				ledger_compare(entry->version, winner->version) > 0) &&
			(entry->deletes || entry->expires_ms != 0 ||
				is_held(ledger, world, entry, ledger->host_count)))
			return true;
	}
	return false;
}

enum expectation {
	EXPECT_WINNER,
	EXPECT_NOTHING,
	EXPECT_ANY, /* nothing, or a write that the winner did not know of */
};

static enum expectation
expect(const struct ledger *ledger, const struct world *world, size_t host,
	const struct entry *winner)
{
	if (winner == NULL)
		return EXPECT_NOTHING;
	if (ledger_may_have_ended(ledger, winner, world_time_us(world),
		    world_now(world, host).wall_ms))
		return EXPECT_ANY;
	return winner->deletes ? EXPECT_NOTHING : EXPECT_WINNER;
}

static const struct entry *
find_entry(const struct ledger *ledger, unsigned key, struct version version)
{
	for (size_t i = 0; i < ledger->entry_count; i++) {
		const struct entry *entry = &ledger->entries[i];

		if (entry->key == key && ledger_compare(entry->version, version) == 0)
			return entry;
	}
	return NULL;
}

/* Facts show while their owner is there: `entry` is the one that the host holds. */
static bool
check_fact(const struct world *world, size_t host, const struct entry *entry,
	char fault[LEDGER_FAULT_SIZE])
{
	const struct node *owner = world_node(world, owner_of(entry->key));
	bool wanted = entry->owner == owner->members.self->short_id;
	char text[LEDGER_KEY_SIZE];
	struct item item;
	bool found = node_get(world_node(world, host), ledger_key(entry->key, text),
			     false, &item) == ERR_OK;

	if (found == wanted)
		return true;
	snprintf(fault, LEDGER_FAULT_SIZE, "the fact %s of one who %s is %s on n%zu",
		text, wanted ? "runs" : "is gone", found ? "shown" : "hidden", host);
	return false;
}

/* `entry` is what was found; NULL when nobody wrote it. */
static bool
meets(enum expectation expected, const struct entry *winner, bool found,
	const struct entry *entry)
{
	switch (expected) {
	case EXPECT_WINNER:
		return found && entry == winner;
	case EXPECT_NOTHING:
		return !found;
	case EXPECT_ANY:
		return !found || entry != NULL;
	}
	return false;
}

static bool
check_key(const struct ledger *ledger, const struct world *world, size_t host,
	unsigned key, char fault[LEDGER_FAULT_SIZE])
{
	const struct entry *winner = find_winner(ledger, key);
	enum expectation expected = expect(ledger, world, host, winner);
	const struct entry *entry = NULL;
	struct item item;
	char text[LEDGER_KEY_SIZE];
	bool found = node_get(world_node(world, host), ledger_key(key, text), true,
			     &item) == ERR_OK;

	if (found)
		entry = find_entry(ledger, key, item.version);
	if (entry != NULL && key >= LEDGER_SHARED_COUNT &&
		!check_fact(world, host, entry, fault))
		return false;
	if (meets(expected, winner, found, entry) ||
		is_late_winner(ledger, world, key, winner))
		return true;
	snprintf(fault, LEDGER_FAULT_SIZE, "%s on n%zu is %s, and should be %s", text,
		host,
		!found                      ? "absent"
		: entry == NULL             ? "what nobody wrote"
		: expected == EXPECT_WINNER ? "another version"
					    : "there",
		expected == EXPECT_WINNER ? "there" : "absent");
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
		if (!check_host(ledger, world, host, fault))
			return false;
	}
	return true;
}
