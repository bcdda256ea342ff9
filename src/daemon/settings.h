/* SPDX-License-Identifier: MIT */
#pragma once

#include "conf/conf.h"
#include "gossip/settings.h"

/* The node's settings from the configuration; the identity, the address and the texts
 * left empty there are the caller's to fill in. Borrows from `conf`. */
struct settings settings_from(const struct conf *conf);

/* The address others are told, given the one listened on. */
struct address settings_address(
	const struct conf *conf, const struct address *listening);
