/* SPDX-License-Identifier: MIT */
#pragma once

#include "gossip/repair.h"
#include "bench.h"
#include "run.h"

/*
 * One node that knows members 2, 3 and 4 and pings only when a test says so: what it
 * does about the states that they tell.
 */
#define REPAIR_INTERVAL_US (200 * MS_US)
#define EXCHANGE_INTERVAL_US (500 * MS_US)
#define AGAIN_US (500 * MS_US)
#define AGAIN_MAX_US (60 * SECOND_US)

/* Symbols for no difference in number, and for each record that one has more. */
#define SYMBOL_COUNT_MIN 16
#define SYMBOL_COUNT_EACH 2

/* The largest difference in number for which all symbols do. */
#define MORE_MAX ((WIRE_SYMBOL_COUNT_MAX - SYMBOL_COUNT_MIN) / SYMBOL_COUNT_EACH)

extern struct bench bench;
extern struct sent *sent;
extern struct repair *repair;

void set_up(void);
void tear_down(void);

/* Sets up with packets of another size than 1400. */
void set_up_with(size_t packet_size_max);

struct state_summary own_state(void);

/* Of a member that has so many records more and differs in whatever `gap` says. */
struct state_summary state_with(uint64_t more, uint64_t gap);
struct state_summary other_state(void);

/* Too much for a sketch. */
struct state_summary far_state(void);

/* The node pings the member, and the ping waits to be answered. */
void ping(unsigned target, enum probe_kind kind);

/* The member's answer to that. */
void answer(unsigned from, struct state_summary state);

/* Both. */
void compare(unsigned from, enum probe_kind kind, struct state_summary state);

/* The first look at a difference; the ping of the second one waits to be answered. */
void look(unsigned from, struct state_summary state);

/* Two looks, the second one now. */
void look_twice(unsigned from, struct state_summary state);

/* The same, the second one at that time. */
void look_twice_at(unsigned from, struct state_summary state, uint64_t time_us);

/* How many sketches the member was just told, and how many streams asked for. */
size_t sketched(unsigned to);
size_t opened(void);

/* The stream that was just asked for cannot be opened. */
void fail_stream(void);
