/* SPDX-License-Identifier: MIT */
#pragma once

#include "control/failure.h"
#include "control/methods.h"
#include "gossip/request.h"

/*
 * The params of one request, as values. A name means the same in all methods. What was
 * not given is zero; texts and lists are borrowed from the JSON they came in.
 */
struct args {
	struct bytes key;
	struct bytes value;
	struct bytes value_b64; /* decoded */
	uint64_t ttl_ms;
	struct version if_version;
	bool if_absent;

	struct bytes prefix;
	struct bytes after;
	uint64_t limit;
	bool all;
	bool keys_only;
	bool stream;

	struct bytes state;
	const json_t *addresses;

	void *decoded; /* memory of value_b64 */
};

/* Checks `params` against the method's table and reads them; NULL means none were
 * given. On an error `failure` says which and why, and there is nothing to free. */
MUST_CHECK enum err params_read(const struct method *method, json_t *params,
	struct args *ret_args, struct failure *failure);

void args_fini(struct args *args);
