/* SPDX-License-Identifier: MIT */
#include "gossip/repair.h"

/* Exchanges this node starts are at least so far apart, and further with a member with
 * which they lead to no agreement. */
#define EXCHANGE_INTERVAL_US (500 * MS_US)
#define EXCHANGE_BACKOFF_MAX_US (60 * SECOND_US)

#define AGREE_INTERVAL_US (1 * SECOND_US)

/* What a datagram with an AGREE has beside the ranges: type, length of up to two bytes
 * and fingerprint follow its header. */
#define AGREE_OVERHEAD (WIRE_HEADER_SIZE + 3 + 8)

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
	};
}

bool
repair_with(struct repair *repair, const struct member *member, struct now now)
{
	if (now.mono_us < repair->exchange_at_us ||
		!exchanges_open(repair->exchanges, &member->address))
		return false;
	repair->exchange_at_us = now.mono_us + EXCHANGE_INTERVAL_US;
	return true;
}

/* What one side refuses does not go away by offering it again at once, and the other
 * does not hear of the refusal. */
static void
repair_difference(struct repair *repair, struct member *member, struct now now)
{
	uint64_t backoff_us = 2 * member->repair_backoff_us;

	if (now.mono_us < member->repair_at_us || !repair_with(repair, member, now))
		return;
	if (backoff_us == 0)
		backoff_us = EXCHANGE_INTERVAL_US;
	if (backoff_us > EXCHANGE_BACKOFF_MAX_US)
		backoff_us = EXCHANGE_BACKOFF_MAX_US;
	member->repair_backoff_us = backoff_us;
	member->repair_at_us = now.mono_us + backoff_us;
}

static bool
has_room_for_range(const struct writer *writer)
{
	return writer->size - writer->len >= RANGE_LEN_MAX;
}

/* Writes ranges of the own context, the first `skip` left out, as far as they fit; how
 * many. */
static size_t
write_ranges(const struct context *context, size_t skip, struct writer *writer)
{
	size_t count = 0;

	for (size_t i = 0; i < context->count; i++) {
		const struct context_writer *entry = context->writers[i];
		const struct interval_set *seqs = &entry->seqs;

		for (size_t j = skip; j < seqs->count; j++, count++) {
			if (!has_room_for_range(writer))
				return count;
			range_write(writer, &(struct dot_range){entry->writer,
						    seqs->intervals[j].first,
						    seqs->intervals[j].last});
		}
		skip -= skip < seqs->count ? skip : seqs->count;
	}
	return count;
}

/* As much of the own context as fits in a packet, the rest the next times. */
static void
tell_context(struct repair *repair, const struct member *member)
{
	const struct context *context = &repair->store->context;
	uint8_t bytes[WIRE_DATAGRAM_SIZE_MAX];
	struct writer writer =
		writer_of(bytes, repair->settings->packet_size_max - AGREE_OVERHEAD);
	struct message message = {
		.type = MESSAGE_AGREE,
		.context = {.fingerprint = repair->store->fingerprint},
	};

	if (repair->agree_next >= context_range_count(context))
		repair->agree_next = 0;
	repair->agree_next += write_ranges(context, repair->agree_next, &writer);
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
on_agreement(struct repair *repair, struct member *member,
	const struct state_summary *own, const struct state_summary *state,
	struct now now)
{
	member->repair_at_us = 0;
	member->repair_backoff_us = 0;
	if (repair->doubtful == member->short_id) {
		repair->doubtful = 0;
		repair->compare_at_us = DEADLINE_NONE;
	}
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
		repair_difference(repair, member, now);
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
