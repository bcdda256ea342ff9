/* SPDX-License-Identifier: MIT */
#pragma once

/* All of the program `rumor`; returns its exit status. */
int cli_main(int argc, char **argv);
