/* SPDX-License-Identifier: MIT */
#include "run.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/now.h"
#include "base/prng.h"
#include "conf/check.h"
#include "conf/load.h"
#include "conf/parse.h"
#include "conf/set.h"
#include "conf/source.h"
#include "conf_fixture.h"

#define PATH_SIZE 256

static char folder[64];
static char main_path[PATH_SIZE];

static int
remove_entry(const char *path, const struct stat *status, int type, struct FTW *where)
{
	(void)status;
	(void)type;
	(void)where;
	return remove(path);
}

static void
setup_folder(void)
{
	char path[PATH_SIZE];

	conf_setup();
	snprintf(folder, sizeof(folder), "/tmp/test_conf.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/conf.d", folder);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	snprintf(main_path, sizeof(main_path), "%s/main.conf", folder);
}

static void
teardown_folder(void)
{
	nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
	conf_teardown();
}

static void
write_file(const char *name, const char *text)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "%s/%s", folder, name);

	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	ck_assert_int_eq(fclose(file), 0);
}

/* What a file with this text says; errors name it "F". */
static enum err
parse(const char *text)
{
	char *copy = mem_copy_string(text);
	enum err err = source_prepare(copy, "F", &errors);

	if (err == ERR_OK) {
		err = conf_parse(conf, "F", copy, &errors);
	}
	free(copy);
	return err;
}

START_TEST(words_need_no_quotes)
{
	ck_assert_int_eq(parse("node { bind = [::1]:7118 name = \"web\\x31\"\n"
			       "state_dir = /srv//x y=1 }"),
		ERR_INVALID);
	ck_assert_uint_eq(conf->node.bind.port, 7118);
	ck_assert_str_eq(conf->node.name, "web1");
	ck_assert_str_eq(conf->node.state_dir, "/srv//x");
	assert_errors("F:2: unknown key `y`");
	ck_assert_str_eq(conf_origin(conf, conf_key_find("node", "state_dir")), "F:2");
}
END_TEST

START_TEST(comments_are_anywhere_and_move_no_line)
{
	ck_assert_int_eq(parse("# one { \" '\n"
			       "// two\n"
			       "node { /* three\n"
			       "\n"
			       "five } */ name = a# six\n"
			       "}\n"
			       "cluster { join = { a, # seven\n"
			       "/* eight */ \"b#\", c } }"),
		ERR_INVALID);
	ck_assert_str_eq(conf->node.name, "a");
	ck_assert_str_eq(conf_origin(conf, conf_key_find("node", "name")), "F:5");
	assert_errors("F:8: cluster.join: `b#` is neither an address nor a name, such "
		      "as 192.0.2.1, [2001:db8::1]:7117, node1 or node1:7117");
}
END_TEST

START_TEST(every_error_is_told_in_the_order_of_the_lines)
{
	ck_assert_int_eq(parse("failure {\n"
			       "	prob_interval = 1s\n"
			       "	probe_timeout = 5\n"
			       "	ihave_interval = 1s\n"
			       "}\n"
			       "gosip {\n"
			       "	what = { ever, it }\n"
			       "	graft_timeout = 1s\n"
			       "}\n"
			       "level = debug\n"
			       "nonsense { }\n"
			       "log { level = 9 }\n"
			       "node { name = ok }\n"),
		ERR_INVALID);
	assert_errors(
		"F:2: unknown key `prob_interval`, did you mean `probe_interval`?",
		"F:3: failure.probe_timeout: `5` is not a duration, such as 500ms, 1s, "
		"5min, 1h or 1d",
		"F:4: unknown key `ihave_interval`, did you mean `ihave_interval` in "
		"section `gossip`?",
		"F:6: unknown section `gosip`, did you mean `gossip`?",
		"F:10: unknown key `level`, did you mean `level` in section `log`?",
		"F:11: unknown section `nonsense`",
		"F:12: log.level: `9` is not one of error, warning, notice, info, "
		"debug");
	ck_assert_str_eq(conf->node.name, "ok");
	ck_assert_uint_eq(conf->gossip.graft_timeout_us, 5 * MS_US);
}
END_TEST

static const struct {
	const char *text;
	const char *error;
} broken[] = {
	{"\nnode {\n name = a\n", "F:2: a `{` that begins here is never closed"},
	{"cluster { join = { a\n", "F:1: a `{` that begins here is never closed"},
	{"node { }\n/* foo\n\n", "F:2: a comment that begins here is never closed"},
	{"\nnode { name = \"a }\n", "F:2: a quote that begins here is never closed"},
	{"node { name = 'a\\", "F:1: a quote that begins here is never closed"},
	{"node { } }", "F:1: unexpected closing brace"},
	{"node { name = }", "F:1: unexpected token '}'"},
	{"node { name = { a } }", "F:1: unexpected token '{'"},
	{"node { name += a }", "F:1: attempt to append to non-list option 'name'"},
	{"node = a", "F:1: missing opening brace for section 'node'"},
	{"node { name a }", "F:1: missing equal sign after option 'name'"},
	{"node { name = a*b }", "F:1: `*` and `+` in a value need quotes around it"},
	{"node {\n\tzone = a b\n}",
		"F:2: unexpected `b`: not a key, and no `=` follows "
		"(a value with spaces needs quotes)"},
	{"node|name = a", "F:1: a key must be inside the braces of its section"},
	{"\"\" = a", "F:1: syntax error"},
	{"\n{{{{{", "F:2: braces are nested too deeply"},
	{"node { name = a\033 }", "F:1: a control character"},
	{"node { \"\\x1b\\xff\" = a }", "F:1: unknown key `??`"},
};

START_TEST(broken_syntax_is_told_with_its_line)
{
	ck_assert_int_eq(parse(broken[_i].text), ERR_INVALID);
	assert_errors(broken[_i].error);
}
END_TEST

START_TEST(what_is_cut_off_or_garbled_does_no_harm)
{
	static const char text[] = "# c\nnode { name = \"a\\x41\" bind = [::]:1 }\n"
				   "/* c */ cluster { join = { a, b:1 } join += c }\n"
				   "gosip { x = { y } } nme = 'b' // c\n"
				   "limits { state_size_max = 2GiB q = 1 }\n";
	struct prng prng;

	prng_init(&prng, 1);
	for (size_t len = 0; len < sizeof(text); len++) {
		for (size_t flips = 0; flips < 8; flips++) {
			char garbled[sizeof(text)] = "";

			memcpy(garbled, text, len);
			for (size_t i = 0; i < flips && len > 0; i++) {
				garbled[prng_below(&prng, len)] ^=
					(char)(1 << prng_below(&prng, 7));
			}

			size_t before = errors.count;
			enum err err = parse(garbled);

			ck_assert_int_eq(err == ERR_OK, errors.count == before);
		}
	}
	for (size_t i = 0; i < errors.count; i++) {
		struct bytes line = bytes_of_string(errors.items[i].text);

		ck_assert(bytes_is_utf8(line) && !bytes_has_control(line));
	}
}
END_TEST

/* --- folders --- */

START_TEST(only_a_file_that_must_exist_may_not_be_missing)
{
	char wanted[PATH_SIZE + 64];

	ck_assert_int_eq(conf_load(conf, main_path, false, &errors), ERR_OK);
	ck_assert_uint_eq(errors.count, 0);
	ck_assert_int_eq(conf_load(conf, main_path, true, &errors), ERR_IO);
	snprintf(wanted, sizeof(wanted), "%s: No such file or directory", main_path);
	assert_errors(wanted);
	ck_assert_int_eq(conf_load(conf, folder, true, &errors), ERR_IO);
	ck_assert_ptr_nonnull(strstr(errors.items[1].text, ": Is a directory"));
}
END_TEST

START_TEST(later_files_win_in_the_order_of_their_names)
{
	char origin[PATH_SIZE];

	write_file("main.conf", "node { name = main zone = main }");
	write_file("conf.d/20.conf", "node { zone = last }");
	write_file("conf.d/10.conf", "node { zone = first name = first }");
	write_file("conf.d/30.conf.orig", "node { zone = orig }");
	write_file("conf.d/.40.conf", "node { zone = hidden }");
	ck_assert_int_eq(conf_load(conf, main_path, true, &errors), ERR_OK);
	ck_assert_str_eq(conf->node.name, "first");
	ck_assert_str_eq(conf->node.zone, "last");
	snprintf(origin, sizeof(origin), "%s/conf.d/20.conf:1", folder);
	ck_assert_str_eq(conf_origin(conf, conf_key_find("node", "zone")), origin);
}
END_TEST

START_TEST(later_lists_replace_unless_they_add)
{
	write_file("main.conf", "cluster { join = { a, b } }");
	ck_assert_int_eq(conf_load(conf, main_path, true, &errors), ERR_OK);
	assert_join("a, b");
	write_file("conf.d/1.conf", "cluster { join += c join += { d } } x = 1");
	ck_assert_int_eq(conf_load(conf, main_path, true, &errors), ERR_INVALID);
	assert_join("a, b, c, d");
	write_file("conf.d/2.conf", "cluster { join = e }");
	ck_assert_int_eq(conf_load(conf, main_path, true, &errors), ERR_INVALID);
	assert_join("e");
	write_file("conf.d/3.conf", "cluster { join = {} }");
	ck_assert_int_eq(conf_load(conf, main_path, true, &errors), ERR_INVALID);
	assert_join("");
}
END_TEST

START_TEST(errors_of_all_files_are_told)
{
	char wanted[3][PATH_SIZE + 64];

	write_file("main.conf", "\nnode { name = \"\x01\" }");
	write_file("conf.d/1.conf", "log { level = debug }");
	write_file("conf.d/2.conf", "}");
	ck_assert_int_eq(conf_load(conf, main_path, true, &errors), ERR_INVALID);
	ck_assert_int_eq(conf->log.level, LOG_DEBUG);
	snprintf(wanted[0], sizeof(wanted[0]),
		"%s:2: node.name: `?` has a control character", main_path);
	snprintf(wanted[1], sizeof(wanted[1]),
		"%s/conf.d/2.conf:1: unexpected closing brace", folder);
	assert_errors(wanted[0], wanted[1]);
}
END_TEST

START_TEST(a_file_that_is_no_text_is_refused)
{
	char path[PATH_SIZE];
	char *text = mem_new(SOURCE_SIZE_MAX + 2);

	memset(text, '\n', SOURCE_SIZE_MAX + 1);
	text[SOURCE_SIZE_MAX] = '\0';
	write_file("main.conf", text);
	ck_assert_int_eq(conf_load(conf, main_path, true, &errors), ERR_OK);
	text[SOURCE_SIZE_MAX] = '\n';
	write_file("main.conf", text);
	ck_assert_int_eq(conf_load(conf, main_path, true, &errors), ERR_INVALID);
	ck_assert_ptr_nonnull(strstr(errors.items[0].text, "larger than 1MiB"));
	snprintf(path, sizeof(path), "%s/zero.conf", folder);
	ck_assert_int_eq(symlink("/dev/zero", path), 0);
	ck_assert_int_eq(conf_load(conf, path, true, &errors), ERR_INVALID);
	write_file("main.conf", "");
	ck_assert_int_eq(truncate(main_path, 1), 0);
	ck_assert_int_eq(conf_load(conf, main_path, true, &errors), ERR_INVALID);
	ck_assert_ptr_nonnull(strstr(errors.items[2].text, "NUL byte"));
	free(text);
}
END_TEST

/* --- the whole --- */

START_TEST(keys_that_contradict_each_other_are_told_with_their_origin)
{
	ck_assert_int_eq(parse("failure { probe_interval = 100ms\n"
			       "probe_timeout_min = 1s }"),
		ERR_OK);
	ck_assert_int_eq(conf_set(conf, "control.line_size_max=1MiB", &errors), ERR_OK);
	ck_assert_int_eq(
		conf_set(conf, "control.connections_per_user_max=257", &errors),
		ERR_OK);
	ck_assert_int_eq(conf_set(conf, "control.socket=/s", &errors), ERR_OK);
	ck_assert_int_eq(
		conf_set(conf, "control.read_only_socket=/s", &errors), ERR_OK);
	ck_assert_int_eq(conf_set(conf, "node.advertise=0.0.0.0", &errors), ERR_OK);
	ck_assert_int_eq(conf_check(conf, &errors), ERR_INVALID);
	assert_errors("F:2: failure.probe_timeout_min (1s) is above "
		      "failure.probe_timeout (500ms)",
		"F:1: failure.probe_timeout (500ms) is above failure.probe_interval "
		"(100ms)",
		"command line: control.connections_per_user_max (257) is above "
		"control.connection_count_max (256)",
		"command line: control.line_size_max (1MiB) is too small for a request "
		"with a value of limits.value_size_max (1MiB)",
		"command line: control.read_only_socket (/s) is the same as "
		"control.socket (/s)",
		"command line: node.advertise: must be an address that others can "
		"reach");
}
END_TEST

START_TEST(an_advertised_address_has_the_port_bound_to)
{
	ck_assert_int_eq(conf_set(conf, "node.advertise=192.0.2.1", &errors), ERR_OK);
	ck_assert_int_eq(conf_set(conf, "node.bind=[::]:7118", &errors), ERR_OK);
	ck_assert_int_eq(conf_check(conf, &errors), ERR_OK);
	ck_assert_uint_eq(conf->node.advertise.port, 7118);
	ck_assert_int_eq(conf_set(conf, "node.advertise=192.0.2.1:1", &errors), ERR_OK);
	ck_assert_int_eq(conf_check(conf, &errors), ERR_OK);
	ck_assert_uint_eq(conf->node.advertise.port, 1);
}
END_TEST

static void
add_file_tests(Suite *suite)
{
	TCase *tcase = add_case(suite, "files");

	tcase_add_checked_fixture(tcase, conf_setup, conf_teardown);
	tcase_add_test(tcase, words_need_no_quotes);
	tcase_add_test(tcase, comments_are_anywhere_and_move_no_line);
	tcase_add_test(tcase, every_error_is_told_in_the_order_of_the_lines);
	tcase_add_loop_test(tcase, broken_syntax_is_told_with_its_line, 0,
		sizeof(broken) / sizeof(broken[0]));
	tcase_add_test(tcase, what_is_cut_off_or_garbled_does_no_harm);
	tcase_add_test(
		tcase, keys_that_contradict_each_other_are_told_with_their_origin);
	tcase_add_test(tcase, an_advertised_address_has_the_port_bound_to);
}

static void
add_folder_tests(Suite *suite)
{
	TCase *tcase = add_case(suite, "folders");

	tcase_add_checked_fixture(tcase, setup_folder, teardown_folder);
	tcase_add_test(tcase, only_a_file_that_must_exist_may_not_be_missing);
	tcase_add_test(tcase, later_files_win_in_the_order_of_their_names);
	tcase_add_test(tcase, later_lists_replace_unless_they_add);
	tcase_add_test(tcase, errors_of_all_files_are_told);
	tcase_add_test(tcase, a_file_that_is_no_text_is_refused);
}

int
main(void)
{
	Suite *suite = suite_create("conf files");

	add_file_tests(suite);
	add_folder_tests(suite);
	return run_suite(suite);
}
