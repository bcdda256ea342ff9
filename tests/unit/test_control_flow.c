/* SPDX-License-Identifier: MIT */
#include "control/connection.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "control/session.h"
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

/* A request of kv.set with a value of `value_len` letters; free() it. */
static char *
long_set(const char *key, size_t value_len)
{
	char *value = mem_new(value_len + 1);
	char *request;

	memset(value, 'v', value_len);
	ck_assert_int_gt(asprintf(&request, SET("1", "%s", "%s") "\n", key, value), 0);
	free(value);
	return request;
}

static void
store_long_value(const char *key, size_t value_len)
{
	char *request = long_set(key, value_len);
	json_t *answers = world_ask(&world, request);

	check_result(answer_at(answers, 0));
	json_decref(answers);
	free(request);
}

/* `count` requests of kv.get with ids from 0; free() it. */
static char *
many_gets(const char *key, size_t count)
{
	size_t size = count * (sizeof(GET("", "")) + strlen(key) + 21) + 1;
	char *text = mem_new(size);
	size_t len = 0;

	for (size_t i = 0; i < count; i++) {
		len += (size_t)snprintf(
			text + len, size - len, GET("%zu", "%s") "\n", i, key);
	}
	return text;
}

/* --- what is owed --- */

START_TEST(megabytes_are_sent_in_full_after_half_close)
{
	size_t value_len = 1000000;

	store_long_value("big", value_len);

	char *requests = many_gets("big", 5);
	json_t *answers = world_ask(&world, requests);

	check_ids_in_order(answers, 5);
	for (size_t i = 0; i < 5; i++) {
		const json_t *result =
			json_object_get(json_array_get(answers, i), "result");

		ck_assert_uint_eq(json_string_length(json_object_get(result, "value")),
			value_len);
	}
	json_decref(answers);
	free(requests);
}
END_TEST

START_TEST(a_thousand_pipelined_requests_are_answered_in_order)
{
	char *requests = many_gets("a", 1000);
	json_t *answers = world_ask(&world, requests);

	check_ids_in_order(answers, 1000);
	ck_assert_uint_eq(control_counters(world.control)->requests, 1000);
	json_decref(answers);
	free(requests);
}
END_TEST

/* Sends until the server stops to take it. */
static size_t
send_until_blocked(int fd, const char *text, size_t len)
{
	size_t sent_len = 0;
	int blocked_count = 0;

	while (sent_len < len && blocked_count < 100) {
		ssize_t sent = send(fd, text + sent_len, len - sent_len, MSG_NOSIGNAL);

		if (sent > 0) {
			sent_len += (size_t)sent;
			blocked_count = 0;
		} else {
			blocked_count++;
		}
		world_turn(&world);
	}
	return sent_len;
}

START_TEST(a_client_that_does_not_read_is_not_read_from)
{
	size_t count = 100000;
	size_t value_len = 50000;

	store_long_value("big", value_len);

	char *requests = many_gets("big", count);
	int fd = world_connect(&world);
	uint64_t before = control_counters(world.control)->requests;
	size_t sent_len = send_until_blocked(fd, requests, strlen(requests));
	uint64_t answered = control_counters(world.control)->requests - before;

	ck_assert_uint_lt(sent_len, strlen(requests));

	/* What waits here and in the socket, and one answer beyond. */
	ck_assert_uint_lt(answered * value_len, SESSION_OUTPUT_SIZE_MAX + 1000000);

	char *answer = world_read_lines(&world, fd, answered + 20);

	strrchr(answer, '\n')[1] = '\0';

	json_t *answers = parse_lines(answer);

	ck_assert_uint_ge(json_array_size(answers), answered + 20);

	for (size_t i = 0; i < json_array_size(answers); i++) {
		ck_assert_int_eq(number_at(answer_at(answers, i), "id"), (json_int_t)i);
	}
	json_decref(answers);
	free(answer);
	free(requests);
	close(fd);
}
END_TEST

START_TEST(a_paused_client_gets_everything_once_it_reads)
{
	size_t count = 300;

	store_long_value("big", 20000);

	char *requests = many_gets("big", count);
	int fd = world_connect(&world);
	size_t len = strlen(requests);

	ck_assert_uint_eq(send_until_blocked(fd, requests, len), len);
	ck_assert_uint_lt(control_counters(world.control)->requests, count);

	char *answer = world_read_lines(&world, fd, count);
	json_t *answers = parse_lines(answer);

	check_ids_in_order(answers, count);
	json_decref(answers);
	free(answer);
	free(requests);
	close(fd);
}
END_TEST

START_TEST(a_busy_client_leaves_turns_to_others)
{
	size_t count = 1000;
	char *requests = many_gets("a", count);
	int busy = world_connect(&world);
	int other = world_connect(&world);
	char byte;

	ck_assert_int_gt(send(busy, requests, strlen(requests), 0), 0);
	ck_assert_int_gt(
		send(other, GET("1", "a") "\n", strlen(GET("1", "a") "\n"), 0), 0);
	for (int i = 0; i < 10 && recv(other, &byte, 1, MSG_PEEK) < 0; i++) {
		event_base_loop(world.base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	}
	ck_assert_int_eq(recv(other, &byte, 1, MSG_PEEK), 1);
	ck_assert_uint_lt(control_counters(world.control)->requests, count / 2);

	char *answer = world_read_lines(&world, busy, count);
	json_t *answers = parse_lines(answer);

	check_ids_in_order(answers, count);
	json_decref(answers);
	free(answer);
	free(requests);
	close(busy);
	close(other);
}
END_TEST

START_TEST(a_client_that_reads_nothing_for_long_is_closed)
{
	struct service *service = control_service(world.control);
	char *requests = many_gets("big", 100);
	int fd = world_connect(&world);

	service->stall_ms = 20;
	store_long_value("big", 100000);
	ck_assert_uint_eq(service->connection_count, 1);
	send_until_blocked(fd, requests, strlen(requests));
	while (service->connection_count > 0) {
		event_base_loop(world.base, EVLOOP_ONCE);
	}

	/* What was under way still comes, and then the end. */
	char *answer = world_read_all(&world, fd, NULL);

	free(answer);
	free(requests);
	close(fd);
}
END_TEST

START_TEST(an_idle_client_that_owes_nothing_stays)
{
	struct service *service = control_service(world.control);
	int fd = world_connect(&world);
	struct timeval later = {.tv_usec = 30000};

	service->stall_ms = 10;
	world_send(&world, fd, GET("1", "a") "\n", strlen(GET("1", "a") "\n"));
	free(world_read_lines(&world, fd, 1));
	event_base_loopexit(world.base, &later);
	event_base_dispatch(world.base);
	ck_assert_uint_eq(service->connection_count, 1);
	close(fd);
}
END_TEST

START_TEST(a_client_that_vanishes_is_forgotten)
{
	struct service *service = control_service(world.control);
	char *requests = many_gets("big", 100);

	store_long_value("big", 100000);

	int fd = world_connect(&world);

	send_until_blocked(fd, requests, strlen(requests));
	ck_assert_uint_eq(service->connection_count, 1);
	close(fd);
	for (int i = 0; i < 10; i++) {
		world_turn(&world);
	}
	ck_assert_uint_eq(service->connection_count, 0);
	free(requests);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("control_flow");
	TCase *tcase = add_case(suite, "control_flow");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, megabytes_are_sent_in_full_after_half_close);
	tcase_add_test(tcase, a_thousand_pipelined_requests_are_answered_in_order);
	tcase_add_test(tcase, a_client_that_does_not_read_is_not_read_from);
	tcase_add_test(tcase, a_paused_client_gets_everything_once_it_reads);
	tcase_add_test(tcase, a_busy_client_leaves_turns_to_others);
	tcase_add_test(tcase, a_client_that_reads_nothing_for_long_is_closed);
	tcase_add_test(tcase, an_idle_client_that_owes_nothing_stays);
	tcase_add_test(tcase, a_client_that_vanishes_is_forgotten);
	return run_suite(suite);
}
