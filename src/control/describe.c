/* SPDX-License-Identifier: MIT */
#include "control/describe.h"

#include "control/call.h"

static void
write_text_type(const struct param *param, struct reply *reply)
{
	reply_text(reply, "type", "string");
	if (param->max != 0) {
		/* A schema counts characters, of which there are at most as many as
		 * bytes. */
		reply_uint(reply, "minLength", param->min > 0);
		reply_uint(reply, "maxLength", param->max);
	}
}

static void
write_list_type(const struct param *param, struct reply *reply)
{
	reply_text(reply, "type", "array");
	reply_uint(reply, "minItems", param->min);
	reply_uint(reply, "maxItems", param->max);
	reply_open(reply, "items", '{');
	reply_text(reply, "type", "string");
	reply_uint(reply, "maxLength", PARAM_LIST_TEXT_LEN_MAX);
	reply_close(reply, '}');
}

static void
write_choices(const struct param *param, struct reply *reply)
{
	reply_open(reply, "enum", '[');
	for (size_t i = 0; param->choices[i] != NULL; i++) {
		reply_text(reply, NULL, param->choices[i]);
	}
	reply_close(reply, ']');
}

static void
write_type(const struct param *param, struct reply *reply)
{
	switch (param->type) {
	case PARAM_TEXT:
		write_text_type(param, reply);
		break;
	case PARAM_BASE64:
		reply_text(reply, "type", "string");
		reply_text(reply, "contentEncoding", "base64");
		break;
	case PARAM_INTEGER:
		reply_text(reply, "type", "integer");
		reply_uint(reply, "minimum", param->min);
		reply_uint(reply, "maximum", param->max);
		break;
	case PARAM_BOOLEAN:
		reply_text(reply, "type", "boolean");
		reply_bool(reply, "default", false);
		break;
	case PARAM_VERSION:
		reply_text(reply, "type", "string");
		reply_text(reply, "pattern", "^[0-9a-f]{16}-[0-9a-f]{16}$");
		break;
	case PARAM_CHOICE:
		write_choices(param, reply);
		break;
	case PARAM_LIST:
		write_list_type(param, reply);
		break;
	}
}

static void
write_required(const struct method *method, struct reply *reply)
{
	reply_open(reply, "required", '[');
	for (size_t i = 0; i < method->param_count; i++) {
		if (method->params[i].need == PARAM_REQUIRED) {
			reply_text(reply, NULL, method->params[i].name);
		}
	}
	reply_close(reply, ']');
}

static void
write_one_of(const struct method *method, struct reply *reply)
{
	bool is_open = false;

	for (size_t i = 0; i < method->param_count; i++) {
		if (method->params[i].need != PARAM_ONE_OF) {
			continue;
		}
		if (!is_open) {
			reply_open(reply, "oneOf", '[');
			is_open = true;
		}
		reply_open(reply, NULL, '{');
		reply_open(reply, "required", '[');
		reply_text(reply, NULL, method->params[i].name);
		reply_close(reply, ']');
		reply_close(reply, '}');
	}
	if (is_open) {
		reply_close(reply, ']');
	}
}

static void
write_schema(const struct method *method, struct reply *reply)
{
	reply_open(reply, "params", '{');
	reply_text(reply, "type", "object");
	reply_open(reply, "properties", '{');
	for (size_t i = 0; i < method->param_count; i++) {
		const struct param *param = &method->params[i];

		reply_open(reply, param->name, '{');
		reply_text(reply, "description", param->summary);
		write_type(param, reply);
		reply_close(reply, '}');
	}
	reply_close(reply, '}');
	write_required(method, reply);
	write_one_of(method, reply);
	reply_bool(reply, "additionalProperties", false);
	reply_close(reply, '}');
}

enum err
call_rpc_describe(struct call *call)
{
	struct reply *reply = call_begin(call);
	const struct method *method;

	reply_open(reply, "methods", '[');
	for (size_t i = 0; (method = method_at(i)) != NULL; i++) {
		reply_open(reply, NULL, '{');
		reply_text(reply, "name", method->name);
		reply_text(reply, "access", access_name(method->access));
		reply_text(reply, "description", method->summary);
		write_schema(method, reply);
		reply_close(reply, '}');
	}
	reply_close(reply, ']');
	call_end(call);
	return ERR_OK;
}
