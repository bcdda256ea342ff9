/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/bytes.h"

/* Deepest nesting of arrays and objects, and most commas, in one request. */
#define SHAPE_DEPTH_MAX 32
#define SHAPE_COMMA_COUNT_MAX 4096

/* Whether a text that may be JSON stays within these bounds: asked before it is parsed,
 * since a parsed tree takes many times the memory of its text. */
bool shape_is_bounded(struct bytes text);
