/* SPDX-License-Identifier: MIT */
#include "control/failure.h"

#include <stdarg.h>
#include <stdio.h>

int
failure_code(enum err err)
{
	switch (err) {
	case ERR_OK:
		return 0;
	case ERR_NOT_FOUND:
		return 1;
	case ERR_INVALID:
		return 2;
	case ERR_UNREACHABLE:
		return 3;
	case ERR_TIMEOUT:
		return 4;
	case ERR_CONFLICT:
		return 5;
	case ERR_DENIED:
	case ERR_NOT_OWNER:
		return 6;
	case ERR_TOO_LARGE:
	case ERR_QUOTA:
	case ERR_CLOCK:
	case ERR_LEFT:
	case ERR_BUSY:
	case ERR_MALFORMED:
	case ERR_VERSION:
	case ERR_FOREIGN:
	case ERR_DUPLICATE:
	case ERR_IO:
	case ERR_COUNT:
		break;
	}
	return 7;
}

static const char *
rpc_reason(enum rpc_code code)
{
	switch (code) {
	case RPC_PARSE_ERROR:
		return "parse_error";
	case RPC_INVALID_REQUEST:
		return "invalid_request";
	case RPC_METHOD_NOT_FOUND:
		return "method_not_found";
	case RPC_INVALID_PARAMS:
		return "invalid_params";
	}
	return "unknown";
}

/* What snprintf() cut off may have begun in the middle of a character. */
static void
drop_broken_end(char *text)
{
	size_t len = strlen(text);

	while (len > 0 && !bytes_is_utf8(bytes_of(text, len))) {
		text[--len] = '\0';
	}
}

__attribute__((format(printf, 2, 0))) static void
set_text(struct failure *failure, const char *format, va_list args)
{
	vsnprintf(failure->text, sizeof(failure->text), format, args);
	drop_broken_end(failure->text);
}

enum err
failure_set(struct failure *failure, enum err err, const char *format, ...)
{
	va_list args;

	failure->code = failure_code(err);
	failure->reason = err_name(err);
	va_start(args, format);
	set_text(failure, format, args);
	va_end(args);
	return err;
}

enum err
failure_set_rpc(struct failure *failure, enum rpc_code code, const char *format, ...)
{
	va_list args;

	failure->code = code;
	failure->reason = rpc_reason(code);
	va_start(args, format);
	set_text(failure, format, args);
	va_end(args);
	return ERR_INVALID;
}

void
failure_reply(const struct failure *failure, const json_t *id, struct reply *reply)
{
	reply_begin_error(reply, id);
	reply_open(reply, NULL, '{');
	reply_int(reply, "code", failure->code);
	reply_text(reply, "message", failure->text);
	reply_open(reply, "data", '{');
	reply_text(reply, "reason", failure->reason);
	if (failure->param.len > 0) {
		reply_string(reply, "param", failure->param);
	}
	reply_close(reply, '}');
	reply_close(reply, '}');
	reply_end(reply);
}
