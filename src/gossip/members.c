/* SPDX-License-Identifier: MIT */
#include "gossip/members.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"

uint64_t
short_id_of(const uint8_t id[NODE_ID_SIZE])
{
	struct reader reader = reader_of(bytes_of(id, NODE_ID_SIZE));
	uint64_t short_id = read_u64(&reader);

	return short_id == 0 ? 1 : short_id;
}

void
members_init(struct members *members, size_t count_max)
{
	*members = (struct members){.count_max = count_max};
	table_init(&members->by_short_id);
	table_init(&members->by_writer);
}

static void
member_free(struct member *member)
{
	free(member->name);
	free(member->zone);
	free(member->software);
	free(member);
}

void
members_fini(struct members *members)
{
	for (size_t i = 0; i < members->count; i++)
		member_free(members->sorted[i]);
	free(members->sorted);
	table_fini(&members->by_short_id);
	table_fini(&members->by_writer);
}

struct member *
members_find(const struct members *members, uint64_t short_id)
{
	return table_find(&members->by_short_id, short_id);
}

struct member *
members_find_writer(const struct members *members, uint64_t writer)
{
	return table_find(&members->by_writer, writer);
}

/* --- the order by name --- */

static int
compare_place(const struct member *a, const struct member *b)
{
	int order = strcmp(a->name, b->name);

	return order != 0 ? order : memcmp(a->id, b->id, NODE_ID_SIZE);
}

/* Where the member is, or belongs. */
static size_t
place_of(const struct members *members, const struct member *member)
{
	size_t low = 0;
	size_t high = members->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_place(members->sorted[middle], member) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void
insert_place(struct members *members, struct member *member)
{
	size_t place = place_of(members, member);

	if (members->count == members->size) {
		members->size = members->size == 0 ? 8 : members->size * 2;
		members->sorted = mem_resize(
			members->sorted, members->size, sizeof(*members->sorted));
	}
	memmove(members->sorted + place + 1, members->sorted + place,
		(members->count - place) * sizeof(*members->sorted));
	members->sorted[place] = member;
	members->count++;
}

static void
remove_place(struct members *members, struct member *member)
{
	size_t place = place_of(members, member);

	assert(members->sorted[place] == member);
	members->count--;
	memmove(members->sorted + place, members->sorted + place + 1,
		(members->count - place) * sizeof(*members->sorted));
}

struct member *
members_find_namesake(const struct members *members, const struct member *member)
{
	size_t place = place_of(members, member);

	while (place > 0 && strcmp(members->sorted[place - 1]->name, member->name) == 0)
		place--;
	for (; place < members->count; place++) {
		struct member *other = members->sorted[place];

		if (strcmp(other->name, member->name) != 0)
			break;
		if (other != member && member_is_live(other))
			return other;
	}
	return NULL;
}

bool
members_are_full(const struct members *members)
{
	return members->count >= members->count_max;
}

/* --- taking over what records say --- */

static void
set_text(char **text, struct bytes bytes)
{
	char *copy;

	if (*text != NULL && bytes_equal(bytes_of_string(*text), bytes))
		return;
	copy = mem_new(bytes.len + 1);
	if (bytes.len != 0)
		memcpy(copy, bytes.data, bytes.len);
	free(*text);
	*text = copy;
}

static void
set_writer(struct members *members, struct member *member, uint64_t writer)
{
	if (member->writer == writer)
		return;
	if (members_find_writer(members, member->writer) == member)
		table_remove(&members->by_writer, member->writer);
	member->writer = writer;
	table_put(&members->by_writer, writer, member);
}

struct member *
members_put(struct members *members, const uint8_t id[NODE_ID_SIZE],
	const struct member_info *info)
{
	struct member *member = members_find(members, short_id_of(id));

	if (member == NULL) {
		member = mem_new(sizeof(*member));
		memcpy(member->id, id, NODE_ID_SIZE);
		member->short_id = short_id_of(id);
		member->state = MEMBER_DEAD;
		members->state_count[MEMBER_DEAD]++;
		table_put(&members->by_short_id, member->short_id, member);
	} else {
		remove_place(members, member);
	}
	if (member->generation != info->generation) {
		member->rtt_us = 0;
		member->agreement_known = false;
		member->repair_at_us = 0;
		member->repair_count = 0;
	}
	set_text(&member->name, info->name);
	set_text(&member->zone, info->zone);
	set_text(&member->software, info->software);
	set_writer(members, member, info->writer);
	member->address = info->address;
	member->generation = info->generation;
	member->incarnation = info->incarnation;
	insert_place(members, member);
	return member;
}

void
members_remove(struct members *members, struct member *member)
{
	assert(member != members->self);
	remove_place(members, member);
	members->state_count[member->state]--;
	table_remove(&members->by_short_id, member->short_id);
	if (members_find_writer(members, member->writer) == member)
		table_remove(&members->by_writer, member->writer);
	member_free(member);
}

void
member_set_state(
	struct members *members, struct member *member, enum member_state state)
{
	members->state_count[member->state]--;
	member->state = state;
	members->state_count[member->state]++;
}

bool
member_is_live(const struct member *member)
{
	return member->state == MEMBER_ALIVE || member->state == MEMBER_SUSPECT;
}

size_t
members_live_count(const struct members *members)
{
	return members->state_count[MEMBER_ALIVE] +
	       members->state_count[MEMBER_SUSPECT];
}

struct member_info
member_info_of(const struct member *member, enum member_claim claim)
{
	return (struct member_info){
		.generation = member->generation,
		.incarnation = member->incarnation,
		.claim = claim,
		.address = member->address,
		.writer = member->writer,
		.features = WIRE_FEATURES,
		.name = bytes_of_string(member->name),
		.zone = bytes_of_string(member->zone),
		.software = bytes_of_string(member->software),
	};
}

void
member_measured(struct member *member, uint64_t rtt_us)
{
	uint64_t off;

	if (member->rtt_us == 0) {
		member->rtt_us = rtt_us == 0 ? 1 : rtt_us;
		member->rtt_deviation_us = rtt_us / 2;
		return;
	}
	off = rtt_us > member->rtt_us ? rtt_us - member->rtt_us
				      : member->rtt_us - rtt_us;
	member->rtt_deviation_us = (3 * member->rtt_deviation_us + off) / 4;
	member->rtt_us = (7 * member->rtt_us + rtt_us) / 8;
	if (member->rtt_us == 0)
		member->rtt_us = 1;
}

void
members_check(const struct members *members)
{
	size_t counts[MEMBER_STATE_COUNT] = {0};

	table_check(&members->by_short_id);
	table_check(&members->by_writer);
	assert(table_count(&members->by_short_id) == members->count);
	for (size_t i = 0; i < members->count; i++) {
		const struct member *member = members->sorted[i];

		counts[member->state]++;
		assert(members_find(members, member->short_id) == member);
		assert(i == 0 || compare_place(members->sorted[i - 1], member) < 0);
	}
	for (size_t i = 0; i < MEMBER_STATE_COUNT; i++)
		assert(counts[i] == members->state_count[i]);
	assert(members->self == NULL || member_is_live(members->self) ||
		members->self->state == MEMBER_LEFT);
}
