/* SPDX-License-Identifier: MIT */
#include "gossip/roster.h"

#include <assert.h>

/* A death told so long ago is old news. */
#define DEATH_NEWS_MS (5 * SECOND_MS)

/* How long the answer to a ping takes at most to end the suspicion that came with it,
 * and for how long an accusation is remembered. */
#define ANSWERED_US (300 * MS_US)
#define ACCUSED_LATELY_US (5 * SECOND_US)

/* Writes a record about a member: about this node, or the death of another. */
static enum err
write_member(struct roster *roster, struct member *member, enum member_claim claim,
	struct now now)
{
	uint8_t value[MEMBER_INFO_LEN_MAX];
	struct writer writer = writer_of(value, sizeof(value));
	struct member_info info = member_info_of(member, claim);

	if (member == roster->members->self)
		info.writer = roster->author->writer;
	member_info_write(&writer, &info);
	assert(!writer.failed);

	struct record_view view = {
		.kind = RECORD_MEMBER,
		.key = bytes_of(member->id, NODE_ID_SIZE),
		.value = writer_bytes(&writer),
	};
	enum err err = author_write(roster->author, &view, now);

	if (err != ERR_OK)
		return err;
	if (member == roster->members->self)
		members_put(roster->members, member->id, &info);
	roster_take(roster, &view, now);
	return ERR_OK;
}

void
roster_announce(struct roster *roster, struct now now)
{
	/* Without a number to write under, the next accusation brings it up again. */
	(void)!write_member(roster, roster->members->self,
		roster->leaving ? CLAIM_LEFT : CLAIM_ALIVE, now);
}

void
roster_start(struct roster *roster, struct now now)
{
	const struct settings *settings = roster->settings;
	struct member_info info = {
		.generation = settings->identity.generation,
		.claim = CLAIM_ALIVE,
		.address = settings->address,
		.writer = settings->identity.writer,
		.features = WIRE_FEATURES,
		.name = bytes_of_string(settings->name),
		.zone = bytes_of_string(settings->zone),
		.software = bytes_of_string(settings->software),
	};
	struct member *self =
		members_put(roster->members, settings->identity.id, &info);

	roster->members->self = self;
	member_set_state(roster->members, self, MEMBER_ALIVE);
	overlay_add(roster->overlay, self);
	roster_announce(roster, now);
}

void
roster_leave(struct roster *roster, struct now now)
{
	roster->leaving = true;
	roster_announce(roster, now);
}

/* --- suspicions --- */

static void
suspect(struct roster *roster, struct member *member, uint64_t accuser, struct now now)
{
	suspicions_accuse(roster->suspicions, member, accuser,
		members_live_count(roster->members), now.mono_us);
	if (member->state == MEMBER_SUSPECT)
		return;
	member_set_state(roster->members, member, MEMBER_SUSPECT);
	outputs_notice(
		roster->outputs, NOTICE_MEMBER_SUSPECT, member->name, &member->address);
}

/* Asks others to look at a suspect. */
static void
verify(struct roster *roster, struct member *member, struct now now)
{
	suspicions_find(roster->suspicions, member->short_id)->verified_us =
		now.mono_us;
	probes_start(roster->probes, PROBE_VERIFY, member, now.mono_us);
}

void
roster_on_failed(
	struct roster *roster, const struct probe_failure *failure, struct now now)
{
	struct member *member = members_find(roster->members, failure->target);
	const struct suspicion *suspicion =
		suspicions_find(roster->suspicions, failure->target);
	uint64_t verified_us = suspicion == NULL ? 0 : suspicion->verified_us;

	/* Whoever speaks is alive, answer or not. */
	if (member == NULL || !member_is_live(member) ||
		member->heard_us > failure->sent_us)
		return;
	if (failure->kind == PROBE_VERIFY && failure->sent_us != verified_us)
		return;
	suspect(roster, member, roster->members->self->short_id, now);
	if (failure->kind == PROBE_VERIFY || verified_us == 0)
		verify(roster, member, now);
}

void
roster_on_confirmed(
	struct roster *roster, struct member *member, uint64_t by, struct now now)
{
	if (member->state == MEMBER_SUSPECT)
		suspect(roster, member, by, now);
}

void
roster_on_heard(struct roster *roster, struct member *member, struct now now)
{
	member->heard_us = now.mono_us;
	if (member->state != MEMBER_SUSPECT)
		return;
	suspicions_clear(roster->suspicions, member->short_id);
	member_set_state(roster->members, member, MEMBER_ALIVE);
	outputs_notice(
		roster->outputs, NOTICE_MEMBER_REFUTED, member->name, &member->address);
}

/* --- accusations --- */

static int
compare_incarnation(const struct member *member, const struct message *message)
{
	uint32_t generation = message->suspect.generation;
	uint32_t incarnation = message->suspect.incarnation;

	if (member->generation != generation)
		return member->generation < generation ? -1 : 1;
	if (member->incarnation != incarnation)
		return member->incarnation < incarnation ? -1 : 1;
	return 0;
}

static const struct record *
record_of(const struct roster *roster, const struct member *member)
{
	return store_find(
		roster->store, SPACE_MEMBERS, bytes_of(member->id, NODE_ID_SIZE));
}

/* Tells an address what is known of a member. */
static void
correct(struct roster *roster, const struct member *member, const struct address *to)
{
	const struct record *record = record_of(roster, member);

	if (record != NULL)
		broadcast_send(roster->broadcast, record, to);
}

/* Whether the latest word about the member is that it is dead, also while that is not
 * taken as a verdict here. */
static bool
is_told_dead(const struct roster *roster, const struct member *member)
{
	const struct record *record = record_of(roster, member);
	struct member_info info;

	return record != NULL && !record->deleted &&
	       member_info_read(record_value(record), &info) == ERR_OK &&
	       info.claim == CLAIM_DEAD;
}

void
roster_on_sign_of_life(
	struct roster *roster, struct member *member, const struct address *from)
{
	if (is_told_dead(roster, member))
		correct(roster, member, from);
}

/* The answer to the ping that came along refutes it, as a rule. Whoever goes on
 * accusing this node did not get that answer, and needs to hear of it from others. */
static void
on_self_suspected(struct roster *roster, const struct message *message, struct now now)
{
	struct member *self = roster->members->self;
	uint64_t since_us = now.mono_us - roster->accused_us;

	if (message->suspect.incarnation == UINT32_MAX)
		return;
	if (roster->accused_us == 0 || since_us > ACCUSED_LATELY_US) {
		roster->accused_us = now.mono_us;
		health_worsen(&roster->probes->health, 1);
	} else if (since_us >= ANSWERED_US) {
		roster->accused_us = 0;
		self->incarnation = message->suspect.incarnation + 1;
		roster_announce(roster, now);
	}
}

void
roster_on_suspect(struct roster *roster, const struct message *message,
	const struct address *from, struct now now)
{
	struct member *member = members_find(roster->members, message->suspect.member);
	int order;

	if (member == NULL)
		return;
	order = compare_incarnation(member, message);
	if (order > 0 || (order == 0 && !member_is_live(member)))
		correct(roster, member, from);
	else if (member == roster->members->self && !roster->leaving &&
		 member->generation == message->suspect.generation)
		on_self_suspected(roster, message, now);
}

/* --- verdicts --- */

static void
become_gone(struct roster *roster, struct member *member, enum member_state before,
	enum member_state state)
{
	suspicions_clear(roster->suspicions, member->short_id);
	member_set_state(roster->members, member, state);
	overlay_remove(roster->overlay, member);
	if (before != state)
		outputs_notice(roster->outputs,
			state == MEMBER_LEFT ? NOTICE_MEMBER_LEFT : NOTICE_MEMBER_DEAD,
			member->name, &member->address);
}

static void
decide(struct roster *roster, const struct suspicion *suspicion, struct now now)
{
	struct member *member = members_find(roster->members, suspicion->member);
	uint64_t late_us = now.mono_us - suspicion->timer.at;

	if (member == NULL || member->state != MEMBER_SUSPECT)
		suspicions_clear(roster->suspicions, suspicion->member);
	/* A node that did not run has not heard who refuted meanwhile. */
	else if (late_us > LATE_US)
		suspicions_prolong(roster->suspicions, suspicion->member,
			now.mono_us + roster->settings->suspicion_min_us);
	else if (is_told_dead(roster, member))
		become_gone(roster, member, member->state, MEMBER_DEAD);
	else if (write_member(roster, member, CLAIM_DEAD, now) != ERR_OK)
		suspicions_prolong(roster->suspicions, suspicion->member,
			now.mono_us + roster->settings->probe_interval_us);
}

void
roster_tick(struct roster *roster, struct now now)
{
	const struct suspicion *suspicion;

	while ((suspicion = suspicions_next_due(roster->suspicions, now.mono_us)) !=
		NULL)
		decide(roster, suspicion, now);
}

/* --- records --- */

bool
roster_has_room(const struct roster *roster, const struct record_view *view)
{
	uint64_t short_id = short_id_of(view->key.data);
	const struct member *member = members_find(roster->members, short_id);

	/* Two ids that share their first eight bytes cannot be told apart. */
	if (member != NULL)
		return memcmp(member->id, view->key.data, NODE_ID_SIZE) == 0;
	return !members_are_full(roster->members);
}

/* Somebody says of this node what it does not say itself. */
static void
answer_for_self(struct roster *roster, const struct member_info *info, struct now now)
{
	struct member *self = roster->members->self;
	enum notice_kind notice = NOTICE_SELF_ACCUSED;

	if (info->generation > self->generation) {
		notice = NOTICE_IDENTITY_CONFLICT;
		self->generation = info->generation;
	}
	if (info->incarnation == UINT32_MAX)
		self->generation++;
	self->incarnation = info->incarnation + 1;
	outputs_notice(roster->outputs, notice, self->name, &info->address);
	roster_announce(roster, now);
}

static bool
is_own_word(const struct roster *roster, const struct record_view *view,
	const struct member_info *info)
{
	const struct member *self = roster->members->self;

	return view->dot.writer == roster->author->writer &&
	       info->generation == self->generation &&
	       info->incarnation == self->incarnation &&
	       info->claim == (roster->leaving ? CLAIM_LEFT : CLAIM_ALIVE);
}

static void
become_live(struct roster *roster, struct member *member, enum member_state before)
{
	suspicions_clear(roster->suspicions, member->short_id);
	member_set_state(roster->members, member, MEMBER_ALIVE);
	overlay_add(roster->overlay, member);
	if (before != MEMBER_ALIVE)
		outputs_notice(roster->outputs,
			before == MEMBER_SUSPECT ? NOTICE_MEMBER_REFUTED
						 : NOTICE_MEMBER_JOINED,
			member->name, &member->address);
	if (members_find_namesake(roster->members, member) != NULL)
		outputs_notice(roster->outputs, NOTICE_NAME_CONFLICT, member->name,
			&member->address);
}

static bool
is_old_news(const struct record_view *view, struct now now)
{
	return clock_stamp_ms(view->stamp) + DEATH_NEWS_MS < now.wall_ms;
}

/* All nodes hear of it, and some are to look. */
static bool
is_drawn_to_verify(struct roster *roster)
{
	size_t others = members_live_count(roster->members) - 1;
	size_t wanted = roster->settings->verifier_count;

	return others <= wanted || prng_below(roster->prng, others) < wanted;
}

static void
take_other(struct roster *roster, const struct record_view *view,
	const struct member_info *info, struct now now)
{
	const struct member *known =
		members_find(roster->members, short_id_of(view->key.data));
	enum member_state gone = info->claim == CLAIM_LEFT ? MEMBER_LEFT : MEMBER_DEAD;
	/* Whoever was gone before it was known is no news. */
	enum member_state before = known == NULL ? gone : known->state;
	struct member *member = members_put(roster->members, view->key.data, info);

	if (info->claim == CLAIM_ALIVE) {
		become_live(roster, member, before);
	} else if (info->claim == CLAIM_DEAD && member_is_live(member) &&
		   is_old_news(view, now)) {
		const struct member *accuser =
			members_find_writer(roster->members, view->dot.writer);

		suspicions_clear(roster->suspicions, member->short_id);
		suspect(roster, member, accuser == NULL ? 0 : accuser->short_id, now);
		if (is_drawn_to_verify(roster))
			verify(roster, member, now);
	} else {
		become_gone(roster, member, before, gone);
	}
}

void
roster_take(struct roster *roster, const struct record_view *view, struct now now)
{
	struct member *self = roster->members->self;
	struct member_info info;

	if (view->deleted || member_info_read(view->value, &info) != ERR_OK)
		return;
	if (memcmp(view->key.data, self->id, NODE_ID_SIZE) != 0) {
		take_other(roster, view, &info, now);
		return;
	}
	if (!is_own_word(roster, view, &info)) {
		answer_for_self(roster, &info, now);
		return;
	}
	member_set_state(
		roster->members, self, roster->leaving ? MEMBER_LEFT : MEMBER_ALIVE);
}
