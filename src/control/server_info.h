/* SPDX-License-Identifier: MIT */
#pragma once

#include "control/service.h"

struct call;
struct reply;

/* The method server.info. */
enum err call_server_info(struct call *call);

/* Writes the member "limits". */
void server_write_limits(const struct service *service, const struct status *status,
	struct reply *reply);
