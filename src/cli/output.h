/* SPDX-License-Identifier: MIT */
#pragma once

#include <jansson.h>

#include "base/bytes.h"
#include "client/rumor.h"

/*
 * Standard output: data only. Writing never fails for the caller; a command that writes
 * much may ask output_failed() and stop, output_finish() tells at the end.
 */

bool output_is_terminal(void);

/* On a terminal that can, and that is not told otherwise by NO_COLOR. */
bool output_has_colour(void);

/* Control sequences of such a terminal. */
#define STYLE_BOLD "\033[1m"
#define STYLE_GREEN "\033[32m"
#define STYLE_YELLOW "\033[33m"
#define STYLE_RED "\033[31m"
#define STYLE_FAINT "\033[2m"
#define STYLE_END "\033[0m"

/* The bytes as they are. */
void output_bytes(struct bytes bytes);
void output_text(const char *text);
void output_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* On one line whatever they are: see escape.h. */
void output_escaped(struct bytes bytes);

/* The value on one line and a newline. */
void output_json(const json_t *value);

/* Laid out for people, and a newline. */
void output_pretty_json(const json_t *value);

/* Sends on what was written so far, for rows that come one by one. */
void output_flush(void);

bool output_failed(void);

/* Sends all that is left and closes. What was written to a pipe that nobody reads any
 * more is no failure; for another one it reports it, and RUMOR_INVALID. Else `result`.
 */
enum rumor_result output_finish(enum rumor_result result);
