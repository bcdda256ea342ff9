/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/address.h"
#include "base/pack.h"

/* What a member record claims; later ones outrank earlier ones at equal incarnation. */
enum member_claim {
	CLAIM_ALIVE = 0,
	CLAIM_DEAD = 1,
	CLAIM_LEFT = 2,
};

/* The value of a member record: borrowed texts without NUL. */
struct member_info {
	uint32_t generation;  /* raised at each start of the member */
	uint32_t incarnation; /* raised by the member to refute */
	enum member_claim claim;
	struct address address;
	uint64_t writer; /* under which the member writes */
	uint8_t features;
	struct bytes name;
	struct bytes zone;
	struct bytes software;
};

/* The most bytes member_info_write() takes. */
#define MEMBER_INFO_LEN_MAX 256

void member_info_write(struct writer *writer, const struct member_info *info);

/* ERR_MALFORMED when cut short, longer than it says, without a name, with control
 * characters or beyond a limit. */
MUST_CHECK enum err member_info_read(struct bytes value, struct member_info *ret_info);

/* Whether `a` outranks `b`: generation, then incarnation, then claim (SWIM §4.2, with
 * the generation before it so that a restart always wins): <0, 0, >0. */
int member_info_compare(const struct member_info *a, const struct member_info *b);

void address_write(struct writer *writer, const struct address *address);

/* Marks the reader failed on an unknown family. */
struct address address_read(struct reader *reader);
