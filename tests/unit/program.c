/* SPDX-License-Identifier: MIT */
#include "program.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/mem.h"
#include "cli/cli.h"

#define ARGUMENT_COUNT_MAX 16

struct surroundings surroundings;
struct fake_daemon fake;

/* The standard files of a run. */
struct files {
	int in;
	int out;
	int err;
	int terminal; /* the other side of standard output; -1 when it is none */
};

/* An empty file without a name. */
static int
open_file(void)
{
	char path[] = "/tmp/test-cli-XXXXXX";
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	unlink(path);
	return fd;
}

/* What is written to one side comes out of the other as it is. */
static void
open_terminal(struct files *files)
{
	struct termios modes;

	files->terminal = posix_openpt(O_RDWR | O_NOCTTY);
	ck_assert_int_ge(files->terminal, 0);
	ck_assert_int_eq(grantpt(files->terminal), 0);
	ck_assert_int_eq(unlockpt(files->terminal), 0);
	files->out = open(ptsname(files->terminal), O_RDWR | O_NOCTTY);
	ck_assert_int_ge(files->out, 0);
	ck_assert_int_eq(tcgetattr(files->out, &modes), 0);
	cfmakeraw(&modes);
	ck_assert_int_eq(tcsetattr(files->out, TCSANOW, &modes), 0);
}

static void
open_unread_pipe(struct files *files)
{
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	close(ends[0]);
	files->out = ends[1];
}

static void
open_files(struct files *files)
{
	const char *input = surroundings.input != NULL ? surroundings.input : "";
	ssize_t input_len = (ssize_t)strlen(input);

	files->terminal = -1;
	files->in = open_file();
	ck_assert_int_eq(write(files->in, input, (size_t)input_len), input_len);
	ck_assert_int_eq(lseek(files->in, 0, SEEK_SET), 0);
	files->err = open_file();
	if (surroundings.terminal != NULL) {
		open_terminal(files);
	} else if (surroundings.is_output_unread) {
		open_unread_pipe(files);
	} else if (surroundings.output != NULL) {
		files->out = open(surroundings.output, O_WRONLY);
	} else {
		files->out = open_file();
	}
	ck_assert_int_ge(files->out, 0);
}

static _Noreturn void
become_program(const struct files *files, const char *const *arguments)
{
	static char name[] = "rumor";
	char *argv[ARGUMENT_COUNT_MAX + 2] = {name};
	int argc = 1;

	for (; *arguments != NULL && argc <= ARGUMENT_COUNT_MAX; arguments++) {
		argv[argc++] = mem_copy_string(*arguments);
	}
	dup2(files->in, STDIN_FILENO);
	dup2(files->out, STDOUT_FILENO);
	dup2(files->err, STDERR_FILENO);
	if (surroundings.is_output_closed) {
		close(STDOUT_FILENO);
	}
	setenv("RUMOR_SOCKET", fake.path[0] != '\0' ? fake.path : "/nowhere/socket", 1);
	setenv("TERM", surroundings.terminal != NULL ? surroundings.terminal : "dumb",
		1);

	int status = cli_main(argc, argv);

	while (argc > 1) {
		free(argv[--argc]);
	}
	exit(status);
}

/* Reads to the end; a terminal whose other side was closed gives an error there. */
static void
read_all(int fd, char *text, size_t size)
{
	size_t len = 0;
	ssize_t got;

	while (len < size - 1 && (got = read(fd, text + len, size - 1 - len)) > 0) {
		len += (size_t)got;
	}
	text[len] = '\0';
}

static pid_t
start_program(const struct files *files, const char *const *arguments)
{
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		become_program(files, arguments);
	}
	return pid;
}

/* Waits for the program and reads what it wrote. */
static struct run
finish_program(pid_t pid, const struct files *files)
{
	struct run run;
	int status;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	run.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	lseek(files->err, 0, SEEK_SET);
	read_all(files->err, run.err, sizeof(run.err));
	lseek(files->out, 0, SEEK_SET);
	if (files->terminal >= 0) {
		close(files->out);
		read_all(files->terminal, run.out, sizeof(run.out));
		close(files->terminal);
	} else {
		read_all(files->out, run.out, sizeof(run.out));
		close(files->out);
	}
	close(files->err);
	close(files->in);
	return run;
}

struct run
run_alone(const char *const *arguments)
{
	struct files files;

	open_files(&files);
	return finish_program(start_program(&files, arguments), &files);
}

struct run
run_with(const char *const *answers, const char *const *arguments)
{
	struct files files;

	fake_daemon_fini(&fake);
	fake = (struct fake_daemon){.answers = answers};
	open_files(&files);
	fake_daemon_listen(&fake);

	pid_t pid = start_program(&files, arguments);

	fake_daemon_serve(&fake);

	struct run run = finish_program(pid, &files);

	fake_daemon_stop(&fake);
	return run;
}

void
set_up(void)
{
	fake = (struct fake_daemon){0};
	surroundings = (struct surroundings){0};
	unsetenv("NO_COLOR");
	unsetenv("POSIXLY_CORRECT");
}

void
tear_down(void)
{
	fake_daemon_fini(&fake);
}
