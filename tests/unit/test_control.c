/* SPDX-License-Identifier: MIT */
#include "control/control.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "control/service.h"
#include "control_world.h"
#include "run.h"

static struct world world;

static void
set_up(void)
{
	world_open(&world);
}

static void
tear_down(void)
{
	world_close(&world);
}

/* --- lines --- */

START_TEST(requests_in_one_write_are_answered_in_order_after_half_close)
{
	json_t *answers = world_ask(
		&world, SET("1", "a", "x") "\n" GET("2", "a") "\n" GET("3", "b") "\n");

	ck_assert_uint_eq(json_array_size(answers), 3);
	ck_assert_int_eq(number_at(answer_at(answers, 0), "id"), 1);
	ck_assert_int_eq(number_at(answer_at(answers, 1), "id"), 2);
	ck_assert_int_eq(number_at(answer_at(answers, 2), "id"), 3);
	check_result(answer_at(answers, 1));
	check_error(answer_at(answers, 2), 1, "not_found");
	json_decref(answers);
}
END_TEST

START_TEST(nothing_is_said_before_a_request)
{
	int fd = world_connect(&world);
	char byte;

	world_turn(&world);
	ck_assert_int_eq(recv(fd, &byte, 1, 0), -1);
	ck_assert_int_eq(errno, EAGAIN);
	close(fd);
}
END_TEST

START_TEST(the_last_line_needs_no_newline)
{
	json_t *answers = world_ask(&world, SET("0", "a", "x") "\n" GET("1", "a"));

	check_ids_in_order(answers, 2);
	json_decref(answers);
}
END_TEST

START_TEST(carriage_returns_and_blank_lines_are_passed_over)
{
	json_t *answers = world_ask(&world,
		"\n\r\n \t\n" GET("0", "a") "\r\n\n\r\n" GET("1", "a") "\r\n\r\n ");

	check_ids_in_order(answers, 2);
	json_decref(answers);
}
END_TEST

START_TEST(a_request_may_come_byte_by_byte)
{
	const char *text = GET("0", "a") "\r\n" GET("1", "b") "\n";
	int fd = world_connect(&world);

	for (size_t i = 0; text[i] != '\0'; i++) {
		world_send(&world, fd, text + i, 1);
	}

	char *answer = world_read_lines(&world, fd, 2);
	json_t *answers = parse_lines(answer);

	check_ids_in_order(answers, 2);
	json_decref(answers);
	free(answer);
	close(fd);
}
END_TEST

START_TEST(a_connection_may_ask_again_and_again)
{
	int fd = world_connect(&world);

	for (int i = 0; i < 5; i++) {
		world_send(&world, fd, GET("7", "a") "\n", strlen(GET("7", "a") "\n"));

		char *answer = world_read_lines(&world, fd, 1);
		json_t *answers = parse_lines(answer);

		ck_assert_int_eq(number_at(answer_at(answers, 0), "id"), 7);
		json_decref(answers);
		free(answer);
	}
	close(fd);
}
END_TEST

START_TEST(a_line_too_long_is_refused_once_and_the_next_is_answered)
{
	size_t len = world.settings.line_size_max + 300000;
	char *line = mem_new(len + 1);
	int fd = world_connect(&world);

	memset(line, '[', len);
	world_send(&world, fd, line, len);
	world_send(
		&world, fd, "\n" GET("5", "a") "\n", strlen("\n" GET("5", "a") "\n"));

	char *answer = world_read_lines(&world, fd, 2);
	json_t *answers = parse_lines(answer);

	ck_assert_uint_eq(json_array_size(answers), 2);
	check_error(answer_at(answers, 0), 7, "too_large");
	ck_assert(json_is_null(json_object_get(answer_at(answers, 0), "id")));
	ck_assert_int_eq(number_at(answer_at(answers, 1), "id"), 5);
	ck_assert_uint_eq(control_counters(world.control)->lines_too_long, 1);
	json_decref(answers);
	free(answer);
	free(line);
	close(fd);
}
END_TEST

START_TEST(a_line_too_long_without_an_end_is_refused_once)
{
	size_t len = world.settings.line_size_max + 1;
	char *line = mem_new(len + 1);

	memset(line, 'x', len);

	json_t *answers = world_ask(&world, line);

	ck_assert_uint_eq(json_array_size(answers), 1);
	check_error(answer_at(answers, 0), 7, "too_large");
	json_decref(answers);
	free(line);
}
END_TEST

/* A request padded with blanks to `len` characters and its newline. */
static json_t *
ask_padded(size_t len)
{
	char *line = mem_new(len + 2);

	memset(line, ' ', len);
	memcpy(line, GET("1", "a"), strlen(GET("1", "a")));
	line[len] = '\n';

	json_t *answers = world_ask(&world, line);

	ck_assert_uint_eq(json_array_size(answers), 1);
	free(line);
	return answers;
}

START_TEST(the_limit_of_a_line_is_exact)
{
	json_t *answers = ask_padded(world.settings.line_size_max);

	check_error(answer_at(answers, 0), 1, "not_found");
	json_decref(answers);
	answers = ask_padded(world.settings.line_size_max + 1);
	check_error(answer_at(answers, 0), 7, "too_large");
	json_decref(answers);
}
END_TEST

/* --- limits and sockets --- */

static void
check_refused(int fd)
{
	char *answer = world_read_all(&world, fd, NULL);
	json_t *answers = parse_lines(answer);

	ck_assert_uint_eq(json_array_size(answers), 1);
	check_error(answer_at(answers, 0), 7, "quota");
	ck_assert(json_is_null(json_object_get(answer_at(answers, 0), "id")));
	json_decref(answers);
	free(answer);
}

START_TEST(a_user_has_so_many_connections_and_no_more)
{
	int fds[9];

	for (size_t i = 0; i < 9; i++) {
		fds[i] = world_connect(&world);
	}
	check_refused(fds[8]);
	ck_assert_uint_eq(control_counters(world.control)->connections, 8);
	ck_assert_uint_eq(control_counters(world.control)->connections_refused, 1);

	/* A place that is free again can be taken. */
	close(fds[0]);
	world_turn(&world);
	json_decref(world_ask(&world, GET("1", "a")));
	ck_assert_uint_eq(control_counters(world.control)->connections, 9);
	for (size_t i = 1; i < 9; i++) {
		close(fds[i]);
	}
}
END_TEST

START_TEST(all_users_together_have_so_many_connections)
{
	struct world *w = &world;

	control_free(w->control);
	w->settings.connection_count_max = 2;
	world_start(w);

	int first = world_connect(w);
	int second = world_connect_to(w, w->read_only_path);
	int third = world_connect(w);

	check_refused(third);
	close(first);
	close(second);
	close(third);
}
END_TEST

START_TEST(out_of_descriptors_the_server_waits_and_goes_on)
{
	struct service *service = control_service(world.control);
	struct rlimit limit;
	struct rlimit none_left;
	int fd = world_connect_raw(world.path);

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none_left = limit;
	none_left.rlim_cur = 1;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none_left), 0);
	world_turn(&world);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	world_turn(&world);
	ck_assert_uint_eq(service->connection_count, 0);
	while (service->connection_count == 0) {
		event_base_loop(world.base, EVLOOP_ONCE);
	}
	close(fd);
}
END_TEST

START_TEST(the_read_only_socket_reads_and_does_not_write)
{
	json_t *answers = world_ask_at(&world, world.read_only_path,
		SET("1", "a", "x") "\n" GET(
			"2", "a") "\n"
				  "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"member."
				  "leave\"}\n"
				  "{\"jsonrpc\":\"2.0\",\"method\":\"member.leave\"}\n"
				  "{\"jsonrpc\":\"2.0\",\"id\":4,\"method\":\"cluster."
				  "status\"}\n");

	ck_assert_uint_eq(json_array_size(answers), 4);
	check_error(answer_at(answers, 0), 6, "read_only");
	check_error(answer_at(answers, 1), 1, "not_found");
	check_error(answer_at(answers, 2), 6, "read_only");
	check_result(answer_at(answers, 3));
	ck_assert_uint_eq(world.leave_count, 0);
	ck_assert_uint_eq(world.settle_count, 0);
	json_decref(answers);
}
END_TEST

START_TEST(freeing_the_server_sends_what_the_socket_takes)
{
	int fd = world_connect(&world);
	struct world *w = &world;

	ck_assert_int_gt(
		send(fd, GET("1", "a") "\n", strlen(GET("1", "a") "\n"), 0), 0);
	world_turn(w);
	control_free(w->control);
	w->control = NULL;

	char *answer = world_read_all(w, fd, NULL);

	ck_assert_ptr_nonnull(strstr(answer, "not_found"));
	ck_assert_int_eq(access(w->path, F_OK), -1);
	ck_assert_int_eq(access(w->read_only_path, F_OK), -1);
	free(answer);
	close(fd);
}
END_TEST

START_TEST(a_batch_of_writes_is_settled_once_and_reads_never)
{
	json_t *answers = world_ask(&world,
		SET("1", "a", "x") "\n" SET("2", "b", "x") "\n" GET("3", "a") "\n");

	ck_assert_uint_eq(json_array_size(answers), 3);
	ck_assert_uint_eq(world.settle_count, 1);
	json_decref(answers);
	json_decref(world_ask(&world, GET("1", "a") "\n"));
	ck_assert_uint_eq(world.settle_count, 1);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("control");
	TCase *tcase = add_case(suite, "control");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(
		tcase, requests_in_one_write_are_answered_in_order_after_half_close);
	tcase_add_test(tcase, nothing_is_said_before_a_request);
	tcase_add_test(tcase, the_last_line_needs_no_newline);
	tcase_add_test(tcase, carriage_returns_and_blank_lines_are_passed_over);
	tcase_add_test(tcase, a_request_may_come_byte_by_byte);
	tcase_add_test(tcase, a_connection_may_ask_again_and_again);
	tcase_add_test(tcase, a_line_too_long_is_refused_once_and_the_next_is_answered);
	tcase_add_test(tcase, a_line_too_long_without_an_end_is_refused_once);
	tcase_add_test(tcase, the_limit_of_a_line_is_exact);
	tcase_add_test(tcase, a_user_has_so_many_connections_and_no_more);
	tcase_add_test(tcase, all_users_together_have_so_many_connections);
	tcase_add_test(tcase, out_of_descriptors_the_server_waits_and_goes_on);
	tcase_add_test(tcase, the_read_only_socket_reads_and_does_not_write);
	tcase_add_test(tcase, freeing_the_server_sends_what_the_socket_takes);
	tcase_add_test(tcase, a_batch_of_writes_is_settled_once_and_reads_never);
	return run_suite(suite);
}
