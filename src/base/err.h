/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The one set of error codes.
 *
 * A function that can fail in more than one way returns an `enum err`; its results
 * come back through `ret_*` parameters, which are untouched unless it returns ERR_OK.
 */

enum err {
	ERR_OK = 0,
	ERR_NOT_FOUND,   /* no such key, member or method */
	ERR_INVALID,     /* an argument breaks a documented rule */
	ERR_UNREACHABLE, /* nobody answers at that address */
	ERR_TIMEOUT,     /* no answer in the time allowed */
	ERR_CONFLICT,    /* the key is not at the version the writer named */
	ERR_DENIED,      /* the caller may not do this */
	ERR_NOT_OWNER,   /* an owned key may be written by its own node only */
	ERR_TOO_LARGE,   /* longer than its limit */
	ERR_QUOTA,       /* a count or size limit is reached */
	ERR_CLOCK,       /* a stamp too far ahead of this node's clock */
	ERR_LEFT,        /* this node has left the cluster */
	ERR_BUSY,        /* not now; the same call may succeed later */
	ERR_MALFORMED,   /* bytes that break the wire format */
	ERR_VERSION,     /* a wire format this build does not speak */
	ERR_FOREIGN,     /* from another cluster */
	ERR_DUPLICATE,   /* already there */
	ERR_IO,          /* the operating system refused; errno says why */
	ERR_COUNT,       /* how many codes there are; not a code */
};

#define MUST_CHECK __attribute__((warn_unused_result))

/* The code's stable lower-case word, as in `data.reason` of the control protocol. */
const char *err_name(enum err err);

/* A sentence for people, without a full stop. */
const char *err_text(enum err err);
