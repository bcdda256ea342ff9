/* SPDX-License-Identifier: MIT */
#pragma once

#include "gossip/node.h"

/* Tells operators what the node noticed, one message each. */
void notice_log(const struct notice *notice);
