/* SPDX-License-Identifier: MIT */
#include "conf/conf.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "conf/value.h"

static void *
field_of(struct conf *conf, const struct conf_key *key)
{
	return (char *)conf + key->offset;
}

static const void *
field_in(const struct conf *conf, const struct conf_key *key)
{
	return (const char *)conf + key->offset;
}

static void
list_clear(struct conf_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->items[i]);
	}
	free(list->items);
	*list = (struct conf_list){0};
}

struct conf *
conf_new(void)
{
	struct conf *conf = mem_new(sizeof(*conf));
	char reason[CONF_REASON_SIZE];

	conf->origins = mem_new_array(conf_key_count(), sizeof(conf->origins[0]));
	for (size_t i = 0; i < conf_key_count(); i++) {
		const struct conf_key *key = conf_key_at(i);

		if (key->type == CONF_SEEDS) {
			assert(key->fallback[0] == '\0');
			continue;
		}

		enum err err =
			value_parse(key, key->fallback, field_of(conf, key), reason);

		assert(err == ERR_OK);
	}
	return conf;
}

static void
field_fini(const struct conf_key *key, void *field)
{
	if (key->type == CONF_SEEDS) {
		list_clear(field);
	} else if (key->type == CONF_STRING || key->type == CONF_NAME) {
		free(*(char **)field);
	}
}

void
conf_free(struct conf *conf)
{
	if (conf == NULL) {
		return;
	}
	for (size_t i = 0; i < conf_key_count(); i++) {
		field_fini(conf_key_at(i), field_of(conf, conf_key_at(i)));
		free(conf->origins[i]);
	}
	free(conf->origins);
	free(conf);
}

static char **
origin_of(const struct conf *conf, const struct conf_key *key)
{
	return &conf->origins[key - conf_key_at(0)];
}

const char *
conf_origin(const struct conf *conf, const struct conf_key *key)
{
	return *origin_of(conf, key);
}

static void
set_origin(struct conf *conf, const struct conf_key *key, const char *origin)
{
	char **place = origin_of(conf, key);

	free(*place);
	*place = mem_copy_string(origin);
}

enum err
conf_assign(struct conf *conf, const struct conf_key *key, const char *text,
	const char *origin, char reason[CONF_REASON_SIZE])
{
	enum err err = value_parse(key, text, field_of(conf, key), reason);

	if (err == ERR_OK) {
		set_origin(conf, key, origin);
	}
	return err;
}

void
conf_assign_list(struct conf *conf, const struct conf_key *key,
	const char *const *items, size_t count, const char *origin)
{
	struct conf_list list = {
		.items = mem_new_array(count, sizeof(list.items[0])),
		.count = count,
	};

	for (size_t i = 0; i < count; i++) {
		list.items[i] = mem_copy_string(items[i]);
	}
	list_clear(field_of(conf, key));
	*(struct conf_list *)field_of(conf, key) = list;
	set_origin(conf, key, origin);
}

const struct conf_list *
conf_list(const struct conf *conf, const struct conf_key *key)
{
	assert(key->type == CONF_SEEDS);
	return field_in(conf, key);
}

uint64_t
conf_number(const struct conf *conf, const struct conf_key *key)
{
	return value_number(key, field_in(conf, key));
}

char *
conf_text(const struct conf *conf, const struct conf_key *key)
{
	return value_format(key, field_in(conf, key));
}
