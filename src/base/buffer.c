/* SPDX-License-Identifier: MIT */
#include "base/buffer.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"

#define SIZE_MIN 64

void
buffer_init(struct buffer *buffer, size_t len_max)
{
	assert(len_max <= SIZE_MAX / 2);
	*buffer = (struct buffer){.len_max = len_max};
}

void
buffer_fini(struct buffer *buffer)
{
	free(buffer->data);
	*buffer = (struct buffer){.len_max = buffer->len_max};
}

void
buffer_clear(struct buffer *buffer)
{
	buffer->start = 0;
	buffer->end = 0;
}

size_t
buffer_len(const struct buffer *buffer)
{
	return buffer->end - buffer->start;
}

struct bytes
buffer_bytes(const struct buffer *buffer)
{
	size_t len = buffer_len(buffer);

	return bytes_of(len > 0 ? buffer->data + buffer->start : NULL, len);
}

/* Moves the content to the start of an allocation with half as much again to spare, so
 * that a long run of small appends costs each byte a constant number of moves. */
static void
make_room(struct buffer *buffer, size_t len_wanted)
{
	size_t size = len_wanted + len_wanted / 2;
	size_t len = buffer_len(buffer);

	if (buffer->start > 0) {
		memmove(buffer->data, buffer->data + buffer->start, len);
		buffer->start = 0;
		buffer->end = len;
	}
	if (buffer->size < size || buffer->data == NULL) {
		buffer->size = size > SIZE_MIN ? size : SIZE_MIN;
		buffer->data = mem_resize(buffer->data, buffer->size, 1);
	}
}

uint8_t *
buffer_reserve(struct buffer *buffer, size_t len)
{
	size_t len_before = buffer_len(buffer);

	if (len > buffer->len_max - len_before) {
		return NULL;
	}
	if (len > buffer->size - buffer->end || buffer->data == NULL) {
		make_room(buffer, len_before + len);
	}
	return buffer->data + buffer->end;
}

void
buffer_commit(struct buffer *buffer, size_t len)
{
	assert(len <= buffer->size - buffer->end);
	assert(len <= buffer->len_max - buffer_len(buffer));
	buffer->end += len;
}

enum err
buffer_append(struct buffer *buffer, struct bytes bytes)
{
	uint8_t *room = buffer_reserve(buffer, bytes.len);

	if (room == NULL) {
		return ERR_TOO_LARGE;
	}
	if (bytes.len > 0) {
		memcpy(room, bytes.data, bytes.len);
		buffer_commit(buffer, bytes.len);
	}
	return ERR_OK;
}

void
buffer_consume(struct buffer *buffer, size_t len)
{
	assert(len <= buffer_len(buffer));
	buffer->start += len;
	if (buffer->start == buffer->end) {
		buffer_clear(buffer);
	}
}
