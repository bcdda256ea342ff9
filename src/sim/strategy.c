/* SPDX-License-Identifier: MIT */
#include "sim/strategy.h"

#include <string.h>

static const struct {
	const char *name;
	enum strategy strategy;
} strategies[] = {
	{"plumtree", STRATEGY_PLUMTREE},
	{"push", STRATEGY_PUSH},
	{"push-pull", STRATEGY_PUSH_PULL},
	{"pull", STRATEGY_PULL},
};

enum err
strategy_set(struct settings *settings, const char *name)
{
	for (size_t i = 0; i < sizeof(strategies) / sizeof(strategies[0]); i++) {
		if (strcmp(strategies[i].name, name) == 0) {
			settings->strategy = strategies[i].strategy;
			return ERR_OK;
		}
	}
	return ERR_INVALID;
}
