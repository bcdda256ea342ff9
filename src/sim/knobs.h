/* SPDX-License-Identifier: MIT */
#pragma once

#include "gossip/settings.h"

#include "base/err.h"

/* Sets a setting by its name in rumord.conf(5): "failure.probe_interval=500ms".
 * ERR_NOT_FOUND for no such name, ERR_INVALID for a value of another shape. */
MUST_CHECK enum err knobs_set(struct settings *settings, const char *assignment);

/* The names, one by one from 0; NULL at the end. */
const char *knobs_name(size_t index);
