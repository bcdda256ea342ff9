/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/connection.h"
#include "client/rumor.h"

/*
 * What is behind the opaque type of rumor.h, and how its calls fail: each sets the text
 * and the reason and returns the result to give to the caller.
 */
struct rumor {
	struct connection connection;
	unsigned timeout_ms;
	json_int_t id;     /* of the last request */
	size_t unanswered; /* requests sent that no reply has come for */
	rumor_notification_handler handler;
	void *handler_context;
	char error_text[512];
	char error_reason[64];
};

void clear_error(struct rumor *rumor);

enum rumor_result fail(struct rumor *rumor, enum rumor_result result,
	const char *reason, const char *text);

enum rumor_result fail_memory(struct rumor *rumor);

/* The other side does not speak the protocol; ends the connection. */
enum rumor_result fail_protocol(struct rumor *rumor, const char *text);
