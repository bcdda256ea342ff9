/* SPDX-License-Identifier: MIT */
#include "net/tcp_stream.h"

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/now.h"
#include "loop.h"
#include "run.h"
#include "tcp_side.h"

#define LEFT 1
#define RIGHT 2
#define MANY UINT64_C(1000000)

static struct event_base *base;
static struct side left;
static struct side right;

/* A socket without net/ behind it, and what came to it. */
static struct {
	int socket;
	struct event *readable;
	uint64_t taken_len;
	uint64_t wrong_count;
	bool ended;
	bool broken;
} plain;

/* When set, a call of send() is interrupted, refused or takes little, in turn. */
static bool send_is_stubborn;

ssize_t
send(int fd, const void *data, size_t len, int flags)
{
	static unsigned call_count;

	if (!send_is_stubborn) {
		return sendto(fd, data, len, flags, NULL, 0);
	}
	switch (call_count++ % 3) {
	case 0:
		errno = EINTR;
		return -1;
	case 1:
		errno = EAGAIN;
		return -1;
	default:
		return sendto(fd, data, len < 20000 ? len : 20000, flags, NULL, 0);
	}
}

static void
set_up(void)
{
	struct tcp_settings settings = side_settings("127.0.0.1:0");

	base = event_base_new();
	side_open(&left, base, &settings, LEFT);
	side_open(&right, base, &settings, RIGHT);
	plain.socket = -1;
}

static void
close_plain(void)
{
	if (plain.readable != NULL) {
		event_free(plain.readable);
		plain.readable = NULL;
	}
	if (plain.socket >= 0) {
		close(plain.socket);
		plain.socket = -1;
	}
}

static void
tear_down(void)
{
	close_plain();
	tcp_free(left.tcp);
	tcp_free(right.tcp);
	event_base_free(base);
}

/* A little at a time, so that the sender has to wait. */
static void
read_plain(evutil_socket_t socket, short what, void *context)
{
	uint8_t data[8192];
	ssize_t len = recv(socket, data, sizeof(data), MSG_DONTWAIT);

	(void)what;
	(void)context;
	for (ssize_t i = 0; i < len; i++) {
		plain.wrong_count += data[i] != pattern_at(plain.taken_len++);
	}
	plain.ended = len == 0;
	plain.broken = len < 0 && errno != EAGAIN;
	if (plain.ended || plain.broken) {
		event_del(plain.readable);
	}
}

static void
start_reading_plain(void)
{
	plain.readable =
		event_new(base, plain.socket, EV_READ | EV_PERSIST, read_plain, NULL);
	event_add(plain.readable, NULL);
}

static bool
plain_accepted(void)
{
	return left.accepted_count == 1;
}

static void
connect_plain(void)
{
	plain.socket = plain_connect(&left, 16384);
	ck_assert(loop_until(base, plain_accepted));
}

static bool
connected(void)
{
	return right.connected_count == 1 && left.accepted_count == 1;
}

static void
connect_sides(void)
{
	side_connect(&right, RIGHT, &left);
	ck_assert(loop_until(base, connected));
}

static bool
plain_ended(void)
{
	return plain.ended || plain.broken;
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
left_received(void)
{
	return left.received_count > 0;
}

static bool
no_stream_is_left(void)
{
	return left.tcp->stream_count + right.tcp->stream_count == 0;
}

static void
restart_left(uint64_t idle_timeout_us)
{
	struct tcp_settings settings = side_settings("127.0.0.1:0");

	settings.idle_timeout_us = idle_timeout_us;
	side_open(&left, base, &settings, LEFT);
}

static void
close_right(struct side *side)
{
	tcp_close(side->tcp, RIGHT);
}

static void
close_left(struct side *side)
{
	tcp_close(side->tcp, LEFT);
}

static bool
close_left_and_stay(struct side *side)
{
	tcp_close(side->tcp, LEFT);
	return true;
}

static bool
drop(struct side *side)
{
	(void)side;
	return false;
}

/* --- filling --- */

START_TEST(ten_megabytes_pass_a_slow_reader_and_little_waits)
{
	connect_plain();
	side_give(&left, LEFT, 10 * MANY);
	tcp_close(left.tcp, LEFT);
	loop_settle(base);
	ck_assert_uint_lt(left.given_len, 10 * MANY);

	unsigned fill_count = left.fill_count;

	loop_settle(base);
	ck_assert_uint_eq(left.fill_count, fill_count);
	start_reading_plain();
	ck_assert(loop_until(base, plain_ended));
	ck_assert(!plain.broken);
	ck_assert_uint_eq(plain.taken_len, 10 * MANY);
	ck_assert_uint_eq(plain.wrong_count, 0);
	ck_assert_uint_eq(left.fill_excess_count, 0);
}
END_TEST

START_TEST(small_portions_are_joined_and_all_taken)
{
	connect_plain();
	start_reading_plain();
	left.portion_len = 333;
	side_give(&left, LEFT, MANY);
	tcp_close(left.tcp, LEFT);
	ck_assert(loop_until(base, plain_ended));
	ck_assert_uint_eq(plain.taken_len, MANY);
	ck_assert_uint_eq(plain.wrong_count, 0);
	ck_assert_uint_eq(left.fill_excess_count, 0);
}
END_TEST

START_TEST(a_stubborn_socket_gets_every_byte_once)
{
	connect_plain();
	start_reading_plain();
	send_is_stubborn = true;
	side_give(&left, LEFT, MANY);
	tcp_close(left.tcp, LEFT);
	ck_assert(loop_until(base, plain_ended));
	ck_assert_uint_eq(plain.taken_len, MANY);
	ck_assert_uint_eq(plain.wrong_count, 0);
	ck_assert_uint_eq(left.fill_excess_count, 0);
	ck_assert_uint_eq(tcp_counters(left.tcp)->bytes_out, MANY);
}
END_TEST

/* --- closing --- */

START_TEST(closing_before_connected_still_sends_all)
{
	side_connect(&right, RIGHT, &left);
	side_give(&right, RIGHT, MANY);
	tcp_close(right.tcp, RIGHT);
	ck_assert(loop_until(base, left_closed));
	ck_assert_uint_eq(left.taken_len, MANY);
	ck_assert_uint_eq(left.wrong_count, 0);
	ck_assert_int_eq(left.why, ERR_OK);
	ck_assert(loop_until(base, no_stream_is_left));
	ck_assert_uint_eq(right.connected_count + right.closed_count, 0);
	ck_assert_uint_eq(tcp_counters(right.tcp)->streams_failed, 0);
}
END_TEST

START_TEST(closing_when_connected_sends_all)
{
	right.on_connected = close_right;
	right.give_len = MANY;
	connect_sides();
	ck_assert(loop_until(base, left_closed));
	ck_assert_uint_eq(left.taken_len, MANY);
	ck_assert_int_eq(left.why, ERR_OK);
	ck_assert(loop_until(base, no_stream_is_left));
	ck_assert_uint_eq(right.closed_count, 0);
}
END_TEST

START_TEST(closing_while_filling_sends_all)
{
	right.on_fill = close_right;
	right.give_len = MANY;
	side_connect(&right, RIGHT, &left);
	ck_assert(loop_until(base, left_closed));
	ck_assert_uint_eq(left.taken_len, MANY);
	ck_assert_int_eq(left.why, ERR_OK);
	ck_assert(loop_until(base, no_stream_is_left));
	ck_assert_uint_eq(right.closed_count, 0);
}
END_TEST

START_TEST(closing_when_received_hands_over_no_more)
{
	left.on_received = close_left_and_stay;
	left.give_len = 500;
	right.give_len = MANY;
	side_connect(&right, RIGHT, &left);
	ck_assert(loop_until(base, right_closed));
	ck_assert_uint_eq(left.received_count, 1);
	ck_assert_uint_eq(left.closed_count, 0);
	ck_assert(loop_until(base, no_stream_is_left));
}
END_TEST

START_TEST(closing_when_closed_does_nothing)
{
	left.on_closed = close_left;
	connect_sides();
	tcp_close(right.tcp, RIGHT);
	ck_assert(loop_until(base, left_closed));
	ck_assert(loop_until(base, no_stream_is_left));
	ck_assert_uint_eq(left.closed_count, 1);
	ck_assert_int_eq(left.why, ERR_OK);
}
END_TEST

START_TEST(closing_on_both_sides_at_once_ends_in_silence)
{
	connect_sides();
	tcp_close(left.tcp, LEFT);
	tcp_close(right.tcp, RIGHT);
	tcp_close(right.tcp, RIGHT);
	ck_assert(loop_until(base, no_stream_is_left));
	ck_assert_uint_eq(left.closed_count + right.closed_count, 0);
	ck_assert_uint_eq(tcp_counters(left.tcp)->streams_failed, 0);
	ck_assert_uint_eq(tcp_counters(right.tcp)->streams_failed, 0);
}
END_TEST

/* A socket closed with input unread resets the connection, and the peer would lose what
 * it has not read yet. */
START_TEST(closing_while_the_peer_sends_loses_nothing_sent)
{
	right.give_len = 5 * MANY;
	left.on_received = close_left_and_stay;
	left.give_len = MANY;
	side_connect(&right, RIGHT, &left);
	ck_assert(loop_until(base, right_closed));
	ck_assert_uint_eq(right.taken_len, MANY);
	ck_assert_uint_eq(right.wrong_count, 0);
	ck_assert_int_eq(right.why, ERR_OK);
}
END_TEST

START_TEST(a_peer_that_never_closes_is_left_after_the_idle_timeout)
{
	restart_left(20 * MS_US);
	connect_plain();
	start_reading_plain();
	tcp_close(left.tcp, LEFT);
	ck_assert(loop_until(base, plain_ended));
	ck_assert(plain.ended);
	ck_assert_uint_eq(left.tcp->stream_count, 1);
	ck_assert(loop_until(base, no_stream_is_left));
	ck_assert_uint_eq(left.closed_count, 0);
}
END_TEST

START_TEST(a_peer_that_never_reads_is_left_after_the_idle_timeout)
{
	restart_left(20 * MS_US);
	connect_plain();
	side_give(&left, LEFT, 20 * MANY);
	tcp_close(left.tcp, LEFT);
	ck_assert(loop_until(base, no_stream_is_left));
	ck_assert_uint_lt(left.given_len, 20 * MANY);
	ck_assert_uint_eq(left.closed_count, 0);
	ck_assert_uint_eq(tcp_counters(left.tcp)->streams_failed, 1);
}
END_TEST

static bool
second_is_connected(void)
{
	return right.connected_count == 2 && left.accepted_count == 2;
}

START_TEST(the_number_of_a_closing_stream_can_be_given_at_once)
{
	connect_sides();
	tcp_close(right.tcp, RIGHT);
	side_connect(&right, RIGHT, &left);
	ck_assert(loop_until(base, second_is_connected));
	side_give(&right, RIGHT, 1000);
	tcp_close(right.tcp, RIGHT);
	ck_assert(loop_until(base, no_stream_is_left));
	ck_assert_uint_eq(left.closed_count, 2);
	ck_assert_uint_eq(left.taken_len, 1000);
	ck_assert_uint_eq(left.wrong_count, 0);
}
END_TEST

START_TEST(a_number_in_use_is_a_mistake)
{
	connect_sides();
	side_connect(&right, RIGHT, &left);
}
END_TEST

static void
connect_again(struct side *side)
{
	side->on_closed = NULL;
	side_connect(side, RIGHT, &left);
}

START_TEST(the_number_is_free_when_closed_is_called)
{
	right.on_closed = connect_again;
	connect_sides();
	tcp_close(left.tcp, LEFT);
	ck_assert(loop_until(base, second_is_connected));
	ck_assert_uint_eq(right.closed_count, 1);
}
END_TEST

START_TEST(an_owner_who_wants_no_more_drops_the_stream_at_once)
{
	left.on_received = drop;
	connect_sides();
	side_give(&right, RIGHT, 100);
	ck_assert(loop_until(base, right_closed));
	ck_assert(loop_until(base, no_stream_is_left));
	ck_assert_uint_eq(left.received_count, 1);
	ck_assert_uint_eq(left.closed_count, 0);
}
END_TEST

/* --- the peer ends --- */

START_TEST(a_half_closed_stream_is_delivered_answered_and_then_closed)
{
	uint8_t data[10000];

	for (size_t i = 0; i < sizeof(data); i++) {
		data[i] = pattern_at(i);
	}
	connect_plain();
	left.give_len = 10 * MANY;
	ck_assert_int_eq(
		send(plain.socket, data, sizeof(data), 0), (ssize_t)sizeof(data));
	ck_assert_int_eq(shutdown(plain.socket, SHUT_WR), 0);
	ck_assert(loop_until(base, left_received));
	loop_settle(base);
	ck_assert_uint_eq(left.taken_len, sizeof(data));
	ck_assert_uint_eq(left.closed_count, 0);
	start_reading_plain();
	ck_assert(loop_until(base, plain_ended));
	ck_assert(plain.ended);
	ck_assert_uint_eq(plain.taken_len, 10 * MANY);
	ck_assert_uint_eq(plain.wrong_count + left.wrong_count, 0);
	ck_assert_uint_eq(left.closed_count, 1);
	ck_assert_int_eq(left.why, ERR_OK);
	ck_assert_uint_eq(tcp_counters(left.tcp)->streams_failed, 0);
}
END_TEST

START_TEST(a_megabyte_then_the_end_is_delivered_before_closed)
{
	connect_sides();
	side_give(&right, RIGHT, MANY);
	tcp_close(right.tcp, RIGHT);
	ck_assert(loop_until(base, left_closed));
	ck_assert_uint_eq(left.taken_len, MANY);
	ck_assert_int_eq(left.why, ERR_OK);
}
END_TEST

START_TEST(a_reset_breaks_the_stream)
{
	struct linger at_once = {.l_onoff = 1, .l_linger = 0};

	connect_plain();
	side_give(&left, LEFT, 20 * MANY);
	loop_settle(base);
	setsockopt(plain.socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	close_plain();
	ck_assert(loop_until(base, left_closed));
	ck_assert_int_eq(left.why, ERR_IO);
	ck_assert_uint_eq(tcp_counters(left.tcp)->streams_failed, 1);
	ck_assert(no_stream_is_left());
}
END_TEST

START_TEST(writing_to_a_peer_that_is_gone_raises_no_signal)
{
	connect_plain();
	left.give_len = 20 * MANY;
	shutdown(plain.socket, SHUT_WR);
	loop_settle(base);
	close_plain();
	ck_assert(loop_until(base, left_closed));
	ck_assert_int_eq(left.why, ERR_IO);
}
END_TEST

/* --- time --- */

START_TEST(a_stream_where_nothing_moves_times_out)
{
	restart_left(20 * MS_US);
	connect_sides();
	ck_assert(loop_until(base, left_closed));
	ck_assert_int_eq(left.why, ERR_TIMEOUT);
	ck_assert_uint_eq(tcp_counters(left.tcp)->streams_failed, 1);
	ck_assert(loop_until(base, right_closed));
	ck_assert_int_eq(right.why, ERR_OK);
}
END_TEST

static void
give_a_little(evutil_socket_t socket, short what, void *context)
{
	(void)socket;
	(void)what;
	(void)context;
	side_give(&right, RIGHT, 10);
}

static bool
left_closed_or_took_enough(void)
{
	return left.closed_count > 0 || left.taken_len >= 200;
}

START_TEST(bytes_in_one_direction_keep_both_ends_open)
{
	static const struct timeval pause = {.tv_usec = 30000};
	struct tcp_settings settings = side_settings("127.0.0.1:0");
	struct event *timer = event_new(base, -1, EV_PERSIST, give_a_little, NULL);

	settings.idle_timeout_us = 400 * MS_US;
	side_open(&left, base, &settings, LEFT);
	side_open(&right, base, &settings, RIGHT);
	connect_sides();
	event_add(timer, &pause);
	ck_assert(loop_until(base, left_closed_or_took_enough));
	ck_assert_uint_eq(left.closed_count + right.closed_count, 0);
	event_free(timer);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("tcp_stream");
	TCase *tcase = add_case(suite, "tcp_stream");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, ten_megabytes_pass_a_slow_reader_and_little_waits);
	tcase_add_test(tcase, small_portions_are_joined_and_all_taken);
	tcase_add_test(tcase, a_stubborn_socket_gets_every_byte_once);
	tcase_add_test(tcase, closing_before_connected_still_sends_all);
	tcase_add_test(tcase, closing_when_connected_sends_all);
	tcase_add_test(tcase, closing_while_filling_sends_all);
	tcase_add_test(tcase, closing_when_received_hands_over_no_more);
	tcase_add_test(tcase, closing_when_closed_does_nothing);
	tcase_add_test(tcase, closing_on_both_sides_at_once_ends_in_silence);
	tcase_add_test(tcase, closing_while_the_peer_sends_loses_nothing_sent);
	tcase_add_test(tcase, a_peer_that_never_closes_is_left_after_the_idle_timeout);
	tcase_add_test(tcase, a_peer_that_never_reads_is_left_after_the_idle_timeout);
	tcase_add_test(tcase, the_number_of_a_closing_stream_can_be_given_at_once);
	tcase_add_test_raise_signal(tcase, a_number_in_use_is_a_mistake, SIGABRT);
	tcase_add_test(tcase, the_number_is_free_when_closed_is_called);
	tcase_add_test(tcase, an_owner_who_wants_no_more_drops_the_stream_at_once);
	tcase_add_test(
		tcase, a_half_closed_stream_is_delivered_answered_and_then_closed);
	tcase_add_test(tcase, a_megabyte_then_the_end_is_delivered_before_closed);
	tcase_add_test(tcase, a_reset_breaks_the_stream);
	tcase_add_test(tcase, writing_to_a_peer_that_is_gone_raises_no_signal);
	tcase_add_test(tcase, a_stream_where_nothing_moves_times_out);
	tcase_add_test(tcase, bytes_in_one_direction_keep_both_ends_open);
	return run_suite(suite);
}
