/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/buffer.h"

/*
 * Cuts what a client sends into lines. Lines end with "\n" or "\r\n"; blank ones are
 * passed over. Holds at most one line of the maximum and one read more.
 */
struct lines {
	struct buffer buffer;
	size_t line_size_max;
	size_t scanned; /* bytes at the front known to have no newline among them */
	bool skipping;  /* inside a line that was too long */
};

/* How many bytes lines_reserve() makes room for. */
#define LINES_READ_SIZE (64 * 1024)

void lines_init(struct lines *lines, size_t line_size_max);
void lines_fini(struct lines *lines);

/* Room for LINES_READ_SIZE more bytes. To be called only after lines_next() has said
 * LINE_NONE, or at the start. */
uint8_t *lines_reserve(struct lines *lines);

/* `len` bytes were read into that room. */
void lines_commit(struct lines *lines, size_t len);

enum line {
	LINE_NONE, /* nothing complete is left */
	LINE_COMPLETE,
	LINE_TOO_LONG, /* said once for such a line, which is then skipped */
};

/* Takes the next line, without its end; it is valid until lines_reserve(). `ended`: no
 * more will be read, so that what is left without a newline is a line too. */
enum line lines_next(struct lines *lines, bool ended, struct bytes *ret_line);
