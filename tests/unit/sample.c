/* SPDX-License-Identifier: MIT */
#include "sample.h"

#include <stdio.h>

#include <check.h>

#include "gossip/members.h"
#include "gossip/node_parts.h"
#include "wire/header.h"

/* Numbers are spread, so that neither ids nor writers come in order. */
#define SPREAD UINT64_C(0x9e3779b97f4a7c15)

struct now
at_us(uint64_t us)
{
	return (struct now){
		.mono_us = SAMPLE_MONO_US + us,
		.wall_ms = SAMPLE_WALL_MS + us / MS_US,
	};
}

struct now
at_ms(uint64_t ms)
{
	return at_us(ms * MS_US);
}

uint64_t
stamp_at_ms(uint64_t ms)
{
	return (SAMPLE_WALL_MS + ms) << 16;
}

const char *
sample_name(unsigned number)
{
	static char names[4][16];
	static size_t used;
	char *name = names[used++ % 4];

	snprintf(name, sizeof(names[0]), "n%u", number);
	return name;
}

struct address
sample_address(unsigned number)
{
	return (struct address){
		.ip = {10, 0, (uint8_t)(number >> 8), (uint8_t)number},
		.port = WIRE_PORT,
		.family = 4,
	};
}

static void
write_id(unsigned number, uint8_t id[NODE_ID_SIZE])
{
	struct writer writer = writer_of(id, NODE_ID_SIZE);

	write_u64(&writer, number * SPREAD);
	write_u64(&writer, number);
}

uint64_t
sample_short_id(unsigned number)
{
	uint8_t id[NODE_ID_SIZE];

	write_id(number, id);
	return short_id_of(id);
}

uint64_t
sample_writer(unsigned number)
{
	return (number * SPREAD) ^ UINT64_C(0x55);
}

struct settings
sample_settings(unsigned number)
{
	struct settings settings = settings_default();

	settings.name = sample_name(number);
	settings.zone = "z";
	settings.software = "test";
	settings.cluster = "tests";
	settings.address = sample_address(number);
	settings.seed = number;
	write_id(number, settings.identity.id);
	settings.identity.generation = 1;
	settings.identity.writer = sample_writer(number);
	settings.identity.seq_next = 1;
	settings.identity.seq_limit = UINT64_C(1) << 20;
	return settings;
}

struct record_view
sample_shared(struct dot dot, uint64_t stamp, const char *key, const char *value)
{
	return (struct record_view){
		.kind = RECORD_SHARED,
		.dot = dot,
		.stamp = stamp,
		.key = bytes_of_string(key),
		.value = bytes_of_string(value),
	};
}

struct record_view
sample_deleted(struct dot dot, uint64_t stamp, const char *key)
{
	struct record_view view = sample_shared(dot, stamp, key, "");

	view.deleted = true;
	return view;
}

struct member_info
sample_info(unsigned number)
{
	return (struct member_info){
		.generation = 1,
		.claim = CLAIM_ALIVE,
		.address = sample_address(number),
		.writer = sample_writer(number),
		.features = WIRE_FEATURES,
		.name = bytes_of_string(sample_name(number)),
		.zone = bytes_of_string("z"),
		.software = bytes_of_string("test"),
	};
}

struct record_view
sample_member(struct dot dot, uint64_t stamp, unsigned number,
	const struct member_info *info, struct member_space *space)
{
	struct writer writer = writer_of(space->value, sizeof(space->value));

	write_id(number, space->id);
	member_info_write(&writer, info);
	ck_assert(!writer.failed);
	return (struct record_view){
		.kind = RECORD_MEMBER,
		.dot = dot,
		.stamp = stamp,
		.key = bytes_of(space->id, sizeof(space->id)),
		.value = writer_bytes(&writer),
	};
}

void
sample_join(struct node *node, unsigned number, struct now now)
{
	struct member_space space;
	struct member_info info = sample_info(number);
	struct dot dot = {info.writer, 1};
	struct record_view view =
		sample_member(dot, now.wall_ms << 16, number, &info, &space);
	struct source source = {
		.member = sample_short_id(number),
		.address = info.address,
	};

	node_turn(node, now);
	ck_assert_int_eq(intake_record(&node->intake, &view, &source, now), INTAKE_NEW);
	while (outputs_next(&node->outputs) != NULL)
		continue;
}

void
sample_tell(
	struct node *node, unsigned from, const struct message *message, struct now now)
{
	uint8_t datagram[WIRE_DATAGRAM_SIZE_MAX];
	struct writer writer = writer_of(datagram, sizeof(datagram));
	struct address address = sample_address(from);
	struct header header = node->header;

	header.sender = sample_short_id(from);
	header_write(&writer, &header);
	message_write(&writer, message);
	ck_assert(!writer.failed);
	node_receive(node, &address, writer_bytes(&writer), now);
}

void
sample_tell_record(struct node *node, unsigned from, const struct record_view *view,
	struct now now)
{
	struct message message = {
		.type = MESSAGE_RECORD,
		.record = {.hops = 0, .view = *view},
	};

	sample_tell(node, from, &message, now);
}
