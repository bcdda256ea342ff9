/* SPDX-License-Identifier: MIT */
#include "run.h"

#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>

#include "base/now.h"
#include "conf/check.h"
#include "conf/set.h"
#include "conf/value.h"
#include "conf_fixture.h"

/* --- keys and values --- */

START_TEST(defaults_are_what_the_manual_says)
{
	ck_assert_str_eq(conf->node.name, "");
	ck_assert_uint_eq(conf->node.bind.port, 7117);
	ck_assert(address_is_wildcard(&conf->node.bind));
	ck_assert(address_is_none(&conf->node.advertise));
	ck_assert_str_eq(conf->cluster.name, "default");
	ck_assert_uint_eq(conf->cluster.join.count, 0);
	ck_assert_uint_eq(conf->failure.probe_interval_us, SECOND_US);
	ck_assert_uint_eq(conf->limits.tombstone_life_ms, 3600 * SECOND_MS);
	ck_assert_uint_eq(conf->limits.clock_drift_max_ms, 500);
	ck_assert_uint_eq(conf->limits.state_size_max, 1 << 30);
	ck_assert_uint_eq(conf->gossip.packet_size_max, 1400);
	ck_assert_uint_eq(conf->gossip.forward_interval_us, 5 * MS_US);
	ck_assert_uint_eq(conf->gossip.repair_interval_us, 200 * MS_US);
	ck_assert_int_eq(conf->log.level, LOG_INFO);
	ck_assert_int_eq(conf_check(conf, &errors), ERR_OK);
	ck_assert_uint_eq(errors.count, 0);
}
END_TEST

START_TEST(every_key_takes_back_what_it_shows)
{
	for (size_t i = 0; i < conf_key_count(); i++) {
		const struct conf_key *key = conf_key_at(i);
		char name[64];
		char *text = conf_text(conf, key);

		ck_assert_ptr_null(conf_origin(conf, key));
		ck_assert_str_eq(text, key->fallback);
		snprintf(name, sizeof(name), "%s.%s", key->section, key->name);
		ck_assert_int_eq(conf_set_value(conf, name, text, &errors), ERR_OK);

		char *again = conf_text(conf, key);

		ck_assert_str_eq(again, text);
		ck_assert_str_eq(conf_origin(conf, key), "command line");
		free(again);
		free(text);
	}
}
END_TEST

START_TEST(keys_are_unique_and_grouped_by_section)
{
	size_t count = 0;

	for (const struct conf_key *key = conf_section_next(NULL); key != NULL;
		key = conf_section_next(key)) {
		const char *section = key->section;

		for (; count < conf_key_count(); count++) {
			const struct conf_key *next = conf_key_at(count);

			if (strcmp(next->section, section) != 0) {
				break;
			}
			ck_assert_ptr_eq(conf_key_find(section, next->name), next);
			ck_assert_str_ne(next->help, "");
		}
	}
	ck_assert_uint_eq(count, conf_key_count());
	ck_assert(!conf_section_exists("root"));
}
END_TEST

START_TEST(durations_are_kept_in_the_unit_of_their_field)
{
	ck_assert_int_eq(
		conf_set(conf, "failure.probe_interval=20ms", &errors), ERR_OK);
	ck_assert_uint_eq(conf->failure.probe_interval_us, 20 * MS_US);
	ck_assert_int_eq(
		conf_set(conf, "failure.probe_interval=10min", &errors), ERR_OK);
	ck_assert_uint_eq(conf->failure.probe_interval_us, 600 * SECOND_US);
	ck_assert_int_eq(conf_set(conf, "limits.tombstone_life=2d", &errors), ERR_OK);
	ck_assert_uint_eq(conf->limits.tombstone_life_ms, 48 * 3600 * SECOND_MS);
	ck_assert_int_eq(conf_set(conf, "limits.tombstone_life=90s", &errors), ERR_OK);
	ck_assert_uint_eq(conf->limits.tombstone_life_ms, 90 * SECOND_MS);
}
END_TEST

START_TEST(sizes_are_bytes_or_have_binary_units)
{
	ck_assert_int_eq(conf_set(conf, "limits.value_size_max=1000", &errors), ERR_OK);
	ck_assert_uint_eq(conf->limits.value_size_max, 1000);
	ck_assert_int_eq(
		conf_set(conf, "limits.value_size_max=64KiB", &errors), ERR_OK);
	ck_assert_uint_eq(conf->limits.value_size_max, 64 * 1024);
	ck_assert_int_eq(conf_set(conf, "limits.state_size_max=1TiB", &errors), ERR_OK);
	ck_assert_uint_eq(conf->limits.state_size_max, UINT64_C(1) << 40);
}
END_TEST

static const struct {
	const char *assignment;
	const char *reason;
} refused[] = {
	{"failure.probe_interval=19ms", "`19ms` is below the minimum, 20ms"},
	{"failure.probe_interval=11min", "`11min` is above the maximum, 10min"},
	{"failure.probe_interval=99999999999999999999s",
		"`99999999999999999999s` is above the maximum, 10min"},
	{"failure.probe_interval=18446744073709551615d",
		"`18446744073709551615d` is above the maximum, 10min"},
	{"failure.probe_interval=1",
		"`1` is not a duration, such as 500ms, 1s, 5min, 1h or 1d"},
	{"failure.probe_interval=1.5s",
		"`1.5s` is not a duration, such as 500ms, 1s, 5min, 1h or 1d"},
	{"failure.probe_interval=-1s",
		"`-1s` is not a duration, such as 500ms, 1s, 5min, 1h or 1d"},
	{"limits.value_size_max=64kB",
		"`64kB` is not a size, such as 1400, 64KiB, 1MiB or 1GiB"},
	{"gossip.neighbour_rings=4", "`4` is above the maximum, 3"},
	{"limits.key_size_max=513", "`513` is above the maximum, 512"},
	{"failure.indirect_count=", "`` is not a whole number"},
	{"failure.indirect_count=3x", "`3x` is not a whole number"},
	{"log.level=loud", "`loud` is not one of error, warning, notice, info, debug"},
	{"node.name=two words", "`two words` has other characters than letters, "
				"digits, `.`, `_` and `-`"},
	{"node.name=0123456789012345678901234567890123456789012345678901234567890123",
		"`012345678901234567890123456789012345678901234567890123456789` is "
		"longer than 63 bytes"},
	{"node.state_dir=", "must not be empty"},
	{"node.state_dir=/a\nb", "`/a?b` has a control character"},
	{"node.bind=", "must not be empty"},
	{"node.bind=localhost", "`localhost` is not an address, such as "
				"192.0.2.1:7117 or [2001:db8::1]:7117"},
	{"node.bind=192.0.2.1:0", "`192.0.2.1:0` has port 0"},
	{"node.bind+=192.0.2.1", "is not a list to add to"},
};

START_TEST(a_refused_value_changes_nothing_and_says_why)
{
	const char *assignment = refused[_i].assignment;
	char name[64] = "";
	char wanted[256];

	memcpy(name, assignment, strcspn(assignment, "+="));
	*strchr(name, '.') = '\0';

	const struct conf_key *key = conf_key_find(name, name + strlen(name) + 1);
	char *before = conf_text(conf, key);

	ck_assert_int_eq(conf_set(conf, assignment, &errors), ERR_INVALID);

	char *after = conf_text(conf, key);

	ck_assert_str_eq(after, before);
	snprintf(wanted, sizeof(wanted), "command line: %s.%s: %s", key->section,
		key->name, refused[_i].reason);
	assert_errors(wanted);
	free(before);
	free(after);
}
END_TEST

START_TEST(booleans_read_back)
{
	struct conf_key key = {.type = CONF_BOOLEAN};
	char reason[CONF_REASON_SIZE];
	bool boolean = false;

	ck_assert_int_eq(value_parse(&key, "yes", &boolean, reason), ERR_OK);
	ck_assert(boolean);
	ck_assert_int_eq(value_parse(&key, "off", &boolean, reason), ERR_OK);
	ck_assert(!boolean);
	ck_assert_int_eq(value_parse(&key, "1", &boolean, reason), ERR_INVALID);
}
END_TEST

START_TEST(seeds_are_addresses_or_names_with_or_without_port)
{
	static const char *const right[] = {"node1", "node1:7118", "a.example.org",
		"192.0.2.1", "192.0.2.1:1", "::1", "[::1]", "[2001:db8::1]:65535",
		"4th-node"};
	static const char *const wrong[] = {"", "two words", "node1:", "node1:0",
		"node1:65536", "node1:7x", ":7117", "-node", ".node", "192.0.2",
		"192.0.2.1:0", "[::1", "7117", "no/de", "node1:000080", "10.0x1"};
	const struct conf_key *key = conf_key_find("cluster", "join");
	char reason[CONF_REASON_SIZE];

	for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
		ck_assert_msg(value_check_item(key, right[i], reason) == ERR_OK, "%s",
			right[i]);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		ck_assert_msg(value_check_item(key, wrong[i], reason) == ERR_INVALID,
			"%s", wrong[i]);
	}
}
END_TEST

/* --- the command line --- */

START_TEST(an_unknown_key_is_told_with_the_nearest_one)
{
	static const char *const wrong[] = {"failure.prob_interval=1s",
		"gossip.probe_interval=1s", "gosip.ihave_interval=1s",
		"probe_interval=1s", "colour=red", "no assignment"};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		ck_assert_int_eq(conf_set(conf, wrong[i], &errors), ERR_INVALID);
	}
	assert_errors("command line: unknown key `failure.prob_interval`, did you mean "
		      "`failure.probe_interval`?",
		"command line: unknown key `gossip.probe_interval`, did you mean "
		"`failure.probe_interval`?",
		"command line: unknown key `gosip.ihave_interval`, did you mean "
		"`gossip.ihave_interval`?",
		"command line: unknown key `probe_interval`, did you mean "
		"`failure.probe_interval`?",
		"command line: unknown key `colour`",
		"command line: `no assignment` is not of the form section.key=value");
}
END_TEST

START_TEST(a_list_is_replaced_added_to_and_emptied)
{
	ck_assert_int_eq(conf_set(conf, "cluster.join=a, b:1 ,::1", &errors), ERR_OK);
	assert_join("a, b:1, ::1");
	ck_assert_int_eq(conf_set(conf, "cluster.join+=c", &errors), ERR_OK);
	assert_join("a, b:1, ::1, c");
	ck_assert_int_eq(conf_set(conf, "cluster.join=d", &errors), ERR_OK);
	assert_join("d");
	ck_assert_int_eq(conf_set(conf, "cluster.join=e,,f", &errors), ERR_INVALID);
	assert_join("d");
	ck_assert_int_eq(conf_set(conf, "cluster.join=", &errors), ERR_OK);
	assert_join("");
}
END_TEST

START_TEST(a_list_has_a_most)
{
	for (unsigned int i = 0; i < 256; i++) {
		ck_assert_int_eq(conf_set(conf, "cluster.join+=a", &errors), ERR_OK);
	}
	ck_assert_int_eq(conf_set(conf, "cluster.join+=a", &errors), ERR_INVALID);
	ck_assert_uint_eq(conf->cluster.join.count, 256);
	assert_errors("command line: cluster.join: more than 256 items");
}
END_TEST

START_TEST(nothing_is_freed_safely)
{
	conf_free(NULL);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("conf");
	TCase *tcase = add_case(suite, "values");

	tcase_add_checked_fixture(tcase, conf_setup, conf_teardown);
	tcase_add_test(tcase, defaults_are_what_the_manual_says);
	tcase_add_test(tcase, every_key_takes_back_what_it_shows);
	tcase_add_test(tcase, keys_are_unique_and_grouped_by_section);
	tcase_add_test(tcase, durations_are_kept_in_the_unit_of_their_field);
	tcase_add_test(tcase, sizes_are_bytes_or_have_binary_units);
	tcase_add_loop_test(tcase, a_refused_value_changes_nothing_and_says_why, 0,
		sizeof(refused) / sizeof(refused[0]));
	tcase_add_test(tcase, booleans_read_back);
	tcase_add_test(tcase, seeds_are_addresses_or_names_with_or_without_port);
	tcase_add_test(tcase, an_unknown_key_is_told_with_the_nearest_one);
	tcase_add_test(tcase, a_list_is_replaced_added_to_and_emptied);
	tcase_add_test(tcase, a_list_has_a_most);
	tcase_add_test(tcase, nothing_is_freed_safely);
	return run_suite(suite);
}
