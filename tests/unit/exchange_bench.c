/* SPDX-License-Identifier: MIT */
#include "exchange_bench.h"

struct end one;
struct end two;
uint64_t time_us;

void
start(struct end *end, unsigned number, size_t state_size_max)
{
	struct settings settings = sample_settings(number);

	settings.tombstone_life_ms = TOMBSTONE_LIFE_MS;
	settings.state_size_max = state_size_max;
	*end = (struct end){.node = node_new(&settings, at_us(time_us))};
}

void
finish(struct end *end)
{
	exchange_free(end->exchange);
	end->exchange = NULL;
	node_check(end->node);
}

void
set_up(void)
{
	time_us = 0;
	start(&one, 1, SIZE_MAX);
	start(&two, OTHER, SIZE_MAX);
}

void
tear_down(void)
{
	finish(&one);
	finish(&two);
	node_free(one.node);
	node_free(two.node);
}

/* --- the stream --- */

void
connect_ends(void)
{
	struct address one_address = sample_address(1);
	struct address two_address = sample_address(OTHER);

	finish(&one);
	finish(&two);
	one.exchange =
		exchange_new(&one.node->exchanges.host, 7, &two_address, true, true);
	two.exchange =
		exchange_new(&two.node->exchanges.host, 8, &one_address, false, true);
	one.settled = two.settled = false;
	one.sent_size = two.sent_size = 0;
	exchange_begin(one.exchange);
}

bool
carry(struct end *from, struct end *to, size_t chunk_size)
{
	static uint8_t chunk[4096];
	size_t len = exchange_fill(from->exchange, chunk, chunk_size);

	from->sent_size += len;
	ck_assert_int_eq(
		exchange_receive(to->exchange, bytes_of(chunk, len), at_us(time_us)),
		ERR_OK);
	if (to->exchange->peer_done && !to->settled) {
		to->told_again = exchange_settle(to->exchange);
		to->settled = true;
	}
	return len > 0;
}

void
carry_all(size_t chunk_size)
{
	bool moved = true;

	while (moved) {
		moved = carry(&one, &two, chunk_size);
		moved |= carry(&two, &one, chunk_size);
	}
	ck_assert(exchange_is_done(one.exchange));
	ck_assert(exchange_is_done(two.exchange));
	ck_assert(one.settled && two.settled);
	node_check(one.node);
	node_check(two.node);
}

void
reconcile(void)
{
	connect_ends();
	carry_all(4096);
}

/* --- what the nodes have --- */

void
set(struct end *end, const char *key, const char *value)
{
	struct write write = {
		.key = bytes_of_string(key),
		.value = bytes_of_string(value),
	};

	ck_assert_int_eq(node_set(end->node, &write, at_us(time_us), NULL), ERR_OK);
}

void
erase(struct end *end, const char *key)
{
	ck_assert_int_eq(node_delete(end->node, bytes_of_string(key),
				 (struct version){0}, at_us(time_us), NULL),
		ERR_OK);
}

bool
has(const struct end *end, const char *key, const char *value)
{
	struct item item;
	enum err err = node_get(end->node, bytes_of_string(key), false, &item);

	return err == ERR_OK && bytes_equal(item.value, bytes_of_string(value));
}

bool
lacks(const struct end *end, const char *key)
{
	struct item item;

	return node_get(end->node, bytes_of_string(key), true, &item) == ERR_NOT_FOUND;
}

bool
agree(void)
{
	return one.node->store.fingerprint == two.node->store.fingerprint;
}

bool
know_the_same(void)
{
	return context_sum(&one.node->store.context) ==
	       context_sum(&two.node->store.context);
}

void
pass_ms(uint64_t ms)
{
	time_us += ms * MS_US;
	node_tick(one.node, at_us(time_us));
	node_tick(two.node, at_us(time_us));
}
