/* SPDX-License-Identifier: MIT */
#include "control/params.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/base64.h"
#include "base/mem.h"

static void *
place_of(const struct param *param, struct args *args)
{
	return (char *)args + param->place;
}

static struct bytes
text_of(const json_t *value)
{
	return bytes_of(json_string_value(value), json_string_length(value));
}

static bool
is_within(const struct param *param, uint64_t number)
{
	return number >= param->min && (param->max == 0 || number <= param->max);
}

static bool
read_text(const struct param *param, const json_t *value, struct args *args)
{
	if (!json_is_string(value) || !is_within(param, json_string_length(value))) {
		return false;
	}
	*(struct bytes *)place_of(param, args) = text_of(value);
	return true;
}

static bool
read_base64(const struct param *param, const json_t *value, struct args *args)
{
	struct bytes *decoded = place_of(param, args);

	if (!json_is_string(value)) {
		return false;
	}

	uint8_t *data = mem_new(base64_decoded_len_max(json_string_length(value)));

	args->decoded = data;
	decoded->data = data;
	return base64_decode(text_of(value), data, &decoded->len) == ERR_OK;
}

static bool
read_integer(const struct param *param, const json_t *value, struct args *args)
{
	json_int_t number = json_integer_value(value);

	if (!json_is_integer(value) || number < 0 ||
		!is_within(param, (uint64_t)number)) {
		return false;
	}
	*(uint64_t *)place_of(param, args) = (uint64_t)number;
	return true;
}

static bool
read_boolean(const struct param *param, const json_t *value, struct args *args)
{
	*(bool *)place_of(param, args) = json_is_true(value);
	return json_is_boolean(value);
}

static bool
read_version(const struct param *param, const json_t *value, struct args *args)
{
	struct version *version = place_of(param, args);

	return json_is_string(value) &&
	       version_parse(json_string_value(value), version) == ERR_OK;
}

static bool
read_choice(const struct param *param, const json_t *value, struct args *args)
{
	const char *text = json_string_value(value);

	for (size_t i = 0; text != NULL && param->choices[i] != NULL; i++) {
		if (strcmp(text, param->choices[i]) == 0) {
			*(struct bytes *)place_of(param, args) = text_of(value);
			return true;
		}
	}
	return false;
}

static bool
read_list(const struct param *param, const json_t *value, struct args *args)
{
	if (!json_is_array(value) || !is_within(param, json_array_size(value))) {
		return false;
	}
	for (size_t i = 0; i < json_array_size(value); i++) {
		const json_t *element = json_array_get(value, i);

		if (!json_is_string(element) ||
			json_string_length(element) > PARAM_LIST_TEXT_LEN_MAX) {
			return false;
		}
	}
	*(const json_t **)place_of(param, args) = value;
	return true;
}

static bool
read_param(const struct param *param, const json_t *value, struct args *args)
{
	switch (param->type) {
	case PARAM_TEXT:
		return read_text(param, value, args);
	case PARAM_BASE64:
		return read_base64(param, value, args);
	case PARAM_INTEGER:
		return read_integer(param, value, args);
	case PARAM_BOOLEAN:
		return read_boolean(param, value, args);
	case PARAM_VERSION:
		return read_version(param, value, args);
	case PARAM_CHOICE:
		return read_choice(param, value, args);
	case PARAM_LIST:
		return read_list(param, value, args);
	}
	return false;
}

static void
describe_choices(const struct param *param, char *text, size_t size)
{
	size_t len = (size_t)snprintf(text, size, "one of");

	for (size_t i = 0; param->choices[i] != NULL && len < size; i++) {
		len += (size_t)snprintf(
			text + len, size - len, " \"%s\"", param->choices[i]);
	}
}

/* What the param must be, for people. */
static void
describe(const struct param *param, char *text, size_t size)
{
	switch (param->type) {
	case PARAM_TEXT:
		if (param->max == 0) {
			snprintf(text, size, "a string");
		} else {
			snprintf(text, size,
				"a string of %" PRIu64 " to %" PRIu64 " bytes",
				param->min, param->max);
		}
		break;
	case PARAM_BASE64:
		snprintf(text, size, "a string of base64 with padding");
		break;
	case PARAM_INTEGER:
		snprintf(text, size, "an integer from %" PRIu64 " to %" PRIu64,
			param->min, param->max);
		break;
	case PARAM_BOOLEAN:
		snprintf(text, size, "true or false");
		break;
	case PARAM_VERSION:
		snprintf(text, size, "a version as kv.get or kv.set gave it");
		break;
	case PARAM_CHOICE:
		describe_choices(param, text, size);
		break;
	case PARAM_LIST:
		snprintf(text, size,
			"an array of %" PRIu64 " to %" PRIu64
			" strings of at most %d bytes",
			param->min, param->max, PARAM_LIST_TEXT_LEN_MAX);
		break;
	}
}

static const struct param *
find_param(const struct method *method, const char *name)
{
	for (size_t i = 0; i < method->param_count; i++) {
		if (strcmp(method->params[i].name, name) == 0) {
			return &method->params[i];
		}
	}
	return NULL;
}

static enum err
fail_unknown(const struct method *method, const char *name, struct failure *failure)
{
	failure->param = bytes_of_string(name);
	return failure_set_rpc(failure, RPC_INVALID_PARAMS,
		"%s has no parameter \"%s\"; rpc.describe lists those it has",
		method->name, name);
}

static enum err
fail_type(const struct param *param, struct failure *failure)
{
	char expected[128];

	describe(param, expected, sizeof(expected));
	failure->param = bytes_of_string(param->name);
	return failure_set_rpc(failure, RPC_INVALID_PARAMS, "\"%s\" must be %s",
		param->name, expected);
}

static enum err
read_given(const struct method *method, json_t *params, struct args *args,
	struct failure *failure)
{
	const char *name;
	json_t *value;

	json_object_foreach(params, name, value)
	{
		const struct param *param = find_param(method, name);

		if (param == NULL) {
			return fail_unknown(method, name, failure);
		}
		if (!read_param(param, value, args)) {
			return fail_type(param, failure);
		}
	}
	return ERR_OK;
}

static enum err
check_required(const struct method *method, json_t *params, struct failure *failure)
{
	for (size_t i = 0; i < method->param_count; i++) {
		const struct param *param = &method->params[i];

		if (param->need == PARAM_REQUIRED &&
			json_object_get(params, param->name) == NULL) {
			failure->param = bytes_of_string(param->name);
			return failure_set_rpc(failure, RPC_INVALID_PARAMS,
				"\"%s\" is missing", param->name);
		}
	}
	return ERR_OK;
}

static enum err
check_one_of(const struct method *method, json_t *params, struct failure *failure)
{
	const char *first = NULL;
	const char *last = NULL;
	size_t given_count = 0;

	for (size_t i = 0; i < method->param_count; i++) {
		const struct param *param = &method->params[i];

		if (param->need == PARAM_ONE_OF) {
			first = first == NULL ? param->name : first;
			last = param->name;
			given_count += json_object_get(params, param->name) != NULL;
		}
	}
	if (first == NULL || given_count == 1) {
		return ERR_OK;
	}
	failure->param = bytes_of_string(first);
	return failure_set_rpc(failure, RPC_INVALID_PARAMS,
		"exactly one of \"%s\" and \"%s\" must be given", first, last);
}

enum err
params_read(const struct method *method, json_t *params, struct args *ret_args,
	struct failure *failure)
{
	struct args args = {0};

	if (params != NULL && !json_is_object(params)) {
		return failure_set_rpc(
			failure, RPC_INVALID_PARAMS, "\"params\" must be an object");
	}

	enum err err = read_given(method, params, &args, failure);

	if (err == ERR_OK) {
		err = check_required(method, params, failure);
	}
	if (err == ERR_OK) {
		err = check_one_of(method, params, failure);
	}
	if (err != ERR_OK) {
		args_fini(&args);
		return err;
	}
	*ret_args = args;
	return ERR_OK;
}

void
args_fini(struct args *args)
{
	free(args->decoded);
	*args = (struct args){0};
}
