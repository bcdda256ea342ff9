/* SPDX-License-Identifier: MIT */
#include "sim/strategy.h"

#include <string.h>

enum err
strategy_set(struct settings *settings, const char *name)
{
	(void)settings;
	return strcmp(name, "plumtree") == 0 ? ERR_OK : ERR_INVALID;
}
