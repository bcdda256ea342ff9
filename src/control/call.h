/* SPDX-License-Identifier: MIT */
#pragma once

#include "control/params.h"
#include "control/service.h"

struct listing;

/* One request on its way through its method. */
struct call {
	struct service *service;
	struct now now;
	const json_t *id; /* NULL for a notification */
	struct args args;
	struct reply *reply;

	/* What the method leaves behind, when it fails or streams. */
	struct failure failure;
	struct listing *listing;
};

/* What a method writes between these two is the result, an object. Not to be called
 * when the method fails or streams. */
struct reply *call_begin(struct call *call);
void call_end(struct call *call);

struct node *call_node(const struct call *call);
