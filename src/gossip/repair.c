/* SPDX-License-Identifier: MIT */
#include "gossip/repair.h"

/* Exchanges this node starts are at least so far apart, and further when records are
 * refused again and again. */
#define EXCHANGE_INTERVAL_US (500 * MS_US)
#define EXCHANGE_BACKOFF_MAX_US (60 * SECOND_US)

#define AGREE_INTERVAL_US (1 * SECOND_US)
#define AGREE_RANGE_COUNT_MAX 40

void
repair_init(struct repair *repair, const struct settings *settings,
	struct members *members, struct store *store, struct probes *probes,
	struct exchanges *exchanges, struct outbox *outbox)
{
	*repair = (struct repair){
		.settings = settings,
		.members = members,
		.store = store,
		.probes = probes,
		.exchanges = exchanges,
		.outbox = outbox,
		.compare_at_us = DEADLINE_NONE,
		.backoff_us = EXCHANGE_INTERVAL_US,
	};
}

/* Refusals do not go away by asking again at once. */
static void
adjust_backoff(struct repair *repair)
{
	bool refused_again = repair->exchanges->refused != repair->refused_before;

	repair->refused_before = repair->exchanges->refused;
	repair->backoff_us =
		refused_again ? 2 * repair->backoff_us : EXCHANGE_INTERVAL_US;
	if (repair->backoff_us > EXCHANGE_BACKOFF_MAX_US)
		repair->backoff_us = EXCHANGE_BACKOFF_MAX_US;
}

void
repair_with(struct repair *repair, const struct member *member, struct now now)
{
	if (now.mono_us < repair->exchange_at_us)
		return;
	adjust_backoff(repair);
	if (exchanges_open(repair->exchanges, &member->address))
		repair->exchange_at_us = now.mono_us + repair->backoff_us;
}

/* As many ranges of the own context as fit, of a few writers, others the next time. */
static void
tell_context(struct repair *repair, const struct member *member)
{
	const struct context *context = &repair->store->context;
	uint8_t bytes[AGREE_RANGE_COUNT_MAX * RANGE_LEN_MAX];
	struct writer writer = writer_of(bytes, sizeof(bytes));
	struct message message = {
		.type = MESSAGE_AGREE,
		.context = {.fingerprint = repair->store->fingerprint},
	};
	size_t told = 0;

	for (size_t i = 0; i < context->count && told < AGREE_RANGE_COUNT_MAX; i++) {
		const struct context_writer *entry =
			context->writers[repair->agree_next++ % context->count];

		for (size_t j = 0;
			j < entry->seqs.count && told < AGREE_RANGE_COUNT_MAX;
			j++, told++)
			range_write(&writer, &(struct dot_range){entry->writer,
						     entry->seqs.intervals[j].first,
						     entry->seqs.intervals[j].last});
	}
	message.context.entries = writer_bytes(&writer);
	outbox_put(repair->outbox, &member->address, &message);
}

void
repair_on_agree(struct repair *repair, const struct message *message)
{
	struct reader entries = reader_of(message->context.entries);
	struct dot_range range;

	/* Only at equal live states is what the other covers, and does not hold, known
	 * to be gone rather than missing here. */
	if (message->context.fingerprint != repair->store->fingerprint)
		return;
	while (range_next(&entries, &range))
		context_add_range(
			&repair->store->context, range.writer, range.first, range.last);
}

static void
on_agreement(struct repair *repair, const struct member *member,
	const struct state_summary *own, const struct state_summary *state,
	struct now now)
{
	if (repair->doubtful == member->short_id)
		repair->doubtful = 0;
	if (own->context_sum == state->context_sum || now.mono_us < repair->agree_at_us)
		return;
	repair->agree_at_us = now.mono_us + AGREE_INTERVAL_US;
	tell_context(repair, member);
}

void
repair_on_state(struct repair *repair, struct member *member,
	const struct state_summary *state, const struct probe_answer *answer,
	struct now now)
{
	struct state_summary own = store_summary(repair->store);

	member->agreement_known = true;
	member->agrees = own.fingerprint == state->fingerprint;
	if (member->agrees) {
		on_agreement(repair, member, &own, state, now);
		return;
	}
	/* Whoever asked acts, so that not both do. */
	if (answer == NULL)
		return;
	if (answer->kind == PROBE_COMPARE || answer->kind == PROBE_CONTACT) {
		repair->doubtful = 0;
		repair_with(repair, member, now);
	} else if (repair->doubtful == 0) {
		repair->doubtful = member->short_id;
		repair->compare_at_us =
			now.mono_us + repair->settings->repair_interval_us;
	}
}

void
repair_tick(struct repair *repair, struct now now)
{
	const struct member *member;

	if (now.mono_us < repair->compare_at_us)
		return;
	repair->compare_at_us = DEADLINE_NONE;
	member = members_find(repair->members, repair->doubtful);
	repair->doubtful = 0;
	if (member != NULL)
		probes_start(repair->probes, PROBE_COMPARE, member, now.mono_us);
}

uint64_t
repair_deadline(const struct repair *repair)
{
	return repair->compare_at_us;
}
