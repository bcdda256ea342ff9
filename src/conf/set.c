/* SPDX-License-Identifier: MIT */
#include "conf/set.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "conf/nearest.h"
#include "conf/value.h"

#define ORIGIN "command line"

/* Longer than every known name. */
#define NAME_SIZE 128

static void
add_unknown(struct conf_errors *errors, const char *section, const char *name)
{
	const char *dot = section[0] != '\0' ? "." : "";
	const struct conf_key *near = nearest_key(section, name);

	if (near == NULL) {
		conf_errors_add(errors, 0, ORIGIN ": unknown key `%.60s%s%.60s`",
			section, dot, name);
	} else {
		conf_errors_add(errors, 0,
			ORIGIN ": unknown key `%.60s%s%.60s`, did you mean `%s.%s`?",
			section, dot, name, near->section, near->name);
	}
}

/* NULL, and the error told, when there is no such key. */
static const struct conf_key *
find_key(struct bytes text, struct conf_errors *errors)
{
	char name[NAME_SIZE];

	snprintf(name, sizeof(name), "%.*s", (int)text.len, (const char *)text.data);

	char *dot = strchr(name, '.');
	const char *section = "";
	const char *last = name;

	if (dot != NULL) {
		*dot = '\0';
		section = name;
		last = dot + 1;
	}

	const struct conf_key *key = conf_key_find(section, last);

	if (key == NULL) {
		add_unknown(errors, section, last);
	}
	return key;
}

static enum err
refuse(const struct conf_key *key, const char *reason, struct conf_errors *errors)
{
	conf_errors_add(
		errors, 0, ORIGIN ": %s.%s: %s", key->section, key->name, reason);
	return ERR_INVALID;
}

/* Ends the item at its comma and returns what follows, NULL after the last item. */
static char *
cut_item(char **item)
{
	char *comma = strchr(*item, ',');
	char *end = comma != NULL ? comma : *item + strlen(*item);

	*item += strspn(*item, " ");
	while (end > *item && end[-1] == ' ') {
		end--;
	}
	*end = '\0';
	return comma != NULL ? comma + 1 : NULL;
}

static enum err
set_list(struct conf *conf, const struct conf_key *key, const char *value, bool adds,
	struct conf_errors *errors)
{
	const struct conf_list *old = conf_list(conf, key);
	size_t count = adds ? old->count : 0;
	size_t size = count + strlen(value) + 1; /* more than there can be */
	const char **items = mem_new_array(size, sizeof(items[0]));
	char *text = mem_copy_string(value);
	char *item = text[strspn(text, " ")] != '\0' ? text : NULL;
	char reason[CONF_REASON_SIZE];
	enum err err = ERR_OK;

	if (count > 0) {
		memcpy(items, old->items, count * sizeof(items[0]));
	}
	while (item != NULL && err == ERR_OK) {
		char *next = cut_item(&item);

		err = value_check_item(key, item, reason);
		items[count++] = item;
		item = next;
	}
	if (err == ERR_OK && count > key->max) {
		snprintf(reason, sizeof(reason), "more than %u items",
			(unsigned int)key->max);
		err = ERR_INVALID;
	}
	if (err == ERR_OK) {
		conf_assign_list(conf, key, items, count, ORIGIN);
	} else {
		err = refuse(key, reason, errors);
	}
	free(items);
	free(text);
	return err;
}

static enum err
set(struct conf *conf, struct bytes name, bool adds, const char *value,
	struct conf_errors *errors)
{
	const struct conf_key *key = find_key(name, errors);
	char reason[CONF_REASON_SIZE];

	if (key == NULL) {
		return ERR_INVALID;
	}
	if (key->type == CONF_SEEDS) {
		return set_list(conf, key, value, adds, errors);
	}
	if (adds) {
		return refuse(key, "is not a list to add to", errors);
	}
	if (conf_assign(conf, key, value, ORIGIN, reason) != ERR_OK) {
		return refuse(key, reason, errors);
	}
	return ERR_OK;
}

enum err
conf_set(struct conf *conf, const char *assignment, struct conf_errors *errors)
{
	const char *equals = strchr(assignment, '=');

	if (equals == NULL) {
		conf_errors_add(errors, 0,
			ORIGIN ": `%.60s` is not of the form section.key=value",
			assignment);
		return ERR_INVALID;
	}

	size_t name_len = (size_t)(equals - assignment);
	bool adds = name_len > 0 && assignment[name_len - 1] == '+';

	return set(
		conf, bytes_of(assignment, name_len - adds), adds, equals + 1, errors);
}

enum err
conf_set_value(struct conf *conf, const char *name, const char *value,
	struct conf_errors *errors)
{
	return set(conf, bytes_of_string(name), false, value, errors);
}
