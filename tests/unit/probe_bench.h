/* SPDX-License-Identifier: MIT */
#pragma once

#include "gossip/probe.h"
#include "bench.h"
#include "run.h"

/* The probes of one node among members who answer only what a test says. */
#define INTERVAL_US SECOND_US
#define TIMEOUT_US (500 * MS_US)
#define TIMEOUT_MIN_US (50 * MS_US)
#define ATTEMPTS 5

/* When others are asked and the ping is repeated for a member that was never measured,
 * and how far apart it is repeated. */
#define REPEAT_US (TIMEOUT_US / ATTEMPTS)
#define INDIRECT_COUNT 3
#define VERIFIER_COUNT 5

/* When a relay says that it heard nothing: Lifeguard, section IV.A, after four fifths
 * of the time that the asker has left, which is half of its timeout at least. */
#define NACK_US (TIMEOUT_US / 2 / 5 * 4)

extern struct bench bench;
extern struct probes *probes;

void set_up(void);
void tear_down(void);
void tick_at(uint64_t time_us);

/* Of probes alone, each thing when it is due; what was due last is taken. */
void pass_us(uint64_t us);

/* As pass_us(); how many messages of that type go to that member meanwhile, 0 for any.
 */
size_t pass_counting_us(uint64_t us, enum message_type type, unsigned to);

/* Up to the next probe of the round; the number of who is pinged, 0 for nobody. */
unsigned next_round(unsigned last);

uint32_t number_pinged(unsigned target);
bool ack(unsigned from, uint32_t number);

bool nothing_failed(void);

/* Takes the failure; fails the test unless it is that one and the only one. */
void expect_failed(enum probe_kind kind, unsigned target);
