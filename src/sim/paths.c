/* SPDX-License-Identifier: MIT */
#include "sim/paths.h"

#include <stdlib.h>

#include "base/mem.h"

void
paths_init(struct paths *paths, const struct path *usual)
{
	*paths = (struct paths){.usual = *usual};
	table_init(&paths->own);
}

void
paths_clear(struct paths *paths)
{
	size_t cursor = 0;
	struct path *path;

	while ((path = table_next(&paths->own, &cursor)) != NULL)
		free(path);
	table_clear(&paths->own);
}

void
paths_fini(struct paths *paths)
{
	paths_clear(paths);
	table_fini(&paths->own);
	free(paths->region_rtt_us);
}

static uint64_t
path_key(size_t from, size_t to)
{
	return (uint64_t)from << 32 | to;
}

const struct path *
paths_find(const struct paths *paths, size_t from, size_t to)
{
	const struct path *path = NULL;

	if (table_count(&paths->own) != 0)
		path = table_find(&paths->own, path_key(from, to));
	return path == NULL ? &paths->usual : path;
}

struct path *
paths_own(struct paths *paths, size_t from, size_t to)
{
	struct path *path = table_find(&paths->own, path_key(from, to));

	if (path == NULL) {
		path = mem_copy(&paths->usual, sizeof(*path));
		table_put(&paths->own, path_key(from, to), path);
	}
	return path;
}

void
paths_set_regions(struct paths *paths, const uint64_t *rtt_us, size_t count)
{
	free(paths->region_rtt_us);
	paths->region_rtt_us = mem_copy(rtt_us, count * count * sizeof(*rtt_us));
	paths->region_count = count;
}

uint64_t
paths_region_us(const struct paths *paths, size_t from, size_t to)
{
	if (paths->region_count == 0)
		return 0;
	return paths->region_rtt_us[from * paths->region_count + to] / 2;
}
