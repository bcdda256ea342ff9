/* SPDX-License-Identifier: MIT */
#include "base/bytes.h"

int
bytes_compare(struct bytes a, struct bytes b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len > 0 ? memcmp(a.data, b.data, len) : 0;

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

bool
bytes_equal(struct bytes a, struct bytes b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool
bytes_has_prefix(struct bytes bytes, struct bytes prefix)
{
	return bytes.len >= prefix.len &&
	       bytes_equal(bytes_of(bytes.data, prefix.len), prefix);
}

static bool
is_in_range(uint8_t byte, uint8_t first, uint8_t last)
{
	return byte >= first && byte <= last;
}

/* Length of the character in several bytes that begins at `text`, 0 when malformed: the
 * rows of the table of well-formed sequences, RFC 3629 section 4. */
static size_t
multibyte_len(const uint8_t *text, size_t left)
{
	uint8_t lead = text[0];
	uint8_t first = 0x80;
	uint8_t last = 0xbf;
	size_t len;

	if (is_in_range(lead, 0xc2, 0xdf)) {
		len = 2;
	} else if (is_in_range(lead, 0xe0, 0xef)) {
		len = 3;
		first = lead == 0xe0 ? 0xa0 : first;
		last = lead == 0xed ? 0x9f : last;
	} else if (is_in_range(lead, 0xf0, 0xf4)) {
		len = 4;
		first = lead == 0xf0 ? 0x90 : first;
		last = lead == 0xf4 ? 0x8f : last;
	} else {
		return 0;
	}
	if (len > left || !is_in_range(text[1], first, last)) {
		return 0;
	}
	for (size_t i = 2; i < len; i++) {
		if (!is_in_range(text[i], 0x80, 0xbf)) {
			return 0;
		}
	}
	return len;
}

static bool
is_ascii_word(const uint8_t *text)
{
	uint64_t word;

	memcpy(&word, text, sizeof(word));
	return (word & UINT64_C(0x8080808080808080)) == 0;
}

bool
bytes_is_utf8(struct bytes bytes)
{
	size_t pos = 0;

	while (pos < bytes.len) {
		size_t left = bytes.len - pos;

		if (left >= sizeof(uint64_t) && is_ascii_word(bytes.data + pos)) {
			pos += sizeof(uint64_t);
		} else if (bytes.data[pos] < 0x80) {
			pos++;
		} else {
			size_t len = multibyte_len(bytes.data + pos, left);

			if (len == 0) {
				return false;
			}
			pos += len;
		}
	}
	return true;
}

bool
bytes_has_control(struct bytes bytes)
{
	for (size_t i = 0; i < bytes.len; i++) {
		if (bytes.data[i] < 0x20 || bytes.data[i] == 0x7f) {
			return true;
		}
	}
	return false;
}
