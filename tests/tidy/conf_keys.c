/* SPDX-License-Identifier: MIT */

/*
 * Lists the configuration keys that are built in, one a line: name, smallest and
 * largest number ("-" for what is no number), and value, with tabs between them. With
 * the name of a file the values are those after loading it.
 */

#include <stdio.h>
#include <stdlib.h>

#include "conf/check.h"
#include "conf/conf.h"
#include "conf/load.h"
#include "conf/value.h"

static bool
is_number(const struct conf_key *key)
{
	return key->type == CONF_DURATION_US || key->type == CONF_DURATION_MS ||
	       key->type == CONF_SIZE || key->type == CONF_COUNT;
}

static void
print_key(const struct conf *conf, const struct conf_key *key)
{
	char min[VALUE_NUMBER_TEXT_SIZE] = "-";
	char max[VALUE_NUMBER_TEXT_SIZE] = "-";
	char *text = conf_text(conf, key);

	if (is_number(key)) {
		value_format_number(key, key->min, min);
		value_format_number(key, key->max, max);
	}
	printf("%s.%s\t%s\t%s\t%s\n", key->section, key->name, min, max, text);
	free(text);
}

int
main(int argc, char **argv)
{
	struct conf_errors errors;
	struct conf *conf = conf_new();
	enum err err = ERR_OK;

	conf_errors_init(&errors);
	if (argc > 1) {
		err = conf_load(conf, argv[1], true, &errors);
	}
	if (err == ERR_OK) {
		err = conf_check(conf, &errors);
	}
	for (size_t i = 0; i < errors.count; i++) {
		fprintf(stderr, "%s\n", errors.items[i].text);
	}
	for (size_t i = 0; i < conf_key_count() && err == ERR_OK; i++) {
		print_key(conf, conf_key_at(i));
	}
	conf_errors_fini(&errors);
	conf_free(conf);
	return err == ERR_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
