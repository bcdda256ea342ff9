/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/err.h"
#include "control/reply.h"

/* Codes of JSON-RPC itself. Those from 1 on are ours and equal the exit codes of
 * rumor(1). */
enum rpc_code {
	RPC_PARSE_ERROR = -32700,
	RPC_INVALID_REQUEST = -32600,
	RPC_METHOD_NOT_FOUND = -32601,
	RPC_INVALID_PARAMS = -32602,
};

#define FAILURE_TEXT_SIZE 240

/* Why a request is answered with an error. */
struct failure {
	int code;
	const char *reason; /* stable word, a literal */
	struct bytes param; /* the parameter at fault, empty for none; borrowed */
	char text[FAILURE_TEXT_SIZE]; /* for people: what to do about it */
};

/* The code of the protocol for an error: 1 to 7. */
int failure_code(enum err err);

/* A failure with the code and the word of `err`. Returns `err`. A text too long is cut.
 */
enum err failure_set(struct failure *failure, enum err err, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* As failure_set(), with a code of JSON-RPC. Returns ERR_INVALID. */
enum err failure_set_rpc(struct failure *failure, enum rpc_code code,
	const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Writes the whole line of the answer. `id` NULL when it is not known. */
void failure_reply(
	const struct failure *failure, const json_t *id, struct reply *reply);
