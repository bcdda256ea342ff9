/* SPDX-License-Identifier: MIT */
#pragma once

#include "gossip/broadcast.h"
#include "bench.h"
#include "run.h"

/* The broadcast of one node among three neighbours: 2, 3 and 4. */
#define IHAVE_INTERVAL_US (10 * MS_US)
#define GRAFT_TIMEOUT_US (50 * MS_US)
#define FORWARD_INTERVAL_US (4 * MS_US)

/* Up to so many are few. */
#define FEW_COUNT 8

/* A lost datagram is noticed when the neighbours have not changed for so long, and
 * remembered for as long. */
#define LOSSY_US (2 * SECOND_US)

extern struct bench bench;
extern struct sent *sent;
extern struct broadcast *broadcast;

/* There are others than the neighbours, as far as this node knows; all links are eager
 * and have been there for a while. */
void set_up(void);

/* The neighbours are all there are; all links are as they began. */
void set_up_few(void);

void tear_down(void);

struct neighbour *link_to(unsigned number);
void make_lazy(unsigned number);

void tell_dot(unsigned from, enum message_type type, struct dot dot);
void tell_prune(unsigned from);

/* A write of member 2. */
struct record_view write_of_2(uint64_t seq);

/* It comes by a stream that member 2 has opened. */
void take_streamed(const struct record_view *view);
