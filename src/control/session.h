/* SPDX-License-Identifier: MIT */
#pragma once

#include "control/lines.h"
#include "control/service.h"

struct evbuffer;
struct listing;

/*
 * The conversation with one client, without its socket: takes what the client sends,
 * answers in order, and stops answering while the client owes too much reading.
 */
struct session {
	struct service *service;
	bool read_only;
	bool ended; /* the client sends no more */
	struct lines lines;
	struct listing *listing; /* being streamed; NULL for none */
};

/* Answering pauses while more than this waits in the output; reading goes on from half
 * of it. */
#define SESSION_OUTPUT_SIZE_MAX ((size_t)(256 * 1024))

void session_init(struct session *session, struct service *service, bool read_only);
void session_fini(struct session *session);

/* Answers what was sent, at most `pending_count_max` requests a call, and settles the
 * node. True when it stopped before the end: call again when the output has room. Only
 * after false may more be put into `lines`. */
bool session_answer(struct session *session, struct evbuffer *output);
