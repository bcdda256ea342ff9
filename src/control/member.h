/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/err.h"

struct call;

/* How many addresses member.join takes at once. */
#define MEMBER_JOIN_COUNT_MAX 64

/* The states that a member may be in, for the param `state`; ends with NULL. */
extern const char *const MEMBER_STATES[];

/* The methods member.list, member.join and member.leave. */
enum err call_member_list(struct call *call);
enum err call_member_join(struct call *call);
enum err call_member_leave(struct call *call);
