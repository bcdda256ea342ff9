/* SPDX-License-Identifier: MIT */
#pragma once

#include "gossip/node_parts.h"
#include "sample.h"
#include "sent.h"

/*
 * One node, number 1, on the bench: the others are members only by what it was told.
 * Its parts can be used one by one; time passes by hand.
 */
struct bench {
	struct node *node;
	uint64_t time_us; /* since the beginning */
	struct sent sent; /* as of the last bench_take() */
};

/* NULL for the settings of sample.h. What the node says at its start is taken out. */
void bench_init(struct bench *bench, const struct settings *settings);

/* Checks the node's invariants first. */
void bench_fini(struct bench *bench);

struct now bench_now(const struct bench *bench);

/* Makes members 2 to `last` known and alive, in silence. */
void bench_join_up_to(struct bench *bench, unsigned last);

/* NULL when it is not known. */
struct member *bench_member(const struct bench *bench, unsigned number);

/* Makes a member dead or left in the eyes of the node, in silence. */
void bench_bury(struct bench *bench, unsigned number, enum member_state state);

/* Takes what the node wants to send and have done now. */
void bench_take(struct bench *bench);

/* Time passes, the node does what is due, and that is taken. */
void bench_pass_us(struct bench *bench, uint64_t us);

/* A message comes from that member; the answers are taken. */
void bench_tell(struct bench *bench, unsigned from, const struct message *message);

/* A RECORD message comes from that member; the answers are taken. */
void bench_tell_record(
	struct bench *bench, unsigned from, const struct record_view *view);

/* A write of that member, numbered `seq`, stamped with the present time. */
struct record_view bench_write(const struct bench *bench, unsigned writer, uint64_t seq,
	const char *key, const char *value);

/* Has the node set a key, and takes what it sends; the dot of the write. */
struct dot bench_set(struct bench *bench, const char *key, const char *value);
