/* SPDX-License-Identifier: MIT */
#include "control/kv.h"

#include "control/call.h"
#include "control/listing.h"

/* What to do about it; NULL where the error speaks for itself. */
static const char *
advice(enum err err)
{
	switch ((int)err) {
	case ERR_NOT_FOUND:
		return "no such key";
	case ERR_INVALID:
		return "a key is UTF-8 without control characters, and one that "
		       "begins with \"@\" is \"@NODE/NAME\"";
	case ERR_CONFLICT:
		return "the key is not as the condition wants it; read it again";
	case ERR_NOT_OWNER:
		return "only the node named after \"@\" may write this key; "
		       "\"@self/\" stands for this node";
	case ERR_QUOTA:
		return "the state has reached its size limit; delete keys or "
		       "raise the limit on every node";
	case ERR_CLOCK:
		return "the clock of this node is too far from the others'; "
		       "clock_offset_ms in cluster.status shows by how much";
	case ERR_LEFT:
		return "this node is leaving the cluster and takes no writes";
	case ERR_DUPLICATE:
		return "another live node has the name of this one; rename one "
		       "of them to write facts";
	case ERR_BUSY:
		return "busy for a moment; try again";
	default:
		return NULL;
	}
}

static enum err
fail(struct call *call, enum err err)
{
	const char *text = advice(err);
	struct status status;

	if (text != NULL) {
		return failure_set(&call->failure, err, "%s", text);
	}
	if (err == ERR_TOO_LARGE) {
		node_status(call_node(call), &status);
		return failure_set(&call->failure, err,
			"a value has at most %zu bytes here and a key %zu",
			status.value_size_max, status.key_size_max);
	}
	return err;
}

enum err
call_kv_get(struct call *call)
{
	struct item item;
	enum err err = node_get(call_node(call), call->args.key, call->args.all, &item);

	if (err != ERR_OK) {
		return fail(call, err);
	}
	item_write(&item, call->now, call_begin(call));
	call_end(call);
	return ERR_OK;
}

static enum err
answer_version(struct call *call, enum err err, struct version version)
{
	char text[VERSION_TEXT_SIZE];

	if (err != ERR_OK) {
		return fail(call, err);
	}
	reply_text(call_begin(call), "version", version_format(version, text));
	call_end(call);
	return ERR_OK;
}

enum err
call_kv_set(struct call *call)
{
	const struct args *args = &call->args;
	bool is_encoded = args->value_b64.data != NULL;
	struct write write = {
		.key = args->key,
		.value = is_encoded ? args->value_b64 : args->value,
		.ttl_ms = args->ttl_ms,
		.if_version = args->if_version,
		.if_absent = args->if_absent,
	};
	struct version version = {0};
	enum err err = node_set(call_node(call), &write, call->now, &version);

	return answer_version(call, err, version);
}

enum err
call_kv_delete(struct call *call)
{
	const struct args *args = &call->args;
	struct version version = {0};
	enum err err = node_delete(
		call_node(call), args->key, args->if_version, call->now, &version);

	return answer_version(call, err, version);
}

enum err
call_kv_list(struct call *call)
{
	if (call->args.stream) {
		call->listing = listing_new(&call->args, call->id);
		return ERR_OK;
	}
	listing_page(&call->args, call_node(call), call->now, call_begin(call));
	call_end(call);
	return ERR_OK;
}
