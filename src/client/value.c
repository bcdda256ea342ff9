/* SPDX-License-Identifier: MIT */
#include "client/rumor.h"

#include <stdlib.h>

#include "base/base64.h"

#define TEXT_LEN_MAX 4096

/* How long the bytes are as a JSON string; SIZE_MAX when they cannot be one. */
static size_t
text_len(struct bytes value)
{
	size_t len = value.len;

	if (!bytes_is_utf8(value)) {
		return SIZE_MAX;
	}
	for (size_t i = 0; i < value.len; i++) {
		switch (value.data[i]) {
		case '\0':
			return SIZE_MAX;
		case '"':
		case '\\':
		case '\b':
		case '\f':
		case '\n':
		case '\r':
		case '\t':
			len += 1; /* \n */
			break;
		default:
			len += value.data[i] < 0x20 ? 5 : 0; /* \u001b */
			break;
		}
	}
	return len;
}

static json_t *
base64_string(struct bytes value)
{
	size_t len = base64_encoded_len(value.len);
	char *text = malloc(len + 1);

	if (text == NULL) {
		return NULL;
	}
	base64_encode(value, text);

	json_t *string = json_stringn_nocheck(text, len);

	free(text);
	return string;
}

/* Text of any length may be sent as such, but long text only if base64 is not shorter:
 * so no request is much longer than base64 makes it. */
static bool
is_better_as_text(struct bytes value)
{
	size_t len = text_len(value);

	return len <= TEXT_LEN_MAX || len <= base64_encoded_len(value.len);
}

bool
rumor_value_put(json_t *params, const void *value, size_t value_len)
{
	struct bytes bytes = bytes_of(value_len > 0 ? value : "", value_len);
	const char *name = "value_b64";
	json_t *string = NULL;

	if (value_len > SIZE_MAX / 2) {
		return false;
	}
	if (is_better_as_text(bytes)) {
		name = "value";
		string = json_stringn_nocheck((const char *)bytes.data, bytes.len);
	} else {
		string = base64_string(bytes);
	}
	return json_object_set_new(params, name, string) == 0;
}

static bool
get_text(const json_t *text, void **ret_value, size_t *ret_value_len)
{
	size_t len = json_string_length(text);
	char *value = malloc(len + 1);

	if (value == NULL) {
		return false;
	}
	memcpy(value, json_string_value(text), len + 1);
	*ret_value = value;
	*ret_value_len = len;
	return true;
}

static bool
get_base64(const json_t *text, void **ret_value, size_t *ret_value_len)
{
	struct bytes bytes =
		bytes_of(json_string_value(text), json_string_length(text));
	uint8_t *value = malloc(base64_decoded_len_max(bytes.len) + 1);
	size_t len;

	if (value == NULL || base64_decode(bytes, value, &len) != ERR_OK) {
		free(value);
		return false;
	}
	value[len] = '\0';
	*ret_value = value;
	*ret_value_len = len;
	return true;
}

bool
rumor_value_get(const json_t *item, void **ret_value, size_t *ret_value_len)
{
	const json_t *text = json_object_get(item, "value");
	const json_t *base64 = json_object_get(item, "value_b64");

	if (json_is_string(text)) {
		return get_text(text, ret_value, ret_value_len);
	}
	return json_is_string(base64) && get_base64(base64, ret_value, ret_value_len);
}
