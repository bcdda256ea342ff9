/* SPDX-License-Identifier: MIT */
#pragma once

#include "golden.h"
#include "wire/member_info.h"
#include "wire/message.h"

/*
 * What the golden packets say, in the small cluster of docs/protocol.md.
 */
#define WEB1_SHORT_ID UINT64_C(0x7766554433221100)
extern const uint8_t web1_id[WIRE_ID_SIZE];

/* What web1 holds, and tells in PING. */
#define GOLDEN_LIVE_COUNT 4
extern const struct state_summary golden_state;

#define GOLDEN_RANGE_COUNT 3
extern const struct dot_range golden_context[GOLDEN_RANGE_COUNT];

/* The packet member_info. */
struct member_info db1_info(void);

/* Where the texts of composed bodies live. */
struct room {
	uint8_t data[GOLDEN_LEN_MAX];
};

/* The packets that are one message each. */
struct golden_message {
	const char *name;
	struct message (*compose)(struct room *room);
};

#define GOLDEN_MESSAGE_COUNT 23
extern const struct golden_message golden_messages[GOLDEN_MESSAGE_COUNT];

/* With the hashes that the store of a node would tell. */
struct message golden_digest(struct room *room);
