/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/bytes.h"

/*
 * The one table of configuration keys. Whatever lists, reads, checks or shows keys goes
 * through it, so a new key is one row here, one field in struct conf (conf/conf.h), and
 * an entry in rumord.conf(5) and etc/rumord.conf, which tests/tidy asks for.
 */

/* What a value is: how its text is read, and the type of its field. */
enum conf_type {
	CONF_STRING,  /* char *; min and max are lengths */
	CONF_NAME,    /* char *, of [A-Za-z0-9._-]; min and max are lengths */
	CONF_ADDRESS, /* struct address; min 0: may be empty; max: port if not given */
	CONF_SEEDS,   /* struct conf_list of addresses or names; max: how many */
	CONF_DURATION_US, /* uint64_t in microseconds; min and max in microseconds */
	CONF_DURATION_MS, /* uint64_t in milliseconds; min and max in microseconds */
	CONF_SIZE,        /* size_t, bytes */
	CONF_COUNT,       /* size_t */
	CONF_BOOLEAN,     /* bool */
	CONF_LOG_LEVEL,   /* int, a priority of syslog(3) */
	CONF_STRATEGY,    /* int, a place in plumtree, push, push-pull, pull */
};

struct conf_key {
	const char *section;
	const char *name;
	enum conf_type type;
	size_t offset;        /* of the field in struct conf */
	const char *fallback; /* the default, as text */
	uint64_t min;
	uint64_t max;
	const char *help; /* a line for people */
};

size_t conf_key_count(void);

/* Keys of one section follow each other. */
const struct conf_key *conf_key_at(size_t index);

/* NULL when there is no such key. */
const struct conf_key *conf_key_find(const char *section, const char *name);

/* The first key of the section after that of `key`, of the first section for NULL; NULL
 * after the last. */
const struct conf_key *conf_section_next(const struct conf_key *key);

bool conf_section_exists(const char *name);
