/* SPDX-License-Identifier: MIT */
#ifndef RUMOR_H
#define RUMOR_H

/*
 * librumor: talk to the rumord on this host.
 *
 * One `struct rumor` is one connection to the control socket. Calls block until the
 * answer is there or the timeout has passed. Nothing here is shared between
 * connections, so every thread may have its own; one connection is for one thread at a
 * time. No call prints anything, exits, or touches signals.
 *
 * Link with `pkg-config --cflags --libs rumor`. Full description: librumor(3).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <jansson.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a call comes to. The values are those of the control protocol's error codes and
 * of the exit codes of rumor(1). */
enum rumor_result {
	RUMOR_OK = 0,
	RUMOR_NEGATIVE = 1,    /* absent, no match */
	RUMOR_INVALID = 2,     /* the request breaks a rule */
	RUMOR_UNREACHABLE = 3, /* no daemon at that socket, or it went away */
	RUMOR_TIMEOUT = 4,
	RUMOR_CONFLICT = 5, /* not the version asked for */
	RUMOR_DENIED = 6,   /* file mode or rules of the daemon */
	RUMOR_REFUSED = 7,  /* too large, quota, clock and the like */
};

/* The timeout where 0 is given for one. */
#define RUMOR_TIMEOUT_MS 5000

struct rumor;

/* --- the connection --- */

/* Where the socket is: `path`, else $RUMOR_SOCKET, else the path compiled in. NULL and
 * "" count as not given. */
const char *rumor_socket_path(const char *path);

/* Connects to rumor_socket_path(path). The timeout holds for connecting and for each
 * call later on. RUMOR_UNREACHABLE, RUMOR_DENIED or RUMOR_TIMEOUT leave `*ret_rumor`
 * untouched and errno set. Free with rumor_close(). */
enum rumor_result rumor_open(
	const char *path, unsigned timeout_ms, struct rumor **ret_rumor);

/* NULL is fine. */
void rumor_close(struct rumor *rumor);

/* How long each call may take, from now on. A call that reads page by page may take
 * that long for each page. */
void rumor_set_timeout(struct rumor *rumor, unsigned timeout_ms);

/* The connection, for poll(2); -1 once it is lost: then every call is
 * RUMOR_UNREACHABLE, and a new connection is needed. */
int rumor_fd(const struct rumor *rumor);

/* Why the last call on this connection did not come to RUMOR_OK: a sentence without a
 * full stop, and the stable word of the protocol's `data.reason`; both "" after
 * RUMOR_OK. They live until the next call. */
const char *rumor_error_text(const struct rumor *rumor);
const char *rumor_error_reason(const struct rumor *rumor);

/* --- keys --- */

/* The value of a key, exact bytes; free() it. A NUL that is not counted follows them.
 * `ret_version` may be NULL, else free() that too. RUMOR_NEGATIVE when there is no such
 * key. */
enum rumor_result rumor_get(struct rumor *rumor, const char *key, void **ret_value,
	size_t *ret_value_len, char **ret_version);

/* What to write. Members left zero ask for nothing special. */
struct rumor_write {
	const char *key;
	const void *value;
	size_t value_len;
	uint64_t ttl_ms;        /* 0 keeps it for ever */
	const char *if_version; /* the version the key must be at */
	bool if_absent;         /* only when there is no such key */
};

/* Sets a key. RUMOR_CONFLICT when the key is not as `if_version` or `if_absent` asks.
 * `ret_version` may be NULL, else free() it. */
enum rumor_result rumor_set(
	struct rumor *rumor, const struct rumor_write *write, char **ret_version);

/* Deletes a key, if it is at that version unless `if_version` is NULL. RUMOR_NEGATIVE
 * when there is no such key, RUMOR_CONFLICT when it is at another version. */
enum rumor_result rumor_delete(
	struct rumor *rumor, const char *key, const char *if_version);

/* Called for each key in order; returns false to stop. All pointers live during the
 * call only. */
typedef bool (*rumor_item_handler)(void *context, const char *key, const void *value,
	size_t value_len, const char *version);

/* Visits every key that begins with `prefix`, in key order; pages behind the scenes, so
 * what changes meanwhile may or may not be seen. RUMOR_OK as well when there is none,
 * and when the handler stopped it. The handler may use the connection. */
enum rumor_result rumor_list(struct rumor *rumor, const char *prefix,
	rumor_item_handler handler, void *context);

/* --- any method: rumor-control(7) describes them --- */

/* Calls a method. `params` is an object or NULL; it stays the caller's. On RUMOR_OK
 * `*ret_result` is a new reference for the caller to json_decref(). */
enum rumor_result rumor_call(
	struct rumor *rumor, const char *method, json_t *params, json_t **ret_result);

/* Called for each notification that comes while a call waits for its answer; must not
 * use the connection. The pointers live during the call only. */
typedef void (*rumor_notification_handler)(
	void *context, const char *method, const json_t *params);

/* Without a handler, or with NULL, notifications are dropped. */
void rumor_set_notification_handler(
	struct rumor *rumor, rumor_notification_handler handler, void *context);

/* Called for each item; returns false to stop. The item lives during the call only. */
typedef bool (*rumor_object_handler)(void *context, const json_t *item);

/* As rumor_list(), with the objects of kv.list. `params` are its params except `after`
 * and `limit`, or NULL; they stay the caller's. */
enum rumor_result rumor_list_objects(struct rumor *rumor, json_t *params,
	rumor_object_handler handler, void *context);

/* The exact bytes of an item's `value` or `value_b64`, as rumor_get() gives them. False
 * when it has neither or memory is short. */
bool rumor_value_get(const json_t *item, void **ret_value, size_t *ret_value_len);

/* Puts the bytes into `params`, as `value` or `value_b64`. False when memory is short.
 */
bool rumor_value_put(json_t *params, const void *value, size_t value_len);

#ifdef __cplusplus
}
#endif

#endif
