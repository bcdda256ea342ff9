/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "cli/daemon.h"
#include "cli/duration.h"
#include "cli/input.h"
#include "cli/output.h"
#include "cli/report.h"

/* The longest value read when the daemon does not tell its limit. */
#define VALUE_LEN_MAX ((size_t)16 << 20)

/* Above it a number is not exact in every JSON reader. */
#define TTL_MS_MAX ((UINT64_C(1) << 53) - 1)

/* Asks the daemon how long a value may be, so that no more than that is read. */
static enum rumor_result
ask_limit(struct invocation *invocation, size_t *ret_len_max)
{
	json_t *info;
	enum rumor_result result = daemon_ask(invocation, "server.info", NULL, &info);

	if (result != RUMOR_OK) {
		return result;
	}

	json_int_t limit = json_integer_value(
		json_object_get(json_object_get(info, "limits"), "value_bytes"));

	*ret_len_max = limit > 0 ? (size_t)limit : VALUE_LEN_MAX;
	json_decref(info);
	return RUMOR_OK;
}

/* Reads the value from where the second operand says. */
static enum rumor_result
read_value(struct invocation *invocation, struct buffer *value)
{
	const char *source = invocation->operands[1];
	bool is_stdin = strcmp(source, "-") == 0;

	if (!is_stdin && source[0] != '@') {
		value->len_max = strlen(source);
		return buffer_append(value, bytes_of_string(source)) == ERR_OK
			       ? RUMOR_OK
			       : RUMOR_REFUSED;
	}

	enum rumor_result result = ask_limit(invocation, &value->len_max);

	return result == RUMOR_OK ? input_read(is_stdin ? source : source + 1, value)
				  : result;
}

/* RUMOR_INVALID, reported, unless the bytes are one JSON document of any type. */
static enum rumor_result
check_json(struct bytes value)
{
	const size_t flags = JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL;
	json_error_t error;
	json_t *document = json_loadb(value.len > 0 ? (const char *)value.data : "",
		value.len, flags, &error);

	if (document == NULL) {
		report("the value is not JSON: line %d, column %d: %s", error.line,
			error.column, error.text);
		return RUMOR_INVALID;
	}
	json_decref(document);
	return RUMOR_OK;
}

static enum rumor_result
put_ttl(const struct invocation *invocation, json_t *params)
{
	const char *text = invocation->options[OPTION_TTL];
	uint64_t ttl_ms;

	if (text == NULL) {
		return RUMOR_OK;
	}
	if (!duration_parse(text, TTL_MS_MAX, &ttl_ms)) {
		return report_usage(
			invocation, "--ttl %s is not a time such as 60s or 1d", text);
	}
	json_object_set_new(params, "ttl_ms", json_integer((json_int_t)ttl_ms));
	return RUMOR_OK;
}

/* All that the command line says but the value. */
static enum rumor_result
put_conditions(const struct invocation *invocation, json_t *params)
{
	const char *version = invocation->options[OPTION_IF_VERSION];
	enum rumor_result result =
		invocation_exclude(invocation, OPTION_IF_VERSION, OPTION_IF_ABSENT);

	if (result == RUMOR_OK) {
		result = put_text(invocation, params, "key", invocation->operands[0]);
	}
	if (result == RUMOR_OK) {
		result = put_ttl(invocation, params);
	}
	if (result == RUMOR_OK && version != NULL) {
		result = put_text(invocation, params, "if_version", version);
	}
	put_flag(invocation, params, "if_absent", OPTION_IF_ABSENT);
	return result;
}

/* Takes the reference to `params`. */
static enum rumor_result
ask_to_set(struct invocation *invocation, json_t *params)
{
	json_t *reply;
	enum rumor_result result = daemon_ask(invocation, "kv.set", params, &reply);

	if (result != RUMOR_OK) {
		return result;
	}
	if (invocation_has(invocation, OPTION_VERBOSE)) {
		const json_t *version = json_object_get(reply, "version");

		if (json_is_string(version)) {
			output_format("%s\n", json_string_value(version));
		}
	}
	json_decref(reply);
	return RUMOR_OK;
}

enum rumor_result
run_set(struct invocation *invocation)
{
	struct buffer value;
	json_t *params = json_object();
	enum rumor_result result = put_conditions(invocation, params);

	buffer_init(&value, 0);
	if (result == RUMOR_OK) {
		result = read_value(invocation, &value);
	}

	struct bytes bytes = buffer_bytes(&value);

	if (result == RUMOR_OK && invocation_has(invocation, OPTION_JSON)) {
		result = check_json(bytes);
	}
	if (result == RUMOR_OK) {
		rumor_value_put(params, bytes.data, bytes.len);
		result = ask_to_set(invocation, json_incref(params));
	}
	json_decref(params);
	buffer_fini(&value);
	return result;
}
