/* SPDX-License-Identifier: MIT */
#include "client_side.h"

#include <check.h>
#include <string.h>

struct fake_daemon fake;
struct rumor *rumor;

void
set_up(void)
{
	memset(&fake, 0, sizeof(fake));
	rumor = NULL;
}

void
tear_down(void)
{
	fake_daemon_fini(&fake);
}

void
begin(const char *const *answers)
{
	fake.answers = answers;
	fake_daemon_start(&fake);
	ck_assert_int_eq(rumor_open(fake.path, 0, &rumor), RUMOR_OK);
}

void
end(void)
{
	rumor_close(rumor);
	rumor = NULL;
	fake_daemon_stop(&fake);
}

enum rumor_result
call(const char *method)
{
	json_t *result = NULL;
	enum rumor_result outcome = rumor_call(rumor, method, NULL, &result);

	json_decref(result);
	return outcome;
}

enum rumor_result
set_key(const void *value, size_t value_len)
{
	struct rumor_write write = {.key = "k", .value = value, .value_len = value_len};

	return rumor_set(rumor, &write, NULL);
}

void
assert_lost(const char *reason)
{
	ck_assert_str_eq(rumor_error_reason(rumor), reason);
	ck_assert_int_eq(rumor_fd(rumor), -1);
	ck_assert_int_eq(call("server.info"), RUMOR_UNREACHABLE);
	ck_assert_str_ne(rumor_error_text(rumor), "");
}
