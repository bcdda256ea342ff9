/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/address.h"

struct event_base;

/* Runs the event loop until `done` says so; false when it has not within ten seconds.
 */
bool loop_until(struct event_base *base, bool (*done)(void));

/* Runs what is ready now and whatever that makes ready, without waiting. */
void loop_settle(struct event_base *base);

/* The address in a text, which must be one. */
struct address address_of(const char *text);

/* Whether this host can use ::1. */
bool host_has_ipv6(void);
