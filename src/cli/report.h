/* SPDX-License-Identifier: MIT */
#pragma once

#include "cli/invocation.h"

/* Standard error: one line for each reason, "rumor: reason". */

void report(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A mistake in the command line, with the command it is about and where to read on.
 * Returns RUMOR_INVALID. */
enum rumor_result report_usage(const struct invocation *invocation, const char *format,
	...) __attribute__((format(printf, 2, 3)));

/* There is no command of that name, but one may be like it. Returns RUMOR_INVALID. */
enum rumor_result report_no_command(const char *name);

/* Why the last call on the connection failed; returns `result`. `about` is what it was
 * about, or NULL. */
enum rumor_result report_failure(const struct invocation *invocation,
	enum rumor_result result, const char *about);
