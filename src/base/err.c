/* SPDX-License-Identifier: MIT */
#include "base/err.h"

const char *
err_name(enum err err)
{
	switch (err) {
	case ERR_OK:
		return "ok";
	case ERR_NOT_FOUND:
		return "not_found";
	case ERR_INVALID:
		return "invalid";
	case ERR_UNREACHABLE:
		return "unreachable";
	case ERR_TIMEOUT:
		return "timeout";
	case ERR_CONFLICT:
		return "conflict";
	case ERR_DENIED:
		return "denied";
	case ERR_NOT_OWNER:
		return "not_owner";
	case ERR_TOO_LARGE:
		return "too_large";
	case ERR_QUOTA:
		return "quota";
	case ERR_CLOCK:
		return "clock";
	case ERR_LEFT:
		return "left";
	case ERR_BUSY:
		return "busy";
	case ERR_MALFORMED:
		return "malformed";
	case ERR_VERSION:
		return "version";
	case ERR_FOREIGN:
		return "foreign";
	case ERR_DUPLICATE:
		return "duplicate";
	case ERR_IO:
		return "io";
	case ERR_COUNT:
		break;
	}
	return "unknown";
}

const char *
err_text(enum err err)
{
	switch (err) {
	case ERR_OK:
		return "no error";
	case ERR_NOT_FOUND:
		return "not found";
	case ERR_INVALID:
		return "invalid argument";
	case ERR_UNREACHABLE:
		return "nobody answers at that address";
	case ERR_TIMEOUT:
		return "no answer in the time allowed";
	case ERR_CONFLICT:
		return "the key is not at the expected version";
	case ERR_DENIED:
		return "permission denied";
	case ERR_NOT_OWNER:
		return "only the node that owns the key may write it";
	case ERR_TOO_LARGE:
		return "too large";
	case ERR_QUOTA:
		return "a size or count limit is reached";
	case ERR_CLOCK:
		return "the clock of this node or of the writer is too far off";
	case ERR_LEFT:
		return "this node has left the cluster";
	case ERR_BUSY:
		return "busy, try again later";
	case ERR_MALFORMED:
		return "malformed data";
	case ERR_VERSION:
		return "protocol version not supported";
	case ERR_FOREIGN:
		return "from another cluster";
	case ERR_DUPLICATE:
		return "already exists";
	case ERR_IO:
		return "the operating system reported an error";
	case ERR_COUNT:
		break;
	}
	return "unknown error";
}
