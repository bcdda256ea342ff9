/* SPDX-License-Identifier: MIT */
#include "net/tcp.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/now.h"
#include "loop.h"
#include "net/sockaddr.h"
#include "run.h"
#include "tcp_side.h"

#define LEFT 7
#define RIGHT UINT32_MAX

static struct event_base *base;
static struct side left;
static struct side right;

static void
open_left(const struct tcp_settings *settings)
{
	side_open(&left, base, settings, LEFT);
}

static void
open_right(const struct tcp_settings *settings)
{
	side_open(&right, base, settings, RIGHT);
}

static void
set_up(void)
{
	struct tcp_settings settings = side_settings("127.0.0.1:0");

	base = event_base_new();
	open_left(&settings);
	open_right(&settings);
}

static void
tear_down(void)
{
	tcp_free(left.tcp);
	tcp_free(right.tcp);
	event_base_free(base);
}

static bool
connected(void)
{
	return right.connected_count == 1 && left.accepted_count == 1;
}

static bool
left_closed(void)
{
	return left.closed_count > 0;
}

static bool
right_closed(void)
{
	return right.closed_count > 0;
}

static bool
both_took_all(void)
{
	return left.taken_len == right.give_len && right.taken_len == left.give_len;
}

static void
connect_sides(void)
{
	side_connect(&right, RIGHT, &left);
	ck_assert(loop_until(base, connected));
}

START_TEST(bytes_pass_both_ways)
{
	connect_sides();
	side_give(&right, RIGHT, 1000);
	side_give(&left, LEFT, 300000);
	ck_assert(loop_until(base, both_took_all));
	side_give(&right, RIGHT, 1);
	ck_assert(loop_until(base, both_took_all));
	ck_assert_uint_eq(left.wrong_count + right.wrong_count, 0);
	ck_assert_uint_eq(left.closed_count + right.closed_count, 0);
	ck_assert_uint_eq(left.connected_count + right.accepted_count, 0);

	const struct tcp_counters *counters = tcp_counters(left.tcp);

	ck_assert_uint_eq(counters->bytes_in, 1001);
	ck_assert_uint_eq(counters->bytes_out, 300000);
	ck_assert_uint_eq(counters->streams_in, 1);
	ck_assert_uint_eq(counters->streams_out, 0);
	ck_assert_uint_eq(tcp_counters(right.tcp)->streams_in, 0);
	ck_assert_uint_eq(tcp_counters(right.tcp)->streams_out, 1);
}
END_TEST

START_TEST(what_was_to_be_sent_before_connecting_is_sent_after)
{
	right.give_len = 5000;
	side_connect(&right, RIGHT, &left);
	ck_assert_uint_eq(right.fill_count, 0);
	ck_assert(loop_until(base, both_took_all));
	ck_assert_uint_eq(left.wrong_count, 0);
}
END_TEST

START_TEST(the_one_who_accepts_may_speak_first)
{
	left.give_len = 5000;
	side_connect(&right, RIGHT, &left);
	ck_assert(loop_until(base, both_took_all));
	ck_assert_uint_eq(right.wrong_count, 0);
}
END_TEST

START_TEST(a_stream_leaves_from_the_host_that_is_bound)
{
	struct tcp_settings settings = side_settings("127.0.0.2:0");

	open_right(&settings);
	connect_sides();

	struct address from = left.from;

	from.port = 0;
	ck_assert(address_equal(&from, &settings.bind));
	ck_assert_uint_ne(left.from.port, tcp_address(right.tcp).port);
}
END_TEST

START_TEST(a_refused_stream_is_closed_and_counted)
{
	left.refusing = true;
	side_connect(&right, RIGHT, &left);
	ck_assert(loop_until(base, right_closed));
	ck_assert_uint_eq(left.accepted_count, 1);
	ck_assert_uint_eq(tcp_counters(left.tcp)->streams_refused, 1);
	ck_assert_uint_eq(tcp_counters(left.tcp)->streams_in, 0);
	ck_assert_uint_eq(left.fill_count + left.closed_count, 0);
}
END_TEST

START_TEST(streams_beyond_the_limit_are_refused)
{
	struct tcp_settings settings = side_settings("127.0.0.1:0");

	settings.stream_count_max = 1;
	open_left(&settings);
	connect_sides();
	side_connect(&right, RIGHT - 1, &left);
	ck_assert(loop_until(base, right_closed));
	ck_assert_uint_eq(left.accepted_count, 1);
	ck_assert_uint_eq(tcp_counters(left.tcp)->streams_refused, 1);
	side_connect(&left, LEFT + 1, &right);
	ck_assert_uint_eq(left.closed_count, 0);
	ck_assert(loop_until(base, left_closed));
	ck_assert_int_eq(left.why, ERR_QUOTA);
	ck_assert_uint_eq(right.accepted_count, 0);
	side_give(&right, RIGHT, 100);
	ck_assert(loop_until(base, both_took_all));
}
END_TEST

START_TEST(a_place_is_free_again_when_a_stream_has_ended)
{
	struct tcp_settings settings = side_settings("127.0.0.1:0");

	settings.stream_count_max = 1;
	open_left(&settings);
	for (unsigned i = 1; i <= 3; i++) {
		right.connected_count = 0;
		left.accepted_count = 0;
		left.closed_count = 0;
		connect_sides();
		tcp_close(right.tcp, RIGHT);
		ck_assert(loop_until(base, left_closed));
	}
	ck_assert_uint_eq(tcp_counters(left.tcp)->streams_in, 3);
	ck_assert_uint_eq(tcp_counters(left.tcp)->streams_failed, 0);
}
END_TEST

START_TEST(a_port_where_nobody_listens_is_unreachable)
{
	struct address gone = tcp_address(left.tcp);

	tcp_free(left.tcp);
	left.tcp = NULL;
	tcp_connect(right.tcp, &gone, RIGHT);
	ck_assert_uint_eq(right.closed_count, 0);
	ck_assert(loop_until(base, right_closed));
	ck_assert_int_eq(right.why, ERR_UNREACHABLE);
	ck_assert_uint_eq(right.connected_count, 0);
	ck_assert_uint_eq(tcp_counters(right.tcp)->streams_failed, 1);
}
END_TEST

START_TEST(an_address_that_cannot_be_is_unreachable)
{
	static const struct address none;

	tcp_connect(right.tcp, &none, RIGHT);
	ck_assert_uint_eq(right.closed_count, 0);
	ck_assert(loop_until(base, right_closed));
	ck_assert_int_eq(right.why, ERR_UNREACHABLE);
}
END_TEST

/* A listener with a full backlog lets further connections hang. */
START_TEST(connecting_takes_no_longer_than_its_timeout)
{
	struct tcp_settings settings = side_settings("127.0.0.1:0");
	struct sockaddr_storage sockaddr;
	socklen_t len = sizeof(sockaddr);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	int fillers[4];

	ck_assert_int_eq(listen(listener, 0), 0);
	getsockname(listener, (struct sockaddr *)&sockaddr, &len);
	for (size_t i = 0; i < 4; i++) {
		fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		(void)connect(fillers[i], (struct sockaddr *)&sockaddr, len);
	}
	settings.connect_timeout_us = 20 * MS_US;
	open_right(&settings);

	struct address full = sockaddr_address((struct sockaddr *)&sockaddr);

	memcpy(full.ip, settings.bind.ip, sizeof(full.ip));
	tcp_connect(right.tcp, &full, RIGHT);
	side_give(&right, RIGHT, 100);
	ck_assert(loop_until(base, right_closed));
	ck_assert_int_eq(right.why, ERR_TIMEOUT);
	ck_assert_uint_eq(right.connected_count + right.fill_count, 0);
	ck_assert_uint_eq(tcp_counters(right.tcp)->streams_failed, 1);
	for (size_t i = 0; i < 4; i++) {
		close(fillers[i]);
	}
	close(listener);
}
END_TEST

static void
on_time(evutil_socket_t socket, short what, void *context)
{
	bool *over = context;

	(void)socket;
	(void)what;
	*over = true;
}

static unsigned
passes_within(const struct timeval *time)
{
	bool over = false;
	unsigned pass_count = 0;
	struct event *timer = evtimer_new(base, on_time, &over);

	evtimer_add(timer, time);
	while (!over) {
		event_base_loop(base, EVLOOP_ONCE);
		pass_count++;
	}
	event_free(timer);
	return pass_count;
}

static bool
left_accepted(void)
{
	return left.accepted_count == 1;
}

START_TEST(without_file_descriptors_accepting_waits_and_does_not_spin)
{
	static const struct timeval time = {.tv_usec = 30000};
	int plain = plain_connect(&left, 0);
	int lowest_free = dup(plain);
	struct rlimit before;

	getrlimit(RLIMIT_NOFILE, &before);
	close(lowest_free);

	struct rlimit exhausted = {(rlim_t)lowest_free, before.rlim_max};

	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &exhausted), 0);
	ck_assert_uint_le(passes_within(&time), 5);
	ck_assert_uint_eq(left.accepted_count, 0);
	side_connect(&right, RIGHT, &left);
	ck_assert(loop_until(base, right_closed));
	ck_assert_int_eq(right.why, ERR_IO);
	setrlimit(RLIMIT_NOFILE, &before);
	ck_assert(loop_until(base, left_accepted));
	close(plain);
}
END_TEST

START_TEST(a_port_in_use_is_an_error_with_errno)
{
	struct tcp_settings settings = side_settings("127.0.0.1:0");
	struct tcp_handlers handlers = {0};
	struct tcp *tcp = NULL;

	settings.bind = tcp_address(left.tcp);
	ck_assert_int_eq(tcp_new(base, &settings, &handlers, NULL, &tcp), ERR_IO);
	ck_assert_int_eq(errno, EADDRINUSE);
	ck_assert_ptr_null(tcp);
}
END_TEST

START_TEST(a_port_can_be_bound_again_while_old_streams_fade)
{
	struct tcp_settings settings = side_settings("127.0.0.1:0");

	connect_sides();
	settings.bind = tcp_address(left.tcp);
	open_left(&settings);
	ck_assert_uint_eq(tcp_address(left.tcp).port, settings.bind.port);
}
END_TEST

START_TEST(freeing_breaks_streams_off_without_a_word)
{
	connect_sides();
	side_give(&right, RIGHT, 100000);
	side_connect(&right, RIGHT - 1, &left);
	tcp_free(right.tcp);
	right.tcp = NULL;
	tcp_free(NULL);
	ck_assert(loop_until(base, left_closed));
	ck_assert_uint_eq(right.closed_count, 0);
}
END_TEST

START_TEST(unknown_numbers_are_ignored)
{
	tcp_wake(left.tcp, 1);
	tcp_close(left.tcp, 1);
	loop_settle(base);
	ck_assert_uint_eq(left.fill_count + left.closed_count, 0);
}
END_TEST

START_TEST(ipv4_comes_to_the_ipv6_wildcard_as_ipv4)
{
	struct tcp_settings settings = side_settings("[::]:0");
	struct address to = address_of("127.0.0.1:0");

	open_left(&settings);
	to.port = tcp_address(left.tcp).port;
	tcp_connect(right.tcp, &to, RIGHT);
	ck_assert(loop_until(base, connected));
	to.port = left.from.port;
	ck_assert(address_equal(&left.from, &to));
}
END_TEST

START_TEST(ipv6_is_connected_from_an_ipv4_side)
{
	struct tcp_settings settings = side_settings("[::1]:0");

	open_left(&settings);
	connect_sides();
	ck_assert_uint_eq(left.from.family, 6);
	ck_assert(address_is_loopback(&left.from));
	side_give(&right, RIGHT, 1000);
	ck_assert(loop_until(base, both_took_all));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("tcp");
	TCase *tcase = add_case(suite, "tcp");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, bytes_pass_both_ways);
	tcase_add_test(tcase, what_was_to_be_sent_before_connecting_is_sent_after);
	tcase_add_test(tcase, the_one_who_accepts_may_speak_first);
	tcase_add_test(tcase, a_stream_leaves_from_the_host_that_is_bound);
	tcase_add_test(tcase, a_refused_stream_is_closed_and_counted);
	tcase_add_test(tcase, streams_beyond_the_limit_are_refused);
	tcase_add_test(tcase, a_place_is_free_again_when_a_stream_has_ended);
	tcase_add_test(tcase, a_port_where_nobody_listens_is_unreachable);
	tcase_add_test(tcase, an_address_that_cannot_be_is_unreachable);
	tcase_add_test(tcase, connecting_takes_no_longer_than_its_timeout);
	tcase_add_test(
		tcase, without_file_descriptors_accepting_waits_and_does_not_spin);
	tcase_add_test(tcase, a_port_in_use_is_an_error_with_errno);
	tcase_add_test(tcase, a_port_can_be_bound_again_while_old_streams_fade);
	tcase_add_test(tcase, freeing_breaks_streams_off_without_a_word);
	tcase_add_test(tcase, unknown_numbers_are_ignored);
	if (host_has_ipv6()) {
		tcase_add_test(tcase, ipv4_comes_to_the_ipv6_wildcard_as_ipv4);
		tcase_add_test(tcase, ipv6_is_connected_from_an_ipv4_side);
	}
	return run_suite(suite);
}
