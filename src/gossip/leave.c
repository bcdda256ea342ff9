/* SPDX-License-Identifier: MIT */
#include "gossip/leave.h"

#define LEAVE_AGAIN_US (200 * MS_US)
#define LEAVE_TIME_MAX_US (1 * SECOND_US)

static void
finish(struct leave *leave)
{
	leave->active = false;
	leave->again_at_us = DEADLINE_NONE;
	outputs_notice(leave->outputs, NOTICE_LEAVE_DONE, "", NULL);
}

static void
tell(struct leave *leave, const struct record *record, const struct member *member,
	uint64_t now_us)
{
	broadcast_send(leave->broadcast, record, &member->address);
	probes_start(leave->probes, PROBE_LEAVE, member, now_us);
}

/* Tells the next few live members after a random one. */
static void
tell_some(struct leave *leave, struct now now)
{
	const struct members *members = leave->members;
	const struct record *record = store_find(leave->probes->store, SPACE_MEMBERS,
		bytes_of(members->self->id, NODE_ID_SIZE));
	size_t start = (size_t)prng_below(leave->prng, members->count);
	size_t told = 0;

	for (size_t i = 0; i < members->count && told < leave->wanted; i++) {
		const struct member *member =
			members->sorted[(start + i) % members->count];

		if (record == NULL || member == members->self ||
			!member_is_live(member))
			continue;
		tell(leave, record, member, now.mono_us);
		told++;
	}
	leave->again_at_us = now.mono_us + LEAVE_AGAIN_US;
}

void
leave_start(struct leave *leave, struct now now)
{
	size_t others = members_live_count(leave->members);

	if (leave->active)
		return;
	leave->active = true;
	leave->confirmed = 0;
	leave->wanted = others < LEAVE_CONFIRMATION_COUNT_MAX
				? others
				: LEAVE_CONFIRMATION_COUNT_MAX;
	leave->end_at_us = now.mono_us + LEAVE_TIME_MAX_US;
	if (leave->wanted == 0)
		finish(leave);
	else
		tell_some(leave, now);
}

void
leave_confirmed(struct leave *leave, uint64_t member)
{
	if (!leave->active)
		return;
	for (size_t i = 0; i < leave->confirmed; i++) {
		if (leave->confirmers[i] == member)
			return;
	}
	leave->confirmers[leave->confirmed++] = member;
	if (leave->confirmed >= leave->wanted)
		finish(leave);
}

void
leave_tick(struct leave *leave, struct now now)
{
	if (!leave->active || now.mono_us < leave->again_at_us)
		return;
	if (now.mono_us >= leave->end_at_us)
		finish(leave);
	else
		tell_some(leave, now);
}

uint64_t
leave_deadline(const struct leave *leave)
{
	return leave->again_at_us;
}
