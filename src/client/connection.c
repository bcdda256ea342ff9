/* SPDX-License-Identifier: MIT */
#include "client/connection.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define READ_SIZE_MIN ((size_t)16 << 10)

static uint64_t
clock_ms(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

uint64_t
deadline_after(unsigned timeout_ms)
{
	return clock_ms() + timeout_ms;
}

/* 0 when the deadline has passed. */
static uint64_t
left_ms(uint64_t deadline_ms)
{
	uint64_t now_ms = clock_ms();

	return now_ms < deadline_ms ? deadline_ms - now_ms : 0;
}

/* connect(2) waits for room in the listener's queue, for as long as SO_SNDTIMEO says.
 */
static enum err
connect_once(int fd, const struct sockaddr_un *address, uint64_t wait_ms)
{
	struct timeval wait = {
		.tv_sec = (time_t)(wait_ms / 1000),
		.tv_usec = (suseconds_t)(wait_ms % 1000 * 1000),
	};

	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait)) != 0) {
		return ERR_UNREACHABLE;
	}
	if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0) {
		return ERR_OK;
	}
	if (errno == EINTR || errno == EAGAIN) {
		return ERR_TIMEOUT;
	}
	return errno == EACCES || errno == EPERM ? ERR_DENIED : ERR_UNREACHABLE;
}

static enum err
connect_until(int fd, const struct sockaddr_un *address, uint64_t deadline_ms)
{
	uint64_t wait_ms = left_ms(deadline_ms);
	enum err err;

	do {
		err = connect_once(fd, address, wait_ms > 0 ? wait_ms : 1);
		wait_ms = left_ms(deadline_ms);
	} while (err == ERR_TIMEOUT && wait_ms > 0);
	if (err == ERR_TIMEOUT) {
		errno = ETIMEDOUT;
	}
	return err;
}

enum err
connection_open(
	const char *path, uint64_t deadline_ms, struct connection *ret_connection)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t path_len = strlen(path);

	if (path_len >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return ERR_UNREACHABLE;
	}
	memcpy(address.sun_path, path, path_len);

	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0) {
		return ERR_UNREACHABLE;
	}

	enum err err = connect_until(fd, &address, deadline_ms);

	if (err != ERR_OK) {
		int saved_errno = errno;

		close(fd);
		errno = saved_errno;
		return err;
	}
	*ret_connection = (struct connection){.fd = fd};
	return ERR_OK;
}

void
connection_close(struct connection *connection)
{
	if (connection->fd >= 0) {
		close(connection->fd);
	}
	free(connection->data);
	*connection = (struct connection){.fd = -1};
}

/* After a call that failed with errno: waits until the socket is ready when that is all
 * there is to it. */
static enum err
recover(int fd, short events, uint64_t deadline_ms)
{
	if (errno == EINTR) {
		return ERR_OK;
	}
	if (errno != EAGAIN && errno != EWOULDBLOCK) {
		return ERR_UNREACHABLE;
	}

	struct pollfd wait = {.fd = fd, .events = events};
	uint64_t wait_ms = left_ms(deadline_ms);

	if (wait_ms == 0) {
		return ERR_TIMEOUT;
	}
	if (poll(&wait, 1, wait_ms < INT_MAX ? (int)wait_ms : INT_MAX) < 0 &&
		errno != EINTR) {
		return ERR_UNREACHABLE;
	}
	return ERR_OK;
}

enum err
connection_send(struct connection *connection, struct bytes bytes, uint64_t deadline_ms)
{
	int fd = connection->fd;

	while (bytes.len > 0) {
		ssize_t sent =
			send(fd, bytes.data, bytes.len, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (sent >= 0) {
			bytes.data += sent;
			bytes.len -= (size_t)sent;
			continue;
		}

		enum err err = recover(fd, POLLOUT, deadline_ms);

		if (err != ERR_OK) {
			return err;
		}
	}
	return ERR_OK;
}

/* Makes room for a good read after what is there. */
static enum err
make_room(struct connection *connection)
{
	size_t len = connection->end - connection->start;

	if (connection->start > 0) {
		memmove(connection->data, connection->data + connection->start, len);
		connection->start = 0;
		connection->end = len;
	}
	if (len > LINE_LEN_MAX) {
		return ERR_TOO_LARGE;
	}
	if (connection->size - len < READ_SIZE_MIN) {
		size_t size = 2 * (len + READ_SIZE_MIN);
		char *data = realloc(connection->data, size);

		if (data == NULL) {
			return ERR_IO;
		}
		connection->data = data;
		connection->size = size;
	}
	return ERR_OK;
}

/* Reads once, or waits until there may be something to read. */
static enum err
read_more(struct connection *connection, uint64_t deadline_ms)
{
	ssize_t got = recv(connection->fd, connection->data + connection->end,
		connection->size - connection->end, MSG_DONTWAIT);

	if (got < 0) {
		return recover(connection->fd, POLLIN, deadline_ms);
	}
	if (got == 0) {
		errno = 0;
		return ERR_UNREACHABLE;
	}
	connection->end += (size_t)got;
	return ERR_OK;
}

/* Hands out the first line if all of it is there; there is no newline in the first
 * `searched` bytes. */
static bool
take_line(struct connection *connection, size_t searched, struct bytes *ret_line)
{
	size_t len = connection->end - connection->start;

	if (len == searched) {
		return false;
	}

	const char *line = connection->data + connection->start;
	const char *newline = memchr(line + searched, '\n', len - searched);

	if (newline == NULL) {
		return false;
	}
	*ret_line = bytes_of(line, (size_t)(newline - line));
	connection->start += ret_line->len + 1;
	return true;
}

enum err
connection_receive(
	struct connection *connection, uint64_t deadline_ms, struct bytes *ret_line)
{
	size_t searched = 0;

	for (;;) {
		if (take_line(connection, searched, ret_line)) {
			return ERR_OK;
		}
		searched = connection->end - connection->start;

		enum err err = make_room(connection);

		if (err == ERR_OK) {
			err = read_more(connection, deadline_ms);
		}
		if (err != ERR_OK) {
			return err;
		}
	}
}
