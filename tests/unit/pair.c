/* SPDX-License-Identifier: MIT */
#include "pair.h"

#define ROUND_COUNT_MAX 10

struct bench ours;
struct bench theirs;

static void
init_one(struct bench *bench, unsigned number, unsigned other)
{
	struct settings settings = sample_settings(number);

	bench_init(bench, &settings);
	bench->node->probes.round_at_us = UINT64_MAX;
	sample_join(bench->node, other, bench_now(bench));
	bench_take(bench);
}

void
set_up(void)
{
	init_one(&ours, 1, 2);
	init_one(&theirs, 2, 1);
	sent_clear(&ours.sent);
	sent_clear(&theirs.sent);
}

void
tear_down(void)
{
	bench_fini(&ours);
	bench_fini(&theirs);
}

uint64_t
fingerprint(const struct bench *bench)
{
	return bench->node->store.fingerprint;
}

static void
carry(struct bench *from, struct bench *to)
{
	for (size_t i = 0; i < from->sent.packet_count; i++) {
		const struct sent_packet *packet = &from->sent.packets[i];

		node_receive(to->node, &from->node->settings.address,
			bytes_of(packet->bytes, packet->len), bench_now(to));
	}
	sent_clear(&from->sent);
	bench_pass_us(to, 0);
}

void
carry_to_them(void)
{
	carry(&ours, &theirs);
}

void
carry_to_us(void)
{
	carry(&theirs, &ours);
}

void
tell_symbols(struct bench *from, unsigned to, size_t symbol_count)
{
	struct address address = sample_address(to);

	difference_tell(&from->node->difference, &address, symbol_count);
	bench_take(from);
}

void
tell(void)
{
	tell_symbols(&ours, 2, SYMBOL_COUNT);
}

void
converse(void)
{
	for (int round = 0; ours.sent.packet_count + theirs.sent.packet_count > 0;
		round++) {
		ck_assert_int_lt(round, ROUND_COUNT_MAX);
		carry_to_them();
		carry_to_us();
	}
}

void
repair(void)
{
	tell();
	converse();
}

void
assert_agreement(void)
{
	ck_assert_uint_eq(fingerprint(&ours), fingerprint(&theirs));
}

struct dot
write_alone(struct bench *bench, const char *key, const char *value)
{
	struct dot dot = bench_set(bench, key, value);

	sent_clear(&bench->sent);
	return dot;
}

struct dot
write_together(const char *key, const char *value)
{
	struct dot dot = bench_set(&ours, key, value);

	converse();
	assert_agreement();
	return dot;
}

void
delete_alone(struct bench *bench, const char *key)
{
	ck_assert_int_eq(node_delete(bench->node, bytes_of_string(key),
				 (struct version){0}, bench_now(bench), NULL),
		ERR_OK);
	bench_take(bench);
	sent_clear(&bench->sent);
}

const struct record *
find(const struct bench *bench, const char *key)
{
	return store_find(&bench->node->store, SPACE_KEYS, bytes_of_string(key));
}

bool
holds(const struct bench *bench, const char *key, const char *value)
{
	const struct record *record = find(bench, key);

	return record != NULL && !record->deleted &&
	       bytes_equal(record_value(record), bytes_of_string(value));
}

const struct record *
find_member(const struct bench *bench, unsigned number)
{
	struct settings settings = sample_settings(number);

	return store_find(&bench->node->store, SPACE_MEMBERS,
		bytes_of(settings.identity.id, NODE_ID_SIZE));
}

uint64_t
hash_of(struct dot dot)
{
	return store_hash(&ours.node->store, dot);
}
