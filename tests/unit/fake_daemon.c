/* SPDX-License-Identifier: MIT */
#include "fake_daemon.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void
say(const struct fake_daemon *fake, int fd, const char *text)
{
	size_t left = strlen(text);

	while (left > 0) {
		size_t size = fake->write_size_max != 0 && fake->write_size_max < left
				      ? fake->write_size_max
				      : left;
		ssize_t sent = send(fd, text, size, MSG_NOSIGNAL);

		if (sent < 0) {
			return;
		}
		text += sent;
		left -= (size_t)sent;
	}
}

/* Keeps the line; returns what is to be answered, NULL to hang up. */
static const char *
next_answer(struct fake_daemon *fake, char *line)
{
	ck_assert_uint_lt(fake->request_count, FAKE_REQUEST_COUNT_MAX);
	fake->requests[fake->request_count++] = line;
	if (fake->answers == NULL || *fake->answers == NULL) {
		return SILENCE;
	}

	const char *answer = *fake->answers++;

	return strcmp(answer, HANG_UP) == 0 ? NULL : answer;
}

static void
serve_client(struct fake_daemon *fake, int fd)
{
	FILE *lines = fdopen(fd, "r");
	char *line = NULL;
	size_t line_size = 0;

	say(fake, fd, fake->greeting != NULL ? fake->greeting : "");
	while (!fake->hangs_up && getline(&line, &line_size, lines) > 0) {
		const char *answer = next_answer(fake, line);

		line = NULL;
		line_size = 0;
		if (answer == NULL) {
			break;
		}
		say(fake, fd, answer);
	}
	free(line);
	fclose(lines);
}

static void *
serve(void *context)
{
	struct fake_daemon *fake = context;
	int fd;

	while ((fd = accept(fake->listener, NULL, NULL)) >= 0) {
		serve_client(fake, fd);
	}
	return NULL;
}

void
fake_daemon_listen(struct fake_daemon *fake)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	snprintf(fake->folder, sizeof(fake->folder), "/tmp/fake-daemon-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(fake->folder));
	snprintf(fake->path, sizeof(fake->path), "%s/socket", fake->folder);
	memcpy(address.sun_path, fake->path, sizeof(fake->path));
	fake->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(
		bind(fake->listener, (struct sockaddr *)&address, sizeof(address)), 0);
	ck_assert_int_eq(listen(fake->listener, 8), 0);
}

void
fake_daemon_serve(struct fake_daemon *fake)
{
	ck_assert_int_eq(pthread_create(&fake->thread, NULL, serve, fake), 0);
}

void
fake_daemon_start(struct fake_daemon *fake)
{
	fake_daemon_listen(fake);
	fake_daemon_serve(fake);
}

void
fake_daemon_stop(struct fake_daemon *fake)
{
	shutdown(fake->listener, SHUT_RDWR);
	pthread_join(fake->thread, NULL);
	close(fake->listener);
	unlink(fake->path);
	rmdir(fake->folder);
}

void
fake_daemon_fini(struct fake_daemon *fake)
{
	for (size_t i = 0; i < fake->request_count; i++) {
		free(fake->requests[i]);
	}
	fake->request_count = 0;
}
