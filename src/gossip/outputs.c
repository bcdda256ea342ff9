/* SPDX-License-Identifier: MIT */
#include "gossip/outputs.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

/* So many notices may wait: more than all members changing at once would be noise. */
#define NOTICE_WAITING_MAX 65536

void
outputs_init(struct outputs *outputs)
{
	*outputs = (struct outputs){0};
}

void
outputs_fini(struct outputs *outputs)
{
	free(outputs->items);
}

/* A zeroed place at the end. */
static struct queued_output *
push(struct outputs *outputs)
{
	if (outputs->first == outputs->count) {
		outputs->first = 0;
		outputs->count = 0;
	}
	if (outputs->count == outputs->size) {
		outputs->size = outputs->size == 0 ? 16 : outputs->size * 2;
		outputs->items = mem_resize(
			outputs->items, outputs->size, sizeof(*outputs->items));
	}
	outputs->items[outputs->count] = (struct queued_output){0};
	return &outputs->items[outputs->count++];
}

void
outputs_stream(struct outputs *outputs, enum output_kind kind, uint32_t stream,
	const struct address *address)
{
	struct queued_output *item = push(outputs);

	item->output.kind = kind;
	item->output.stream = stream;
	if (address != NULL)
		item->output.address = *address;
}

void
outputs_resolve(struct outputs *outputs)
{
	push(outputs)->output.kind = OUTPUT_RESOLVE;
}

void
outputs_reserve(struct outputs *outputs, uint64_t writer, uint64_t limit)
{
	struct queued_output *item = push(outputs);

	item->output.kind = OUTPUT_RESERVE;
	item->output.writer = writer;
	item->output.limit = limit;
}

void
outputs_notice(struct outputs *outputs, enum notice_kind kind, const char *member,
	const struct address *address)
{
	struct queued_output *item;

	if (outputs->count - outputs->first >= NOTICE_WAITING_MAX) {
		outputs->notices_left_out++;
		return;
	}
	item = push(outputs);
	item->output.kind = OUTPUT_NOTICE;
	item->output.notice.kind = kind;
	snprintf(item->member, sizeof(item->member), "%s", member);
	if (address != NULL)
		item->output.notice.address = *address;
}

const struct output *
outputs_next(struct outputs *outputs)
{
	struct queued_output *item;

	if (outputs->first == outputs->count)
		return NULL;
	item = &outputs->items[outputs->first++];
	item->output.notice.member = item->member;
	return &item->output;
}
