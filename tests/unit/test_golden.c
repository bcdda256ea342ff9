/* SPDX-License-Identifier: MIT */
#include "golden.h"

#include "codec.h"
#include "gossip/members.h"
#include "gossip/store.h"
#include "run.h"
#include "wire/header.h"

/*
 * The packets of docs/protocol.md: what is sent is what they show, what they show is
 * understood, and whatever is missing or wrong in them is noticed or makes another
 * packet that is right.
 */

#define WEB1_WRITER UINT64_C(0x0807060504030201)
#define DB1_WRITER UINT64_C(0x1817161514131211)
#define WEB1_SHORT_ID UINT64_C(0x7766554433221100)
#define DB1_SHORT_ID UINT64_C(0x8796a5b4c3d2e1f0)
#define FINGERPRINT UINT64_C(0xf1c0e11bfab09d16)

/* 2025-01-01 00:00:00 UTC */
#define START_MS UINT64_C(1735689600000)
#define STAMP(ms, counter) ((START_MS + (ms)) << 16 | (counter))

static const uint8_t web1_id[WIRE_ID_SIZE] = {0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66,
	0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff};

static const struct address web1_address = {
	.family = 4, .ip = {192, 0, 2, 1}, .port = 7117};
static const struct address db1_address = {
	.family = 6, .ip = {0x20, 0x01, 0x0d, 0xb8, [15] = 2}, .port = 7118};

static const struct state_summary state = {
	.fingerprint = FINGERPRINT,
	.record_count = 4,
	.context_sum = 0x7f8935f0,
};

static const struct dot_range context[] = {
	{WEB1_WRITER, 1, 301},
	{DB1_WRITER, 1, 2},
	{DB1_WRITER, 5, 5},
};

/* The live records, in the order of the digest. */
static const struct dot live[] = {
	{WEB1_WRITER, 1}, {DB1_WRITER, 1}, {WEB1_WRITER, 300}, {WEB1_WRITER, 301}};

#define LIVE_COUNT (sizeof(live) / sizeof(live[0]))

/* --- what the packets say --- */

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

static struct member_info
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

/* Where the texts of composed bodies live. */
struct room {
	uint8_t data[GOLDEN_LEN_MAX];
};

static struct bytes
write_ranges(struct room *room, size_t count)
{
	struct writer writer = writer_of(room->data, sizeof(room->data));

	for (size_t i = 0; i < count; i++)
		range_write(&writer, &context[i]);
	ck_assert(!writer.failed);
	return writer_bytes(&writer);
}

static struct message
ping(struct room *room)
{
	(void)room;
	return (struct message){
		.type = MESSAGE_PING, .ping = {.probe = 42, .state = state}};
}

static struct message
ack(struct room *room)
{
	(void)room;
	return (struct message){.type = MESSAGE_ACK,
		.ping = {.probe = 42, .state = state, .wall_ms = START_MS + 5000}};
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
		.suspect = {.member = DB1_SHORT_ID,
			.generation = 3,
			.incarnation = 1,
			.accuser = WEB1_SHORT_ID}};
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

/* With the hashes that the store of a node would tell. */
static struct message
digest(struct room *room)
{
	struct writer writer = writer_of(room->data, sizeof(room->data));
	struct store store;

	store_init(&store, header_cluster("default"), 0, 0);
	for (size_t i = 0; i < LIVE_COUNT; i++)
		write_u64(&writer, store_hash(&store, live[i]));
	store_fini(&store);
	return (struct message){.type = MESSAGE_DIGEST,
		.digest = {.count = LIVE_COUNT, .hashes = writer_bytes(&writer)}};
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

static const struct {
	const char *name;
	struct message (*compose)(struct room *room);
} messages[] = {
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
	{"digest", digest},
	{"ready", ready},
	{"done", done},
	{"pull", pull},
};

#define MESSAGE_COUNT ((int)(sizeof(messages) / sizeof(messages[0])))

/* --- the packets and what is sent and understood --- */

START_TEST(the_golden_message_is_what_is_sent)
{
	struct golden golden = golden_load(messages[_i].name);
	uint8_t data[GOLDEN_LEN_MAX];
	struct room room;
	struct message message = messages[_i].compose(&room);

	assert_same_bytes(
		encode_message(data, sizeof(data), &message), golden_bytes(&golden));
}
END_TEST

START_TEST(the_golden_message_is_understood)
{
	struct golden golden = golden_load(messages[_i].name);
	struct room room;
	struct message message = messages[_i].compose(&room);
	struct message back;

	ck_assert_int_eq(decode_message(golden_bytes(&golden), &back), MESSAGE_TAKEN);
	assert_same_message(&back, &message);
}
END_TEST

START_TEST(every_type_has_a_golden_message)
{
	bool seen[MESSAGE_TYPE_COUNT] = {true};

	for (int i = 0; i < MESSAGE_COUNT; i++) {
		struct room room;

		seen[messages[i].compose(&room).type] = true;
	}
	for (size_t i = 0; i < MESSAGE_TYPE_COUNT; i++)
		ck_assert_msg(seen[i], "type %zu", i);
}
END_TEST

START_TEST(the_golden_header_is_sent_and_understood)
{
	struct golden golden = golden_load("header");
	struct reader reader = reader_of(golden_bytes(&golden));
	uint8_t data[WIRE_HEADER_SIZE];
	struct writer writer = writer_of(data, sizeof(data));
	struct header header;

	ck_assert_int_eq(header_read(&reader, &header), ERR_OK);
	ck_assert_uint_eq(reader_left(&reader), 0);
	ck_assert_uint_eq(header.version, WIRE_VERSION);
	ck_assert_uint_eq(header.features, WIRE_FEATURES);
	ck_assert_uint_eq(header.cluster, header_cluster("default"));
	ck_assert_uint_eq(header.sender, WEB1_SHORT_ID);
	header_write(&writer, &header);
	assert_same_bytes(writer_bytes(&writer), golden_bytes(&golden));
}
END_TEST

START_TEST(the_golden_member_is_sent_and_understood)
{
	struct golden golden = golden_load("member_info");
	struct member_info info = db1_info();
	struct member_info back;
	uint8_t data[MEMBER_INFO_LEN_MAX];
	struct writer writer = writer_of(data, sizeof(data));

	ck_assert_int_eq(member_info_read(golden_bytes(&golden), &back), ERR_OK);
	assert_same_info(&back, &info);
	member_info_write(&writer, &info);
	assert_same_bytes(writer_bytes(&writer), golden_bytes(&golden));
}
END_TEST

START_TEST(the_short_id_is_the_beginning_of_the_id)
{
	ck_assert_uint_eq(short_id_of(web1_id), WEB1_SHORT_ID);
}
END_TEST

START_TEST(the_fingerprint_is_the_sum_of_the_digest)
{
	struct room room;
	struct message message = digest(&room);
	uint64_t sum = 0;

	for (size_t i = 0; i < LIVE_COUNT; i++)
		sum += digest_hash(message.digest.hashes, i);
	ck_assert_uint_eq(sum, FINGERPRINT);
	ck_assert_uint_eq(state.record_count, LIVE_COUNT);
}
END_TEST

START_TEST(the_sum_of_the_context_is_that_of_the_ping)
{
	struct context whole;

	context_init(&whole);
	for (size_t i = 0; i < sizeof(context) / sizeof(context[0]); i++)
		context_add_range(
			&whole, context[i].writer, context[i].first, context[i].last);
	ck_assert_uint_eq((uint32_t)context_sum(&whole), state.context_sum);
	context_fini(&whole);
}
END_TEST

/* Reads a header and messages of these types, and nothing more. */
static void
assert_consists_of(const char *name, const enum message_type *types, size_t count)
{
	struct golden golden = golden_load(name);
	struct reader reader = reader_of(golden_bytes(&golden));
	struct header header;
	struct message message;

	ck_assert_int_eq(header_read(&reader, &header), ERR_OK);
	for (size_t i = 0; i < count; i++) {
		ck_assert_int_eq(message_read(&reader, WIRE_BODY_LEN_MAX, &message),
			MESSAGE_TAKEN);
		ck_assert_int_eq(message.type, types[i]);
	}
	ck_assert_uint_eq(reader_left(&reader), 0);
}

START_TEST(the_golden_datagram_is_a_header_and_messages)
{
	static const enum message_type types[] = {MESSAGE_PING, MESSAGE_RECORD};

	assert_consists_of("datagram", types, sizeof(types) / sizeof(types[0]));
}
END_TEST

START_TEST(the_golden_stream_is_a_header_and_messages)
{
	static const enum message_type types[] = {MESSAGE_CONTEXT, MESSAGE_DIGEST,
		MESSAGE_READY, MESSAGE_RECORD, MESSAGE_DONE};

	assert_consists_of("stream", types, sizeof(types) / sizeof(types[0]));
}
END_TEST

/* --- packets that are cut or changed --- */

/* Reads one message. One that is taken must be what its bytes say and nothing else:
 * encoding it gives them back. */
static enum message_result
read_strictly(struct bytes bytes)
{
	struct reader reader = reader_of(bytes);
	uint8_t data[2 * GOLDEN_LEN_MAX];
	struct message message;
	enum message_result result =
		message_read(&reader, WIRE_DATAGRAM_SIZE_MAX, &message);

	if (result == MESSAGE_TAKEN)
		assert_same_bytes(encode_message(data, sizeof(data), &message),
			bytes_of(bytes.data, reader.pos));
	if (result == MESSAGE_PARTIAL)
		ck_assert_uint_eq(reader.pos, 0);
	return result;
}

START_TEST(a_message_cut_short_is_not_taken)
{
	struct golden golden = golden_load(messages[_i].name);

	for (size_t len = 0; len < golden.len; len++)
		ck_assert_int_eq(
			read_strictly(bytes_of(golden.data, len)), MESSAGE_PARTIAL);
}
END_TEST

/* The length says that the body ends early. */
START_TEST(a_body_cut_short_is_bad_or_another_message)
{
	struct golden golden = golden_load(messages[_i].name);
	size_t body_len = golden.len - 2;

	ck_assert_uint_eq(golden.data[1], body_len);
	for (size_t len = 0; len < body_len; len++) {
		enum message_result result;

		golden.data[1] = (uint8_t)len;
		result = read_strictly(bytes_of(golden.data, 2 + len));
		ck_assert(result == MESSAGE_BAD || result == MESSAGE_TAKEN);
	}
}
END_TEST

START_TEST(a_message_with_a_wrong_bit_is_bad_or_another_message)
{
	struct golden golden = golden_load(messages[_i].name);

	for (size_t bit = 0; bit < 8 * golden.len; bit++) {
		golden.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		read_strictly(golden_bytes(&golden));
		golden.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}
END_TEST

START_TEST(a_header_with_a_wrong_bit_is_another_version_or_sender)
{
	struct golden golden = golden_load("header");

	for (size_t bit = 0; bit < 8 * golden.len; bit++) {
		uint8_t data[WIRE_HEADER_SIZE];
		struct writer writer = writer_of(data, sizeof(data));
		struct reader reader = reader_of(golden_bytes(&golden));
		struct header header;
		enum err err;

		golden.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		err = header_read(&reader, &header);
		ck_assert_int_eq(err, bit < 8 ? ERR_VERSION : ERR_OK);
		if (err == ERR_OK) {
			header_write(&writer, &header);
			assert_same_bytes(writer_bytes(&writer), golden_bytes(&golden));
		}
		golden.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}
END_TEST

START_TEST(a_member_cut_short_is_malformed)
{
	struct golden golden = golden_load("member_info");
	struct member_info info;

	for (size_t len = 0; len < golden.len; len++)
		ck_assert_int_eq(member_info_read(bytes_of(golden.data, len), &info),
			ERR_MALFORMED);
}
END_TEST

START_TEST(a_member_with_a_wrong_bit_is_malformed_or_another)
{
	struct golden golden = golden_load("member_info");

	for (size_t bit = 0; bit < 8 * golden.len; bit++) {
		uint8_t data[MEMBER_INFO_LEN_MAX];
		struct writer writer = writer_of(data, sizeof(data));
		struct member_info info;

		golden.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (member_info_read(golden_bytes(&golden), &info) == ERR_OK) {
			member_info_write(&writer, &info);
			assert_same_bytes(writer_bytes(&writer), golden_bytes(&golden));
		}
		golden.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("golden packets");
	TCase *good = add_case(suite, "as specified");
	TCase *bad = add_case(suite, "cut or changed");

	tcase_add_loop_test(good, the_golden_message_is_what_is_sent, 0, MESSAGE_COUNT);
	tcase_add_loop_test(good, the_golden_message_is_understood, 0, MESSAGE_COUNT);
	tcase_add_test(good, every_type_has_a_golden_message);
	tcase_add_test(good, the_golden_header_is_sent_and_understood);
	tcase_add_test(good, the_golden_member_is_sent_and_understood);
	tcase_add_test(good, the_short_id_is_the_beginning_of_the_id);
	tcase_add_test(good, the_fingerprint_is_the_sum_of_the_digest);
	tcase_add_test(good, the_sum_of_the_context_is_that_of_the_ping);
	tcase_add_test(good, the_golden_datagram_is_a_header_and_messages);
	tcase_add_test(good, the_golden_stream_is_a_header_and_messages);
	tcase_add_loop_test(bad, a_message_cut_short_is_not_taken, 0, MESSAGE_COUNT);
	tcase_add_loop_test(
		bad, a_body_cut_short_is_bad_or_another_message, 0, MESSAGE_COUNT);
	tcase_add_loop_test(bad, a_message_with_a_wrong_bit_is_bad_or_another_message,
		0, MESSAGE_COUNT);
	tcase_add_test(bad, a_header_with_a_wrong_bit_is_another_version_or_sender);
	tcase_add_test(bad, a_member_cut_short_is_malformed);
	tcase_add_test(bad, a_member_with_a_wrong_bit_is_malformed_or_another);
	return run_suite(suite);
}
