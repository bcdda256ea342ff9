/* SPDX-License-Identifier: MIT */
#include "conf/value.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>

#include "base/mem.h"
#include "conf/conf.h"
#include "conf/number.h"
#include "conf/seed.h"

static_assert(VALUE_NUMBER_TEXT_SIZE >= NUMBER_TEXT_SIZE, "room for every number");

/* A longer value is cut when an error shows it. */
#define SHOWN "`%.60s`"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

struct word {
	const char *text;
	int value;
};

/* The first word for a value is the one it is shown as. */
static const struct word booleans[] = {
	{"true", true},
	{"yes", true},
	{"on", true},
	{"false", false},
	{"no", false},
	{"off", false},
	{NULL, 0},
};

static const struct word log_levels[] = {
	{"error", LOG_ERR},
	{"warning", LOG_WARNING},
	{"notice", LOG_NOTICE},
	{"info", LOG_INFO},
	{"debug", LOG_DEBUG},
	{NULL, 0},
};

/* In the order of enum strategy in gossip/settings.h. */
static const struct word strategies[] = {
	{"plumtree", 0},
	{"push", 1},
	{"push-pull", 2},
	{"pull", 3},
	{NULL, 0},
};

static enum err refuse(char reason[CONF_REASON_SIZE], const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static enum err
refuse(char reason[CONF_REASON_SIZE], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(reason, CONF_REASON_SIZE, format, args);
	va_end(args);
	return ERR_INVALID;
}

/* --- numbers --- */

static bool
is_duration(const struct conf_key *key)
{
	return key->type == CONF_DURATION_US || key->type == CONF_DURATION_MS;
}

const char *
value_format_number(
	const struct conf_key *key, uint64_t number, char text[VALUE_NUMBER_TEXT_SIZE])
{
	if (is_duration(key)) {
		return number_format_duration(number, text);
	}
	if (key->type == CONF_SIZE) {
		return number_format_size(number, text);
	}
	snprintf(text, VALUE_NUMBER_TEXT_SIZE, "%llu", (unsigned long long)number);
	return text;
}

static enum err
parse_number_text(const struct conf_key *key, const char *text, uint64_t *ret_number)
{
	if (is_duration(key)) {
		return number_parse_duration(text, ret_number);
	}
	if (key->type == CONF_SIZE) {
		return number_parse_size(text, ret_number);
	}
	return number_parse_count(text, ret_number);
}

static const char *
number_examples(const struct conf_key *key)
{
	if (is_duration(key)) {
		return "a duration, such as 500ms, 1s, 5min, 1h or 1d";
	}
	if (key->type == CONF_SIZE) {
		return "a size, such as 1400, 64KiB, 1MiB or 1GiB";
	}
	return "a whole number";
}

static enum err
parse_number(const struct conf_key *key, const char *text, uint64_t *ret_number,
	char reason[CONF_REASON_SIZE])
{
	char limit[VALUE_NUMBER_TEXT_SIZE];
	uint64_t number = 0;
	enum err err = parse_number_text(key, text, &number);

	if (err == ERR_INVALID) {
		return refuse(reason, SHOWN " is not %s", text, number_examples(key));
	}
	if (err == ERR_TOO_LARGE || number > key->max) {
		return refuse(reason, SHOWN " is above the maximum, %s", text,
			value_format_number(key, key->max, limit));
	}
	if (number < key->min) {
		return refuse(reason, SHOWN " is below the minimum, %s", text,
			value_format_number(key, key->min, limit));
	}
	*ret_number = number;
	return ERR_OK;
}

static enum err
parse_size(const struct conf_key *key, const char *text, size_t *field,
	char reason[CONF_REASON_SIZE])
{
	uint64_t number;
	enum err err = parse_number(key, text, &number, reason);

	if (err != ERR_OK) {
		return err;
	}
	if ((size_t)number != number) {
		return refuse(reason, SHOWN " is too much for this machine", text);
	}
	*field = (size_t)number;
	return ERR_OK;
}

static enum err
parse_duration(const struct conf_key *key, const char *text, uint64_t *field,
	char reason[CONF_REASON_SIZE])
{
	uint64_t us;
	enum err err = parse_number(key, text, &us, reason);

	if (err == ERR_OK) {
		*field = key->type == CONF_DURATION_MS ? us / 1000 : us;
	}
	return err;
}

uint64_t
value_number(const struct conf_key *key, const void *field)
{
	switch (key->type) {
	case CONF_DURATION_US:
		return *(const uint64_t *)field;
	case CONF_DURATION_MS:
		return *(const uint64_t *)field * 1000;
	case CONF_SIZE:
	case CONF_COUNT:
		return *(const size_t *)field;
	case CONF_STRING:
	case CONF_NAME:
	case CONF_ADDRESS:
	case CONF_SEEDS:
	case CONF_BOOLEAN:
	case CONF_LOG_LEVEL:
	case CONF_STRATEGY:
		break;
	}
	assert(false && "a key that is a number");
	return 0;
}

/* --- words --- */

static const struct word *
find_word(const struct word *words, const char *text)
{
	for (; words->text != NULL; words++) {
		if (strcmp(words->text, text) == 0) {
			return words;
		}
	}
	return NULL;
}

static const char *
word_of(const struct word *words, int value)
{
	while (words->text != NULL && words->value != value) {
		words++;
	}
	return words->text;
}

static enum err
parse_boolean(const char *text, bool *field, char reason[CONF_REASON_SIZE])
{
	const struct word *word = find_word(booleans, text);

	if (word == NULL) {
		return refuse(reason, SHOWN " is neither true nor false", text);
	}
	*field = word->value;
	return ERR_OK;
}

static enum err
parse_word(const struct word *words, const char *choices, const char *text, int *field,
	char reason[CONF_REASON_SIZE])
{
	const struct word *word = find_word(words, text);

	if (word == NULL) {
		return refuse(reason, SHOWN " is not one of %s", text, choices);
	}
	*field = word->value;
	return ERR_OK;
}

/* --- strings and addresses --- */

static bool
is_name(const char *text)
{
	return text[strspn(text, LETTERS "0123456789._-")] == '\0';
}

static enum err
parse_string(const struct conf_key *key, const char *text, char **field,
	char reason[CONF_REASON_SIZE])
{
	size_t len = strlen(text);

	if (len < key->min) {
		return refuse(reason, "must not be empty");
	}
	if (len > key->max) {
		return refuse(reason, SHOWN " is longer than %u bytes", text,
			(unsigned int)key->max);
	}
	if (bytes_has_control(bytes_of(text, len))) {
		return refuse(reason, SHOWN " has a control character", text);
	}
	if (key->type == CONF_NAME && !is_name(text)) {
		return refuse(reason,
			SHOWN
			" has other characters than letters, digits, `.`, `_` and `-`",
			text);
	}
	free(*field);
	*field = mem_copy(text, len + 1);
	return ERR_OK;
}

static enum err
parse_address(const struct conf_key *key, const char *text, struct address *field,
	char reason[CONF_REASON_SIZE])
{
	struct address address = {0};

	if (text[0] == '\0' && key->min > 0) {
		return refuse(reason, "must not be empty");
	}
	if (text[0] != '\0' &&
		address_parse(text, (uint16_t)key->max, &address) != ERR_OK) {
		return refuse(reason,
			SHOWN " is not an address, such as 192.0.2.1:7117 or "
			      "[2001:db8::1]:7117",
			text);
	}
	if (address.port == 0 && key->max != 0) {
		return refuse(reason, SHOWN " has port 0", text);
	}
	*field = address;
	return ERR_OK;
}

enum err
value_check_item(
	const struct conf_key *key, const char *text, char reason[CONF_REASON_SIZE])
{
	assert(key->type == CONF_SEEDS);
	if (!seed_is_valid(text)) {
		return refuse(reason,
			SHOWN " is neither an address nor a name, such as 192.0.2.1, "
			      "[2001:db8::1]:7117, node1 or node1:7117",
			text);
	}
	return ERR_OK;
}

/* --- fields of any type --- */

enum err
value_parse(const struct conf_key *key, const char *text, void *field,
	char reason[CONF_REASON_SIZE])
{
	switch (key->type) {
	case CONF_STRING:
	case CONF_NAME:
		return parse_string(key, text, field, reason);
	case CONF_ADDRESS:
		return parse_address(key, text, field, reason);
	case CONF_DURATION_US:
	case CONF_DURATION_MS:
		return parse_duration(key, text, field, reason);
	case CONF_SIZE:
	case CONF_COUNT:
		return parse_size(key, text, field, reason);
	case CONF_BOOLEAN:
		return parse_boolean(text, field, reason);
	case CONF_LOG_LEVEL:
		return parse_word(log_levels, "error, warning, notice, info, debug",
			text, field, reason);
	case CONF_STRATEGY:
		return parse_word(strategies, "plumtree, push, push-pull, pull", text,
			field, reason);
	case CONF_SEEDS:
		break;
	}
	assert(false && "a key that is not a list");
	return ERR_INVALID;
}

static char *
join_items(const struct conf_list *list)
{
	char *text = mem_copy_string("");
	size_t len = 0;

	for (size_t i = 0; i < list->count; i++) {
		const char *separator = i == 0 ? "" : ", ";
		size_t size = strlen(separator) + strlen(list->items[i]) + 1;

		text = mem_resize(text, len + size, 1);
		snprintf(text + len, size, "%s%s", separator, list->items[i]);
		len += size - 1;
	}
	return text;
}

static char *
format_address(const struct address *address)
{
	char text[ADDRESS_TEXT_SIZE];

	if (address_is_none(address)) {
		return mem_copy_string("");
	}
	return mem_copy_string(address_format(address, text));
}

char *
value_format(const struct conf_key *key, const void *field)
{
	char text[VALUE_NUMBER_TEXT_SIZE];

	switch (key->type) {
	case CONF_STRING:
	case CONF_NAME:
		return mem_copy_string(*(char *const *)field);
	case CONF_ADDRESS:
		return format_address(field);
	case CONF_SEEDS:
		return join_items(field);
	case CONF_BOOLEAN:
		return mem_copy_string(word_of(booleans, *(const bool *)field));
	case CONF_LOG_LEVEL:
		return mem_copy_string(word_of(log_levels, *(const int *)field));
	case CONF_STRATEGY:
		return mem_copy_string(word_of(strategies, *(const int *)field));
	case CONF_DURATION_US:
	case CONF_DURATION_MS:
	case CONF_SIZE:
	case CONF_COUNT:
		break;
	}
	return mem_copy_string(
		value_format_number(key, value_number(key, field), text));
}
