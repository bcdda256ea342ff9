/* SPDX-License-Identifier: MIT */
#include "sim/conditions.h"

#include <stdio.h>

bool
world_agrees(const struct world *world, const void *context)
{
	bool first = true;
	uint64_t fingerprint = 0;

	(void)context;
	for (size_t i = 0; i < world_count(world); i++) {
		struct status status;

		if (world_node(world, i) == NULL)
			continue;
		node_status(world_node(world, i), &status);
		if (!first && status.fingerprint != fingerprint)
			return false;
		fingerprint = status.fingerprint;
		first = false;
	}
	return true;
}

static size_t
running_count(const struct world *world)
{
	size_t count = 0;

	for (size_t i = 0; i < world_count(world); i++)
		count += world_node(world, i) != NULL;
	return count;
}

/* The numbers are looked at first, since they are cheap. */
static bool
knows_all(const struct world *world, const struct node *node, size_t running)
{
	struct member_view view;
	struct status status;
	size_t cursor = 0;

	node_status(node, &status);
	if (status.members[MEMBER_ALIVE] != running ||
		status.members[MEMBER_SUSPECT] != 0)
		return false;
	while (node_next_member(node, &cursor, &view)) {
		if (view.state == MEMBER_ALIVE &&
			world_node(world, world_index(view.name)) == NULL)
			return false;
	}
	return true;
}

bool
world_knows_all(const struct world *world, const void *context)
{
	size_t running = running_count(world);

	(void)context;
	for (size_t i = 0; i < world_count(world); i++) {
		if (world_node(world, i) != NULL &&
			!knows_all(world, world_node(world, i), running))
			return false;
	}
	return true;
}

/* The state in which the node sees the member of that name that is not over, "no
 * member" without one. */
static const char *
state_of(const struct node *node, size_t host)
{
	const char *state = "no member";
	struct member_view view;
	size_t cursor = 0;

	while (node_next_member(node, &cursor, &view)) {
		if (world_index(view.name) != host)
			continue;
		state = member_state_name(view.state);
		if (view.state == MEMBER_ALIVE || view.state == MEMBER_SUSPECT)
			break;
	}
	return state;
}

const char *
world_doubt(const struct world *world, char text[DOUBT_SIZE])
{
	text[0] = '\0';
	for (size_t i = 0; i < world_count(world); i++) {
		for (size_t j = 0; j < world_count(world); j++) {
			bool runs = world_node(world, j) != NULL;
			const char *state;

			if (world_node(world, i) == NULL)
				continue;
			state = state_of(world_node(world, i), j);
			if (runs == (strcmp(state, "alive") == 0))
				continue;
			snprintf(text, DOUBT_SIZE, "n%zu, which %s, is %s for n%zu", j,
				runs ? "runs" : "is down", state, i);
			return text;
		}
	}
	return text;
}
