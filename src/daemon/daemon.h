/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * rumord: puts the parts together, runs until it is told to stop, and takes them apart.
 */

/* What the program returns: 0 stopped as asked, 1 could not start, 2 usage or bad
 * configuration. */
enum daemon_exit {
	DAEMON_STOPPED = 0,
	DAEMON_FAILED = 1,
	DAEMON_MISUSED = 2,
};

int daemon_main(int argc, char *argv[]);
