/* SPDX-License-Identifier: MIT */
#include "conf/parse.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <confuse.h>

#include "base/mem.h"
#include "conf/nearest.h"
#include "conf/unknown.h"
#include "conf/value.h"

/* A path and a line. */
#define ORIGIN_SIZE 4096

/*
 * libconfuse stops at the first name that it does not know. To find them all, such a
 * name is noted and made an option to be skipped, and the text is parsed again, until
 * there is no new one; only then are the values taken. A value that is refused stops
 * nothing: the callback tells the error and lets libconfuse go on.
 */
struct parsing {
	struct conf *conf;
	const char *path;
	struct conf_errors *errors;
	struct unknown_set unknown;
	bool finds; /* a new unknown name was found in this pass */
	bool takes; /* this pass takes the values */
};

/* libconfuse hands no context to its callbacks. */
static struct parsing *parsing;

static unsigned int
line_of(const cfg_t *cfg)
{
	return (unsigned int)cfg->line;
}

static void
tell(unsigned int line, const char *reason)
{
	conf_errors_add(
		parsing->errors, line, "%s:%u: %s", parsing->path, line, reason);
}

/* --- errors of libconfuse; the functions tell whether they have dealt with one --- */

static bool
note_unknown(const cfg_t *cfg, const char *name)
{
	if (!unknown_add(&parsing->unknown, cfg->name, name, line_of(cfg))) {
		return false;
	}
	parsing->finds = true;
	return true;
}

static bool
note_no_brace(const cfg_t *cfg, const char *name)
{
	struct unknown *unknown = unknown_find(&parsing->unknown, cfg->name, name);

	if (unknown == NULL || !unknown->is_section) {
		return false;
	}
	unknown->is_section = false;
	parsing->finds = true;
	return true;
}

static bool
note_no_equals(const cfg_t *cfg, const char *name)
{
	struct unknown *unknown = unknown_find(&parsing->unknown, cfg->name, name);

	if (unknown == NULL) {
		return false;
	}
	unknown->lacks_equals = true;
	return true;
}

static void on_error(cfg_t *cfg, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

static void
on_error(cfg_t *cfg, const char *format, va_list args)
{
	/* By their formats, which are as here unless the program calls setlocale(); in
	 * another language unknown names are told one at a time. */
	static const struct {
		const char *format;
		bool (*note)(const cfg_t *cfg, const char *name);
	} about_names[] = {
		{"no such option '%s'", note_unknown},
		{"missing opening brace for section '%s'", note_no_brace},
		{"missing equal sign after option '%s'", note_no_equals},
	};
	char reason[CONF_REASON_SIZE];

	for (size_t i = 0; i < sizeof(about_names) / sizeof(about_names[0]); i++) {
		va_list copy;

		if (strcmp(format, about_names[i].format) != 0) {
			continue;
		}
		va_copy(copy, args);

		bool is_noted = about_names[i].note(cfg, va_arg(copy, const char *));

		va_end(copy);
		if (is_noted) {
			return;
		}
	}
	vsnprintf(reason, sizeof(reason), format, args);
	tell(line_of(cfg), reason);
}

/* The option holds the items before this one, which are told already when they are not
 * as they should be. */
static enum err
take_item(const struct conf_key *key, const cfg_opt_t *option, const char *item,
	const char *origin, char reason[CONF_REASON_SIZE])
{
	size_t count = option->nvalues;
	enum err err = value_check_item(key, item, reason);

	if (err != ERR_OK || count > key->max + 1) {
		return err;
	}
	if (count == key->max + 1) {
		snprintf(reason, CONF_REASON_SIZE, "more than %u items",
			(unsigned int)key->max);
		return ERR_INVALID;
	}

	const char **items = mem_new_array(count, sizeof(items[0]));
	char ignored[CONF_REASON_SIZE];

	for (size_t i = 0; i + 1 < count && err == ERR_OK; i++) {
		items[i] = option->values[i]->string;
		err = value_check_item(key, items[i], ignored);
	}
	if (err == ERR_OK) {
		items[count - 1] = item;
		conf_assign_list(parsing->conf, key, items, count, origin);
	}
	free(items);
	return ERR_OK;
}

static int
on_value(cfg_t *cfg, cfg_opt_t *option, const char *value, void *result)
{
	const struct conf_key *key = conf_key_find(cfg->name, option->name);
	char origin[ORIGIN_SIZE];
	char reason[CONF_REASON_SIZE];
	enum err err;

	*(const char **)result = value;
	if (!parsing->takes) {
		return 0;
	}
	if (key == NULL) {
		/* libconfuse's own "section|key = value". */
		tell(line_of(cfg), "a key must be inside the braces of its section");
		return 0;
	}
	snprintf(origin, sizeof(origin), "%s:%u", parsing->path, line_of(cfg));
	if (key->type == CONF_SEEDS) {
		err = take_item(key, option, value, origin, reason);
	} else {
		err = conf_assign(parsing->conf, key, value, origin, reason);
	}
	if (err != ERR_OK) {
		conf_errors_add(parsing->errors, line_of(cfg), "%s: %s.%s: %s", origin,
			key->section, key->name, reason);
	}
	return 0;
}

/* --- options --- */

static cfg_opt_t
skipped_option(const char *name)
{
	/* A list takes a single value as well. */
	return (cfg_opt_t){
		.name = name,
		.type = CFGT_STR,
		.flags = CFGF_NODEFAULT | CFGF_LIST,
	};
}

static cfg_opt_t
key_option(const struct conf_key *key)
{
	return (cfg_opt_t){
		.name = key->name,
		.type = CFGT_STR,
		.flags = key->type == CONF_SEEDS ? CFGF_NODEFAULT | CFGF_LIST
						 : CFGF_NODEFAULT,
		.parsecb = on_value,
	};
}

/* In a section that is not known, the keys of the one that was probably meant are
 * skipped. */
static cfg_opt_t *
section_options(const char *section)
{
	bool is_known = conf_section_exists(section);
	const char *meant = is_known ? section : nearest_section(section);
	size_t count = 0;
	cfg_opt_t *options = mem_new_array(
		conf_key_count() + parsing->unknown.count + 1, sizeof(options[0]));

	for (size_t i = 0; meant != NULL && i < conf_key_count(); i++) {
		const struct conf_key *key = conf_key_at(i);

		if (strcmp(key->section, meant) == 0) {
			options[count++] =
				is_known ? key_option(key) : skipped_option(key->name);
		}
	}
	for (size_t i = 0; i < parsing->unknown.count; i++) {
		const struct unknown *unknown = &parsing->unknown.items[i];

		if (strcmp(unknown->section, section) == 0) {
			options[count++] = skipped_option(unknown->name);
		}
	}
	return options;
}

static cfg_opt_t
section_option(const char *name)
{
	return (cfg_opt_t){
		.name = name,
		.type = CFGT_SEC,
		.subopts = section_options(name),
	};
}

static cfg_opt_t *
root_options(void)
{
	size_t count = 0;
	cfg_opt_t *options = mem_new_array(
		conf_key_count() + parsing->unknown.count + 1, sizeof(options[0]));

	for (const struct conf_key *key = conf_section_next(NULL); key != NULL;
		key = conf_section_next(key)) {
		options[count++] = section_option(key->section);
	}
	for (size_t i = 0; i < parsing->unknown.count; i++) {
		const struct unknown *unknown = &parsing->unknown.items[i];

		if (strcmp(unknown->section, UNKNOWN_ROOT) == 0) {
			options[count++] = unknown->is_section
						   ? section_option(unknown->name)
						   : skipped_option(unknown->name);
		}
	}
	return options;
}

static void
free_options(cfg_opt_t *options)
{
	for (cfg_opt_t *option = options; option->name != NULL; option++) {
		free(option->subopts);
	}
	free(options);
}

/* --- passes --- */

static cfg_opt_t *
list_option(cfg_t *cfg, const struct conf_key *key)
{
	return cfg_getopt(cfg_getsec(cfg, key->section), key->name);
}

/* Gives libconfuse the lists as they are, for `+=`. */
static void
put_lists(cfg_t *cfg)
{
	for (size_t i = 0; i < conf_key_count(); i++) {
		const struct conf_key *key = conf_key_at(i);

		if (key->type != CONF_SEEDS) {
			continue;
		}

		const struct conf_list *list = conf_list(parsing->conf, key);
		cfg_opt_t *option = list_option(cfg, key);

		for (unsigned int j = 0; j < list->count; j++) {
			cfg_opt_setnstr(option, list->items[j], j);
		}
		option->flags &= ~CFGF_MODIFIED;
	}
}

/* `key = {}` calls nothing. */
static void
take_empty_lists(cfg_t *cfg)
{
	for (size_t i = 0; i < conf_key_count(); i++) {
		const struct conf_key *key = conf_key_at(i);

		if (key->type != CONF_SEEDS) {
			continue;
		}

		const cfg_opt_t *option = list_option(cfg, key);

		if ((option->flags & CFGF_MODIFIED) != 0 && option->nvalues == 0) {
			conf_assign_list(parsing->conf, key, NULL, 0, parsing->path);
		}
	}
}

static void
parse_once(char *text)
{
	cfg_opt_t *options = root_options();
	cfg_t *cfg = cfg_init(options, CFGF_NONE);
	FILE *file = fmemopen(text, strlen(text), "r");
	size_t before = parsing->errors->count;

	free_options(options);
	if (cfg == NULL || file == NULL) {
		tell(0, "out of memory");
	} else {
		cfg_set_error_function(cfg, on_error);
		put_lists(cfg);

		int result = cfg_parse_fp(cfg, file);

		/* An empty name fails without a word. */
		if (result != CFG_SUCCESS && parsing->unknown.count == 0 &&
			parsing->errors->count == before) {
			tell(line_of(cfg), "syntax error");
		}
		if (parsing->takes) {
			take_empty_lists(cfg);
		}
	}
	if (file != NULL) {
		fclose(file);
	}
	cfg_free(cfg);
}

enum err
conf_parse(struct conf *conf, const char *path, char *text, struct conf_errors *errors)
{
	struct parsing own = {.conf = conf, .path = path, .errors = errors};
	size_t before = errors->count;

	unknown_set_init(&own.unknown);
	parsing = &own;
	do {
		own.finds = false;
		parse_once(text);
	} while (own.finds);
	conf_errors_truncate(errors, before);
	own.takes = true;
	parse_once(text);
	parsing = NULL;
	unknown_set_tell(&own.unknown, path, errors);
	unknown_set_fini(&own.unknown);
	conf_errors_sort(errors, before);
	return errors->count == before ? ERR_OK : ERR_INVALID;
}
