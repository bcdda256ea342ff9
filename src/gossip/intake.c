/* SPDX-License-Identifier: MIT */
#include "gossip/intake.h"

#include "gossip/key.h"

/* A clock that is off is told of once in so long; each refusal is counted. */
#define CLOCK_NOTICE_US (60 * SECOND_US)

static enum drop
check_member(const struct intake *intake, const struct record_view *view)
{
	struct member_info info;

	if (view->deleted || member_info_read(view->value, &info) != ERR_OK)
		return DROP_RECORD;
	return roster_has_room(intake->roster, view) ? DROP_COUNT : DROP_QUOTA;
}

static enum drop
check_key(const struct intake *intake, const struct record_view *view)
{
	if (key_check(view->key) != ERR_OK)
		return DROP_RECORD;
	if (key_is_owned(view->key) != (view->kind == RECORD_OWNED))
		return DROP_RECORD;
	if (view->value.len > intake->settings->value_size_max)
		return DROP_QUOTA;
	return DROP_COUNT;
}

/* A stamp that is too far ahead would win over every honest write until its time comes.
 * Members are ordered by their own counters, so their stamps do no harm. */
static enum drop
check_stamp(struct intake *intake, const struct record_view *view,
	const struct source *source, struct now now)
{
	if (clock_observe(intake->clock, view->stamp, now.wall_ms) == ERR_OK)
		return DROP_COUNT;
	if (intake->clock_notice_us == 0 ||
		now.mono_us - intake->clock_notice_us >= CLOCK_NOTICE_US) {
		const struct member *member =
			members_find(intake->roster->members, source->member);

		intake->clock_notice_us = now.mono_us;
		outputs_notice(intake->outputs, NOTICE_CLOCK,
			member == NULL ? "" : member->name, &source->address);
	}
	return DROP_CLOCK;
}

/* The reason to refuse it, DROP_COUNT for none. */
static enum drop
check(struct intake *intake, const struct record_view *view,
	const struct source *source, struct now now)
{
	enum drop drop;

	if (view->kind == RECORD_MEMBER)
		return check_member(intake, view);
	drop = check_key(intake, view);
	return drop != DROP_COUNT ? drop : check_stamp(intake, view, source, now);
}

static enum intake_result
refuse(struct intake *intake, enum drop drop)
{
	intake->drops[drop]++;
	return INTAKE_REFUSED;
}

enum intake_result
intake_record(struct intake *intake, const struct record_view *view,
	const struct source *source, struct now now)
{
	enum store_result result;

	if (!context_covers(&intake->store->context, view->dot)) {
		enum drop drop = check(intake, view, source, now);

		if (drop != DROP_COUNT)
			return refuse(intake, drop);
	}

	enum err err = store_apply(intake->store, view, now.wall_ms, &result);

	if (err != ERR_OK)
		return refuse(intake, err == ERR_QUOTA ? DROP_QUOTA : DROP_CONFLICT);
	if (result == STORE_DUPLICATE) {
		intake->duplicates++;
		return INTAKE_KNOWN;
	}
	if (result == STORE_OBSOLETE)
		return INTAKE_NEW;
	intake->applied++;
	if (source->streamed)
		broadcast_on_streamed(intake->broadcast, view->dot);
	if (source->pass_on)
		broadcast_fresh(intake->broadcast,
			store_find_hash(
				intake->store, store_hash(intake->store, view->dot)),
			source->member,
			source->hops == UINT8_MAX ? UINT8_MAX
						  : (uint8_t)(source->hops + 1));
	if (view->kind == RECORD_MEMBER)
		roster_take(intake->roster, view, now);
	return INTAKE_NEW;
}
