/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/bytes.h"
#include "base/err.h"

/*
 * Base64 as in RFC 4648 section 4: the standard alphabet, padded with `=`, no line
 * breaks.
 */

/* How many characters `len` bytes take; `len` must be at most SIZE_MAX / 2. */
size_t base64_encoded_len(size_t len);

/* Writes base64_encoded_len(bytes.len) characters to `text`, and no NUL. */
void base64_encode(struct bytes bytes, char *text);

/* The most bytes that `len` characters can stand for. */
size_t base64_decoded_len_max(size_t len);

/* Writes at most base64_decoded_len_max(text.len) bytes to `data`. ERR_INVALID for
 * anything base64_encode() would not write: other characters, missing padding, bits
 * left over that are not zero. What is in `data` then is undefined. */
MUST_CHECK enum err base64_decode(struct bytes text, uint8_t *data, size_t *ret_len);
