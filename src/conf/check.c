/* SPDX-License-Identifier: MIT */
#include "conf/check.h"

#include <stdlib.h>

/* The pairs of keys of which the first must not be above the second. */
static const struct pair {
	const char *section;
	const char *name;
	const char *other_section;
	const char *other_name;
} pairs[] = {
	{"failure", "probe_timeout_min", "failure", "probe_timeout"},
	{"failure", "probe_timeout", "failure", "probe_interval"},
	{"control", "connections_per_user_max", "control", "connection_count_max"},
	{"limits", "value_size_max", "limits", "state_size_max"},
};

/* What a request needs around its value. */
#define REQUEST_OVERHEAD 4096

static void
tell(const struct conf *conf, const struct conf_key *key, const struct conf_key *other,
	const char *relation, struct conf_errors *errors)
{
	const char *origin = conf_origin(conf, key);
	char *text = conf_text(conf, key);
	char *other_text = conf_text(conf, other);

	if (origin == NULL) {
		origin = conf_origin(conf, other);
	}
	conf_errors_add(errors, 0, "%s%s%s.%s (%.80s) %s %s.%s (%.80s)",
		origin != NULL ? origin : "", origin != NULL ? ": " : "", key->section,
		key->name, text, relation, other->section, other->name, other_text);
	free(text);
	free(other_text);
}

static void
check_pairs(const struct conf *conf, struct conf_errors *errors)
{
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		const struct pair *pair = &pairs[i];
		const struct conf_key *key = conf_key_find(pair->section, pair->name);
		const struct conf_key *other =
			conf_key_find(pair->other_section, pair->other_name);

		if (conf_number(conf, key) > conf_number(conf, other)) {
			tell(conf, key, other, "is above", errors);
		}
	}
}

/* Base64 makes four characters of three bytes. */
static void
check_line_size(const struct conf *conf, struct conf_errors *errors)
{
	size_t needed = (conf->limits.value_size_max + 2) / 3 * 4 + REQUEST_OVERHEAD;

	if (conf->control.line_size_max < needed) {
		tell(conf, conf_key_find("control", "line_size_max"),
			conf_key_find("limits", "value_size_max"),
			"is too small for a request with a value of", errors);
	}
}

static void
check_sockets(const struct conf *conf, struct conf_errors *errors)
{
	if (strcmp(conf->control.socket, conf->control.read_only_socket) == 0) {
		tell(conf, conf_key_find("control", "read_only_socket"),
			conf_key_find("control", "socket"), "is the same as", errors);
	}
}

static void
check_advertise(struct conf *conf, struct conf_errors *errors)
{
	struct address *advertise = &conf->node.advertise;

	if (address_is_none(advertise)) {
		return;
	}
	if (advertise->port == 0) {
		advertise->port = conf->node.bind.port;
	}
	if (address_is_wildcard(advertise)) {
		const struct conf_key *key = conf_key_find("node", "advertise");

		conf_errors_add(errors, 0,
			"%s: node.advertise: must be an address that others can reach",
			conf_origin(conf, key));
	}
}

enum err
conf_check(struct conf *conf, struct conf_errors *errors)
{
	size_t before = errors->count;

	check_pairs(conf, errors);
	check_line_size(conf, errors);
	check_sockets(conf, errors);
	check_advertise(conf, errors);
	return errors->count == before ? ERR_OK : ERR_INVALID;
}
