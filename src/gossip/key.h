/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/bytes.h"
#include "base/err.h"

/*
 * The rules of keys: UTF-8 without control characters, 1 to KEY_LEN_MAX bytes. A key
 * that begins with '@' is owned: "@name/rest", where the name is the owner's.
 */

/* ERR_INVALID or ERR_TOO_LARGE. */
MUST_CHECK enum err key_check(struct bytes key);

bool key_is_owned(struct bytes key);

/* The owner's name in an owned key that passed key_check(). */
struct bytes key_owner_name(struct bytes key);
