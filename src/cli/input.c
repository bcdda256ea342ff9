/* SPDX-License-Identifier: MIT */
#include "cli/input.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "cli/report.h"

#define READ_SIZE ((size_t)64 << 10)

static bool
is_stdin(const char *name)
{
	return strcmp(name, "-") == 0;
}

static enum rumor_result
refuse(const char *name)
{
	report("cannot read %s: %s", is_stdin(name) ? "standard input" : name,
		strerror(errno));
	return RUMOR_INVALID;
}

static enum rumor_result
refuse_length(const char *name, size_t len_max)
{
	report("%s is longer than %zu bytes, the limit",
		is_stdin(name) ? "standard input" : name, len_max);
	return RUMOR_REFUSED;
}

static enum rumor_result
read_file(int fd, const char *name, struct buffer *buffer)
{
	uint8_t data[READ_SIZE];

	for (;;) {
		ssize_t got = read(fd, data, sizeof(data));

		if (got == 0) {
			return RUMOR_OK;
		}
		if (got < 0 && errno != EINTR) {
			return refuse(name);
		}
		if (got > 0 &&
			buffer_append(buffer, bytes_of(data, (size_t)got)) != ERR_OK) {
			return refuse_length(name, buffer->len_max);
		}
	}
}

enum rumor_result
input_read(const char *name, struct buffer *buffer)
{
	if (is_stdin(name)) {
		return read_file(STDIN_FILENO, name, buffer);
	}

	int fd = open(name, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		return refuse(name);
	}

	enum rumor_result result = read_file(fd, name, buffer);

	close(fd);
	return result;
}
