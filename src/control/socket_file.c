/* SPDX-License-Identifier: MIT */
#include "control/socket_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"

#define BACKLOG 128

static enum err
address_of(const char *path, struct sockaddr_un *ret_address)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	if (path[0] == '\0' || strlen(path) >= sizeof(address.sun_path)) {
		errno = path[0] == '\0' ? ENOENT : ENAMETOOLONG;
		return ERR_IO;
	}
	memcpy(address.sun_path, path, strlen(path));
	*ret_address = address;
	return ERR_OK;
}

static int
open_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/* Closes and keeps errno. */
static void
close_quietly(int fd)
{
	int error = errno;

	close(fd);
	errno = error;
}

/* Whether a process listens there; a full backlog is a process too. */
static enum err
check_nobody_answers(const struct sockaddr_un *address)
{
	int fd = open_socket();

	if (fd < 0) {
		return ERR_IO;
	}

	int failed = connect(fd, (const struct sockaddr *)address, sizeof(*address));
	int error = failed != 0 ? errno : 0;

	close(fd);
	if (error == 0 || error == EAGAIN) {
		return ERR_DUPLICATE;
	}
	errno = error;
	return error == ECONNREFUSED || error == ENOENT ? ERR_OK : ERR_IO;
}

static enum err
check_path_is_free(const struct sockaddr_un *address)
{
	struct stat stat;

	if (lstat(address->sun_path, &stat) != 0) {
		return errno == ENOENT ? ERR_OK : ERR_IO;
	}
	if (!S_ISSOCK(stat.st_mode)) {
		errno = EEXIST;
		return ERR_IO;
	}
	return check_nobody_answers(address);
}

static enum err
bind_with_mode(int fd, const struct sockaddr_un *address, mode_t mode)
{
	mode_t umask_before = umask(0777 & ~mode);
	int failed = bind(fd, (const struct sockaddr *)address, sizeof(*address));

	umask(umask_before);
	return failed == 0 ? ERR_OK : ERR_IO;
}

/* Another name in the same folder that is no longer, since the room for it is small. */
static struct sockaddr_un
temporary_address(const struct sockaddr_un *address)
{
	struct sockaddr_un temporary = *address;
	char *last = &temporary.sun_path[strlen(temporary.sun_path) - 1];

	*last = *last == '~' ? '+' : '~';
	return temporary;
}

/* The socket listens before its file gets its name, so that nobody is ever refused. */
static enum err
publish(int fd, const struct sockaddr_un *address, mode_t mode)
{
	struct sockaddr_un temporary = temporary_address(address);
	enum err err = check_path_is_free(&temporary);

	if (err != ERR_OK) {
		return err;
	}
	unlink(temporary.sun_path);
	err = bind_with_mode(fd, &temporary, mode);
	if (err != ERR_OK) {
		return err;
	}
	if (listen(fd, BACKLOG) != 0 ||
		rename(temporary.sun_path, address->sun_path) != 0) {
		int error = errno;

		unlink(temporary.sun_path);
		errno = error;
		return ERR_IO;
	}
	return ERR_OK;
}

enum err
socket_file_init(struct socket_file *file, const char *path, mode_t mode)
{
	struct sockaddr_un address;
	struct stat stat;
	enum err err = address_of(path, &address);

	if (err == ERR_OK) {
		err = check_path_is_free(&address);
	}
	if (err != ERR_OK) {
		return err;
	}

	int fd = open_socket();

	if (fd < 0) {
		return ERR_IO;
	}
	err = publish(fd, &address, mode);
	if (err == ERR_OK && lstat(path, &stat) != 0) {
		err = ERR_IO;
	}
	if (err != ERR_OK) {
		close_quietly(fd);
		return err;
	}
	*file = (struct socket_file){
		.fd = fd,
		.path = mem_copy_string(path),
		.device = stat.st_dev,
		.inode = stat.st_ino,
	};
	return ERR_OK;
}

void
socket_file_fini(struct socket_file *file)
{
	struct stat stat;

	if (file->path != NULL && lstat(file->path, &stat) == 0 &&
		stat.st_dev == file->device && stat.st_ino == file->inode) {
		unlink(file->path);
	}
	free(file->path);
	*file = (struct socket_file){.fd = -1};
}
