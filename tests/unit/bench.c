/* SPDX-License-Identifier: MIT */
#include "bench.h"

#include <check.h>

void
bench_init(struct bench *bench, const struct settings *settings)
{
	struct settings usual = sample_settings(1);

	bench->time_us = 0;
	bench->node = node_new(settings == NULL ? &usual : settings, bench_now(bench));
	bench_take(bench);
}

void
bench_fini(struct bench *bench)
{
	node_check(bench->node);
	node_free(bench->node);
}

struct now
bench_now(const struct bench *bench)
{
	return at_us(bench->time_us);
}

void
bench_join_up_to(struct bench *bench, unsigned last)
{
	for (unsigned i = 2; i <= last; i++)
		sample_join(bench->node, i, bench_now(bench));
}

struct member *
bench_member(const struct bench *bench, unsigned number)
{
	return members_find(&bench->node->members, sample_short_id(number));
}

void
bench_bury(struct bench *bench, unsigned number, enum member_state state)
{
	member_set_state(&bench->node->members, bench_member(bench, number), state);
	overlay_remove(&bench->node->overlay, bench_member(bench, number));
}

void
bench_take(struct bench *bench)
{
	sent_take(&bench->sent, bench->node);
}

void
bench_pass_us(struct bench *bench, uint64_t us)
{
	bench->time_us += us;
	node_tick(bench->node, bench_now(bench));
	bench_take(bench);
}

void
bench_tell(struct bench *bench, unsigned from, const struct message *message)
{
	sample_tell(bench->node, from, message, bench_now(bench));
	bench_take(bench);
}

void
bench_tell_record(struct bench *bench, unsigned from, const struct record_view *view)
{
	sample_tell_record(bench->node, from, view, bench_now(bench));
	bench_take(bench);
}

struct record_view
bench_write(const struct bench *bench, unsigned writer, uint64_t seq, const char *key,
	const char *value)
{
	return sample_shared((struct dot){sample_writer(writer), seq},
		bench_now(bench).wall_ms << 16, key, value);
}

struct dot
bench_set(struct bench *bench, const char *key, const char *value)
{
	struct write write = {
		.key = bytes_of_string(key),
		.value = bytes_of_string(value),
	};

	ck_assert_int_eq(node_set(bench->node, &write, bench_now(bench), NULL), ERR_OK);
	bench_take(bench);
	return store_find(&bench->node->store, SPACE_KEYS, write.key)->dot;
}
