/* SPDX-License-Identifier: MIT */
#pragma once

#include "sim/options.h"

/* The commands, one file each: they print their report and return the exit status. */
int broadcast_command(const struct options *options);
int failure_command(const struct options *options);
int idle_command(const struct options *options);
int join_command(const struct options *options);
int partition_command(const struct options *options);
int sweep_command(const struct options *options);
