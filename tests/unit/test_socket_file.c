/* SPDX-License-Identifier: MIT */
#include "control/socket_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run.h"

static char folder[64];
static char path[80];

static void
set_up(void)
{
	snprintf(folder, sizeof(folder), "/tmp/test_socket_file.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/control.sock", folder);
}

/* Fails when anything but the socket is left in the folder. */
static void
tear_down(void)
{
	unlink(path);
	ck_assert_int_eq(rmdir(folder), 0);
}

static mode_t
mode_of_path(void)
{
	struct stat stat;

	ck_assert_int_eq(lstat(path, &stat), 0);
	ck_assert(S_ISSOCK(stat.st_mode));
	return stat.st_mode & 07777;
}

static void
open_file(struct socket_file *file, mode_t mode)
{
	ck_assert_int_eq(socket_file_init(file, path, mode), ERR_OK);
}

static void
close_file(struct socket_file *file)
{
	close(file->fd);
	socket_file_fini(file);
}

START_TEST(the_file_has_its_mode_whatever_the_umask)
{
	struct socket_file file;
	mode_t umask_before = umask(0077);

	open_file(&file, 0666);
	ck_assert_uint_eq(mode_of_path(), 0666);
	close_file(&file);
	umask(0);
	open_file(&file, 0660);
	ck_assert_uint_eq(mode_of_path(), 0660);
	ck_assert_uint_eq(umask(umask_before), 0);
	close_file(&file);
}
END_TEST

START_TEST(the_file_is_removed_at_the_end)
{
	struct socket_file file;

	open_file(&file, 0660);
	close_file(&file);
	ck_assert_int_eq(access(path, F_OK), -1);
	ck_assert_int_eq(errno, ENOENT);
}
END_TEST

START_TEST(a_file_that_nobody_answers_on_is_replaced)
{
	struct socket_file dead;
	struct socket_file file;

	open_file(&dead, 0600);
	close(dead.fd);
	open_file(&file, 0660);
	ck_assert_uint_eq(mode_of_path(), 0660);

	/* The file is no longer that of the first, which leaves it alone. */
	socket_file_fini(&dead);
	ck_assert_uint_eq(mode_of_path(), 0660);
	close_file(&file);
}
END_TEST

START_TEST(a_live_socket_is_left_alone)
{
	struct socket_file live;
	struct socket_file file;

	open_file(&live, 0600);
	ck_assert_int_eq(socket_file_init(&file, path, 0660), ERR_DUPLICATE);
	ck_assert_uint_eq(mode_of_path(), 0600);
	close_file(&live);
}
END_TEST

START_TEST(something_else_at_the_path_is_left_alone)
{
	struct socket_file file;
	int fd = open(path, O_CREAT | O_WRONLY, 0600);

	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_assert_int_eq(socket_file_init(&file, path, 0660), ERR_IO);
	ck_assert_int_eq(errno, EEXIST);
	ck_assert_int_eq(access(path, F_OK), 0);
}
END_TEST

START_TEST(a_missing_folder_is_told)
{
	struct socket_file file;
	char missing[100];

	snprintf(missing, sizeof(missing), "%s/none/control.sock", folder);
	ck_assert_int_eq(socket_file_init(&file, missing, 0660), ERR_IO);
	ck_assert_int_eq(errno, ENOENT);
}
END_TEST

/* A path in the folder of `len` bytes. */
static void
fill_path(char *name, size_t len)
{
	memset(name, 'x', len);
	memcpy(name, folder, strlen(folder));
	name[strlen(folder)] = '/';
	name[len] = '\0';
}

START_TEST(a_path_too_long_is_told)
{
	struct socket_file file;
	char name[109];

	fill_path(name, 108);
	ck_assert_int_eq(socket_file_init(&file, name, 0660), ERR_IO);
	ck_assert_int_eq(errno, ENAMETOOLONG);
}
END_TEST

START_TEST(a_path_as_long_as_an_address_takes_is_fine)
{
	struct socket_file file;
	char name[108];

	fill_path(name, 107);
	ck_assert_int_eq(socket_file_init(&file, name, 0660), ERR_OK);
	ck_assert_int_eq(access(name, F_OK), 0);
	close_file(&file);
	fill_path(name, strlen(folder) + 2);
	ck_assert_int_eq(socket_file_init(&file, name, 0660), ERR_OK);
	close_file(&file);
}
END_TEST

START_TEST(a_start_that_was_cut_short_is_no_hindrance)
{
	struct socket_file dead;
	struct socket_file file;
	char temporary[90];

	snprintf(temporary, sizeof(temporary), "%s/control.soc~", folder);
	open_file(&dead, 0600);
	close(dead.fd);
	ck_assert_int_eq(rename(path, temporary), 0);
	open_file(&file, 0660);
	ck_assert_int_eq(access(temporary, F_OK), -1);
	close_file(&file);
	socket_file_fini(&dead);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("socket_file");
	TCase *tcase = add_case(suite, "socket_file");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, the_file_has_its_mode_whatever_the_umask);
	tcase_add_test(tcase, the_file_is_removed_at_the_end);
	tcase_add_test(tcase, a_file_that_nobody_answers_on_is_replaced);
	tcase_add_test(tcase, a_live_socket_is_left_alone);
	tcase_add_test(tcase, something_else_at_the_path_is_left_alone);
	tcase_add_test(tcase, a_missing_folder_is_told);
	tcase_add_test(tcase, a_path_too_long_is_told);
	tcase_add_test(tcase, a_path_as_long_as_an_address_takes_is_fine);
	tcase_add_test(tcase, a_start_that_was_cut_short_is_no_hindrance);
	return run_suite(suite);
}
