/* SPDX-License-Identifier: MIT */
#include "gossip/intake.h"

#include "gossip/key.h"

/* What goes wrong again and again is told of once in so long, and counted each time. */
#define NOTICE_INTERVAL_US (60 * SECOND_US)

/* Whether a notice last given at `*given_us` may be given now; it is taken as given. */
static bool
may_notice(uint64_t *given_us, struct now now)
{
	if (*given_us != 0 && now.mono_us - *given_us < NOTICE_INTERVAL_US)
		return false;
	*given_us = now.mono_us;
	return true;
}

void
intake_drop_foreign(struct intake *intake, const struct address *from, struct now now)
{
	intake->drops[DROP_FOREIGN]++;
	if (may_notice(&intake->foreign_notice_us, now))
		outputs_notice(intake->outputs, NOTICE_FOREIGN_CLUSTER, "", from);
}

static enum drop
check_member(const struct intake *intake, const struct record_view *view)
{
	struct member_info info;

	if (view->deleted || view->expires_ms != 0 ||
		member_info_read(view->value, &info) != ERR_OK)
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
	if (may_notice(&intake->clock_notice_us, now)) {
		const struct member *member =
			members_find(intake->roster->members, source->member);

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

/* What came past the overlay begins its way over it here. */
static uint8_t
hops_here(const struct source *source)
{
	if (source->streamed)
		return 0;
	return source->hops == UINT8_MAX ? UINT8_MAX : (uint8_t)(source->hops + 1);
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

	if (err == ERR_CONFLICT && view->dot.writer == intake->roster->author->writer)
		author_dispute(intake->roster->author);
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
			source->member, hops_here(source));
	if (view->kind == RECORD_MEMBER)
		roster_take(intake->roster, view, now);
	return INTAKE_NEW;
}
