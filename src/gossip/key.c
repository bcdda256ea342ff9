/* SPDX-License-Identifier: MIT */
#include "gossip/key.h"

#include "gossip/settings.h"

enum err
key_check(struct bytes key)
{
	if (key.len > KEY_LEN_MAX)
		return ERR_TOO_LARGE;
	if (key.len == 0 || !bytes_is_utf8(key) || bytes_has_control(key))
		return ERR_INVALID;
	if (!key_is_owned(key))
		return ERR_OK;

	struct bytes name = key_owner_name(key);
	bool has_rest = 1 + name.len + 1 < key.len;

	return name.len > 0 && name.len <= NODE_NAME_LEN_MAX && has_rest ? ERR_OK
									 : ERR_INVALID;
}

bool
key_is_owned(struct bytes key)
{
	return key.len > 0 && key.data[0] == '@';
}

struct bytes
key_owner_name(struct bytes key)
{
	const uint8_t *slash = memchr(key.data, '/', key.len);
	const uint8_t *end = slash == NULL ? key.data + key.len : slash;

	return bytes_of(key.data + 1, (size_t)(end - key.data) - 1);
}
