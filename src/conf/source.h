/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/err.h"
#include "conf/errors.h"

/*
 * The text of a configuration file, made fit for libconfuse, which by itself miscounts
 * lines at comments, takes comments in lists for values, exits on a folder, and accepts
 * a file that ends in the middle of a section or comment.
 */

/* The largest file that is read. */
#define SOURCE_SIZE_MAX (1024 * 1024)

/* Reads a file: text that ends with a newline, without NUL; free() it. ERR_NOT_FOUND
 * tells no error; ERR_IO and ERR_INVALID (too large, a NUL in it) tell one. */
MUST_CHECK enum err source_read(
	const char *path, struct conf_errors *errors, char **ret_text);

/* Overwrites the comments with blanks and looks at what encloses: quotes, comments and
 * braces must be closed, braces not be nested deeper than four. ERR_INVALID tells the
 * first error. */
MUST_CHECK enum err source_prepare(
	char *text, const char *path, struct conf_errors *errors);
