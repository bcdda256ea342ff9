/* SPDX-License-Identifier: MIT */
#include "roster_bench.h"

struct bench bench;
struct sent *sent = &bench.sent;
struct roster *roster;

void
set_up_with(const struct settings *settings)
{
	bench_init(&bench, settings);
	bench.node->probes.round_at_us = UINT64_MAX;
	bench_join_up_to(&bench, 1 + OTHER_COUNT);
	bench_take(&bench);
	roster = &bench.node->roster;
}

void
set_up(void)
{
	set_up_with(NULL);
}

void
tear_down(void)
{
	bench_fini(&bench);
}

enum member_state
state_of(unsigned number)
{
	return bench_member(&bench, number)->state;
}

void
hear(struct word word)
{
	static uint64_t seq = 1;
	struct member_space space;
	struct member_info info = sample_info(word.about);
	struct dot dot = {sample_writer(word.by), ++seq};

	info.generation = word.generation;
	info.incarnation = word.incarnation;
	info.claim = word.claim;

	struct record_view view =
		sample_member(dot, (bench_now(&bench).wall_ms - word.age_ms) << 16,
			word.about, &info, &space);

	bench_tell_record(&bench, 6, &view);
}

void
hear_alive(unsigned about, uint32_t generation, uint32_t incarnation)
{
	hear((struct word){about, about, generation, incarnation, CLAIM_ALIVE, 0});
}

void
hear_death(unsigned about, uint32_t incarnation, uint64_t age_ms)
{
	hear((struct word){about, 5, 1, incarnation, CLAIM_DEAD, age_ms});
}

size_t
notices(enum notice_kind kind, const char *member)
{
	return sent_notice_count(sent, kind, member);
}

const struct record *
held_record(unsigned number)
{
	const struct member *member = bench_member(&bench, number);

	return store_find(
		&bench.node->store, SPACE_MEMBERS, bytes_of(member->id, NODE_ID_SIZE));
}

static struct member_info
read_info(struct bytes value)
{
	struct member_info info;

	ck_assert_int_eq(member_info_read(value, &info), ERR_OK);
	return info;
}

struct member_info
held(unsigned number)
{
	return read_info(record_value(held_record(number)));
}

struct member_info
told(unsigned to)
{
	return read_info(sent_message(sent, MESSAGE_RECORD, to).record.view.value);
}
