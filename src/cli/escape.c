/* SPDX-License-Identifier: MIT */
#include "cli/escape.h"

#include <stdio.h>

#include "base/mem.h"

/* Bytes of the UTF-8 character in front; 0 when there is none. */
static size_t
character_len(struct bytes bytes)
{
	size_t len_max = bytes.len < 4 ? bytes.len : 4;

	for (size_t len = 1; len <= len_max; len++) {
		if (bytes_is_utf8(bytes_of(bytes.data, len))) {
			return len;
		}
	}
	return 0;
}

static const char *
short_escape(uint8_t byte)
{
	switch (byte) {
	case '\\':
		return "\\\\";
	case '\t':
		return "\\t";
	case '\n':
		return "\\n";
	case '\r':
		return "\\r";
	default:
		return NULL;
	}
}

static bool
is_control(const uint8_t *character, size_t len)
{
	if (len == 1) {
		return character[0] < 0x20 || character[0] == 0x7f;
	}
	return len == 2 && character[0] == 0xc2 && character[1] < 0xa0;
}

size_t
escape_next(struct bytes bytes, char text[ESCAPED_LEN_MAX + 1])
{
	size_t len = character_len(bytes);
	const char *escape = short_escape(bytes.data[0]);

	if (escape != NULL) {
		memcpy(text, escape, strlen(escape) + 1);
		return 1;
	}
	if (len > 0 && !is_control(bytes.data, len)) {
		memcpy(text, bytes.data, len);
		text[len] = '\0';
		return len;
	}
	len = len > 0 ? len : 1;
	for (size_t i = 0; i < len; i++) {
		snprintf(text + 4 * i, 5, "\\x%02x", bytes.data[i]);
	}
	return len;
}

char *
escape_string(const char *string)
{
	struct bytes bytes = bytes_of_string(string);
	/* No byte becomes more than four characters. */
	char *escaped = mem_new_array(bytes.len + 1, 4);
	size_t escaped_len = 0;

	while (bytes.len > 0) {
		char text[ESCAPED_LEN_MAX + 1];
		size_t len = escape_next(bytes, text);
		size_t text_len = strlen(text);

		memcpy(escaped + escaped_len, text, text_len + 1);
		escaped_len += text_len;
		bytes = bytes_of(bytes.data + len, bytes.len - len);
	}
	return escaped;
}
