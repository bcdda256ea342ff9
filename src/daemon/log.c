/* SPDX-License-Identifier: MIT */
#include "daemon/log.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

static int level_max = LOG_INFO;

void
log_set_level(int level)
{
	level_max = level;
}

/* systemd names the stream it reads by device and inode (systemd.exec(5)). */
static bool
is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	struct stat status;
	char expected[48];

	if (stream == NULL || fstat(STDERR_FILENO, &status) != 0)
		return false;
	snprintf(expected, sizeof(expected), "%ju:%ju", (uintmax_t)status.st_dev,
		(uintmax_t)status.st_ino);
	for (size_t i = 0; i < sizeof(expected); i++) {
		if (stream[i] != expected[i])
			return false;
		if (expected[i] == '\0')
			return true;
	}
	return false;
}

static const char *
level_name(int level)
{
	static const char *const names[] = {
		"emergency",
		"alert",
		"critical",
		"error",
		"warning",
		"notice",
		"info",
		"debug",
	};

	return names[level];
}

static void
print_time(void)
{
	struct timespec now;
	struct tm parts;
	char text[32];

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &parts);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &parts);
	fprintf(stderr, "%s.%03ldZ ", text, now.tv_nsec / 1000000);
}

void
log_message(int level, const char *format, ...)
{
	va_list arguments;

	if (level > level_max)
		return;
	flockfile(stderr);
	if (is_journal()) {
		fprintf(stderr, "<%d>", level);
	} else {
		print_time();
		fprintf(stderr, "%s: ", level_name(level));
	}
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	putc('\n', stderr);
	funlockfile(stderr);
}
