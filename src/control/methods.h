/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/bytes.h"
#include "base/err.h"

/*
 * The table of methods: what dispatches requests, checks their params and is told by
 * rpc.describe.
 */

enum access {
	ACCESS_READ,  /* changes nothing; allowed on the read-only socket */
	ACCESS_WRITE, /* changes keys */
	ACCESS_ADMIN, /* changes the node */
};

const char *access_name(enum access access);

enum param_type {
	PARAM_TEXT,    /* string; `min` and `max` are bytes -> struct bytes */
	PARAM_BASE64,  /* string -> struct bytes, decoded */
	PARAM_INTEGER, /* from `min` to `max` -> uint64_t */
	PARAM_BOOLEAN, /* -> bool, false when absent */
	PARAM_VERSION, /* string -> struct version */
	PARAM_CHOICE,  /* one of `choices` -> struct bytes */
	PARAM_LIST,    /* array of `min` to `max` strings -> json_t * */
};

enum param_need {
	PARAM_OPTIONAL,
	PARAM_REQUIRED,
	PARAM_ONE_OF, /* exactly one of the params marked so must be given */
};

/* Longest string in a PARAM_LIST. */
#define PARAM_LIST_TEXT_LEN_MAX 300

struct param {
	const char *name;
	enum param_type type;
	enum param_need need;
	size_t place; /* offset in struct args (control/params.h) */
	uint64_t min;
	uint64_t max;               /* 0 = no limit but that of the line */
	const char *const *choices; /* ends with NULL */
	const char *summary;
};

struct call;

struct method {
	const char *name;
	enum access access;
	/* Writes the result with call_begin() and call_end(), or returns an error. */
	enum err (*handler)(struct call *call);
	const struct param *params;
	size_t param_count;
	const char *summary;
};

/* NULL when there is none. */
const struct method *method_find(struct bytes name);

/* The methods in order of the table, NULL from method_count() on. */
const struct method *method_at(size_t index);
