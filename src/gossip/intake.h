/* SPDX-License-Identifier: MIT */
#pragma once

#include "gossip/roster.h"

/*
 * The one gate through which records of other nodes come in, from datagrams and from
 * streams: checks them against the rules, applies them, tells the roster, and passes on
 * what is new.
 */
struct intake {
	const struct settings *settings;
	struct store *store;
	struct clock *clock;
	struct roster *roster;
	struct broadcast *broadcast;
	struct outputs *outputs;
	uint64_t drops[DROP_COUNT];
	uint64_t applied;
	uint64_t duplicates;
	uint64_t clock_notice_us;   /* when NOTICE_CLOCK was last given, 0 = never */
	uint64_t foreign_notice_us; /* the same of NOTICE_FOREIGN_CLUSTER */
};

/* Where a record comes from. */
struct source {
	uint64_t member; /* short id */
	struct address address;
	uint8_t hops;
	bool streamed; /* it came by an exchange, past the overlay */
	bool pass_on;  /* whether the neighbours may not have it yet */
};

enum intake_result {
	INTAKE_NEW,     /* applied, or superseded by what is held */
	INTAKE_KNOWN,   /* seen before */
	INTAKE_REFUSED, /* against a rule or limit; counted, and not covered */
};

/* Something of another cluster came from that address: counts it, and gives
 * NOTICE_FOREIGN_CLUSTER unless that was done within the last minute. */
void intake_drop_foreign(
	struct intake *intake, const struct address *from, struct now now);

enum intake_result intake_record(struct intake *intake, const struct record_view *view,
	const struct source *source, struct now now);
