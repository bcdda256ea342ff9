/* SPDX-License-Identifier: MIT */
#include "gossip/request.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "gossip/key.h"
#include "gossip/node_parts.h"

/* --- versions --- */

const char *
version_format(struct version version, char text[VERSION_TEXT_SIZE])
{
	snprintf(text, VERSION_TEXT_SIZE, "%016" PRIx64 "-%016" PRIx64, version.stamp,
		version.writer);
	return text;
}

static bool
parse_hex(const char *text, uint64_t *ret_number)
{
	uint64_t number = 0;

	for (int i = 0; i < 16; i++) {
		static const char digits[] = "0123456789abcdef";
		const char *digit = text[i] == '\0' ? NULL : strchr(digits, text[i]);

		if (digit == NULL)
			return false;
		number = number << 4 | (uint64_t)(digit - digits);
	}
	*ret_number = number;
	return true;
}

enum err
version_parse(const char *text, struct version *ret_version)
{
	struct version version;

	if (strlen(text) != VERSION_TEXT_SIZE - 1 || text[16] != '-' ||
		!parse_hex(text, &version.stamp) ||
		!parse_hex(text + 17, &version.writer) || version.stamp == 0)
		return ERR_INVALID;
	*ret_version = version;
	return ERR_OK;
}

static struct version
version_of(const struct record *record)
{
	return (struct version){record->stamp, record->dot.writer};
}

/* --- reading keys --- */

/* The longest key once a name stands for "self". */
#define OWN_KEY_SIZE (KEY_LEN_MAX + NODE_NAME_LEN_MAX)

/* "@self/..." with this node's name in place of "self"; other keys as they are. */
static struct bytes
own_key(const struct node *node, struct bytes key, uint8_t space[OWN_KEY_SIZE])
{
	static const char self[] = "@self";
	const char *name = node->settings.name;
	size_t name_len = strlen(name);

	if (!bytes_has_prefix(key, bytes_of_string("@self/")) || key.len > KEY_LEN_MAX)
		return key;

	size_t rest_len = key.len - strlen(self);

	space[0] = '@';
	memcpy(space + 1, name, name_len);
	memcpy(space + 1 + name_len, key.data + strlen(self), rest_len);
	return bytes_of(space, 1 + name_len + rest_len);
}

static bool
is_shown(const struct node *node, const struct record *record, bool all)
{
	const struct member *owner;

	if (!record_is_live(record, node->now.wall_ms))
		return false;
	if (record->kind != RECORD_OWNED || all)
		return true;
	owner = members_find(&node->members, record->owner);
	return owner != NULL && member_is_live(owner);
}

static void
describe(const struct node *node, const struct record *record, struct item *ret_item)
{
	const struct member *origin =
		members_find_writer(&node->members, record->dot.writer);

	*ret_item = (struct item){
		.key = record_key(record),
		.value = record_value(record),
		.version = version_of(record),
		.origin = origin == NULL ? "" : origin->name,
		.modified_ms = clock_stamp_ms(record->stamp),
		.expires_ms = record->expires_ms,
	};
}

enum err
node_get(const struct node *node, struct bytes key, bool all, struct item *ret_item)
{
	uint8_t space[OWN_KEY_SIZE];
	const struct record *record;
	enum err err;

	key = own_key(node, key, space);
	err = key_check(key);
	if (err != ERR_OK)
		return err;
	record = store_find(&node->store, SPACE_KEYS, key);
	if (record == NULL || !is_shown(node, record, all))
		return ERR_NOT_FOUND;
	describe(node, record, ret_item);
	return ERR_OK;
}

bool
node_next(const struct node *node, struct bytes prefix, struct bytes after, bool all,
	struct item *ret_item)
{
	uint8_t space[OWN_KEY_SIZE];
	const struct record *record;

	prefix = own_key(node, prefix, space);
	if (bytes_compare(after, prefix) < 0)
		record = store_next_from(&node->store, SPACE_KEYS, prefix);
	else
		record = store_next(&node->store, SPACE_KEYS, after);
	while (record != NULL && bytes_has_prefix(record_key(record), prefix)) {
		if (is_shown(node, record, all)) {
			describe(node, record, ret_item);
			return true;
		}
		record = store_next(&node->store, SPACE_KEYS, record_key(record));
	}
	return false;
}

/* --- writing keys --- */

static enum err
check_owner(const struct node *node, struct bytes key)
{
	const struct member *self = node->members.self;

	if (!key_is_owned(key))
		return ERR_OK;
	if (!bytes_equal(key_owner_name(key), bytes_of_string(self->name)))
		return ERR_NOT_OWNER;
	/* Two nodes with one name would overwrite each other's facts. */
	return members_find_namesake(&node->members, self) == NULL ? ERR_OK
								   : ERR_DUPLICATE;
}

static enum err
check_write(const struct node *node, struct bytes key)
{
	enum err err = key_check(key);

	if (err != ERR_OK)
		return err;
	if (key.len > node->settings.key_size_max)
		return ERR_TOO_LARGE;
	return node->roster.leaving ? ERR_LEFT : check_owner(node, key);
}

static bool
is_version(const struct record *record, struct version version)
{
	return record != NULL && record->stamp == version.stamp &&
	       record->dot.writer == version.writer;
}

static enum err
check_condition(const struct node *node, struct bytes key, struct version if_version,
	bool if_absent)
{
	const struct record *record =
		store_find_live(&node->store, SPACE_KEYS, key, node->now.wall_ms);

	if (if_absent && record != NULL)
		return ERR_CONFLICT;
	if (if_version.stamp != 0 && !is_version(record, if_version))
		return ERR_CONFLICT;
	return ERR_OK;
}

static enum err
write_key(struct node *node, struct record_view *view, struct version *ret_version)
{
	bool owned = key_is_owned(view->key);
	enum err err;

	view->kind = owned ? RECORD_OWNED : RECORD_SHARED;
	view->owner = owned ? node->members.self->short_id : 0;
	err = author_write(&node->author, view, node->now);
	if (err == ERR_OK && ret_version != NULL)
		*ret_version = (struct version){view->stamp, view->dot.writer};
	return err;
}

/* The end of a time to live, 0 for never. */
static uint64_t
expires_ms(uint64_t ttl_ms, struct now now)
{
	if (ttl_ms == 0)
		return 0;
	return ttl_ms > UINT64_MAX - now.wall_ms ? UINT64_MAX : now.wall_ms + ttl_ms;
}

enum err
node_set(struct node *node, const struct write *write, struct now now,
	struct version *ret_version)
{
	uint8_t space[OWN_KEY_SIZE];
	struct record_view view = {
		.key = own_key(node, write->key, space),
		.value = write->value,
		.expires_ms = expires_ms(write->ttl_ms, now),
	};
	enum err err;

	node_turn(node, now);
	err = check_write(node, view.key);
	if (err == ERR_OK && write->value.len > node->settings.value_size_max)
		err = ERR_TOO_LARGE;
	if (err == ERR_OK)
		err = check_condition(
			node, view.key, write->if_version, write->if_absent);
	return err == ERR_OK ? write_key(node, &view, ret_version) : err;
}

enum err
node_delete(struct node *node, struct bytes key, struct version if_version,
	struct now now, struct version *ret_version)
{
	uint8_t space[OWN_KEY_SIZE];
	struct record_view view = {
		.key = own_key(node, key, space),
		.deleted = true,
	};
	enum err err;

	node_turn(node, now);
	err = check_write(node, view.key);
	if (err != ERR_OK)
		return err;
	if (store_find_live(&node->store, SPACE_KEYS, view.key, now.wall_ms) == NULL)
		return ERR_NOT_FOUND;
	err = check_condition(node, view.key, if_version, false);
	return err == ERR_OK ? write_key(node, &view, ret_version) : err;
}

/* --- members --- */

const char *
member_state_name(enum member_state state)
{
	static const char *const names[MEMBER_STATE_COUNT] = {
		[MEMBER_ALIVE] = "alive",
		[MEMBER_SUSPECT] = "suspect",
		[MEMBER_DEAD] = "dead",
		[MEMBER_LEFT] = "left",
	};

	return names[state];
}

bool
node_next_member(const struct node *node, size_t *cursor, struct member_view *ret_view)
{
	const struct member *member;

	if (*cursor >= node->members.count)
		return false;
	member = node->members.sorted[(*cursor)++];
	*ret_view = (struct member_view){
		.name = member->name,
		.zone = member->zone,
		.software = member->software,
		.address = member->address,
		.state = member->state,
		.generation = member->generation,
		.incarnation = member->incarnation,
		.is_self = member == node->members.self,
		.rtt_known = member->rtt_us != 0,
		.rtt_us = member->rtt_us,
		.heard_us = member->heard_us,
		.agreement_known = member->agreement_known,
		.agrees = member->agrees,
		.name_conflict = member_is_live(member) &&
				 members_find_namesake(&node->members, member) != NULL,
	};
	memcpy(ret_view->id, member->id, NODE_ID_SIZE);
	return true;
}

void
node_join(struct node *node, const struct address *addresses, size_t count,
	struct now now)
{
	for (size_t i = 0; i < count; i++)
		node_seed(node, &addresses[i], now);
}

void
node_leave(struct node *node, struct now now)
{
	node_turn(node, now);
	if (node->roster.leaving)
		return;
	roster_leave(&node->roster, now);
	leave_start(&node->leave, now);
}

/* --- state of the node --- */

const char *
drop_name(enum drop drop)
{
	static const char *const names[DROP_COUNT] = {
		[DROP_MALFORMED] = "malformed",
		[DROP_VERSION] = "version",
		[DROP_FOREIGN] = "foreign",
		[DROP_REFLECTED] = "reflected",
		[DROP_STREAM] = "stream",
		[DROP_STREAM_LIMIT] = "stream_limit",
		[DROP_CLOCK] = "clock",
		[DROP_QUOTA] = "quota",
		[DROP_RECORD] = "record",
		[DROP_CONFLICT] = "conflict",
	};

	return names[drop];
}

static int
compare_offsets(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a;
	int64_t y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* The median of what the pings of up to so many members told. */
#define OFFSET_COUNT_MAX 64

static int64_t
clock_offset_ms(const struct node *node)
{
	int64_t offsets[OFFSET_COUNT_MAX];
	size_t count = 0;

	for (size_t i = 0; i < node->members.count && count < OFFSET_COUNT_MAX; i++) {
		const struct member *member = node->members.sorted[i];

		if (member->clock_known && member_is_live(member))
			offsets[count++] = member->clock_offset_ms;
	}
	if (count == 0)
		return 0;
	qsort(offsets, count, sizeof(offsets[0]), compare_offsets);
	return offsets[count / 2];
}

static size_t
agree_count(const struct node *node)
{
	size_t count = 0;

	for (size_t i = 0; i < node->members.count; i++) {
		const struct member *member = node->members.sorted[i];

		count += member_is_live(member) && member->agreement_known &&
			 member->agrees;
	}
	return count;
}

void
node_status(const struct node *node, struct status *ret_status)
{
	const struct member *self = node->members.self;

	*ret_status = (struct status){
		.name = self->name,
		.cluster = node->settings.cluster,
		.address = self->address,
		.generation = self->generation,
		.incarnation = self->incarnation,
		.leaving = node->roster.leaving,
		.synced = node->exchanges.synced,
		.agree_count = agree_count(node),
		.key_count = node->store.live_count[SPACE_KEYS],
		.tombstone_count = node->store.tombstone_count,
		.state_size = node->store.size,
		.state_size_max = node->settings.state_size_max,
		.key_size_max = node->settings.key_size_max,
		.value_size_max = node->settings.value_size_max,
		.member_count_max = node->settings.member_count_max,
		.fingerprint = node->store.fingerprint,
		.health = node->probes.health.score,
		.datagrams_in = node->datagrams_in,
		.datagrams_out = node->outbox.packet_count,
		.datagram_bytes_in = node->datagram_bytes_in,
		.datagram_bytes_out = node->outbox.byte_count,
		.stream_bytes_in = node->exchanges.bytes_in,
		.stream_bytes_out = node->exchanges.bytes_out,
		.exchanges_started = node->exchanges.opened,
		.exchanges_done = node->exchanges.done,
		.records_applied = node->intake.applied,
		.records_duplicate = node->intake.duplicates,
		.clock_offset_ms = clock_offset_ms(node),
	};
	memcpy(ret_status->id, self->id, NODE_ID_SIZE);
	memcpy(ret_status->members, node->members.state_count,
		sizeof(ret_status->members));
	memcpy(ret_status->drops, node->intake.drops, sizeof(ret_status->drops));
}
