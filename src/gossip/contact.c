/* SPDX-License-Identifier: MIT */
#include "gossip/contact.h"

#include "base/backoff.h"

/* So many dead members are tried per probe interval by all live members together. */
#define DEAD_CONTACT_COUNT 4

/* For how long one seed is waited for alone, and for how long after that others may yet
 * turn out to be known. */
#define ANSWER_US (300 * MS_US)
#define SETTLE_US (1 * SECOND_US)

/* After this seeds are looked up again at first, then after twice as long. */
#define JOIN_AGAIN_US (200 * MS_US)

void
contact_init(struct contact *contact, const struct settings *settings,
	struct members *members, struct probes *probes, struct exchanges *exchanges,
	struct outputs *outputs, struct prng *prng, uint64_t now_us)
{
	*contact = (struct contact){
		.settings = settings,
		.members = members,
		.probes = probes,
		.exchanges = exchanges,
		.outputs = outputs,
		.prng = prng,
		.seeds_at_us = settings->has_seeds ? now_us : DEADLINE_NONE,
		.dead_at_us = now_us + settings->probe_interval_us,
	};
}

static bool
is_live_member(const struct contact *contact, const struct address *address)
{
	for (size_t i = 0; i < contact->members->count; i++) {
		const struct member *member = contact->members->sorted[i];

		if (member_is_live(member) && address_equal(&member->address, address))
			return true;
	}
	return false;
}

void
contact_seed(struct contact *contact, const struct address *address)
{
	for (size_t i = 0; i < contact->untried_count; i++) {
		if (address_equal(&contact->untried[i], address))
			return;
	}
	if (contact->untried_count < SEED_COUNT_MAX)
		contact->untried[contact->untried_count++] = *address;
}

/* One of those to be tried, drawn by chance and taken out. */
static struct address
draw_untried(struct contact *contact)
{
	size_t i = (size_t)prng_below(contact->prng, contact->untried_count);
	struct address address = contact->untried[i];

	contact->untried[i] = contact->untried[--contact->untried_count];
	return address;
}

static uint64_t
untried_at_us(const struct contact *contact)
{
	if (contact->untried_count == 0)
		return DEADLINE_NONE;
	if (contact->exchanges->synced)
		return contact->tried_us + SETTLE_US;
	return exchanges_are_opening(contact->exchanges) ? contact->tried_us + ANSWER_US
							 : contact->tried_us;
}

static void
try_untried(struct contact *contact, uint64_t now_us)
{
	bool joining = !contact->exchanges->synced;

	contact->tried_us = now_us;
	do {
		struct address address = draw_untried(contact);

		if (!is_live_member(contact, &address) &&
			exchanges_open(contact->exchanges, &address) && joining)
			return;
	} while (contact->untried_count > 0);
}

/* A random dead member; NULL when there is none. */
static const struct member *
draw_dead(struct contact *contact)
{
	size_t count = contact->members->state_count[MEMBER_DEAD];
	size_t chosen;

	if (count == 0)
		return NULL;
	chosen = (size_t)prng_below(contact->prng, count);
	for (size_t i = 0; i < contact->members->count; i++) {
		const struct member *member = contact->members->sorted[i];

		if (member->state == MEMBER_DEAD && chosen-- == 0)
			return member;
	}
	return NULL;
}

static void
try_dead(struct contact *contact, uint64_t now_us)
{
	size_t live = members_live_count(contact->members);
	const struct member *member = NULL;

	contact->dead_at_us = now_us + contact->settings->probe_interval_us;
	if (live <= DEAD_CONTACT_COUNT ||
		prng_below(contact->prng, live) < DEAD_CONTACT_COUNT)
		member = draw_dead(contact);
	if (member != NULL)
		probes_start(contact->probes, PROBE_CONTACT, member, now_us);
}

static void
try_seeds(struct contact *contact, uint64_t now_us)
{
	const struct settings *settings = contact->settings;
	bool alone = members_live_count(contact->members) <= 1;
	uint64_t interval_us =
		alone ? backoff_us(JOIN_AGAIN_US, settings->join_interval_us,
				contact->fail_count)
		      : settings->rejoin_interval_us;

	contact->fail_count = alone ? contact->fail_count + 1 : 0;
	/* Spread, so that nodes started together do not stay in step. */
	contact->seeds_at_us =
		now_us + interval_us - prng_below(contact->prng, interval_us / 4 + 1);
	outputs_resolve(contact->outputs);
}

void
contact_tick(struct contact *contact, struct now now)
{
	if (now.mono_us >= contact->seeds_at_us)
		try_seeds(contact, now.mono_us);
	if (now.mono_us >= untried_at_us(contact))
		try_untried(contact, now.mono_us);
	if (now.mono_us >= contact->dead_at_us)
		try_dead(contact, now.mono_us);
}

uint64_t
contact_deadline(const struct contact *contact)
{
	uint64_t untried_us = untried_at_us(contact);
	uint64_t deadline_us = contact->seeds_at_us;

	if (contact->dead_at_us < deadline_us)
		deadline_us = contact->dead_at_us;
	return untried_us < deadline_us ? untried_us : deadline_us;
}
