/* SPDX-License-Identifier: MIT */
#include "probe_bench.h"

struct bench bench;
struct probes *probes;

void
set_up(void)
{
	struct settings settings = sample_settings(1);

	settings.probe_interval_us = INTERVAL_US;
	settings.probe_timeout_us = TIMEOUT_US;
	settings.probe_timeout_min_us = TIMEOUT_MIN_US;
	settings.probe_attempts = ATTEMPTS;
	settings.indirect_count = INDIRECT_COUNT;
	settings.verifier_count = VERIFIER_COUNT;
	bench_init(&bench, &settings);
	probes = &bench.node->probes;
}

void
tear_down(void)
{
	bench_fini(&bench);
}

void
tick_at(uint64_t time_us)
{
	bench.time_us = time_us;
	probes_tick(probes, bench_now(&bench));
	bench_take(&bench);
}

size_t
pass_counting_us(uint64_t us, enum message_type type, unsigned to)
{
	uint64_t end_us = bench.time_us + us;
	size_t count = 0;

	while (probes_deadline(probes) < at_us(end_us).mono_us) {
		tick_at(probes_deadline(probes) - SAMPLE_MONO_US);
		count += sent_count(&bench.sent, type, to);
	}
	tick_at(end_us);
	return count + sent_count(&bench.sent, type, to);
}

void
pass_us(uint64_t us)
{
	pass_counting_us(us, MESSAGE_PING, 0);
}

unsigned
next_round(unsigned last)
{
	pass_us(probes->round_at_us - bench_now(&bench).mono_us);
	for (unsigned i = 2; i <= last; i++) {
		if (sent_count(&bench.sent, MESSAGE_PING, i) > 0)
			return i;
	}
	return 0;
}

uint32_t
number_pinged(unsigned target)
{
	return sent_message(&bench.sent, MESSAGE_PING, target).ping.probe;
}

bool
ack(unsigned from, uint32_t number)
{
	struct probe_answer answer;

	return probes_on_ack(
		probes, sample_short_id(from), number, bench_now(&bench), &answer);
}

bool
nothing_failed(void)
{
	return probes->failed_count == 0;
}

void
expect_failed(enum probe_kind kind, unsigned target)
{
	struct probe_failure failure = {0};

	ck_assert(probes_next_failed(probes, &failure));
	ck_assert_int_eq(failure.kind, kind);
	ck_assert_uint_eq(failure.target, sample_short_id(target));
	ck_assert(!probes_next_failed(probes, &failure));
}
