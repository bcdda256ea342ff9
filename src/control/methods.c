/* SPDX-License-Identifier: MIT */
#include "control/methods.h"

#include "control/cluster.h"
#include "control/describe.h"
#include "control/kv.h"
#include "control/listing.h"
#include "control/member.h"
#include "control/params.h"
#include "control/server_info.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define PLACE(member) .place = offsetof(struct args, member)

/* The largest integer that every JSON library keeps exactly. */
#define INTEGER_MAX ((UINT64_C(1) << 53) - 1)

#define KEY_PARAM                                                                      \
	{                                                                              \
		.name = "key", PLACE(key), .type = PARAM_TEXT, .need = PARAM_REQUIRED, \
		.min = 1, .max = KEY_LEN_MAX,                                          \
		.summary = "the key; @self/NAME is a fact of this node"                \
	}

#define ALL_PARAM                                                   \
	{                                                           \
		.name = "all", PLACE(all), .type = PARAM_BOOLEAN,   \
		.summary = "facts of nodes that are not alive, too" \
	}

#define IF_VERSION_PARAM                                                        \
	{                                                                       \
		.name = "if_version", PLACE(if_version), .type = PARAM_VERSION, \
		.summary = "only if the key is at this version"                 \
	}

static const struct param GET_PARAMS[] = {KEY_PARAM, ALL_PARAM};

static const struct param SET_PARAMS[] = {
	KEY_PARAM,
	{.name = "value",
		PLACE(value),
		.type = PARAM_TEXT,
		.need = PARAM_ONE_OF,
		.summary = "the value, as text"},
	{.name = "value_b64",
		PLACE(value_b64),
		.type = PARAM_BASE64,
		.need = PARAM_ONE_OF,
		.summary = "the value, any bytes"},
	{.name = "ttl_ms",
		PLACE(ttl_ms),
		.type = PARAM_INTEGER,
		.min = 1,
		.max = INTEGER_MAX,
		.summary = "how long the key lives; for ever when not given"},
	IF_VERSION_PARAM,
	{.name = "if_absent",
		PLACE(if_absent),
		.type = PARAM_BOOLEAN,
		.summary = "only if there is no such key"},
};

static const struct param DELETE_PARAMS[] = {KEY_PARAM, IF_VERSION_PARAM};

static const struct param LIST_PARAMS[] = {
	{.name = "prefix",
		PLACE(prefix),
		.type = PARAM_TEXT,
		.max = KEY_LEN_MAX,
		.summary = "keys that begin with this; all when not given"},
	{.name = "after",
		PLACE(after),
		.type = PARAM_TEXT,
		.max = KEY_LEN_MAX,
		.summary = "keys above this one: `next` of the page before"},
	{.name = "limit",
		PLACE(limit),
		.type = PARAM_INTEGER,
		.min = 1,
		.max = LISTING_LIMIT_MAX,
		.summary = "most items; when not given 1000, or all in a stream"},
	{.name = "stream",
		PLACE(stream),
		.type = PARAM_BOOLEAN,
		.summary = "a notification kv.item for each item, then the result"},
	ALL_PARAM,
	{.name = "keys_only",
		PLACE(keys_only),
		.type = PARAM_BOOLEAN,
		.summary = "items have nothing but `key`"},
};

static const struct param MEMBER_LIST_PARAMS[] = {
	{.name = "state",
		PLACE(state),
		.type = PARAM_CHOICE,
		.choices = MEMBER_STATES,
		.summary = "only members in this state"},
};

static const struct param JOIN_PARAMS[] = {
	{.name = "addresses",
		PLACE(addresses),
		.type = PARAM_LIST,
		.need = PARAM_REQUIRED,
		.min = 1,
		.max = MEMBER_JOIN_COUNT_MAX,
		.summary = "addresses or names of members, HOST or HOST:PORT"},
};

static const struct method METHODS[] = {
	{"kv.get", ACCESS_READ, call_kv_get, GET_PARAMS, COUNT(GET_PARAMS),
		"the value of a key"},
	{"kv.set", ACCESS_WRITE, call_kv_set, SET_PARAMS, COUNT(SET_PARAMS),
		"sets a key"},
	{"kv.delete", ACCESS_WRITE, call_kv_delete, DELETE_PARAMS, COUNT(DELETE_PARAMS),
		"deletes a key"},
	{"kv.list", ACCESS_READ, call_kv_list, LIST_PARAMS, COUNT(LIST_PARAMS),
		"keys and values in key order, a page or a stream of all"},
	{"member.list", ACCESS_READ, call_member_list, MEMBER_LIST_PARAMS,
		COUNT(MEMBER_LIST_PARAMS), "the members this node knows, itself too"},
	{"member.join", ACCESS_ADMIN, call_member_join, JOIN_PARAMS, COUNT(JOIN_PARAMS),
		"tries to reach members at these addresses"},
	{"member.leave", ACCESS_ADMIN, call_member_leave, NULL, 0,
		"leaves the cluster and stops the daemon"},
	{"cluster.status", ACCESS_READ, call_cluster_status, NULL, 0,
		"the node, its state, and all it counts"},
	{"server.info", ACCESS_READ, call_server_info, NULL, 0,
		"version, protocol, methods and limits"},
	{"rpc.describe", ACCESS_READ, call_rpc_describe, NULL, 0,
		"the methods with a JSON Schema of their params"},
};

const char *
access_name(enum access access)
{
	switch (access) {
	case ACCESS_READ:
		return "read";
	case ACCESS_WRITE:
		return "write";
	case ACCESS_ADMIN:
		return "admin";
	}
	return "unknown";
}

const struct method *
method_find(struct bytes name)
{
	for (size_t i = 0; i < COUNT(METHODS); i++) {
		if (bytes_equal(bytes_of_string(METHODS[i].name), name)) {
			return &METHODS[i];
		}
	}
	return NULL;
}

const struct method *
method_at(size_t index)
{
	return index < COUNT(METHODS) ? &METHODS[index] : NULL;
}
