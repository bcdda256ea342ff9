/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdarg.h>

/*
 * Messages for operators on standard error, one line each: with the journal's priority
 * prefix when systemd reads them, with the time otherwise. Nothing below daemon/ logs.
 */

/* `level` is a priority of syslog(3), LOG_ERR to LOG_DEBUG; less urgent messages are
 * left out. */
void log_set_level(int level);

void log_message(int level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
