/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

/*
 * Allocation that does not fail: without memory the process says so on standard error
 * and aborts. Whatever the network or a client can make grow has a limit of its own and
 * is refused long before.
 */

/* `size` zeroed bytes; free() them. */
void *mem_new(size_t size);

/* An array of `count` zeroed elements; free() it. Aborts when the product overflows. */
void *mem_new_array(size_t count, size_t size);

/* `array` with room for `count` elements; what is new is not zeroed. */
void *mem_resize(void *array, size_t count, size_t size);

/* A copy of `size` bytes; free() it. */
void *mem_copy(const void *data, size_t size);

/* A copy of a string; free() it. */
char *mem_copy_string(const char *string);
