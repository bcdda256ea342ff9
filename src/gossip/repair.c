/* SPDX-License-Identifier: MIT */
#include "gossip/repair.h"

#include "base/backoff.h"

/* Exchanges this node starts are at least so far apart. */
#define EXCHANGE_INTERVAL_US (500 * MS_US)

/* After so long the same member is tried again; twice as long each time, while that
 * leads to no agreement. */
#define AGAIN_US (500 * MS_US)
#define AGAIN_MAX_US (60 * SECOND_US)

/* How often a sketch is tried before an exchange. */
#define SKETCH_TRY_COUNT 2

/* Symbols for no difference in number, and for each record that one has more. */
#define SYMBOL_COUNT_MIN 16
#define SYMBOL_COUNT_EACH 2

#define AGREE_INTERVAL_US (1 * SECOND_US)

/* How often a member is asked again until differences that change are repaired, too. */
#define ASK_COUNT_MAX 4

/* What a datagram with an AGREE has beside the ranges: type, length of up to two bytes
 * and fingerprint follow its header. */
#define AGREE_OVERHEAD (WIRE_HEADER_SIZE + 3 + 8)

void
repair_init(struct repair *repair, const struct settings *settings,
	struct members *members, struct store *store, struct probes *probes,
	struct exchanges *exchanges, struct difference *difference,
	struct outbox *outbox)
{
	*repair = (struct repair){
		.settings = settings,
		.members = members,
		.store = store,
		.probes = probes,
		.exchanges = exchanges,
		.difference = difference,
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

/* How many symbols it takes at least; more than there are when a sketch is no use. */
static uint64_t
symbols_wanted(const struct repair *repair, uint64_t their_count)
{
	uint64_t count = store_summary(repair->store).record_count;
	uint64_t more = count > their_count ? count - their_count : their_count - count;

	return more > WIRE_SYMBOL_COUNT_MAX
		       ? UINT64_MAX
		       : SYMBOL_COUNT_MIN + SYMBOL_COUNT_EACH * more;
}

static bool
sketch_will_do(const struct repair *repair, const struct member *member,
	const struct state_summary *state)
{
	return member_is_live(member) && member->repair_count < SKETCH_TRY_COUNT &&
	       symbols_wanted(repair, state->record_count) <=
		       difference_symbols_max(repair->difference);
}

/* What one side refuses does not go away by offering it again at once, and the other
 * does not hear of the refusal. */
static void
repair_difference(struct repair *repair, struct member *member,
	const struct state_summary *state, struct now now)
{
	if (now.mono_us < member->repair_at_us)
		return;
	if (sketch_will_do(repair, member, state))
		difference_tell(repair->difference, &member->address,
			(size_t)symbols_wanted(repair, state->record_count));
	else if (!repair_with(repair, member, now))
		return;
	member->repair_at_us = now.mono_us + backoff_us(AGAIN_US, AGAIN_MAX_US,
						     member->repair_count++);
}

/* Two that cannot make out what they differ in go on to more symbols, and then to an
 * exchange. */
void
repair_on_sketch(struct repair *repair, const struct member *member,
	const struct message *message, struct now now)
{
	size_t symbols_max = difference_symbols_max(repair->difference);

	if (difference_on_sketch(repair->difference, &member->address, message))
		return;
	if (message->sketch.count < symbols_max)
		difference_tell(repair->difference, &member->address, symbols_max);
	else
		(void)repair_with(repair, member, now);
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
	member->repair_count = 0;
	if (repair->doubtful == member->short_id) {
		repair->doubtful = 0;
		repair->compare_at_us = DEADLINE_NONE;
	}
	if (own->context_sum == state->context_sum || now.mono_us < repair->agree_at_us)
		return;
	repair->agree_at_us = now.mono_us + AGREE_INTERVAL_US;
	tell_context(repair, member);
}

static void
ask_again(struct repair *repair, const struct member *member, uint64_t gap,
	size_t asked_count, struct now now)
{
	repair->doubtful = member->short_id;
	repair->gap = gap;
	repair->asked_count = asked_count;
	repair->compare_at_us = now.mono_us + repair->settings->repair_interval_us;
}

static void
on_compared(struct repair *repair, struct member *member,
	const struct state_summary *state, struct now now)
{
	uint64_t gap = repair->store->fingerprint - state->fingerprint;
	bool lasts = repair->doubtful == member->short_id && repair->gap == gap;

	if (lasts || sketch_will_do(repair, member, state) ||
		repair->asked_count + 1 >= ASK_COUNT_MAX) {
		repair->doubtful = 0;
		repair_difference(repair, member, state, now);
	} else {
		ask_again(repair, member, gap, repair->asked_count + 1, now);
	}
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
	if (answer->kind == PROBE_CONTACT)
		repair_difference(repair, member, state, now);
	else if (answer->kind == PROBE_COMPARE)
		on_compared(repair, member, state, now);
	else if (repair->compare_at_us == DEADLINE_NONE)
		ask_again(repair, member, own.fingerprint - state->fingerprint, 0, now);
}

void
repair_tick(struct repair *repair, struct now now)
{
	const struct member *member;

	if (now.mono_us < repair->compare_at_us)
		return;
	repair->compare_at_us = DEADLINE_NONE;
	member = members_find(repair->members, repair->doubtful);
	if (member != NULL)
		probes_start(repair->probes, PROBE_COMPARE, member, now.mono_us);
}

uint64_t
repair_deadline(const struct repair *repair)
{
	return repair->compare_at_us;
}
