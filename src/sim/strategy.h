/* SPDX-License-Identifier: MIT */
#pragma once

#include "gossip/settings.h"

#include "base/err.h"

/* Makes the settings use the broadcast strategy of that name. ERR_INVALID when there is
 * none. */
MUST_CHECK enum err strategy_set(struct settings *settings, const char *name);
