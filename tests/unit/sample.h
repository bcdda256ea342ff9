/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/now.h"
#include "gossip/settings.h"
#include "wire/member_info.h"
#include "wire/message.h"

struct node;

/*
 * Samples of what the core works on. Members are named by a small number from 1, from
 * which follow their id, name, address and writer id.
 */

/* When the tests play, on the wall clock. */
#define SAMPLE_WALL_MS UINT64_C(1700000000000)

/* The monotonic clock of the tests begins here. */
#define SAMPLE_MONO_US (1000 * SECOND_US)

/* So long after the beginning, with both clocks in step. */
struct now at_us(uint64_t us);
struct now at_ms(uint64_t ms);

/* A stamp of the wall clock `ms` after the beginning. */
uint64_t stamp_at_ms(uint64_t ms);

/* "n7", in static storage. */
const char *sample_name(unsigned number);
struct address sample_address(unsigned number);
uint64_t sample_short_id(unsigned number);
uint64_t sample_writer(unsigned number);

/* The defaults for that member, with its identity in generation 1 and a block of
 * numbers reserved. */
struct settings sample_settings(unsigned number);

/* A live shared key. */
struct record_view sample_shared(
	struct dot dot, uint64_t stamp, const char *key, const char *value);

/* The same, deleted. */
struct record_view sample_deleted(struct dot dot, uint64_t stamp, const char *key);

/* What that member says of itself at its start. */
struct member_info sample_info(unsigned number);

/* A member record about the member that the info names by `number`; `space` holds its
 * id and value. */
struct member_space {
	uint8_t id[NODE_ID_SIZE];
	uint8_t value[MEMBER_INFO_LEN_MAX];
};
struct record_view sample_member(struct dot dot, uint64_t stamp, unsigned number,
	const struct member_info *info, struct member_space *space);

/* Makes that member, as in sample_info(), known and alive on the node, in silence. */
void sample_join(struct node *node, unsigned number, struct now now);

/* A datagram from the member with that number brings the messages. */
void sample_tell(struct node *node, unsigned from, const struct message *message,
	struct now now);

/* A RECORD message from that member. */
void sample_tell_record(struct node *node, unsigned from,
	const struct record_view *view, struct now now);
