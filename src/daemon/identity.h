/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/err.h"
#include "gossip/settings.h"

/*
 * Who this node is, across restarts: the file "identity" in the state folder. Written
 * anew, flushed and put in place at once at each change, so that it is whole at any
 * instant. The folder is locked as long as the daemon runs.
 *
 * The file says which inode it is. One that was copied, or restored from a backup, is
 * another: whoever it belonged to may still run and write, so that to go on under its
 * numbers would issue them twice. A node that finds such a file is a new one.
 */
struct identity_file {
	char *folder;
	int folder_fd;
	bool was_copied; /* the identity found was not made here; a new one was made */
	struct identity identity;
};

/* Room for a reason with its NUL. */
#define IDENTITY_REASON_SIZE 512

/* Locks the folder, which is made when missing, reads the identity or makes a new one,
 * raises the generation, reserves the first numbers, and writes it. ERR_IO,
 * ERR_MALFORMED or ERR_BUSY (another daemon runs there) with a sentence for operators
 * in `reason`. */
MUST_CHECK enum err identity_open(struct identity_file *file, const char *folder,
	char reason[IDENTITY_REASON_SIZE]);

void identity_close(struct identity_file *file);

/* Keeps that numbers of the writer below `limit` are in use. */
MUST_CHECK enum err identity_reserve(struct identity_file *file, uint64_t writer,
	uint64_t limit, char reason[IDENTITY_REASON_SIZE]);
