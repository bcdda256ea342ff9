/* SPDX-License-Identifier: MIT */
#include "base/base64.h"

#include <assert.h>

static const char alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

size_t
base64_encoded_len(size_t len)
{
	assert(len <= SIZE_MAX / 2);
	return (len + 2) / 3 * 4;
}

size_t
base64_decoded_len_max(size_t len)
{
	return len / 4 * 3;
}

/* Writes the first `count` of the four characters that the 24 bits stand for. */
static void
put_group(char *text, uint32_t bits, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		text[i] = alphabet[bits >> (18 - 6 * i) & 0x3f];
	}
}

void
base64_encode(struct bytes bytes, char *text)
{
	const uint8_t *data = bytes.data;
	size_t left = bytes.len;

	for (; left >= 3; left -= 3, data += 3, text += 4) {
		put_group(text,
			(uint32_t)data[0] << 16 | (uint32_t)data[1] << 8 | data[2], 4);
	}
	if (left == 2) {
		put_group(text, (uint32_t)data[0] << 16 | (uint32_t)data[1] << 8, 3);
		text[3] = '=';
	} else if (left == 1) {
		put_group(text, (uint32_t)data[0] << 16, 2);
		text[2] = '=';
		text[3] = '=';
	}
}

/* The six bits a character stands for, or a value above 63. */
static uint32_t
sextet(uint8_t character)
{
	if (character >= 'A' && character <= 'Z') {
		return character - (uint32_t)'A';
	}
	if (character >= 'a' && character <= 'z') {
		return character - (uint32_t)'a' + 26;
	}
	if (character >= '0' && character <= '9') {
		return character - (uint32_t)'0' + 52;
	}
	if (character == '+') {
		return 62;
	}
	return character == '/' ? 63 : 64;
}

/* Reads the first `count` characters of a group of four; the rest of the bits are 0. */
static bool
read_group(const uint8_t *text, size_t count, uint32_t *ret_bits)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < count; i++) {
		uint32_t value = sextet(text[i]);

		if (value > 63) {
			return false;
		}
		bits |= value << (18 - 6 * i);
	}
	*ret_bits = bits;
	return true;
}

static size_t
padding_len(struct bytes text)
{
	if (text.len == 0 || text.data[text.len - 1] != '=') {
		return 0;
	}
	return text.data[text.len - 2] == '=' ? 2 : 1;
}

enum err
base64_decode(struct bytes text, uint8_t *data, size_t *ret_len)
{
	if (text.len % 4 != 0) {
		return ERR_INVALID;
	}

	size_t padding = padding_len(text);
	size_t len = text.len / 4 * 3 - padding;
	size_t done = 0;

	for (size_t pos = 0; pos < text.len; pos += 4) {
		bool is_last = pos + 4 == text.len;
		size_t count = is_last ? 4 - padding : 4;
		uint32_t bits;

		if (!read_group(text.data + pos, count, &bits)) {
			return ERR_INVALID;
		}
		for (; done < len && done < (pos / 4 + 1) * 3; done++, bits <<= 8) {
			data[done] = (uint8_t)(bits >> 16);
		}
		if (is_last && padding > 0 && (bits & 0xffffff) != 0) {
			return ERR_INVALID;
		}
	}
	*ret_len = len;
	return ERR_OK;
}
