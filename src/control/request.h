/* SPDX-License-Identifier: MIT */
#pragma once

#include "control/service.h"

struct listing;
struct reply;

/* What a request leaves behind beside its reply. */
struct request_effect {
	bool changed;            /* the node may have outputs to take */
	struct listing *listing; /* to be streamed now; owned by the caller */
};

/* Runs the request on one line and writes what is to be answered. `read_only` refuses
 * methods that change anything. Adds to `effect`, whose listing must be NULL. */
void request_run(struct service *service, bool read_only, struct bytes line,
	struct reply *reply, struct request_effect *effect);

/* Answers a line that was too long to be read. */
void request_refuse_long(struct service *service, struct reply *reply);
