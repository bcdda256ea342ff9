/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/intervals.h"
#include "base/table.h"
#include "wire/record.h"

/*
 * A causal context: for each writer the sequence numbers whose writes are applied here
 * or known to be superseded or deleted (optimised observed-remove set, Bieniusa et al.
 * 2012; dotted version vectors, Almeida et al. 2014).
 *
 * It covers only what was truly applied or superseded. A write that was refused stays
 * uncovered, so that no other node is told to drop it.
 */
struct context_writer {
	uint64_t writer;
	uint64_t sum;
	struct interval_set seqs;
};

struct context {
	struct table by_writer;
	struct context_writer **writers; /* in order of first appearance */
	size_t count;
	size_t size;
	uint64_t sum;
};

void context_init(struct context *context);
void context_fini(struct context *context);

bool context_covers(const struct context *context, struct dot dot);

void context_add(struct context *context, struct dot dot);

/* Covers first..last, both included. */
void context_add_range(
	struct context *context, uint64_t writer, uint64_t first, uint64_t last);

/* Covers whatever `other` covers. */
void context_join(struct context *context, const struct context *other);

/* A hash of what is covered, kept up to date: equal contexts have equal sums. */
uint64_t context_sum(const struct context *context);

/* The largest number covered of that writer, 0 for none. */
uint64_t context_max(const struct context *context, uint64_t writer);

/* How many ranges it takes to write it down. */
size_t context_range_count(const struct context *context);

void context_check(const struct context *context);
