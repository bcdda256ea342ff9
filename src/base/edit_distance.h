/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/bytes.h"

/* The most bytes of a text whose distance is told. */
#define EDIT_DISTANCE_LEN_MAX 63

/* The least number of bytes to insert, delete, replace or swap with their neighbour to
 * turn one text into the other (optimal string alignment): how far a mistyped name is
 * from a known one. SIZE_MAX, as far as can be, when either is longer than
 * EDIT_DISTANCE_LEN_MAX. */
size_t edit_distance(const char *a, const char *b);
