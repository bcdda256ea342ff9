/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "cast.h"
#include "golden.h"
#include "steps.h"
#include "wire/header.h"
#include "wire/message.h"

/*
 * Writes the seeds of the fuzz targets into the folder given: the golden packets, and
 * what a node hears while it talks to two others.
 */

/* All of them bodies of messages with a type and a length, but for the last four. */
static const char *const golden_names[] = {"ping", "ack", "ping_req", "nack",
	"relayed_ack", "suspect", "record_shared", "record_owned", "record_deleted",
	"record_member", "ihave", "graft", "prune", "agree", "context", "digest",
	"ready", "done", "pull", "sketch", "want", "offer", "gone", "header",
	"member_info", "datagram", "stream"};

#define GOLDEN_COUNT (sizeof(golden_names) / sizeof(golden_names[0]))
#define GOLDEN_MESSAGE_COUNT (GOLDEN_COUNT - 4)

#define INPUT_SIZE_MAX 65536

static const char *folder;

static void
save(const char *target, const char *name, struct bytes bytes)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s/%s", folder, target, name);
	file = fopen(path, "wb");
	if (file == NULL || fwrite(bytes.data, 1, bytes.len, file) != bytes.len ||
		fclose(file) != 0) {
		perror(path);
		exit(1);
	}
}

static void
write_step(struct writer *writer, unsigned control, struct bytes bytes)
{
	write_u8(writer, (uint8_t)control);
	write_u16(writer, (uint16_t)bytes.len);
	write_raw(writer, bytes);
}

/* --- golden packets --- */

static bool
is_for_streams(unsigned type)
{
	return type >= MESSAGE_CONTEXT && type <= MESSAGE_DONE;
}

static bool
is_answer(unsigned type)
{
	return type == MESSAGE_ACK || type == MESSAGE_NACK ||
	       type == MESSAGE_RELAYED_ACK;
}

static bool
has_fingerprint(unsigned type)
{
	return type == MESSAGE_PING || type == MESSAGE_ACK || type == MESSAGE_AGREE ||
	       type == MESSAGE_GONE;
}

/* Twice, each time after a second, in which the node has pinged. */
static void
save_golden_datagram(const char *name, const struct golden *golden)
{
	struct golden header = golden_load("header");
	uint8_t datagram[2 * GOLDEN_LEN_MAX];
	uint8_t input[4 * GOLDEN_LEN_MAX];
	struct writer datagram_writer = writer_of(datagram, sizeof(datagram));
	struct writer writer = writer_of(input, sizeof(input));
	unsigned control = CAST_WEB1 | 5 << STEP_WAIT_SHIFT;

	if (is_answer(golden->data[0]))
		control |= STEP_ANSWER;
	write_raw(&datagram_writer, golden_bytes(&header));
	write_raw(&datagram_writer, golden_bytes(golden));
	write_u8(&writer,
		golden->data[0] == MESSAGE_PULL ? STRATEGY_PULL : STRATEGY_PLUMTREE);
	write_step(&writer, control, writer_bytes(&datagram_writer));
	if (has_fingerprint(golden->data[0]))
		control |= STEP_AGREE;
	write_step(&writer, control, writer_bytes(&datagram_writer));
	save("datagram", name, writer_bytes(&writer));
}

static void
save_golden_stream(const char *name, unsigned flags)
{
	struct golden golden = golden_load("stream");
	uint8_t input[2 + GOLDEN_LEN_MAX];
	struct writer writer = writer_of(input, sizeof(input));

	write_u8(&writer, (uint8_t)flags);
	write_u8(&writer, 7);
	write_raw(&writer, golden_bytes(&golden));
	save("stream", name, writer_bytes(&writer));
}

static void
save_golden(void)
{
	for (size_t i = 0; i < GOLDEN_COUNT; i++) {
		struct golden golden = golden_load(golden_names[i]);

		save("message", golden_names[i], golden_bytes(&golden));
		if (i < GOLDEN_MESSAGE_COUNT && !is_for_streams(golden.data[0]))
			save_golden_datagram(golden_names[i], &golden);
	}
	save_golden_stream("golden_in", 0);
	save_golden_stream("golden_out", STREAM_OUTGOING);
}

/* --- what else may happen to a node --- */

static void
write_local_step(struct writer *writer, const char *key, const char *value)
{
	uint8_t bytes[64];
	struct writer step = writer_of(bytes, sizeof(bytes));

	write_blob(&step, bytes_of_string(key));
	write_raw(&step, bytes_of_string(value));
	write_step(writer, STEP_LOCAL, writer_bytes(&step));
}

/* More members than have a link to everybody else; then the node writes and leaves. */
static void
save_crowd(const char *seed, enum strategy strategy)
{
	uint8_t input[4096];
	struct writer writer = writer_of(input, sizeof(input));

	write_u8(&writer, (uint8_t)strategy);
	for (uint8_t i = 1; i <= 12; i++) {
		struct settings settings = cast_settings(CAST_WEB1);
		uint8_t datagram[WIRE_DATAGRAM_SIZE_MAX];
		char name[] = "crowd?";
		size_t len;

		name[5] = (char)('a' + i);
		settings.name = name;
		settings.identity.id[0] = i;
		settings.identity.id[7] = (uint8_t)(i * 37);
		settings.identity.writer = i;
		settings.address.port = i;
		len = cast_introduce(&settings, datagram, sizeof(datagram));
		write_step(&writer, CAST_WEB1, bytes_of(datagram, len));
	}
	write_local_step(&writer, "key", "value");
	write_local_step(&writer, "", "");
	save("datagram", seed, writer_bytes(&writer));
}

/* Somebody writes under the writer id of the node. */
static void
save_taken_number(void)
{
	struct golden header = golden_load("header");
	struct settings settings = cast_settings(CAST_SELF);
	uint8_t datagram[GOLDEN_LEN_MAX];
	uint8_t input[2 * GOLDEN_LEN_MAX];
	struct writer datagram_writer = writer_of(datagram, sizeof(datagram));
	struct writer writer = writer_of(input, sizeof(input));
	struct message message = {
		.type = MESSAGE_RECORD,
		.record.view = {.kind = RECORD_SHARED,
			.dot = {settings.identity.writer, 500},
			.stamp = cast_start.wall_ms << 16,
			.key = bytes_of_string("key"),
			.value = bytes_of_string("theirs")},
	};

	write_raw(&datagram_writer, golden_bytes(&header));
	message_write(&datagram_writer, &message);
	write_u8(&writer, STRATEGY_PLUMTREE);
	write_step(&writer, CAST_WEB1, writer_bytes(&datagram_writer));
	write_local_step(&writer, "key", "ours");
	save("datagram", "taken_number", writer_bytes(&writer));
}

static void
write_message_step(
	struct writer *writer, unsigned control, const struct message *message)
{
	struct golden header = golden_load("header");
	uint8_t datagram[GOLDEN_LEN_MAX];
	struct writer datagram_writer = writer_of(datagram, sizeof(datagram));

	write_raw(&datagram_writer, golden_bytes(&header));
	message_write(&datagram_writer, message);
	write_step(writer, control, writer_bytes(&datagram_writer));
}

/* Somebody holds nothing, asks for a record of the node, offers it another one, and
 * says that three of its own are gone, its member record among them. */
static void
save_differences(void)
{
	struct settings settings = cast_settings(CAST_SELF);
	uint64_t origin = settings.identity.writer;
	uint8_t hash[sizeof(uint64_t)];
	uint8_t input[8 * GOLDEN_LEN_MAX];
	struct writer hash_writer = writer_of(hash, sizeof(hash));
	struct writer writer = writer_of(input, sizeof(input));
	struct message message = {.type = MESSAGE_SKETCH, .sketch.count = 16};

	write_u8(&writer, STRATEGY_PLUMTREE);
	write_message_step(&writer, CAST_WEB1, &message);
	write_u64(&hash_writer, hash_pair(origin, 2, header_cluster(settings.cluster)));
	message = (struct message){.type = MESSAGE_WANT,
		.digest = {.count = 1, .hashes = writer_bytes(&hash_writer)}};
	write_message_step(&writer, CAST_WEB1, &message);
	message = (struct message){
		.type = MESSAGE_OFFER, .dots = {.count = 1, .dots = {{77, 5}}}};
	write_message_step(&writer, CAST_WEB1, &message);
	for (uint64_t seq = 3; seq > 0; seq--) {
		message = (struct message){.type = MESSAGE_GONE,
			.dots = {.count = 1, .dots = {{origin, seq}}}};
		write_message_step(&writer, CAST_WEB1 | STEP_AGREE, &message);
	}
	save("datagram", "differences", writer_bytes(&writer));
}

/* --- what a node hears --- */

/* How many are saved. */
static size_t stream_count;

/* Three nodes whose packets arrive at once and in order. */
struct world {
	struct node *nodes[CAST_COUNT];
	struct now now;
	bool mute;         /* packets are lost */
	uint64_t heard_us; /* when the last step was */
	size_t step_count;
	uint8_t input[INPUT_SIZE_MAX];
	struct writer steps;
};

static enum cast
who_is_at(const struct address *address)
{
	for (int i = 0; i < CAST_COUNT; i++) {
		struct settings settings = cast_settings((enum cast)i);

		if (address_equal(&settings.address, address))
			return (enum cast)i;
	}
	return CAST_COUNT;
}

/* The nearest wait that a step can tell. */
static unsigned
wait_control(uint64_t ms)
{
	unsigned exponent = 0;

	while (exponent < STEP_WAIT_MASK && UINT64_C(1) << 2 * exponent < ms)
		exponent++;
	return exponent << STEP_WAIT_SHIFT;
}

static void
record_step(struct world *world, enum cast from, struct bytes datagram)
{
	unsigned type = datagram.data[WIRE_HEADER_SIZE];
	unsigned control = (unsigned)from |
			   wait_control((world->now.mono_us - world->heard_us) / MS_US);

	if (world->step_count++ >= STEP_COUNT_MAX)
		return;
	if (is_answer(type))
		control |= STEP_ANSWER;
	write_step(&world->steps, control, datagram);
	world->heard_us = world->now.mono_us;
}

static void
deliver(struct world *world, enum cast from, const struct output *output)
{
	enum cast to = who_is_at(&output->address);
	struct settings settings = cast_settings(from);
	uint8_t datagram[WIRE_DATAGRAM_SIZE_MAX];
	size_t len = output->bytes.len;

	if (to == CAST_COUNT || world->mute)
		return;
	memcpy(datagram, output->bytes.data, len);
	if (to == CAST_SELF)
		record_step(world, from, bytes_of(datagram, len));
	node_receive(world->nodes[to], &settings.address, bytes_of(datagram, len),
		world->now);
}

/* One direction of a stream, as far as it goes; false when nothing moved. */
static bool
carry(struct world *world, const enum cast ends[2], const uint32_t numbers[2], int from,
	struct writer *heard)
{
	static uint8_t data[INPUT_SIZE_MAX];
	int to = 1 - from;
	size_t len = node_stream_fill(
		world->nodes[ends[from]], numbers[from], data, sizeof(data));

	if (len == 0)
		return false;
	if (ends[to] == CAST_SELF)
		write_raw(heard, bytes_of(data, len));
	return node_stream_receive(world->nodes[ends[to]], numbers[to],
		       bytes_of(data, len), world->now) == ERR_OK;
}

static void
carry_all(struct world *world, enum cast from, uint32_t number, enum cast to)
{
	static uint8_t input[INPUT_SIZE_MAX];
	struct settings settings = cast_settings(from);
	struct writer heard = writer_of(input, sizeof(input));
	enum cast ends[2] = {from, to};
	uint32_t numbers[2] = {number};
	char name[32];

	write_u8(&heard, from == CAST_SELF ? STREAM_OUTGOING : 0);
	write_u8(&heard, (uint8_t)stream_count);
	if (node_stream_accept(world->nodes[to], &settings.address, world->now,
		    &numbers[1]) != ERR_OK)
		return;
	node_stream_connected(world->nodes[from], number, world->now);
	for (bool first = true, second = true; first || second;) {
		first = carry(world, ends, numbers, 0, &heard);
		second = carry(world, ends, numbers, 1, &heard);
	}
	node_stream_closed(world->nodes[from], number, world->now);
	node_stream_closed(world->nodes[to], numbers[1], world->now);
	if (from != CAST_SELF && to != CAST_SELF)
		return;
	snprintf(name, sizeof(name), "exchange_%zu", ++stream_count);
	save("stream", name, writer_bytes(&heard));
}

/* Does what one node wants done; false when it wants nothing. */
static bool
serve(struct world *world, enum cast cast)
{
	const struct output *output = node_output(world->nodes[cast]);

	if (output == NULL)
		return false;
	if (output->kind == OUTPUT_DATAGRAM)
		deliver(world, cast, output);
	if (output->kind == OUTPUT_STREAM_OPEN &&
		who_is_at(&output->address) != CAST_COUNT)
		carry_all(world, cast, output->stream, who_is_at(&output->address));
	return true;
}

static void
settle(struct world *world)
{
	for (bool busy = true; busy;) {
		busy = false;
		for (int i = 0; i < CAST_COUNT; i++)
			busy |= serve(world, (enum cast)i);
	}
}

static void
pass(struct world *world, uint64_t ms)
{
	for (uint64_t i = 0; i < ms; i++) {
		world->now.mono_us += MS_US;
		world->now.wall_ms++;
		for (int j = 0; j < CAST_COUNT; j++)
			node_tick(world->nodes[j], world->now);
		settle(world);
	}
}

static void
write_key(struct world *world, enum cast cast, const char *key, const char *value)
{
	struct write write = {
		.key = bytes_of_string(key), .value = bytes_of_string(value)};

	if (node_set(world->nodes[cast], &write, world->now, NULL) != ERR_OK)
		exit(1);
	settle(world);
}

static void
meet(struct world *world, enum cast cast, enum cast other)
{
	struct settings settings = cast_settings(other);

	node_seed(world->nodes[cast], &settings.address, world->now);
	settle(world);
}

static void
delete_key(struct world *world, enum cast cast, const char *key)
{
	if (node_delete(world->nodes[cast], bytes_of_string(key), (struct version){0},
		    world->now, NULL) != ERR_OK)
		exit(1);
	settle(world);
}

static void
world_begin(struct world *world)
{
	*world = (struct world){.now = cast_start, .heard_us = cast_start.mono_us};
	world->steps = writer_of(world->input, sizeof(world->input));
	write_u8(&world->steps, STRATEGY_PLUMTREE);
	for (int i = 0; i < CAST_COUNT; i++) {
		struct settings settings = cast_settings((enum cast)i);

		world->nodes[i] = cast_node(&settings);
	}
}

static void
world_end(struct world *world, const char *name)
{
	save("datagram", name, writer_bytes(&world->steps));
	for (int i = 0; i < CAST_COUNT; i++)
		node_free(world->nodes[i]);
}

static void
save_conversation(void)
{
	static struct world world;

	world_begin(&world);
	meet(&world, CAST_SELF, CAST_WEB1);
	meet(&world, CAST_DB1, CAST_SELF);
	pass(&world, 1500);
	write_key(&world, CAST_WEB1, "app/db/primary", "db1");
	write_key(&world, CAST_DB1, "app/db/primary", "db2");
	pass(&world, 1000);
	delete_key(&world, CAST_WEB1, "app/db/primary");
	meet(&world, CAST_DB1, CAST_SELF);
	node_leave(world.nodes[CAST_DB1], world.now);
	pass(&world, 2000);
	world_end(&world, "conversation");
}

/* What is written and deleted gets to nobody at first. */
static void
save_lost_writes(void)
{
	static struct world world;

	world_begin(&world);
	write_key(&world, CAST_WEB1, "app/old", "v");
	meet(&world, CAST_SELF, CAST_WEB1);
	pass(&world, 300);
	world.mute = true;
	write_key(&world, CAST_WEB1, "app/db/primary", "db1");
	write_key(&world, CAST_SELF, "app/queue", "q1");
	delete_key(&world, CAST_WEB1, "app/old");
	world.mute = false;
	pass(&world, 4000);
	world_end(&world, "lost_writes");
}

int
main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: seeds FOLDER\n");
		return 2;
	}
	folder = argv[1];
	save_golden();
	save_crowd("crowd", STRATEGY_PLUMTREE);
	save_crowd("crowd_push", STRATEGY_PUSH);
	save_crowd("crowd_push_pull", STRATEGY_PUSH_PULL);
	save_taken_number();
	save_differences();
	save_conversation();
	save_lost_writes();
	return 0;
}
