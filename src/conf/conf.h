/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/address.h"
#include "conf/errors.h"
#include "conf/keys.h"

/*
 * The configuration of one daemon: made with every key at its default, then changed by
 * files (conf/load.h) and the command line (conf/set.h), then checked as a whole
 * (conf/check.h), and from there on only read. A reload makes a new one.
 *
 * Every value on its own is within the limits of its key at all times. Names are not
 * resolved, no file but the configuration is looked at, and what is left empty for the
 * host to decide (node.name, node.advertise) stays empty here.
 */

struct conf_list {
	char **items;
	size_t count;
};

struct conf {
	struct {
		char *name; /* "" for the host name */
		struct address bind;
		struct address advertise; /* none for the address bound to */
		char *state_dir;
		char *zone;
	} node;

	struct {
		char *name;
		struct conf_list join; /* each "address", "name", either with ":port" */
		uint64_t join_interval_us;
		uint64_t rejoin_interval_us;
	} cluster;

	struct {
		char *socket;
		char *read_only_socket; /* "" for none */
		size_t connection_count_max;
		size_t connections_per_user_max;
		size_t line_size_max;
		size_t pending_count_max;
	} control;

	struct {
		int level; /* a priority of syslog(3): LOG_ERR to LOG_DEBUG */
	} log;

	struct {
		int strategy; /* place in plumtree, push, push-pull, pull */
		uint64_t gossip_interval_us;
		size_t fanout;
		size_t retransmit_factor;
		size_t feedback;        /* answers; 0 for none */
		size_t packet_size_max; /* UDP payload */
		size_t byte_budget;     /* per second; 0 for no limit */
		uint64_t forward_interval_us;
		uint64_t ihave_interval_us;
		uint64_t graft_timeout_us;
		size_t neighbour_rings;
		size_t direct_count_max;
		uint64_t repair_interval_us;
	} gossip;

	struct {
		uint64_t probe_interval_us;
		uint64_t probe_timeout_us;
		uint64_t probe_timeout_min_us;
		size_t indirect_count;
		size_t probe_attempts;
		size_t verifier_count;
		uint64_t suspicion_min_us;
		size_t suspicion_max_factor;
		size_t health_max;
	} failure;

	struct {
		size_t key_size_max;
		size_t value_size_max;
		size_t state_size_max;
		size_t member_count_max;
		uint64_t clock_drift_max_ms;
		size_t stream_count_max;
		uint64_t tombstone_life_ms;
	} limits;

	char **origins; /* for each key who set it, NULL for the default */
};

/* Every key at its default. */
struct conf *conf_new(void);
void conf_free(struct conf *conf);

/* The value of a key as conf_set() takes it; free() it. */
char *conf_text(const struct conf *conf, const struct conf_key *key);

/* Who set the key: "file:line", "command line", or NULL when it has its default. Valid
 * until the key is set again. */
const char *conf_origin(const struct conf *conf, const struct conf_key *key);

/* --- for the other parts of conf/ --- */

/* Sets a key that is not a list. ERR_INVALID leaves it as it was, with the reason. */
MUST_CHECK enum err conf_assign(struct conf *conf, const struct conf_key *key,
	const char *text, const char *origin, char reason[CONF_REASON_SIZE]);

/* Sets a list from items that are checked already; copies them. */
void conf_assign_list(struct conf *conf, const struct conf_key *key,
	const char *const *items, size_t count, const char *origin);

/* The value of a list key. */
const struct conf_list *conf_list(const struct conf *conf, const struct conf_key *key);

/* The value of a key that is a number: durations in microseconds. */
uint64_t conf_number(const struct conf *conf, const struct conf_key *key);
