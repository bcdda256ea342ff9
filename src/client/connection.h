/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/bytes.h"
#include "base/err.h"

/*
 * Lines to and from a Unix stream socket, each call with a deadline. Never raises
 * SIGPIPE and never aborts when memory is short: it runs inside other people's
 * programs.
 *
 * ERR_UNREACHABLE, ERR_DENIED and ERR_IO set errno; after ERR_UNREACHABLE errno is 0
 * when the other side has closed the connection.
 */
struct connection {
	int fd; /* -1 when closed */
	char *data;
	size_t start; /* of what has not been handed out */
	size_t end;
	size_t size;
};

/* The longest line taken from the other side: the largest value in base64 and then
 * some. */
#define LINE_LEN_MAX ((size_t)64 << 20)

/* Milliseconds on the monotonic clock, `timeout_ms` from now. */
uint64_t deadline_after(unsigned timeout_ms);

/* ERR_UNREACHABLE, ERR_DENIED, or ERR_TIMEOUT when the other side accepts nobody. */
MUST_CHECK enum err connection_open(
	const char *path, uint64_t deadline_ms, struct connection *ret_connection);

/* Closing twice is fine. Frees what was read. */
void connection_close(struct connection *connection);

/* ERR_TIMEOUT and ERR_UNREACHABLE may leave part of the bytes sent. */
MUST_CHECK enum err connection_send(
	struct connection *connection, struct bytes bytes, uint64_t deadline_ms);

/* The next line without its newline, valid until the next call. ERR_TIMEOUT,
 * ERR_UNREACHABLE, ERR_TOO_LARGE for a line above LINE_LEN_MAX, ERR_IO without memory.
 */
MUST_CHECK enum err connection_receive(
	struct connection *connection, uint64_t deadline_ms, struct bytes *ret_line);
