/* SPDX-License-Identifier: MIT */
#pragma once

#include "bench.h"
#include "run.h"

/*
 * Two nodes, 1 and 2, that know each other. What one sends gets to the other when a
 * test says so.
 */
extern struct bench ours;
extern struct bench theirs;

/* What a sketch has when the numbers of records are equal. */
#define SYMBOL_COUNT 16

void set_up(void);
void tear_down(void);

/* What one has sent gets to the other, which does what is due and answers. */
void carry_to_them(void);
void carry_to_us(void);

/* Until nobody has anything to say. */
void converse(void);

/* Sends a sketch to that member; tell() from us to them. */
void tell_symbols(struct bench *from, unsigned to, size_t symbol_count);
void tell(void);

/* The whole conversation after that. */
void repair(void);

/* A write, or a delete, that gets to nobody else. */
struct dot write_alone(struct bench *bench, const char *key, const char *value);
void delete_alone(struct bench *bench, const char *key);

/* A write of ours that both have. */
struct dot write_together(const char *key, const char *value);

uint64_t fingerprint(const struct bench *bench);
void assert_agreement(void);

/* The record under a key, a tombstone too, or about a member; NULL for none. */
const struct record *find(const struct bench *bench, const char *key);
const struct record *find_member(const struct bench *bench, unsigned number);

/* Whether that is the value of the key. */
bool holds(const struct bench *bench, const char *key, const char *value);

uint64_t hash_of(struct dot dot);
