/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fuzz.h"

/*
 * main() of a fuzz target where there is no libFuzzer: gives the target each file
 * named, and each file in the folders named, and says so in TAP. Without arguments it
 * takes the target's own corpus, tests/fuzz/corpus/<name> for a program called
 * fuzz_<name>.
 */

struct input {
	uint8_t *data;
	size_t size;
};

static unsigned test_count;

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

static struct input
read_all(FILE *file)
{
	struct input input = {0};
	size_t room = 0;

	do {
		if (input.size == room) {
			room = room == 0 ? 4096 : 2 * room;
			input.data = realloc(input.data, room);
			if (input.data == NULL)
				abort();
		}
		input.size +=
			fread(input.data + input.size, 1, room - input.size, file);
	} while (!feof(file) && !ferror(file));
	return input;
}

/* The name goes out first, so that the output of a crash ends with it. */
static void
replay_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	struct input input;
	uint8_t *exact;

	printf("# %s\n", path);
	fflush(stdout);
	if (file == NULL) {
		printf("not ok %u - %s: %s\n", ++test_count, path, strerror(errno));
		return;
	}
	input = read_all(file);
	fclose(file);
	/* A copy of just that size, so that sanitizers see reads beyond it. */
	exact = malloc(input.size);
	if (exact == NULL && input.size > 0)
		abort();
	if (input.size > 0)
		memcpy(exact, input.data, input.size);
	LLVMFuzzerTestOneInput(exact, input.size);
	free(exact);
	free(input.data);
	printf("ok %u - %s\n", ++test_count, base_name(path));
}

static int
is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void
replay(const char *path)
{
	struct dirent **entries = NULL;
	struct stat status;
	int count;

	if (stat(path, &status) != 0 || !S_ISDIR(status.st_mode)) {
		replay_file(path);
		return;
	}
	count = scandir(path, &entries, is_visible, alphasort);
	for (int i = 0; i < count; i++) {
		char file[4096];

		snprintf(file, sizeof(file), "%s/%s", path, entries[i]->d_name);
		replay_file(file);
		free(entries[i]);
	}
	free(entries);
}

static void
replay_own_corpus(const char *program)
{
	const char *top = getenv("srcdir");
	const char *name = strstr(base_name(program), "fuzz_");
	char path[4096];

	snprintf(path, sizeof(path), "%s/tests/fuzz/corpus/%s", top == NULL ? "." : top,
		name == NULL ? "" : name + strlen("fuzz_"));
	replay(path);
}

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		replay(argv[i]);
	if (argc == 1)
		replay_own_corpus(argv[0]);
	printf("1..%u\n", test_count);
	return test_count == 0;
}
