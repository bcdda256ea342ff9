/* SPDX-License-Identifier: MIT */
#include "gossip/context.h"

#include <assert.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/mem.h"

void
context_init(struct context *context)
{
	*context = (struct context){0};
	table_init(&context->by_writer);
}

void
context_fini(struct context *context)
{
	for (size_t i = 0; i < context->count; i++) {
		interval_set_fini(&context->writers[i]->seqs);
		free(context->writers[i]);
	}
	free(context->writers);
	table_fini(&context->by_writer);
	*context = (struct context){0};
}

static struct context_writer *
writer_add(struct context *context, uint64_t writer)
{
	struct context_writer *entry = mem_new(sizeof(*entry));

	entry->writer = writer;
	interval_set_init(&entry->seqs);
	if (context->count == context->size) {
		context->size = context->size == 0 ? 8 : context->size * 2;
		context->writers = mem_resize(
			context->writers, context->size, sizeof(*context->writers));
	}
	context->writers[context->count++] = entry;
	table_put(&context->by_writer, writer, entry);
	return entry;
}

/* What the range adds to the sum. It telescopes: two ranges that touch add what the
 * joined range adds, so one more number costs two hashes however many gaps there are.
 */
static uint64_t
range_sum(uint64_t writer, uint64_t first, uint64_t last)
{
	return hash_pair(writer, last, 0) - hash_pair(writer, first - 1, 0);
}

static uint64_t
writer_sum(const struct context_writer *entry)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < entry->seqs.count; i++)
		sum += range_sum(entry->writer, entry->seqs.intervals[i].first,
			entry->seqs.intervals[i].last);
	return sum;
}

static struct context_writer *
writer_find_or_add(struct context *context, uint64_t writer)
{
	struct context_writer *entry = table_find(&context->by_writer, writer);

	return entry != NULL ? entry : writer_add(context, writer);
}

bool
context_covers(const struct context *context, struct dot dot)
{
	const struct context_writer *entry =
		table_find(&context->by_writer, dot.writer);

	return entry != NULL && interval_set_contains(&entry->seqs, dot.seq);
}

void
context_add(struct context *context, struct dot dot)
{
	context_add_range(context, dot.writer, dot.seq, dot.seq);
}

/* What first..last adds to the sum beyond what is covered already: its gaps. */
static uint64_t
gaps_sum(const struct context_writer *entry, uint64_t first, uint64_t last)
{
	const struct interval_set *seqs = &entry->seqs;
	uint64_t sum = 0;

	for (size_t i = interval_set_find_from(seqs, first);
		i < seqs->count && seqs->intervals[i].first <= last; i++) {
		struct interval held = seqs->intervals[i];

		if (held.first > first)
			sum += range_sum(entry->writer, first, held.first - 1);
		if (held.last >= last)
			return sum;
		first = held.last + 1;
	}
	return sum + range_sum(entry->writer, first, last);
}

void
context_add_range(
	struct context *context, uint64_t writer, uint64_t first, uint64_t last)
{
	struct context_writer *entry = writer_find_or_add(context, writer);
	uint64_t sum = gaps_sum(entry, first, last);

	interval_set_add(&entry->seqs, first, last);
	entry->sum += sum;
	context->sum += sum;
}

void
context_join(struct context *context, const struct context *other)
{
	for (size_t i = 0; i < other->count; i++) {
		const struct context_writer *entry = other->writers[i];

		for (size_t j = 0; j < entry->seqs.count; j++)
			context_add_range(context, entry->writer,
				entry->seqs.intervals[j].first,
				entry->seqs.intervals[j].last);
	}
}

uint64_t
context_sum(const struct context *context)
{
	return context->sum;
}

uint64_t
context_max(const struct context *context, uint64_t writer)
{
	const struct context_writer *entry = table_find(&context->by_writer, writer);

	return entry == NULL ? 0 : interval_set_max(&entry->seqs);
}

size_t
context_range_count(const struct context *context)
{
	size_t count = 0;

	for (size_t i = 0; i < context->count; i++)
		count += context->writers[i]->seqs.count;
	return count;
}

void
context_check(const struct context *context)
{
	uint64_t sum = 0;

	table_check(&context->by_writer);
	assert(table_count(&context->by_writer) == context->count);
	for (size_t i = 0; i < context->count; i++) {
		const struct context_writer *entry = context->writers[i];

		assert(table_find(&context->by_writer, entry->writer) == entry);
		interval_set_check(&entry->seqs);
		assert(entry->sum == writer_sum(entry));
		sum += entry->sum;
	}
	assert(sum == context->sum);
}
