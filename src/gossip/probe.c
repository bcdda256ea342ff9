/* SPDX-License-Identifier: MIT */
#include "gossip/probe.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"

/* Probes on the way at the same time; those for others are refused beyond it. */
#define PROBE_COUNT_MAX 4096

/* A relay says that it heard nothing while its asker still waits: after Lifeguard's 80
 * % of the time that the asker has left, which is half of its timeout or more. */
#define NACK_TIME_US(timeout_us) ((timeout_us) / 2 / 5 * 4)

/* Pings of a relay until then. */
#define RELAY_ATTEMPT_COUNT 3

void
probes_init(struct probes *probes, const struct settings *settings,
	struct members *members, const struct store *store, struct outbox *outbox,
	struct prng *prng, uint64_t now_us)
{
	*probes = (struct probes){
		.settings = settings,
		.members = members,
		.store = store,
		.outbox = outbox,
		.prng = prng,
		.number_next = (uint32_t)prng_next(prng),
		.round_at_us = now_us + prng_below(prng, settings->probe_interval_us),
	};
	health_init(&probes->health, settings->health_max);
	table_init(&probes->by_number);
	heap_init(&probes->timers);
}

void
probes_fini(struct probes *probes)
{
	size_t cursor = 0;
	struct probe *probe;

	while ((probe = table_next(&probes->by_number, &cursor)) != NULL)
		free(probe);
	table_fini(&probes->by_number);
	heap_fini(&probes->timers);
	free(probes->failed);
}

/* --- sending --- */

static void
send_ping(struct probes *probes, const struct probe *probe)
{
	struct message message = {
		.type = MESSAGE_PING,
		.ping = {.probe = probe->number, .state = store_summary(probes->store)},
	};
	const struct member *member = members_find(probes->members, probe->target);

	outbox_put(probes->outbox, &probe->address, &message);

	/* The suspect hears of it first, so that it can refute (Lifeguard §IV.C). */
	if (member == NULL || member->state != MEMBER_SUSPECT)
		return;
	message = (struct message){
		.type = MESSAGE_SUSPECT,
		.suspect = {.member = member->short_id,
			.generation = member->generation,
			.incarnation = member->incarnation},
	};
	outbox_put(probes->outbox, &probe->address, &message);
}

static void
send_answer(struct probes *probes, enum message_type type, const struct probe *probe)
{
	struct message message = {
		.type = type,
		.answer = {.probe = probe->asker_number},
	};

	outbox_put(probes->outbox, &probe->asker, &message);
}

void
probes_answer(struct probes *probes, const struct address *to, uint32_t number,
	struct now now)
{
	struct message message = {
		.type = MESSAGE_ACK,
		.ping = {.probe = number,
			.state = store_summary(probes->store),
			.wall_ms = now.wall_ms},
	};

	outbox_put(probes->outbox, to, &message);
}

/* --- starting --- */

/* As the own health demands. A verification goes round twice in the shortest suspicion,
 * which does not stretch either. */
static uint64_t
stretch(const struct probes *probes, enum probe_kind kind, uint64_t span_us)
{
	return kind == PROBE_VERIFY ? span_us
				    : health_stretch(&probes->health, span_us);
}

/* How long to wait for a direct answer: RFC 6298's estimate within the limits set. */
static uint64_t
answer_timeout_us(
	const struct probes *probes, enum probe_kind kind, const struct member *member)
{
	const struct settings *settings = probes->settings;
	uint64_t timeout = settings->probe_timeout_us / settings->probe_attempts;

	if (member->rtt_us != 0)
		timeout = member->rtt_us + 4 * member->rtt_deviation_us;
	if (timeout < settings->probe_timeout_min_us)
		timeout = settings->probe_timeout_min_us;
	/* Others need time as well. */
	if (timeout > settings->probe_timeout_us / 2)
		timeout = settings->probe_timeout_us / 2;
	return stretch(probes, kind, timeout);
}

static uint64_t
probe_time_us(const struct probes *probes, enum probe_kind kind)
{
	return stretch(probes, kind, probes->settings->probe_timeout_us);
}

static struct probe *
probe_new(struct probes *probes, enum probe_kind kind, uint64_t target,
	const struct address *address, uint64_t now_us)
{
	struct probe *probe = mem_new(sizeof(*probe));

	/* A number still in use is passed over. */
	do
		probe->number = probes->number_next++;
	while (table_find(&probes->by_number, probe->number) != NULL);
	probe->kind = kind;
	probe->target = target;
	probe->address = *address;
	probe->sent_us = now_us;
	table_put(&probes->by_number, probe->number, probe);
	send_ping(probes, probe);
	return probe;
}

static void
probe_end(struct probes *probes, struct probe *probe)
{
	heap_cancel(&probes->timers, &probe->timer);
	table_remove(&probes->by_number, probe->number);
	free(probe);
}

static uint64_t
relay_interval_us(const struct probes *probes)
{
	return NACK_TIME_US(probes->settings->probe_timeout_us) / RELAY_ATTEMPT_COUNT +
	       1;
}

void
probes_relay(struct probes *probes, const struct address *asker,
	const struct message *request, uint64_t now_us)
{
	const struct member *member =
		members_find(probes->members, request->ping_req.target);
	struct probe *probe;

	if (table_count(&probes->by_number) >= PROBE_COUNT_MAX || member == NULL)
		return;
	probe = probe_new(probes, PROBE_RELAY, request->ping_req.target,
		&request->ping_req.address, now_us);
	probe->asker = *asker;
	probe->asker_number = request->ping_req.probe;
	probe->end_us = now_us + probes->settings->probe_timeout_us;
	probe->nack_at_us = now_us + NACK_TIME_US(probes->settings->probe_timeout_us);
	heap_set(&probes->timers, &probe->timer, now_us + relay_interval_us(probes));
}

/* --- asking others --- */

static bool
may_relay(const struct probes *probes, const struct member *member, uint64_t target)
{
	return member->state == MEMBER_ALIVE && member != probes->members->self &&
	       member->short_id != target;
}

/* Asks up to `wanted` others, drawn by passing once over the members. */
static void
ask_others(struct probes *probes, struct probe *probe, size_t wanted)
{
	struct message request = {
		.type = MESSAGE_PING_REQ,
		.ping_req = {.probe = probe->number,
			.target = probe->target,
			.address = probe->address},
	};
	size_t count = probes->members->count;
	size_t start = (size_t)prng_below(probes->prng, count);
	size_t step = prng_stride(probes->prng, count);

	for (size_t i = 0; i < count; i++) {
		const struct member *member =
			probes->members->sorted[(start + i * step) % count];

		if (probe->nacks_wanted == wanted)
			break;
		if (!may_relay(probes, member, probe->target))
			continue;
		outbox_put(probes->outbox, &member->address, &request);
		probe->nacks_wanted++;
	}
}

void
probes_start(struct probes *probes, enum probe_kind kind, const struct member *member,
	uint64_t now_us)
{
	struct probe *probe =
		probe_new(probes, kind, member->short_id, &member->address, now_us);

	probe->end_us = now_us + probe_time_us(probes, kind);
	heap_set(&probes->timers, &probe->timer,
		now_us + answer_timeout_us(probes, kind, member));
	if (kind == PROBE_VERIFY)
		ask_others(probes, probe, probes->settings->verifier_count);
}

/* --- answers --- */

static struct probe *
find_probe(const struct probes *probes, uint32_t number)
{
	return table_find(&probes->by_number, number);
}

static void
conclude(struct probes *probes, struct probe *probe, struct probe_answer *ret_answer)
{
	*ret_answer = (struct probe_answer){
		.kind = probe->kind,
		.member = members_find(probes->members, probe->target),
		.reached = true,
	};
	if (probe->kind == PROBE_ROUND)
		health_improve(&probes->health);
	if (probe->kind == PROBE_RELAY)
		send_answer(probes, MESSAGE_RELAYED_ACK, probe);
	probe_end(probes, probe);
}

bool
probes_on_ack(struct probes *probes, uint64_t sender, uint32_t number, struct now now,
	struct probe_answer *ret_answer)
{
	struct probe *probe = find_probe(probes, number);

	if (probe == NULL || probe->target != sender)
		return false;

	struct member *member = members_find(probes->members, sender);

	/* Which of two pings an answer is for cannot be told (Karn's rule). */
	if (member != NULL && !probe->indirect)
		member_measured(member, now.mono_us - probe->sent_us);
	conclude(probes, probe, ret_answer);
	return true;
}

bool
probes_on_answer(struct probes *probes, const struct message *message,
	struct probe_answer *ret_answer)
{
	struct probe *probe = find_probe(probes, message->answer.probe);

	if (probe == NULL || probe->nacks_wanted == 0)
		return false;
	if (message->type == MESSAGE_NACK) {
		probe->nacks++;
		*ret_answer = (struct probe_answer){
			.kind = probe->kind,
			.member = members_find(probes->members, probe->target),
		};
	} else {
		conclude(probes, probe, ret_answer);
	}
	return true;
}

/* --- time --- */

/* A permutation of 0 .. count - 1 that is drawn by the turn: a · x + b with `a` and
 * `count` coprime. */
static uint64_t
permute(uint64_t turn, uint64_t place, uint64_t count)
{
	struct prng prng;

	prng_init(&prng, turn);

	uint64_t step = prng_stride(&prng, (size_t)count);

	return (step * place + prng_below(&prng, count)) % count;
}

/* How far along the order of names everybody probes in the period of this instant:
 * 1 .. others, each of them once before one comes again. */
static uint64_t
distance_now(const struct probes *probes, uint64_t others, uint64_t wall_ms)
{
	uint64_t period = wall_ms * MS_US / probes->settings->probe_interval_us;

	return 1 + permute(period / others, period % others, others);
}

static bool
takes_part(const struct probes *probes, const struct member *member)
{
	return member_is_live(member) || member == probes->members->self;
}

/* Whose turn it is; NULL when nobody else is live. */
static const struct member *
target_now(const struct probes *probes, uint64_t wall_ms)
{
	const struct members *members = probes->members;
	size_t count = 0;
	size_t own_place = 0;

	for (size_t i = 0; i < members->count; i++) {
		if (members->sorted[i] == members->self)
			own_place = count;
		count += takes_part(probes, members->sorted[i]);
	}
	if (count < 2)
		return NULL;

	uint64_t distance = distance_now(probes, count - 1, wall_ms);
	size_t place = (own_place + (size_t)distance) % count;

	for (size_t i = 0; i < members->count; i++) {
		if (takes_part(probes, members->sorted[i]) && place-- == 0)
			return members->sorted[i];
	}
	return NULL;
}

/* Missing NACKs speak against this node's own ears rather than against the target. */
static void
judge_own_health(struct probes *probes, const struct probe *probe)
{
	if (probe->kind != PROBE_ROUND)
		return;
	if (probe->nacks_wanted == 0)
		health_worsen(&probes->health, 1);
	else if (probe->nacks < probe->nacks_wanted)
		health_worsen(&probes->health, probe->nacks_wanted - probe->nacks);
}

static bool
accuses(enum probe_kind kind)
{
	return kind == PROBE_ROUND || kind == PROBE_VERIFY;
}

/* Pings go out at even distances in what is left of the probe's time. */
static void
ping_again(struct probes *probes, struct probe *probe, uint64_t now_us)
{
	uint64_t interval_us =
		probe_time_us(probes, probe->kind) / probes->settings->probe_attempts;
	uint64_t next_us = now_us + interval_us;

	if (!probe->indirect && probe->kind == PROBE_ROUND)
		ask_others(probes, probe, probes->settings->indirect_count);
	probe->indirect = true;
	send_ping(probes, probe);
	heap_set(&probes->timers, &probe->timer,
		next_us < probe->end_us ? next_us : probe->end_us);
}

static void
probe_failed(struct probes *probes, const struct probe *probe)
{
	judge_own_health(probes, probe);
	if (probes->failed_count == probes->failed_size) {
		probes->failed_size = 2 * probes->failed_size + 16;
		probes->failed = mem_resize(
			probes->failed, probes->failed_size, sizeof(*probes->failed));
	}
	probes->failed[probes->failed_count++] =
		(struct probe_failure){probe->kind, probe->target, probe->sent_us};
}

/* A relay tells its asker when its time is over; a later answer is passed on as well.
 */
static void
relay_again(struct probes *probes, struct probe *probe, uint64_t now_us)
{
	uint64_t next_us = now_us + relay_interval_us(probes);

	if (now_us >= probe->nack_at_us) {
		send_answer(probes, MESSAGE_NACK, probe);
		probe->nack_at_us = DEADLINE_NONE;
		next_us = probe->end_us;
	} else {
		send_ping(probes, probe);
	}
	heap_set(&probes->timers, &probe->timer,
		next_us < probe->nack_at_us ? next_us : probe->nack_at_us);
}

static void
probe_due(struct probes *probes, struct probe *probe, uint64_t now_us)
{
	if (accuses(probe->kind) && now_us < probe->end_us) {
		ping_again(probes, probe, now_us);
		return;
	}
	if (probe->kind == PROBE_RELAY && now_us < probe->end_us) {
		relay_again(probes, probe, now_us);
		return;
	}
	if (accuses(probe->kind))
		probe_failed(probes, probe);
	probe_end(probes, probe);
}

/* Whoever was stopped or starved cannot tell who answered meanwhile. */
static void
begin_anew(struct probes *probes, uint64_t late_us)
{
	size_t cursor = 0;
	struct probe *probe;

	while ((probe = table_next(&probes->by_number, &cursor)) != NULL) {
		probe->end_us += late_us;
		if (probe->nack_at_us != DEADLINE_NONE)
			probe->nack_at_us += late_us;
		heap_set(&probes->timers, &probe->timer, probe->timer.at + late_us);
	}
	health_worsen(&probes->health, 1);
}

static void
start_round(struct probes *probes, struct now now)
{
	const struct member *member = target_now(probes, now.wall_ms);

	probes->round_at_us =
		now.mono_us +
		health_stretch(&probes->health, probes->settings->probe_interval_us);
	if (member != NULL)
		probes_start(probes, PROBE_ROUND, member, now.mono_us);
}

uint64_t
probes_tick(struct probes *probes, struct now now)
{
	uint64_t deadline_us = probes_deadline(probes);
	uint64_t late_us = 0;
	struct timer *timer;

	if (now.mono_us > deadline_us && now.mono_us - deadline_us > LATE_US)
		late_us = now.mono_us - deadline_us;
	if (late_us != 0)
		begin_anew(probes, late_us);
	while ((timer = heap_pop_due(&probes->timers, now.mono_us)) != NULL)
		probe_due(
			probes, timer_element(timer, struct probe, timer), now.mono_us);
	if (now.mono_us >= probes->round_at_us)
		start_round(probes, now);
	return late_us;
}

bool
probes_next_failed(struct probes *probes, struct probe_failure *ret_failure)
{
	if (probes->failed_count == 0)
		return false;
	*ret_failure = probes->failed[--probes->failed_count];
	return true;
}

uint64_t
probes_deadline(const struct probes *probes)
{
	uint64_t deadline = heap_deadline(&probes->timers);

	return deadline < probes->round_at_us ? deadline : probes->round_at_us;
}
