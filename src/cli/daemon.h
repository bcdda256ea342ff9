/* SPDX-License-Identifier: MIT */
#pragma once

#include "cli/invocation.h"

/* The connection of an invocation to the daemon, made when it is first needed. */

/* Connects unless that was done. What is wrong is reported. */
enum rumor_result daemon_connect(struct invocation *invocation);

/* Connects and calls a method. Takes the reference to `params`; on RUMOR_OK the caller
 * has one to `*ret_result`. Reports what is wrong, but not RUMOR_NEGATIVE, for which it
 * depends on the command whether there is anything to say. */
enum rumor_result daemon_ask(struct invocation *invocation, const char *method,
	json_t *params, json_t **ret_result);

/* Adds a text from the command line to params; one that is not UTF-8 is reported, and
 * RUMOR_INVALID. */
enum rumor_result put_text(const struct invocation *invocation, json_t *params,
	const char *name, const char *text);

/* Adds "name": true when the option was given. */
void put_flag(const struct invocation *invocation, json_t *params, const char *name,
	enum option_id id);
