/* SPDX-License-Identifier: MIT */
#include "broadcast_bench.h"

struct bench bench;
struct sent *sent = &bench.sent;
struct broadcast *broadcast;

static void
init_with(size_t direct_count_max)
{
	struct settings settings = sample_settings(1);

	settings.direct_count_max = direct_count_max;
	settings.ihave_interval_us = IHAVE_INTERVAL_US;
	settings.graft_timeout_us = GRAFT_TIMEOUT_US;
	settings.forward_interval_us = FORWARD_INTERVAL_US;
	/* Nothing else is to happen in the time these tests take. */
	settings.probe_interval_us = 3600 * SECOND_US;
	bench_init(&bench, &settings);
	bench.node->probes.round_at_us = UINT64_MAX;
	broadcast = &bench.node->broadcast;
	bench_join_up_to(&bench, 4);
	bench_take(&bench);
	bench_pass_us(&bench, LOSSY_US);
	ck_assert_uint_eq(bench.node->overlay.count, 3);
}

void
set_up(void)
{
	init_with(1);
	ck_assert(!bench.node->overlay.direct);
	for (unsigned i = 2; i <= 4; i++)
		link_to(i)->eager = true;
}

void
set_up_few(void)
{
	init_with(FEW_COUNT);
	ck_assert(bench.node->overlay.direct);
}

void
tear_down(void)
{
	bench_fini(&bench);
}

struct neighbour *
link_to(unsigned number)
{
	return overlay_find(&bench.node->overlay, sample_short_id(number));
}

void
make_lazy(unsigned number)
{
	tell_prune(number);
	ck_assert(!link_to(number)->eager);
}

void
tell_dot(unsigned from, enum message_type type, struct dot dot)
{
	struct message message = {
		.type = type,
		.dots = {.count = 1, .dots = {dot}},
	};

	bench_tell(&bench, from, &message);
}

void
tell_prune(unsigned from)
{
	struct message message = {.type = MESSAGE_PRUNE};

	bench_tell(&bench, from, &message);
}

struct record_view
write_of_2(uint64_t seq)
{
	return bench_write(&bench, 2, seq, sample_name((unsigned)seq), "v");
}

void
take_streamed(const struct record_view *view)
{
	struct source source = {
		.member = sample_short_id(2),
		.address = sample_address(2),
		.streamed = true,
		.pass_on = true,
	};

	ck_assert_int_eq(
		intake_record(&bench.node->intake, view, &source, bench_now(&bench)),
		INTAKE_NEW);
	bench_take(&bench);
}
