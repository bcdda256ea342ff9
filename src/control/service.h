/* SPDX-License-Identifier: MIT */
#pragma once

#include "control/control.h"

/* What all connections of a control server share. */
struct service {
	struct control_settings settings;
	struct control_host host;
	struct control_counters counters;
	size_t connection_count; /* open now */

	/* A client that is owed output and takes none for so long is closed. */
	uint64_t stall_ms;
};

#define SERVICE_STALL_MS (60 * SECOND_MS)

/* The service of a server, for tests. */
struct service *control_service(struct control *control);
