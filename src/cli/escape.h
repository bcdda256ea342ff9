/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/bytes.h"

/*
 * Bytes of unknown origin as text that is one line and that no terminal obeys. A
 * backslash becomes \\, tab, newline and carriage return become \t, \n and \r, each
 * byte of any other control character (C0, DEL, C1) and each byte that is no part of
 * UTF-8 becomes \xHH. So what was escaped can be told and undone.
 */

/* The longest text for what escape_next() takes at a time: two bytes as \xHH. */
#define ESCAPED_LEN_MAX 8

/* Writes the first character as text with a NUL and returns how many bytes it took.
 * There must be at least one. */
size_t escape_next(struct bytes bytes, char text[ESCAPED_LEN_MAX + 1]);

/* All of a string, escaped; free() it. */
char *escape_string(const char *string);
