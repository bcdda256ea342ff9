/* SPDX-License-Identifier: MIT */
#pragma once

#include <event2/buffer.h>
#include <jansson.h>

#include "base/bytes.h"

/*
 * Writes JSON straight into the output of a connection: commas and escapes are its
 * business, that names and brackets match is the caller's.
 *
 * Every call takes the name of the member it writes, or NULL for an element of an array
 * and for what stands alone. While a reply is being written nothing else may touch its
 * evbuffer; reply_commit() ends that.
 */
struct reply {
	struct evbuffer *output; /* NULL: all that is written is thrown away */
	struct evbuffer_iovec room;
	size_t used;
	bool comma; /* before what comes next */
};

struct reply reply_to(struct evbuffer *output);

/* Hands what was written to the evbuffer. */
void reply_commit(struct reply *reply);

/* Bytes in the output, committed or not. */
size_t reply_len(const struct reply *reply);

/* The lines of JSON-RPC: what is written between one of these and reply_end() is the
 * result, the error or the params. `id` as for reply_id(). */
void reply_begin_result(struct reply *reply, const json_t *id);
void reply_begin_error(struct reply *reply, const json_t *id);
void reply_begin_notification(struct reply *reply, const char *method);
void reply_end(struct reply *reply);

/* Opens with '{' or '[', closes with '}' or ']'. */
void reply_open(struct reply *reply, const char *name, char bracket);
void reply_close(struct reply *reply, char bracket);

/* The text must be UTF-8. */
void reply_string(struct reply *reply, const char *name, struct bytes text);
void reply_text(struct reply *reply, const char *name, const char *text);
void reply_uint(struct reply *reply, const char *name, uint64_t value);
void reply_int(struct reply *reply, const char *name, int64_t value);
void reply_bool(struct reply *reply, const char *name, bool value);
void reply_null(struct reply *reply, const char *name);

/* A string of two lower-case hexadecimal digits for each byte. */
void reply_hex(struct reply *reply, const char *name, struct bytes bytes);

/* A number of milliseconds with three decimals. */
void reply_us_as_ms(struct reply *reply, const char *name, uint64_t time_us);

/* A string "2026-11-23T18:42:07.123Z"; years after 9999 are shown as its last moment.
 */
void reply_time(struct reply *reply, const char *name, uint64_t wall_ms);

/* The member "value" when the bytes are UTF-8 without NUL, else "value_b64". */
void reply_value(struct reply *reply, struct bytes value);

/* The id of a request: a string, an integer or null; NULL counts as null. */
void reply_id(struct reply *reply, const char *name, const json_t *id);
