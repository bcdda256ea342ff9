/* SPDX-License-Identifier: MIT */
#include "control/shape.h"

/* The position of the quote that ends the string whose first character is at `pos`. */
static size_t
find_string_end(struct bytes text, size_t pos)
{
	while (pos < text.len && text.data[pos] != '"') {
		pos += text.data[pos] == '\\' ? 2 : 1;
	}
	return pos;
}

bool
shape_is_bounded(struct bytes text)
{
	size_t depth = 0;
	size_t comma_count = 0;

	for (size_t pos = 0; pos < text.len; pos++) {
		switch (text.data[pos]) {
		case '"':
			pos = find_string_end(text, pos + 1);
			break;
		case '{':
		case '[':
			depth++;
			break;
		case '}':
		case ']':
			depth -= depth > 0;
			break;
		case ',':
			comma_count++;
			break;
		default:
			break;
		}
		if (depth > SHAPE_DEPTH_MAX || comma_count > SHAPE_COMMA_COUNT_MAX) {
			return false;
		}
	}
	return true;
}
