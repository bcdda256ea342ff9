/* SPDX-License-Identifier: MIT */
#pragma once

#include "conf/conf.h"

/* Where the configuration is unless the command line says otherwise. */
const char *conf_path_default(void);

/* Reads the file, then every "*.conf" in the folder "conf.d" beside it in the order of
 * their names; what is set later wins. A missing folder is fine, and so is a missing
 * file unless it must exist. Goes on after an error to tell all there are: "file:line:
 * reason", or "file: reason" when a file cannot be read. ERR_IO when one could not,
 * ERR_INVALID when one says something wrong. */
MUST_CHECK enum err conf_load(struct conf *conf, const char *path, bool must_exist,
	struct conf_errors *errors);
