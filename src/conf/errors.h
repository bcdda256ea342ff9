/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/bytes.h"

/* Room for the reason of one error, with its NUL; what is longer is cut. */
#define CONF_REASON_SIZE 256

/*
 * What is wrong with a configuration: a line of text for each error, "file:line:
 * reason" or "command line: reason", without a newline. The texts are UTF-8 without
 * control characters, whatever the configuration holds, so they can be logged as they
 * are.
 */
struct conf_error {
	char *text;
	unsigned int line; /* in its file, 0 when there is none */
};

struct conf_errors {
	struct conf_error *items;
	size_t count;
	size_t size;
};

void conf_errors_init(struct conf_errors *errors);
void conf_errors_fini(struct conf_errors *errors);

/* Adds an error; `line` only serves to sort. */
void conf_errors_add(struct conf_errors *errors, unsigned int line, const char *format,
	...) __attribute__((format(printf, 3, 4)));

/* Takes back all but the first `count`. */
void conf_errors_truncate(struct conf_errors *errors, size_t count);

/* Puts the errors from index `first` on in the order of their lines. */
void conf_errors_sort(struct conf_errors *errors, size_t first);
