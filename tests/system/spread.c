/* SPDX-License-Identifier: MIT */

/*
 * How soon a write on one daemon is read on all: writes on each in turn, leaves the
 * daemons alone for a while, since asking takes their processors, then asks all at once
 * until all have it. Prints milliseconds from the write to the last answer.
 *
 * spread ROUNDS WAIT_MS SOCKET...
 */

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define LINE_SIZE 1024
#define COUNT_MAX 1000
#define ROUND_MAX 10000

/* Between two writes, so that each finds the daemons at rest. */
#define PAUSE_MS 50

/* After this a write counts as lost. */
#define PATIENCE_MS 10000

static _Noreturn void
die(const char *what)
{
	perror(what);
	exit(1);
}

static double
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int
connect_to(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (strlen(path) >= sizeof(address.sun_path))
		die(path);
	memcpy(address.sun_path, path, strlen(path));
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0)
		die(path);
	return fd;
}

static void
ask(int fd, const char *request)
{
	size_t len = strlen(request);

	if (write(fd, request, len) != (ssize_t)len)
		die("write");
}

/* One line of reply; there is never more than one on its way. */
static void
take(int fd, char line[LINE_SIZE])
{
	size_t len = 0;

	do {
		ssize_t got = read(fd, line + len, LINE_SIZE - 1 - len);

		if (got <= 0)
			die("read");
		len += (size_t)got;
		line[len] = '\0';
	} while (strchr(line, '\n') == NULL);
}

/* Asks all that did not have it yet; how many still do not. */
static size_t
ask_all(int *left, size_t count, const char *value)
{
	static const char get[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"kv.get\","
				  "\"params\":{\"key\":\"spread\"}}\n";
	char line[LINE_SIZE];
	size_t still = 0;

	for (size_t i = 0; i < count; i++)
		ask(left[i], get);
	for (size_t i = 0; i < count; i++) {
		take(left[i], line);
		if (strstr(line, value) == NULL)
			left[still++] = left[i];
	}
	return still;
}

static double
measure(const int *fds, size_t count, size_t round, int wait_ms)
{
	static int left[COUNT_MAX];
	char value[64];
	char line[LINE_SIZE];
	double start_ms = now_ms();

	snprintf(value, sizeof(value), "\"round %zu of %ld\"", round, (long)getpid());
	snprintf(line, sizeof(line),
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"kv.set\",\"params\":"
		"{\"key\":\"spread\",\"value\":%s}}\n",
		value);
	ask(fds[round % count], line);
	take(fds[round % count], line);
	(void)poll(NULL, 0, wait_ms);
	memcpy(left, fds, count * sizeof(*left));
	for (size_t still = count; still > 0;) {
		still = ask_all(left, still, value);
		if (now_ms() - start_ms > PATIENCE_MS) {
			fprintf(stderr, "round %zu: not on %zu of them\n", round,
				still);
			exit(1);
		}
	}
	return now_ms() - start_ms;
}

static int
compare(const void *a, const void *b)
{
	const double *first = a;
	const double *second = b;

	return (*first > *second) - (*first < *second);
}

int
main(int argc, char **argv)
{
	size_t rounds = argc > 3 ? strtoul(argv[1], NULL, 10) : 0;
	size_t count = (size_t)(argc - 3);
	static int fds[COUNT_MAX];
	static double took[ROUND_MAX];

	if (rounds == 0 || rounds > ROUND_MAX || count > COUNT_MAX) {
		fprintf(stderr, "usage: spread ROUNDS WAIT_MS SOCKET...\n");
		return 2;
	}
	for (size_t i = 0; i < count; i++)
		fds[i] = connect_to(argv[i + 3]);
	for (size_t i = 0; i < rounds; i++) {
		took[i] = measure(fds, count, i, (int)strtol(argv[2], NULL, 10));
		(void)poll(NULL, 0, PAUSE_MS);
	}
	qsort(took, rounds, sizeof(*took), compare);
	printf("%.2f %.2f %.2f %.2f\n", took[rounds / 2], took[rounds * 9 / 10],
		took[rounds * 99 / 100], took[rounds - 1]);
	return 0;
}
