/* SPDX-License-Identifier: MIT */
#include "golden.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

static FILE *
open_packet(const char *name)
{
	const char *top = getenv("srcdir");
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/tests/golden/%s.hex", top == NULL ? "." : top,
		name);
	file = fopen(path, "r");
	if (file == NULL) {
		perror(path);
		abort();
	}
	return file;
}

static unsigned
digit_value(char digit)
{
	return isdigit((unsigned char)digit) ? (unsigned)digit - '0'
					     : (unsigned)digit - 'a' + 10;
}

static void
take_line(struct golden *golden, const char *line)
{
	const char *end = line + strcspn(line, "#\n");

	while (line < end) {
		if (isspace((unsigned char)*line)) {
			line++;
			continue;
		}
		if (!isxdigit((unsigned char)line[0]) ||
			!isxdigit((unsigned char)line[1]) ||
			golden->len == GOLDEN_LEN_MAX) {
			fprintf(stderr, "no golden packet: %s", line);
			abort();
		}
		golden->data[golden->len++] =
			(uint8_t)(digit_value(line[0]) << 4 | digit_value(line[1]));
		line += 2;
	}
}

struct golden
golden_load(const char *name)
{
	struct golden golden = {0};
	FILE *file = open_packet(name);
	char line[256];

	while (fgets(line, sizeof(line), file) != NULL)
		take_line(&golden, line);
	fclose(file);
	return golden;
}

struct bytes
golden_bytes(const struct golden *golden)
{
	return bytes_of(golden->data, golden->len);
}
