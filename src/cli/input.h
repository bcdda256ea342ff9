/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/buffer.h"
#include "client/rumor.h"

/* Reads all of a file, or of standard input for the name "-", up to the maximum of the
 * buffer. Reports what is wrong: RUMOR_INVALID for a file that cannot be read,
 * RUMOR_REFUSED for one that is too long. */
enum rumor_result input_read(const char *name, struct buffer *buffer);
