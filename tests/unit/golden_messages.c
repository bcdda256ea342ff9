/* SPDX-License-Identifier: MIT */
#include "golden_messages.h"

#include <check.h>

#include "gossip/store.h"
#include "wire/header.h"

#define WEB1_WRITER UINT64_C(0x0807060504030201)
#define DB1_WRITER UINT64_C(0x1817161514131211)
#define DB1_SHORT_ID UINT64_C(0x8796a5b4c3d2e1f0)
#define FINGERPRINT UINT64_C(0xf1c0e11bfab09d16)

/* 2025-01-01 00:00:00 UTC */
#define START_MS UINT64_C(1735689600000)
#define STAMP(ms, counter) ((START_MS + (ms)) << 16 | (counter))

const uint8_t web1_id[WIRE_ID_SIZE] = {0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
	0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff};

static const struct address web1_address = {
	.family = 4, .ip = {192, 0, 2, 1}, .port = 7117};
static const struct address db1_address = {
	.family = 6, .ip = {0x20, 0x01, 0x0d, 0xb8, [15] = 2}, .port = 7118};

const struct state_summary golden_state = {
	.fingerprint = FINGERPRINT,
	.record_count = GOLDEN_LIVE_COUNT,
	.context_sum = 0x7f8935f0,
};

const struct dot_range golden_context[GOLDEN_RANGE_COUNT] = {
	{WEB1_WRITER, 1, 301},
	{DB1_WRITER, 1, 2},
	{DB1_WRITER, 5, 5},
};

/* In the order of the digest. */
static const struct dot live[GOLDEN_LIVE_COUNT] = {
	{WEB1_WRITER, 1}, {DB1_WRITER, 1}, {WEB1_WRITER, 300}, {WEB1_WRITER, 301}};

static struct member_info
web1_info(void)
{
	return (struct member_info){
		.generation = 7,
		.incarnation = 2,
		.claim = CLAIM_ALIVE,
		.address = web1_address,
		.writer = WEB1_WRITER,
		.features = 1,
		.name = bytes_of_string("web1"),
		.zone = bytes_of_string("eu-1"),
		.software = bytes_of_string("rumord 0.1.0"),
	};
}

struct member_info
db1_info(void)
{
	return (struct member_info){
		.generation = 3,
		.incarnation = 1,
		.claim = CLAIM_DEAD,
		.address = db1_address,
		.writer = DB1_WRITER,
		.features = 1,
		.name = bytes_of_string("db1"),
		.software = bytes_of_string("rumord 0.1.0"),
	};
}

static struct bytes
write_ranges(struct room *room, size_t count)
{
	struct writer writer = writer_of(room->data, sizeof(room->data));

	for (size_t i = 0; i < count; i++)
		range_write(&writer, &golden_context[i]);
	ck_assert(!writer.failed);
	return writer_bytes(&writer);
}

static struct message
ping(struct room *room)
{
	(void)room;
	return (struct message){
		.type = MESSAGE_PING, .ping = {.probe = 42, .state = golden_state}};
}

static struct message
ack(struct room *room)
{
	(void)room;
	return (struct message){.type = MESSAGE_ACK,
		.ping = {.probe = 42,
			.state = golden_state,
			.wall_ms = START_MS + 5000}};
}

static struct message
ping_req(struct room *room)
{
	(void)room;
	return (struct message){.type = MESSAGE_PING_REQ,
		.ping_req = {
			.probe = 43, .target = DB1_SHORT_ID, .address = db1_address}};
}

static struct message
nack(struct room *room)
{
	(void)room;
	return (struct message){.type = MESSAGE_NACK, .answer = {.probe = 43}};
}

static struct message
relayed_ack(struct room *room)
{
	(void)room;
	return (struct message){.type = MESSAGE_RELAYED_ACK, .answer = {.probe = 43}};
}

static struct message
suspect(struct room *room)
{
	(void)room;
	return (struct message){.type = MESSAGE_SUSPECT,
		.suspect = {.member = DB1_SHORT_ID, .generation = 3, .incarnation = 1}};
}

static struct message
record_shared(struct room *room)
{
	(void)room;
	return (struct message){.type = MESSAGE_RECORD,
		.record = {.hops = 1,
			.view = {.kind = RECORD_SHARED,
				.dot = {WEB1_WRITER, 300},
				.stamp = STAMP(1000, 0),
				.key = bytes_of_string("app/db/primary"),
				.value = bytes_of_string("db1")}}};
}

static struct message
record_owned(struct room *room)
{
	(void)room;
	return (struct message){.type = MESSAGE_RECORD,
		.record.view = {.kind = RECORD_OWNED,
			.dot = {WEB1_WRITER, 301},
			.stamp = STAMP(1000, 1),
			.expires_ms = START_MS + 3600000,
			.owner = WEB1_SHORT_ID,
			.key = bytes_of_string("@web1/role"),
			.value = bytes_of_string("frontend")}};
}

static struct message
record_deleted(struct room *room)
{
	(void)room;
	return (struct message){.type = MESSAGE_RECORD,
		.record = {.hops = 3,
			.view = {.kind = RECORD_SHARED,
				.deleted = true,
				.dot = {DB1_WRITER, 2},
				.stamp = STAMP(2000, 0),
				.key = bytes_of_string("app/old")}}};
}

static struct message
record_member(struct room *room)
{
	struct writer writer = writer_of(room->data, sizeof(room->data));
	struct member_info info = web1_info();

	member_info_write(&writer, &info);
	ck_assert(!writer.failed);
	return (struct message){.type = MESSAGE_RECORD,
		.record.view = {.kind = RECORD_MEMBER,
			.dot = {WEB1_WRITER, 1},
			.stamp = STAMP(0, 0),
			.key = bytes_of(web1_id, sizeof(web1_id)),
			.value = writer_bytes(&writer)}};
}

static struct message
ihave(struct room *room)
{
	(void)room;
	return (struct message){.type = MESSAGE_IHAVE,
		.dots = {.count = 2, .dots = {{WEB1_WRITER, 300}, {DB1_WRITER, 2}}}};
}

static struct message
graft(struct room *room)
{
	(void)room;
	return (struct message){.type = MESSAGE_GRAFT,
		.dots = {.count = 1, .dots = {{WEB1_WRITER, 300}}}};
}

static struct message
prune(struct room *room)
{
	(void)room;
	return (struct message){.type = MESSAGE_PRUNE};
}

static struct message
agree(struct room *room)
{
	return (struct message){.type = MESSAGE_AGREE,
		.context = {
			.fingerprint = FINGERPRINT, .entries = write_ranges(room, 2)}};
}

static struct message
context_part(struct room *room)
{
	return (struct message){
		.type = MESSAGE_CONTEXT, .context.entries = write_ranges(room, 3)};
}

/* The hash that the store of a node would tell. */
static uint64_t
hash_of(struct dot dot)
{
	struct store store;
	uint64_t hash;

	store_init(&store, header_cluster("default"), 0, 0);
	hash = store_hash(&store, dot);
	store_fini(&store);
	return hash;
}

/* Of live records from the one at `first` on. */
static struct message
hashes(struct room *room, enum message_type type, size_t first)
{
	struct writer writer = writer_of(room->data, sizeof(room->data));

	for (size_t i = first; i < GOLDEN_LIVE_COUNT; i++)
		write_u64(&writer, hash_of(live[i]));
	return (struct message){.type = type,
		.digest = {.count = GOLDEN_LIVE_COUNT - first,
			.hashes = writer_bytes(&writer)}};
}

struct message
golden_digest(struct room *room)
{
	return hashes(room, MESSAGE_DIGEST, 0);
}

static struct message
ready(struct room *room)
{
	(void)room;
	return (struct message){.type = MESSAGE_READY};
}

static struct message
done(struct room *room)
{
	(void)room;
	return (struct message){.type = MESSAGE_DONE};
}

static struct message
pull(struct room *room)
{
	(void)room;
	return (struct message){.type = MESSAGE_PULL};
}

/* Of the live records. */
static struct message
sketch(struct room *room)
{
	struct message message = {.type = MESSAGE_SKETCH, .sketch.count = 5};
	struct sketch sketch;

	(void)room;
	sketch_init(&sketch, header_cluster("default"));
	for (size_t i = 0; i < GOLDEN_LIVE_COUNT; i++)
		sketch_add(&sketch, hash_of(live[i]));
	memcpy(message.sketch.symbols, sketch.symbols,
		message.sketch.count * sizeof(sketch.symbols[0]));
	return message;
}

static struct message
want(struct room *room)
{
	return hashes(room, MESSAGE_WANT, 2);
}

static struct message
offer(struct room *room)
{
	(void)room;
	return (struct message){.type = MESSAGE_OFFER,
		.dots = {.count = 2, .dots = {live[2], live[3]}}};
}

static struct message
gone(struct room *room)
{
	(void)room;
	return (struct message){.type = MESSAGE_GONE,
		.dots = {.count = 1,
			.dots = {{DB1_WRITER, 5}},
			.fingerprint = FINGERPRINT}};
}

const struct golden_message golden_messages[GOLDEN_MESSAGE_COUNT] = {
	{"ping", ping},
	{"ack", ack},
	{"ping_req", ping_req},
	{"nack", nack},
	{"relayed_ack", relayed_ack},
	{"suspect", suspect},
	{"record_shared", record_shared},
	{"record_owned", record_owned},
	{"record_deleted", record_deleted},
	{"record_member", record_member},
	{"ihave", ihave},
	{"graft", graft},
	{"prune", prune},
	{"agree", agree},
	{"context", context_part},
	{"digest", golden_digest},
	{"ready", ready},
	{"done", done},
	{"pull", pull},
	{"sketch", sketch},
	{"want", want},
	{"offer", offer},
	{"gone", gone},
};
