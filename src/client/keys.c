/* SPDX-License-Identifier: MIT */
#include "client/session.h"

#include <stdlib.h>

/* Above it a number is not exact everywhere. */
#define TTL_MS_MAX ((UINT64_C(1) << 53) - 1)

/* Sets a string unless it is NULL. False when memory is short or it is not UTF-8. */
static bool
put_string(json_t *params, const char *name, const char *string)
{
	return string == NULL ||
	       json_object_set_new(params, name, json_string(string)) == 0;
}

static enum rumor_result
fail_params(struct rumor *rumor, const char *key, const char *if_version)
{
	if (!bytes_is_utf8(bytes_of_string(key))) {
		return fail(rumor, RUMOR_INVALID, "invalid", "the key is not UTF-8");
	}
	if (if_version != NULL && !bytes_is_utf8(bytes_of_string(if_version))) {
		return fail(
			rumor, RUMOR_INVALID, "invalid", "the version is not UTF-8");
	}
	return fail_memory(rumor);
}

/* A copy of a string of the result, NULL when memory is short. */
static char *
copy_version(const json_t *result)
{
	const char *version = json_string_value(json_object_get(result, "version"));

	return strdup(version != NULL ? version : "");
}

enum rumor_result
rumor_get(struct rumor *rumor, const char *key, void **ret_value, size_t *ret_value_len,
	char **ret_version)
{
	json_t *params = json_object();
	json_t *item = NULL;
	enum rumor_result result = put_string(params, "key", key)
					   ? rumor_call(rumor, "kv.get", params, &item)
					   : fail_params(rumor, key, NULL);

	json_decref(params);
	if (result != RUMOR_OK) {
		return result;
	}

	char *version = ret_version != NULL ? copy_version(item) : NULL;

	if (ret_version != NULL && version == NULL) {
		result = fail_memory(rumor);
	} else if (!rumor_value_get(item, ret_value, ret_value_len)) {
		result = fail_protocol(
			rumor, "the answer has no value that can be read");
	}
	json_decref(item);
	if (result != RUMOR_OK) {
		free(version);
	} else if (ret_version != NULL) {
		*ret_version = version;
	}
	return result;
}

static bool
put_write(json_t *params, const struct rumor_write *write)
{
	return put_string(params, "key", write->key) &&
	       put_string(params, "if_version", write->if_version) &&
	       rumor_value_put(params, write->value, write->value_len) &&
	       (write->ttl_ms == 0 ||
		       json_object_set_new(params, "ttl_ms",
			       json_integer((json_int_t)write->ttl_ms)) == 0) &&
	       (!write->if_absent ||
		       json_object_set_new(params, "if_absent", json_true()) == 0);
}

enum rumor_result
rumor_set(struct rumor *rumor, const struct rumor_write *write, char **ret_version)
{
	if (write->ttl_ms > TTL_MS_MAX) {
		return fail(rumor, RUMOR_INVALID, "invalid",
			"the time to live is too long");
	}

	json_t *params = json_object();
	json_t *reply = NULL;
	enum rumor_result result =
		put_write(params, write)
			? rumor_call(rumor, "kv.set", params, &reply)
			: fail_params(rumor, write->key, write->if_version);

	json_decref(params);
	if (result == RUMOR_OK && ret_version != NULL) {
		char *version = copy_version(reply);

		if (version != NULL) {
			*ret_version = version;
		} else {
			result = fail_memory(rumor);
		}
	}
	json_decref(reply);
	return result;
}

enum rumor_result
rumor_delete(struct rumor *rumor, const char *key, const char *if_version)
{
	json_t *params = json_object();
	json_t *reply = NULL;
	enum rumor_result result =
		put_string(params, "key", key) &&
				put_string(params, "if_version", if_version)
			? rumor_call(rumor, "kv.delete", params, &reply)
			: fail_params(rumor, key, if_version);

	json_decref(params);
	json_decref(reply);
	return result;
}
