/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/*
 * What a fuzz target is: feeds the bytes to one part of the program and aborts when it
 * does what it must not. Returns 0. Each target has a file of its own; libFuzzer, or
 * replay.c, brings main().
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A condition that holds for every input. */
#define MUST(condition)                                                         \
	do {                                                                    \
		if (!(condition)) {                                             \
			fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, \
				__LINE__, #condition);                          \
			abort();                                                \
		}                                                               \
	} while (0)
