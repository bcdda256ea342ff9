/* SPDX-License-Identifier: MIT */
#pragma once

#include "conf/conf.h"

/* Sets what a text from source_prepare() says. ERR_INVALID when it has errors, each
 * told with its line; the keys without one are set. Not for two threads at a time,
 * since libconfuse is not. */
MUST_CHECK enum err conf_parse(
	struct conf *conf, const char *path, char *text, struct conf_errors *errors);
