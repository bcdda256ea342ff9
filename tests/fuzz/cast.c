/* SPDX-License-Identifier: MIT */
#include "cast.h"

#include <assert.h>

#include "gossip/members.h"
#include "wire/header.h"
#include "wire/message.h"

const struct now cast_start = {
	.mono_us = 1000 * SECOND_US,
	.wall_ms = UINT64_C(1735689600000), /* 2025-01-01 00:00:00 UTC */
};

static const struct {
	const char *name;
	struct address address;
	struct identity identity;
} roles[CAST_COUNT] = {
	[CAST_SELF] = {"self1", {.family = 4, .ip = {192, 0, 2, 9}, .port = 7117},
		{.id = "self of the test", .generation = 5, .writer = 0xf00d}},
	[CAST_WEB1] = {"web1", {.family = 4, .ip = {192, 0, 2, 1}, .port = 7117},
		{.id = {0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99,
			 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff},
			.generation = 7,
			.writer = UINT64_C(0x0807060504030201)}},
	[CAST_DB1] = {"db1",
		{.family = 6, .ip = {0x20, 0x01, 0x0d, 0xb8, [15] = 2}, .port = 7118},
		{.id = {0xf0, 0xe1, 0xd2, 0xc3, 0xb4, 0xa5, 0x96, 0x87, 0x78, 0x69,
			 0x5a, 0x4b, 0x3c, 0x2d, 0x1e, 0x0f},
			.generation = 3,
			.writer = UINT64_C(0x1817161514131211)}},
};

struct settings
cast_settings(enum cast cast)
{
	struct settings settings = settings_default();

	settings.identity = roles[cast].identity;
	settings.identity.seq_next = 1;
	settings.identity.seq_limit = UINT64_C(1) << 20;
	settings.name = roles[cast].name;
	settings.zone = "eu-1";
	settings.software = "rumord";
	settings.address = roles[cast].address;
	settings.has_seeds = true;
	settings.seed = 1 + (uint64_t)cast;
	settings.packet_size_max = 512;
	settings.direct_count_max = 3;
	settings.value_size_max = 4096;
	settings.state_size_max = 32768;
	settings.member_count_max = 16;
	settings.stream_count_max = 4;
	return settings;
}

static void
set(struct node *node, const char *key, const char *value)
{
	struct write write = {
		.key = bytes_of_string(key), .value = bytes_of_string(value)};
	enum err err = node_set(node, &write, cast_start, NULL);

	assert(err == ERR_OK);
}

struct node *
cast_node(const struct settings *settings)
{
	struct node *node = node_new(settings, cast_start);

	set(node, "@self/role", settings->name);
	set(node, "app/primary", settings->name);
	return node;
}

size_t
cast_introduce(const struct settings *settings, uint8_t *data, size_t size)
{
	const struct identity *identity = &settings->identity;
	struct writer writer = writer_of(data, size);
	uint8_t value[MEMBER_INFO_LEN_MAX];
	struct writer value_writer = writer_of(value, sizeof(value));
	struct header header = {
		.version = WIRE_VERSION,
		.features = WIRE_FEATURES,
		.cluster = header_cluster(settings->cluster),
		.sender = short_id_of(identity->id),
	};
	struct member_info info = {
		.generation = identity->generation,
		.address = settings->address,
		.writer = identity->writer,
		.features = WIRE_FEATURES,
		.name = bytes_of_string(settings->name),
	};
	struct message message = {
		.type = MESSAGE_RECORD,
		.record.view = {.kind = RECORD_MEMBER,
			.dot = {identity->writer, 1},
			.stamp = cast_start.wall_ms << 16,
			.key = bytes_of(identity->id, NODE_ID_SIZE)},
	};

	member_info_write(&value_writer, &info);
	message.record.view.value = writer_bytes(&value_writer);
	header_write(&writer, &header);
	message_write(&writer, &message);
	assert(!value_writer.failed && !writer.failed);
	return writer.len;
}
