/* SPDX-License-Identifier: MIT */
#include "control/reply.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "base/base64.h"
#include "base/now.h"

#define ROOM_SIZE_MIN 256
#define WALL_MS_MAX UINT64_C(253402300799999) /* the end of the year 9999 */

struct reply
reply_to(struct evbuffer *output)
{
	return (struct reply){.output = output};
}

void
reply_commit(struct reply *reply)
{
	if (reply->used == 0) {
		return;
	}
	reply->room.iov_len = reply->used;

	int failed = evbuffer_commit_space(reply->output, &reply->room, 1);

	assert(failed == 0);
	reply->room = (struct evbuffer_iovec){0};
	reply->used = 0;
}

size_t
reply_len(const struct reply *reply)
{
	return reply->output == NULL ? 0
				     : evbuffer_get_length(reply->output) + reply->used;
}

static void
make_room(struct reply *reply)
{
	reply_commit(reply);

	int count =
		evbuffer_reserve_space(reply->output, ROOM_SIZE_MIN, &reply->room, 1);

	/* Fails without memory only, which ends the process as in base/mem.h. */
	assert(count == 1);
}

static void
put_across(struct reply *reply, const uint8_t *data, size_t len)
{
	while (len > 0 && reply->output != NULL) {
		if (reply->used == reply->room.iov_len) {
			make_room(reply);
		}

		size_t left = reply->room.iov_len - reply->used;
		size_t part = len < left ? len : left;

		memcpy((uint8_t *)reply->room.iov_base + reply->used, data, part);
		reply->used += part;
		data += part;
		len -= part;
	}
}

/* Inline, so that the many short literals are copied without a call. */
static inline void
put(struct reply *reply, const void *data, size_t len)
{
	if (len > 0 && len < reply->room.iov_len - reply->used) {
		memcpy((uint8_t *)reply->room.iov_base + reply->used, data, len);
		reply->used += len;
	} else {
		put_across(reply, data, len);
	}
}

static inline void
put_text(struct reply *reply, const char *text)
{
	put(reply, text, strlen(text));
}

static bool
is_plain(uint8_t byte)
{
	return byte >= 0x20 && byte != '"' && byte != '\\';
}

#define EACH_BYTE UINT64_C(0x0101010101010101)

/* Not 0 when a byte of the word is below `limit`, which is at most 0x80. */
static uint64_t
bytes_below(uint64_t word, uint8_t limit)
{
	return (word - EACH_BYTE * limit) & ~word & EACH_BYTE * 0x80;
}

static bool
is_plain_word(const uint8_t *text)
{
	uint64_t word;

	memcpy(&word, text, sizeof(word));
	return (bytes_below(word, 0x20) | bytes_below(word ^ EACH_BYTE * '"', 1) |
		       bytes_below(word ^ EACH_BYTE * '\\', 1)) == 0;
}

/* How many characters in front need no escape. */
static size_t
plain_len(struct bytes text)
{
	size_t len = 0;

	while (text.len - len >= sizeof(uint64_t) && is_plain_word(text.data + len)) {
		len += sizeof(uint64_t);
	}
	while (len < text.len && is_plain(text.data[len])) {
		len++;
	}
	return len;
}

static const char digits[] = "0123456789abcdef";

static void
put_escape(struct reply *reply, uint8_t byte)
{
	char text[] = {'\\', 'u', '0', '0', digits[byte >> 4], digits[byte & 15]};

	switch (byte) {
	case '"':
		put(reply, "\\\"", 2);
		break;
	case '\\':
		put(reply, "\\\\", 2);
		break;
	case '\n':
		put(reply, "\\n", 2);
		break;
	case '\r':
		put(reply, "\\r", 2);
		break;
	case '\t':
		put(reply, "\\t", 2);
		break;
	default:
		put(reply, text, sizeof(text));
		break;
	}
}

static void
put_string(struct reply *reply, struct bytes text)
{
	put(reply, "\"", 1);
	while (text.len > 0) {
		size_t len = plain_len(text);

		put(reply, text.data, len);
		if (len < text.len) {
			put_escape(reply, text.data[len]);
			len++;
		}
		text = bytes_of(text.data + len, text.len - len);
	}
	put(reply, "\"", 1);
}

/* What stands before a value; after it a comma is due. */
static void
put_name(struct reply *reply, const char *name)
{
	if (reply->comma) {
		put(reply, ",", 1);
	}
	if (name != NULL) {
		put(reply, "\"", 1);
		put_text(reply, name);
		put(reply, "\":", 2);
	}
	reply->comma = true;
}

static void
put_uint(struct reply *reply, uint64_t value)
{
	char text[20];
	size_t start = sizeof(text);

	do {
		text[--start] = (char)('0' + value % 10);
		value /= 10;
	} while (value > 0);
	put(reply, text + start, sizeof(text) - start);
}

static void
begin_answer(struct reply *reply, const json_t *id, const char *kind)
{
	put_text(reply, "{\"jsonrpc\":\"2.0\"");
	reply->comma = true;
	reply_id(reply, "id", id);
	put_name(reply, kind);
	reply->comma = false;
}

void
reply_begin_result(struct reply *reply, const json_t *id)
{
	begin_answer(reply, id, "result");
}

void
reply_begin_error(struct reply *reply, const json_t *id)
{
	begin_answer(reply, id, "error");
}

void
reply_begin_notification(struct reply *reply, const char *method)
{
	put_text(reply, "{\"jsonrpc\":\"2.0\"");
	reply->comma = true;
	reply_text(reply, "method", method);
	put_name(reply, "params");
	reply->comma = false;
}

void
reply_end(struct reply *reply)
{
	put(reply, "}\n", 2);
	reply->comma = false;
}

void
reply_open(struct reply *reply, const char *name, char bracket)
{
	put_name(reply, name);
	put(reply, &bracket, 1);
	reply->comma = false;
}

void
reply_close(struct reply *reply, char bracket)
{
	put(reply, &bracket, 1);
	reply->comma = true;
}

void
reply_string(struct reply *reply, const char *name, struct bytes text)
{
	put_name(reply, name);
	put_string(reply, text);
}

void
reply_text(struct reply *reply, const char *name, const char *text)
{
	reply_string(reply, name, bytes_of_string(text));
}

void
reply_uint(struct reply *reply, const char *name, uint64_t value)
{
	put_name(reply, name);
	put_uint(reply, value);
}

void
reply_int(struct reply *reply, const char *name, int64_t value)
{
	put_name(reply, name);
	if (value < 0) {
		put(reply, "-", 1);
	}
	put_uint(reply, value < 0 ? -(uint64_t)value : (uint64_t)value);
}

void
reply_bool(struct reply *reply, const char *name, bool value)
{
	put_name(reply, name);
	put_text(reply, value ? "true" : "false");
}

void
reply_null(struct reply *reply, const char *name)
{
	put_name(reply, name);
	put_text(reply, "null");
}

void
reply_hex(struct reply *reply, const char *name, struct bytes bytes)
{
	put_name(reply, name);
	put(reply, "\"", 1);
	for (size_t i = 0; i < bytes.len; i++) {
		char text[] = {digits[bytes.data[i] >> 4], digits[bytes.data[i] & 15]};

		put(reply, text, sizeof(text));
	}
	put(reply, "\"", 1);
}

void
reply_us_as_ms(struct reply *reply, const char *name, uint64_t time_us)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRIu64 ".%03u", time_us / MS_US,
		(unsigned)(time_us % MS_US));
	put_name(reply, name);
	put_text(reply, text);
}

/* Writes `count` digits and then the character that follows them. */
static char *
append_digits(char *text, unsigned value, size_t count, char next)
{
	for (size_t i = count; i-- > 0; value /= 10) {
		text[i] = (char)('0' + value % 10);
	}
	text[count] = next;
	return text + count + 1;
}

void
reply_time(struct reply *reply, const char *name, uint64_t wall_ms)
{
	uint64_t shown_ms = wall_ms < WALL_MS_MAX ? wall_ms : WALL_MS_MAX;
	time_t seconds = (time_t)(shown_ms / SECOND_MS);
	struct tm parts;
	char text[sizeof("9999-12-31T23:59:59.999Z")];
	char *end = text;

	gmtime_r(&seconds, &parts);
	end = append_digits(end, (unsigned)parts.tm_year + 1900, 4, '-');
	end = append_digits(end, (unsigned)parts.tm_mon + 1, 2, '-');
	end = append_digits(end, (unsigned)parts.tm_mday, 2, 'T');
	end = append_digits(end, (unsigned)parts.tm_hour, 2, ':');
	end = append_digits(end, (unsigned)parts.tm_min, 2, ':');
	end = append_digits(end, (unsigned)parts.tm_sec, 2, '.');
	end = append_digits(end, (unsigned)(shown_ms % SECOND_MS), 3, 'Z');
	reply_string(reply, name, bytes_of(text, (size_t)(end - text)));
}

static void
put_base64(struct reply *reply, struct bytes bytes)
{
	char text[1024];
	size_t part_len_max = sizeof(text) / 4 * 3;

	while (bytes.len > 0) {
		size_t len = bytes.len < part_len_max ? bytes.len : part_len_max;

		base64_encode(bytes_of(bytes.data, len), text);
		put(reply, text, base64_encoded_len(len));
		bytes = bytes_of(bytes.data + len, bytes.len - len);
	}
}

void
reply_value(struct reply *reply, struct bytes value)
{
	bool has_nul = value.len > 0 && memchr(value.data, 0, value.len) != NULL;

	if (!has_nul && bytes_is_utf8(value)) {
		reply_string(reply, "value", value);
		return;
	}
	put_name(reply, "value_b64");
	put(reply, "\"", 1);
	put_base64(reply, value);
	put(reply, "\"", 1);
}

void
reply_id(struct reply *reply, const char *name, const json_t *id)
{
	if (json_is_integer(id)) {
		reply_int(reply, name, json_integer_value(id));
	} else if (json_is_string(id)) {
		reply_string(reply, name,
			bytes_of(json_string_value(id), json_string_length(id)));
	} else {
		reply_null(reply, name);
	}
}
