/* SPDX-License-Identifier: MIT */
#include "cli/daemon.h"
#include "cli/input.h"
#include "cli/output.h"
#include "cli/report.h"

/* The daemon takes less; this bounds what is read here. */
#define PARAMS_LEN_MAX ((size_t)64 << 20)

static void
write_json(const struct invocation *invocation, const json_t *value)
{
	if (output_is_terminal() && !invocation_has(invocation, OPTION_JSON)) {
		output_pretty_json(value);
	} else {
		output_json(value);
	}
}

/* What a method streams is of use at once. */
static void
write_notification(void *context, const char *method, const json_t *params)
{
	(void)method;
	write_json(context, params);
	output_flush();
}

static enum rumor_result
parse_params(struct bytes text, json_t **ret_params)
{
	json_error_t error;
	json_t *params = json_loadb(text.len > 0 ? (const char *)text.data : "",
		text.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);

	if (!json_is_object(params)) {
		report("PARAMS is not a JSON object%s%s", params == NULL ? ": " : "",
			params == NULL ? error.text : "");
		json_decref(params);
		return RUMOR_INVALID;
	}
	*ret_params = params;
	return RUMOR_OK;
}

static enum rumor_result
read_params(const char *source, json_t **ret_params)
{
	struct buffer buffer;

	if (strcmp(source, "-") != 0) {
		return parse_params(bytes_of_string(source), ret_params);
	}
	buffer_init(&buffer, PARAMS_LEN_MAX);

	enum rumor_result result = input_read(source, &buffer);

	if (result == RUMOR_OK) {
		result = parse_params(buffer_bytes(&buffer), ret_params);
	}
	buffer_fini(&buffer);
	return result;
}

enum rumor_result
run_call(struct invocation *invocation)
{
	json_t *params = NULL;
	json_t *reply;
	enum rumor_result result = RUMOR_OK;

	if (invocation->operand_count > 1) {
		result = read_params(invocation->operands[1], &params);
	}
	if (result == RUMOR_OK) {
		result = daemon_connect(invocation);
	}
	if (result != RUMOR_OK) {
		json_decref(params);
		return result;
	}
	rumor_set_notification_handler(
		invocation->rumor, write_notification, invocation);
	result = daemon_ask(invocation, invocation->operands[0], params, &reply);
	if (result == RUMOR_NEGATIVE) {
		return report_failure(invocation, result, NULL);
	}
	if (result == RUMOR_OK) {
		write_json(invocation, reply);
		json_decref(reply);
	}
	return result;
}
