/* SPDX-License-Identifier: MIT */
#include "gossip/missing.h"

#include <stdlib.h>

#include "base/mem.h"

/* Tracked at the same time; the rest is left to reconciliation. */
#define MISSING_COUNT_MAX 65536

/* How often each who has announced a dot is asked for it. */
#define ASK_COUNT_MAX 5

void
missing_init(struct missing_dots *dots, const struct settings *settings,
	const struct members *members)
{
	*dots = (struct missing_dots){.settings = settings, .members = members};
	table_init(&dots->by_hash);
	heap_init(&dots->timers);
}

void
missing_fini(struct missing_dots *dots)
{
	size_t cursor = 0;
	struct missing *missing;

	while ((missing = table_next(&dots->by_hash, &cursor)) != NULL)
		free(missing);
	table_fini(&dots->by_hash);
	heap_fini(&dots->timers);
}

const struct missing *
missing_find(const struct missing_dots *dots, uint64_t hash)
{
	return table_find(&dots->by_hash, hash);
}

static void
add_announcer(struct missing *missing, uint64_t member)
{
	for (size_t i = 0; i < missing->announcer_count; i++) {
		if (missing->announcers[i] == member)
			return;
	}
	if (missing->announcer_count < ANNOUNCER_COUNT_MAX)
		missing->announcers[missing->announcer_count++] = member;
}

void
missing_add(struct missing_dots *dots, struct dot dot, uint64_t hash, uint64_t member,
	uint64_t now_us, uint64_t patience_us)
{
	struct missing *missing = table_find(&dots->by_hash, hash);

	if (missing == NULL) {
		if (table_count(&dots->by_hash) >= MISSING_COUNT_MAX)
			return;
		missing = mem_new(sizeof(*missing));
		missing->hash = hash;
		missing->dot = dot;
		table_put(&dots->by_hash, hash, missing);
		heap_set(&dots->timers, &missing->timer, now_us + patience_us);
	}
	add_announcer(missing, member);
}

void
missing_end(struct missing_dots *dots, uint64_t hash)
{
	struct missing *missing = table_find(&dots->by_hash, hash);

	if (missing == NULL)
		return;
	heap_cancel(&dots->timers, &missing->timer);
	table_remove(&dots->by_hash, hash);
	free(missing);
}

/* How long to wait for the answer: longer each time all have been asked. */
static uint64_t
answer_us(
	const struct missing_dots *dots, const struct missing *missing, uint64_t asked)
{
	const struct member *member = members_find(dots->members, asked);
	size_t round = missing->asked_count / missing->announcer_count;

	return (dots->settings->graft_timeout_us +
		       (member == NULL ? 0 : member->rtt_us))
	       << round;
}

/* The next that is due and may be asked for once more; ends the others. */
static struct missing *
pop_due(struct missing_dots *dots, uint64_t now_us)
{
	struct timer *timer;

	while ((timer = heap_pop_due(&dots->timers, now_us)) != NULL) {
		struct missing *missing = timer_element(timer, struct missing, timer);

		if (missing->asked_count < ASK_COUNT_MAX * missing->announcer_count)
			return missing;
		missing_end(dots, missing->hash);
	}
	return NULL;
}

bool
missing_next_due(
	struct missing_dots *dots, uint64_t now_us, struct question *ret_question)
{
	struct missing *missing = pop_due(dots, now_us);
	size_t turn;

	if (missing == NULL)
		return false;
	turn = missing->asked_count % missing->announcer_count;
	*ret_question = (struct question){
		missing->dot, missing->hash, missing->announcers[turn]};
	heap_set(&dots->timers, &missing->timer,
		now_us + answer_us(dots, missing, ret_question->member));
	missing->asked_count++;
	return true;
}

uint64_t
missing_deadline(const struct missing_dots *dots)
{
	return heap_deadline(&dots->timers);
}
