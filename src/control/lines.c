/* SPDX-License-Identifier: MIT */
#include "control/lines.h"

#include <assert.h>

void
lines_init(struct lines *lines, size_t line_size_max)
{
	*lines = (struct lines){.line_size_max = line_size_max};
	buffer_init(&lines->buffer, line_size_max + LINES_READ_SIZE);
}

void
lines_fini(struct lines *lines)
{
	buffer_fini(&lines->buffer);
}

uint8_t *
lines_reserve(struct lines *lines)
{
	uint8_t *room = buffer_reserve(&lines->buffer, LINES_READ_SIZE);

	assert(room != NULL);
	return room;
}

void
lines_commit(struct lines *lines, size_t len)
{
	buffer_commit(&lines->buffer, len);
}

static void
consume(struct lines *lines, size_t len)
{
	buffer_consume(&lines->buffer, len);
	lines->scanned = 0;
}

/* Whether the newline of the line in front is there, and how long the line is. */
static bool
find_end(struct lines *lines, size_t *ret_len)
{
	struct bytes content = buffer_bytes(&lines->buffer);
	size_t left = content.len - lines->scanned;
	const uint8_t *end = NULL;

	if (left > 0) {
		end = memchr(content.data + lines->scanned, '\n', left);
	}
	lines->scanned = content.len;
	*ret_len = end == NULL ? content.len : (size_t)(end - content.data);
	return end != NULL;
}

/* An idle connection costs no memory. */
static void
release_if_empty(struct lines *lines)
{
	if (buffer_len(&lines->buffer) == 0) {
		buffer_fini(&lines->buffer);
	}
}

static struct bytes
without_return(struct bytes line)
{
	bool has_return = line.len > 0 && line.data[line.len - 1] == '\r';

	return bytes_of(line.data, line.len - has_return);
}

static bool
is_blank(struct bytes line)
{
	for (size_t i = 0; i < line.len; i++) {
		if (line.data[i] != ' ' && line.data[i] != '\t') {
			return false;
		}
	}
	return true;
}

enum line
lines_next(struct lines *lines, bool ended, struct bytes *ret_line)
{
	for (;;) {
		size_t len;
		bool has_end = find_end(lines, &len);
		struct bytes line = bytes_of(buffer_bytes(&lines->buffer).data, len);

		if (lines->skipping || len > lines->line_size_max) {
			bool is_new = !lines->skipping;

			consume(lines, len + has_end);
			lines->skipping = !has_end;
			if (is_new) {
				return LINE_TOO_LONG;
			}
			if (!has_end) {
				return LINE_NONE;
			}
			continue;
		}
		if (!has_end && (len == 0 || !ended)) {
			release_if_empty(lines);
			return LINE_NONE;
		}
		consume(lines, len + has_end);
		line = without_return(line);
		if (!is_blank(line)) {
			*ret_line = line;
			return LINE_COMPLETE;
		}
	}
}
