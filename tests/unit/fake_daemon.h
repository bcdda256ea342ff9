/* SPDX-License-Identifier: MIT */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/un.h>

/*
 * A daemon that says what it is told to: for each line that a client sends, the next
 * answer of a script. Listens in a folder of its own, serves one client after the other
 * on its own thread.
 */
#define FAKE_REQUEST_COUNT_MAX 16

struct fake_daemon {
	/* To be set before the start. */
	const char *const
		*answers;      /* ends with NULL; what comes later is not answered */
	const char *greeting;  /* said to each client before it says anything */
	bool hangs_up;         /* on each client right after the greeting */
	size_t write_size_max; /* bytes sent at a time; 0 = all at once */

	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	char folder[64];
	int listener;
	pthread_t thread;
	char *requests[FAKE_REQUEST_COUNT_MAX];
	size_t request_count;
};

/* A script, a reply with a result to the request of this id, and one with an error. */
#define ANSWERS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define RESULT(id, result) \
	"{\"jsonrpc\":\"2.0\",\"id\":" #id ",\"result\":" result "}\n"
#define ERROR(id, code, reason, message)                                 \
	"{\"jsonrpc\":\"2.0\",\"id\":" #id ",\"error\":{\"code\":" #code \
	",\"message\":\"" message "\",\"data\":{\"reason\":\"" reason "\"}}}\n"

/* An answer: no answer, and the end of the connection. */
#define SILENCE ""
#define HANG_UP "\a"

/* Clients can connect from now on, and are served from then on. There is no thread
 * before the second, so it is between the two that a process can be forked. */
void fake_daemon_listen(struct fake_daemon *fake);
void fake_daemon_serve(struct fake_daemon *fake);

/* Both. */
void fake_daemon_start(struct fake_daemon *fake);

/* Ends it when the client has closed its connection; `requests` can then be read, each
 * with its newline. */
void fake_daemon_stop(struct fake_daemon *fake);

/* Frees the requests. */
void fake_daemon_fini(struct fake_daemon *fake);
