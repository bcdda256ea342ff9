/* SPDX-License-Identifier: MIT */
#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void
out_of_memory(void)
{
	fputs("out of memory\n", stderr);
	abort();
}

static void *
or_abort(void *memory)
{
	if (memory == NULL) {
		out_of_memory();
	}
	return memory;
}

static size_t
array_size(size_t count, size_t size)
{
	size_t product;

	if (__builtin_mul_overflow(count, size, &product)) {
		out_of_memory();
	}
	/* What malloc() and realloc() do with 0 differs between systems. */
	return product > 0 ? product : 1;
}

void *
mem_new(size_t size)
{
	return mem_new_array(1, size);
}

void *
mem_new_array(size_t count, size_t size)
{
	return or_abort(calloc(1, array_size(count, size)));
}

void *
mem_resize(void *array, size_t count, size_t size)
{
	return or_abort(realloc(array, array_size(count, size)));
}

void *
mem_copy(const void *data, size_t size)
{
	void *copy = mem_resize(NULL, size, 1);

	if (size > 0) {
		memcpy(copy, data, size);
	}
	return copy;
}

char *
mem_copy_string(const char *string)
{
	return mem_copy(string, strlen(string) + 1);
}
