/* SPDX-License-Identifier: MIT */
#include "client/rumor.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/connection.h"
#include "client_side.h"
#include "run.h"

#define SHORT_TIMEOUT_MS 50

#define NOTIFICATION(number)                                                          \
	"{\"jsonrpc\":\"2.0\",\"method\":\"kv.item\",\"params\":{\"n\":" #number "}}" \
	"\n"

/* --- the way to the socket --- */

START_TEST(a_path_goes_before_the_environment_and_that_before_the_default)
{
	unsetenv("RUMOR_SOCKET");

	const char *built_in = rumor_socket_path(NULL);
	const char *end_of_path = strstr(built_in, "/rumord/control.sock");

	ck_assert_int_eq(built_in[0], '/');
	ck_assert_ptr_nonnull(end_of_path);
	ck_assert_str_eq(end_of_path, "/rumord/control.sock");
	setenv("RUMOR_SOCKET", "", 1);
	ck_assert_str_eq(rumor_socket_path(""), built_in);
	setenv("RUMOR_SOCKET", "/run/other.sock", 1);
	ck_assert_str_eq(rumor_socket_path(NULL), "/run/other.sock");
	ck_assert_str_eq(rumor_socket_path(""), "/run/other.sock");
	ck_assert_str_eq(rumor_socket_path("/run/mine.sock"), "/run/mine.sock");
}
END_TEST

START_TEST(no_socket_is_unreachable)
{
	ck_assert_int_eq(
		rumor_open("/nowhere/control.sock", 0, &rumor), RUMOR_UNREACHABLE);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_ptr_null(rumor);
}
END_TEST

START_TEST(a_socket_nobody_listens_on_is_unreachable)
{
	fake_daemon_start(&fake);
	shutdown(fake.listener, SHUT_RDWR);
	ck_assert_int_eq(rumor_open(fake.path, 0, &rumor), RUMOR_UNREACHABLE);
	ck_assert_int_eq(errno, ECONNREFUSED);
	ck_assert_ptr_null(rumor);
	fake_daemon_stop(&fake);
}
END_TEST

START_TEST(a_path_too_long_for_a_socket_is_unreachable)
{
	char path[200];

	memset(path, 'x', sizeof(path));
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	ck_assert_int_eq(rumor_open(path, 0, &rumor), RUMOR_UNREACHABLE);
	ck_assert_int_eq(errno, ENAMETOOLONG);
}
END_TEST

START_TEST(a_socket_whose_mode_forbids_it_is_denied)
{
	fake_daemon_start(&fake);
	chmod(fake.path, 0);
	if (geteuid() != 0 || seteuid(65534) == 0) {
		ck_assert_int_eq(rumor_open(fake.path, 0, &rumor), RUMOR_DENIED);
		ck_assert_int_eq(errno, EACCES);
		ck_assert_ptr_null(rumor);
	}
	ck_assert_int_eq(seteuid(getuid()), 0);
	fake_daemon_stop(&fake);
}
END_TEST

START_TEST(a_daemon_that_accepts_nobody_times_out)
{
	struct rumor *others[16];
	size_t count = 0;
	enum rumor_result result = RUMOR_OK;
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);

	/* An abstract name would need no file, but the client takes paths. */
	snprintf(address.sun_path, sizeof(address.sun_path), "/tmp/busy-%ld",
		(long)getpid());
	ck_assert_int_eq(
		bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
	ck_assert_int_eq(listen(listener, 0), 0);
	while (result == RUMOR_OK && count < 16) {
		result = rumor_open(address.sun_path, SHORT_TIMEOUT_MS, &others[count]);
		count += result == RUMOR_OK;
	}
	ck_assert_int_eq(errno, ETIMEDOUT);
	ck_assert_int_eq(result, RUMOR_TIMEOUT);
	while (count > 0) {
		rumor_close(others[--count]);
	}
	close(listener);
	unlink(address.sun_path);
}
END_TEST

/* --- calls --- */

START_TEST(codes_are_results)
{
	static const struct {
		const char *answer;
		enum rumor_result result;
	} codes[] = {
		{ERROR(1, 1, "r", "m"), RUMOR_NEGATIVE},
		{ERROR(1, 2, "r", "m"), RUMOR_INVALID},
		{ERROR(1, 3, "r", "m"), RUMOR_UNREACHABLE},
		{ERROR(1, 4, "r", "m"), RUMOR_TIMEOUT},
		{ERROR(1, 5, "r", "m"), RUMOR_CONFLICT},
		{ERROR(1, 6, "r", "m"), RUMOR_DENIED},
		{ERROR(1, 7, "r", "m"), RUMOR_REFUSED},
		{ERROR(1, 8, "r", "m"), RUMOR_REFUSED},
		{ERROR(1, 0, "r", "m"), RUMOR_REFUSED},
		{ERROR(1, -32700, "r", "m"), RUMOR_INVALID},
		{ERROR(1, -32600, "r", "m"), RUMOR_INVALID},
		{ERROR(1, -32601, "r", "m"), RUMOR_INVALID},
		{ERROR(1, -32602, "r", "m"), RUMOR_INVALID},
		{ERROR(1, -32603, "r", "m"), RUMOR_REFUSED},
	};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		begin(ANSWERS(codes[i].answer));
		ck_assert_int_eq(call("x"), codes[i].result);
		ck_assert_str_eq(rumor_error_text(rumor), "m");
		ck_assert_str_eq(rumor_error_reason(rumor), "r");
		ck_assert_int_ge(rumor_fd(rumor), 0);
		end();
		fake_daemon_fini(&fake);
		set_up();
	}
}
END_TEST

START_TEST(an_error_is_forgotten_with_the_next_call)
{
	begin(ANSWERS(ERROR(1, 7, "quota", "full"), RESULT(2, "{}")));
	ck_assert_int_eq(call("x"), RUMOR_REFUSED);
	ck_assert_int_eq(call("x"), RUMOR_OK);
	ck_assert_str_eq(rumor_error_text(rumor), "");
	ck_assert_str_eq(rumor_error_reason(rumor), "");
	end();
}
END_TEST

START_TEST(results_of_any_type_come_through)
{
	json_t *params = json_pack("{si}", "n", 1);
	json_t *result;

	begin(ANSWERS(RESULT(1, "null"), RESULT(2, "[1,{}]")));
	ck_assert_int_eq(rumor_call(rumor, "x", params, &result), RUMOR_OK);
	ck_assert(json_is_null(result));
	ck_assert_int_eq(rumor_call(rumor, "y", NULL, &result), RUMOR_OK);
	ck_assert_uint_eq(json_array_size(result), 2);
	json_decref(result);
	json_decref(params);
	end();
	ck_assert_str_eq(fake.requests[0], "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":"
					   "\"x\",\"params\":{\"n\":1}}\n");
	ck_assert_str_eq(
		fake.requests[1], "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"y\"}\n");
}
END_TEST

START_TEST(an_answer_in_single_bytes_is_put_together)
{
	fake.write_size_max = 1;
	begin(ANSWERS(RESULT(1, "{}"), ERROR(2, 7, "quota", "full")));
	ck_assert_int_eq(call("x"), RUMOR_OK);
	ck_assert_int_eq(call("x"), RUMOR_REFUSED);
	ck_assert_str_eq(rumor_error_text(rumor), "full");
	end();
}
END_TEST

START_TEST(a_large_value_goes_there_and_back)
{
	static char value[3 << 20];
	static char answer[sizeof(value) + 100];
	int len;
	void *got;
	size_t got_len;

	memset(value, 'v', sizeof(value) - 1);
	len = snprintf(answer, sizeof(answer),
		"{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{\"value\":\"%s\"}}\n",
		value);
	ck_assert_int_lt(len, sizeof(answer));
	begin(ANSWERS(RESULT(1, "{}"), answer));
	ck_assert_int_eq(set_key(value, sizeof(value) - 1), RUMOR_OK);
	ck_assert_int_eq(rumor_get(rumor, "k", &got, &got_len, NULL), RUMOR_OK);
	ck_assert_uint_eq(got_len, sizeof(value) - 1);
	ck_assert_str_eq(got, value);
	free(got);
	end();
	ck_assert_ptr_nonnull(strstr(fake.requests[0], value));
}
END_TEST

static void
add_number(void *context, const char *method, const json_t *params)
{
	int *numbers = context;

	ck_assert_str_eq(method, "kv.item");
	*numbers =
		*numbers * 10 + (int)json_integer_value(json_object_get(params, "n"));
}

START_TEST(notifications_are_told_in_order_before_the_answer)
{
	int numbers = 0;

	begin(ANSWERS(NOTIFICATION(1) NOTIFICATION(2) RESULT(1, "{}"),
		NOTIFICATION(3) RESULT(2, "{}")));
	rumor_set_notification_handler(rumor, add_number, &numbers);
	ck_assert_int_eq(call("x"), RUMOR_OK);
	ck_assert_int_eq(numbers, 12);
	rumor_set_notification_handler(rumor, NULL, NULL);
	ck_assert_int_eq(call("x"), RUMOR_OK);
	ck_assert_int_eq(numbers, 12);
	end();
}
END_TEST

START_TEST(a_late_answer_is_not_taken_for_the_next_one)
{
	json_t *result;

	begin(ANSWERS(SILENCE, RESULT(1, "\"late\"") RESULT(2, "\"mine\"")));
	rumor_set_timeout(rumor, SHORT_TIMEOUT_MS);
	ck_assert_int_eq(call("x"), RUMOR_TIMEOUT);
	ck_assert_str_eq(rumor_error_reason(rumor), "timeout");
	ck_assert_str_eq(rumor_error_text(rumor), "no answer within 50 ms");
	rumor_set_timeout(rumor, 0);
	ck_assert_int_eq(rumor_call(rumor, "x", NULL, &result), RUMOR_OK);
	ck_assert_str_eq(json_string_value(result), "mine");
	json_decref(result);
	end();
}
END_TEST

START_TEST(an_error_without_id_belongs_to_the_oldest_request)
{
	begin(ANSWERS(ERROR(null, -32600, "too_large", "line"), SILENCE,
		ERROR(null, 7, "busy", "late") RESULT(3, "{}")));
	ck_assert_int_eq(call("x"), RUMOR_INVALID);
	ck_assert_str_eq(rumor_error_text(rumor), "line");
	rumor_set_timeout(rumor, SHORT_TIMEOUT_MS);
	ck_assert_int_eq(call("x"), RUMOR_TIMEOUT);
	rumor_set_timeout(rumor, 0);
	ck_assert_int_eq(call("x"), RUMOR_OK);
	end();
}
END_TEST

START_TEST(a_long_message_is_cut_between_characters)
{
	char answer[2000];
	char message[1001] = "";

	for (size_t i = 0; i < sizeof(message) - 1; i += 2) {
		memcpy(message + i, "\xc3\xbc", 2);
	}
	snprintf(answer, sizeof(answer),
		"{\"id\":1,\"error\":{\"code\":7,\"message\":\"%s\"}}\n", message);
	begin(ANSWERS(answer));
	ck_assert_int_eq(call("x"), RUMOR_REFUSED);

	const char *text = rumor_error_text(rumor);

	ck_assert_uint_gt(strlen(text), 400);
	ck_assert_uint_lt(strlen(text), 1000);
	ck_assert(bytes_is_utf8(bytes_of_string(text)));
	ck_assert_str_eq(rumor_error_reason(rumor), "unknown");
	end();
}
END_TEST

/* --- daemons that are none, or no more --- */

START_TEST(what_is_not_the_protocol_ends_the_connection)
{
	static const char *const answers[] = {
		"HTTP/1.1 400 Bad Request\r\n",
		"\n",
		"[]\n",
		"{\"jsonrpc\":\"2.0\",\"id\":1}\n",
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"\xff\"}\n",
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}} x\n",
	};

	begin(ANSWERS(answers[_i]));
	ck_assert_int_eq(call("x"), RUMOR_UNREACHABLE);
	ck_assert_ptr_nonnull(strstr(rumor_error_text(rumor), "not from rumord"));
	assert_lost("protocol");
	end();
}
END_TEST

START_TEST(a_daemon_that_hangs_up_is_unreachable)
{
	begin(ANSWERS(HANG_UP));
	ck_assert_int_eq(call("x"), RUMOR_UNREACHABLE);
	ck_assert_str_eq(rumor_error_text(rumor), "rumord closed the connection");
	assert_lost("unreachable");
	end();
}
END_TEST

START_TEST(half_an_answer_is_none)
{
	fake.greeting = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}";
	begin(ANSWERS(HANG_UP));
	ck_assert_int_eq(call("x"), RUMOR_UNREACHABLE);
	assert_lost("unreachable");
	end();
}
END_TEST

/* The signal would end the test. */
START_TEST(a_daemon_that_hung_up_before_the_request_raises_no_signal)
{
	char byte;

	fake.hangs_up = true;
	begin(NULL);
	ck_assert_int_eq(recv(rumor_fd(rumor), &byte, 1, MSG_PEEK), 0);
	ck_assert_int_eq(call("x"), RUMOR_UNREACHABLE);
	assert_lost("unreachable");
	end();
}
END_TEST

START_TEST(what_a_daemon_says_before_it_hangs_up_is_heard)
{
	fake.greeting = ERROR(null, 7, "busy", "too many connections");
	fake.hangs_up = true;
	begin(NULL);

	struct pollfd end_of_daemon = {.fd = rumor_fd(rumor)};

	ck_assert_int_eq(poll(&end_of_daemon, 1, -1), 1);
	ck_assert_int_eq(call("x"), RUMOR_REFUSED);
	ck_assert_str_eq(rumor_error_text(rumor), "too many connections");
	end();
}
END_TEST

START_TEST(a_request_that_nobody_reads_times_out_and_ends_the_connection)
{
	static char value[4 << 20];
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "/tmp/deaf-%ld",
		(long)getpid());
	ck_assert_int_eq(
		bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
	ck_assert_int_eq(listen(listener, 8), 0);
	ck_assert_int_eq(
		rumor_open(address.sun_path, SHORT_TIMEOUT_MS, &rumor), RUMOR_OK);
	ck_assert_int_eq(set_key(value, sizeof(value)), RUMOR_TIMEOUT);
	assert_lost("timeout");
	rumor_close(rumor);
	close(listener);
	unlink(address.sun_path);
}
END_TEST

START_TEST(a_line_without_end_is_not_read_for_ever)
{
	static char line[LINE_LEN_MAX + (1 << 20)];

	memset(line, 'x', sizeof(line) - 1);
	begin(ANSWERS(line));
	ck_assert_int_eq(call("x"), RUMOR_UNREACHABLE);
	assert_lost("protocol");
	end();
}
END_TEST

START_TEST(closing_nothing_is_fine)
{
	rumor_close(NULL);
}
END_TEST

static void
add_connection_tests(Suite *suite)
{
	TCase *tcase = add_case(suite, "connection");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(
		tcase, a_path_goes_before_the_environment_and_that_before_the_default);
	tcase_add_test(tcase, no_socket_is_unreachable);
	tcase_add_test(tcase, a_socket_nobody_listens_on_is_unreachable);
	tcase_add_test(tcase, a_path_too_long_for_a_socket_is_unreachable);
	tcase_add_test(tcase, a_socket_whose_mode_forbids_it_is_denied);
	tcase_add_test(tcase, a_daemon_that_accepts_nobody_times_out);
	tcase_add_loop_test(tcase, what_is_not_the_protocol_ends_the_connection, 0, 6);
	tcase_add_test(tcase, a_daemon_that_hangs_up_is_unreachable);
	tcase_add_test(tcase, half_an_answer_is_none);
	tcase_add_test(
		tcase, a_daemon_that_hung_up_before_the_request_raises_no_signal);
	tcase_add_test(tcase, what_a_daemon_says_before_it_hangs_up_is_heard);
	tcase_add_test(
		tcase, a_request_that_nobody_reads_times_out_and_ends_the_connection);
	tcase_add_test(tcase, a_line_without_end_is_not_read_for_ever);
	tcase_add_test(tcase, closing_nothing_is_fine);
}

static void
add_call_tests(Suite *suite)
{
	TCase *tcase = add_case(suite, "call");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, codes_are_results);
	tcase_add_test(tcase, an_error_is_forgotten_with_the_next_call);
	tcase_add_test(tcase, results_of_any_type_come_through);
	tcase_add_test(tcase, an_answer_in_single_bytes_is_put_together);
	tcase_add_test(tcase, a_large_value_goes_there_and_back);
	tcase_add_test(tcase, notifications_are_told_in_order_before_the_answer);
	tcase_add_test(tcase, a_late_answer_is_not_taken_for_the_next_one);
	tcase_add_test(tcase, an_error_without_id_belongs_to_the_oldest_request);
	tcase_add_test(tcase, a_long_message_is_cut_between_characters);
}

int
main(void)
{
	Suite *suite = suite_create("client");

	add_connection_tests(suite);
	add_call_tests(suite);
	return run_suite(suite);
}
