/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/bytes.h"
#include "base/err.h"

/*
 * A growable queue of bytes: appended at the back, consumed from the front, never
 * longer than the maximum it is made with.
 */
struct buffer {
	uint8_t *data; /* start of the allocation */
	size_t start;  /* first byte not yet consumed */
	size_t end;    /* one past the last byte */
	size_t size;   /* of the allocation */
	size_t len_max;
};

void buffer_init(struct buffer *buffer, size_t len_max);
void buffer_fini(struct buffer *buffer);

/* Forgets the content, keeps the memory. */
void buffer_clear(struct buffer *buffer);

size_t buffer_len(const struct buffer *buffer);

/* What is in it, valid until the next call that changes the buffer. */
struct bytes buffer_bytes(const struct buffer *buffer);

/* ERR_TOO_LARGE, with nothing appended, beyond the maximum. */
MUST_CHECK enum err buffer_append(struct buffer *buffer, struct bytes bytes);

/* Room for `len` more bytes at the back, NULL beyond the maximum. What is written there
 * counts only after buffer_commit(). */
uint8_t *buffer_reserve(struct buffer *buffer, size_t len);

/* Makes `len` bytes written to the reserved room part of the content. */
void buffer_commit(struct buffer *buffer, size_t len);

/* Drops `len` bytes, at most buffer_len(), from the front. */
void buffer_consume(struct buffer *buffer, size_t len);
