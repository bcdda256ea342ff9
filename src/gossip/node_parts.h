/* SPDX-License-Identifier: MIT */
#pragma once

#include "gossip/contact.h"
#include "gossip/leave.h"
#include "gossip/node.h"
#include "gossip/repair.h"
#include "gossip/request.h"

/*
 * What a node is made of, for node.c, which routes, and request.c, which answers. Each
 * part does one thing and knows only the parts it is given at its start.
 */
struct node {
	struct settings settings;
	char *texts;    /* what the settings point to */
	struct now now; /* of the turn */
	struct prng prng;
	struct header header;

	struct clock clock;
	struct store store;
	struct members members;
	struct overlay overlay;
	struct suspicions suspicions;
	struct outbox outbox;
	struct outputs outputs;
	struct probes probes;
	struct mongering mongering;
	struct broadcast broadcast;
	struct author author;
	struct roster roster;
	struct intake intake;
	struct exchanges exchanges;
	struct difference difference;
	struct repair repair;
	struct contact contact;
	struct leave leave;

	struct output output; /* the last datagram handed out */
	uint64_t datagrams_in;
	uint64_t datagram_bytes_in;
};

/* Begins a turn: takes the time and what happened by itself since. */
void node_turn(struct node *node, struct now now);
