/* SPDX-License-Identifier: MIT */
#pragma once

#include "gossip/roster.h"
#include "bench.h"
#include "run.h"

/*
 * One node that knows members 2 to 6 and probes nobody by itself: what it hears said of
 * members, and what it makes of that.
 */
#define OTHER_COUNT 5

/* A death told longer ago is old news. */
#define DEATH_NEWS_MS 5000

extern struct bench bench;
extern struct sent *sent;
extern struct roster *roster;

void set_up(void);
void tear_down(void);

/* Sets up with other settings than those of sample.h. */
void set_up_with(const struct settings *settings);

enum member_state state_of(unsigned number);

/* What is said of a member, and when. */
struct word {
	unsigned about;
	unsigned by;
	uint32_t generation;
	uint32_t incarnation;
	enum member_claim claim;
	uint64_t age_ms;
};

/* A member record comes from member 6, who says what was said by whom. */
void hear(struct word word);
void hear_alive(unsigned about, uint32_t generation, uint32_t incarnation);

/* Member 5 has said so. */
void hear_death(unsigned about, uint32_t incarnation, uint64_t age_ms);

size_t notices(enum notice_kind kind, const char *member);

/* The record about that member that the node holds, and what it says. */
const struct record *held_record(unsigned number);
struct member_info held(unsigned number);

/* What the record says that was sent to that member. */
struct member_info told(unsigned to);
