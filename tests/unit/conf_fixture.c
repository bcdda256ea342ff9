/* SPDX-License-Identifier: MIT */
#include "conf_fixture.h"

#include <check.h>
#include <stdlib.h>

struct conf *conf;
struct conf_errors errors;

void
conf_setup(void)
{
	conf = conf_new();
	conf_errors_init(&errors);
}

void
conf_teardown(void)
{
	conf_free(conf);
	conf_errors_fini(&errors);
}

void
assert_error_list(const char *const *wanted)
{
	size_t count = 0;

	for (; wanted[count] != NULL; count++) {
		ck_assert_uint_gt(errors.count, count);
		ck_assert_str_eq(errors.items[count].text, wanted[count]);
	}
	ck_assert_uint_eq(errors.count, count);
}

void
assert_join(const char *wanted)
{
	char *text = conf_text(conf, conf_key_find("cluster", "join"));

	ck_assert_str_eq(text, wanted);
	free(text);
}
