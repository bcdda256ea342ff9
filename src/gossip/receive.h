/* SPDX-License-Identifier: MIT */
#pragma once

#include "gossip/node.h"

/*
 * What comes in a datagram: checks where it is from, and hands each message to the part
 * that it is for. To add a message, see wire/message.h.
 */
void receive_datagram(
	struct node *node, const struct address *from, struct bytes datagram);
