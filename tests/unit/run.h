/* SPDX-License-Identifier: MIT */
#pragma once

#include <check.h>

/* Runs the suite with TAP on standard output; what main() returns. Every test file has
 * one suite, named after the module it tests. */
int run_suite(Suite *suite);

/* Adds a case of one or more tests to the suite, with an optional fixture. */
TCase *add_case(Suite *suite, const char *name);
