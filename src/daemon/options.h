/* SPDX-License-Identifier: MIT */
#pragma once

#include "conf/conf.h"

/* The command line of rumord on top of the configuration files. */

enum options_result {
	OPTIONS_RUN,
	OPTIONS_CHECKED, /* --check, and the configuration is good */
	OPTIONS_HELPED,  /* --help or --version was answered */
	OPTIONS_BAD,     /* what is wrong was told on standard error */
};

/* Reads the command line and the files it names into `conf`, which is checked when the
 * result is OPTIONS_RUN. */
enum options_result options_read(int argc, char *argv[], struct conf *conf);
