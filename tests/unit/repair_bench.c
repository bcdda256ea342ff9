/* SPDX-License-Identifier: MIT */
#include "repair_bench.h"

struct bench bench;
struct sent *sent = &bench.sent;
struct repair *repair;

void
set_up_with(size_t packet_size_max)
{
	struct settings settings = sample_settings(1);

	settings.repair_interval_us = REPAIR_INTERVAL_US;
	settings.packet_size_max = packet_size_max;
	bench_init(&bench, &settings);
	bench.node->probes.round_at_us = UINT64_MAX;
	bench_join_up_to(&bench, 4);
	repair = &bench.node->repair;
}

void
set_up(void)
{
	set_up_with(1400);
}

void
tear_down(void)
{
	bench_fini(&bench);
}

struct state_summary
own_state(void)
{
	return store_summary(&bench.node->store);
}

struct state_summary
state_with(uint64_t more, uint64_t gap)
{
	struct state_summary state = own_state();

	state.record_count += more;
	state.fingerprint += gap;
	return state;
}

struct state_summary
other_state(void)
{
	return state_with(0, 1);
}

struct state_summary
far_state(void)
{
	return state_with(MORE_MAX + 1, 1);
}

void
answer(unsigned from, struct state_summary state)
{
	struct message message = {
		.type = MESSAGE_ACK,
		.ping = {.probe = sent_message(sent, MESSAGE_PING, from).ping.probe,
			.state = state,
			.wall_ms = bench_now(&bench).wall_ms},
	};

	bench_tell(&bench, from, &message);
}

void
ping(unsigned target, enum probe_kind kind)
{
	probes_start(&bench.node->probes, kind, bench_member(&bench, target),
		bench_now(&bench).mono_us);
	bench_take(&bench);
}

void
compare(unsigned from, enum probe_kind kind, struct state_summary state)
{
	ping(from, kind);
	answer(from, state);
}

void
look(unsigned from, struct state_summary state)
{
	compare(from, PROBE_ROUND, state);
	bench_pass_us(&bench, REPAIR_INTERVAL_US);
}

void
look_twice(unsigned from, struct state_summary state)
{
	look(from, state);
	answer(from, state);
}

void
look_twice_at(unsigned from, struct state_summary state, uint64_t time_us)
{
	bench.time_us = time_us - REPAIR_INTERVAL_US;
	look_twice(from, state);
	ck_assert_uint_eq(bench.time_us, time_us);
}

size_t
sketched(unsigned to)
{
	return sent_count(sent, MESSAGE_SKETCH, to);
}

size_t
opened(void)
{
	return sent_output_count(sent, OUTPUT_STREAM_OPEN);
}

void
fail_stream(void)
{
	node_stream_closed(bench.node, sent_output(sent, OUTPUT_STREAM_OPEN)->stream,
		bench_now(&bench));
}
