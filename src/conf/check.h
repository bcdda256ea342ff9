/* SPDX-License-Identifier: MIT */
#pragma once

#include "conf/conf.h"

/* Checks what keys say together, after the last of them is set, and completes what
 * depends on another key: an advertised address without a port gets the port of
 * node.bind. ERR_INVALID, with every error told, when they contradict each other. */
MUST_CHECK enum err conf_check(struct conf *conf, struct conf_errors *errors);
