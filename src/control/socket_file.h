/* SPDX-License-Identifier: MIT */
#pragma once

#include <sys/types.h>

#include "base/err.h"

/*
 * A listening Unix socket and its file. The file appears complete, with its mode, or
 * not at all; one that a dead process left is replaced, a live one is left alone.
 */
struct socket_file {
	int fd;
	char *path;
	dev_t device;
	ino_t inode;
};

/* ERR_DUPLICATE when somebody answers at the path; ERR_IO with errno: EEXIST when the
 * path is something other than a socket, ENAMETOOLONG, ENOENT for the folder, and so
 * on. Close the descriptor before or after socket_file_fini(), which does not. */
MUST_CHECK enum err socket_file_init(
	struct socket_file *file, const char *path, mode_t mode);

/* Removes the file, if it is still the one made here. */
void socket_file_fini(struct socket_file *file);
