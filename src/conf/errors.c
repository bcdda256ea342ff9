/* SPDX-License-Identifier: MIT */
#include "conf/errors.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"

/* A path and a reason. */
#define TEXT_SIZE (4096 + CONF_REASON_SIZE)

void
conf_errors_init(struct conf_errors *errors)
{
	*errors = (struct conf_errors){0};
}

void
conf_errors_fini(struct conf_errors *errors)
{
	conf_errors_truncate(errors, 0);
	free(errors->items);
	conf_errors_init(errors);
}

static void
make_printable(char *text)
{
	bool is_utf8 = bytes_is_utf8(bytes_of_string(text));

	for (unsigned char *at = (unsigned char *)text; *at != '\0'; at++) {
		if (*at < 0x20 || *at == 0x7f || (*at >= 0x80 && !is_utf8)) {
			*at = '?';
		}
	}
}

void
conf_errors_add(struct conf_errors *errors, unsigned int line, const char *format, ...)
{
	char text[TEXT_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	make_printable(text);
	if (errors->count == errors->size) {
		errors->size = 2 * errors->size + 8;
		errors->items = mem_resize(
			errors->items, errors->size, sizeof(errors->items[0]));
	}
	errors->items[errors->count++] =
		(struct conf_error){.text = mem_copy_string(text), .line = line};
}

void
conf_errors_truncate(struct conf_errors *errors, size_t count)
{
	while (errors->count > count) {
		free(errors->items[--errors->count].text);
	}
}

void
conf_errors_sort(struct conf_errors *errors, size_t first)
{
	/* Nearly sorted already: all but the unknown names come in order. */
	for (size_t i = first + 1; i < errors->count; i++) {
		struct conf_error error = errors->items[i];
		size_t to = i;

		while (to > first && errors->items[to - 1].line > error.line) {
			errors->items[to] = errors->items[to - 1];
			to--;
		}
		errors->items[to] = error;
	}
}
