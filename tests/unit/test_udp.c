/* SPDX-License-Identifier: MIT */
#include "net/udp.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <event2/event.h>

#include "loop.h"
#include "run.h"

#define TAKEN_COUNT_MAX 5000

/* One end of a conversation and what came to it. */
struct end {
	struct udp *udp;
	struct address from;
	bool echoing;
	size_t call_count;
	size_t batch_count_max;
	size_t taken_count;
	size_t lens[TAKEN_COUNT_MAX];
	uint8_t firsts[TAKEN_COUNT_MAX];
};

static struct event_base *base;
static struct end left;
static struct end right;
static size_t expected_count;

/* --- the system as the tests want it --- */

static struct {
	bool lacks_ipv6;
	bool send_is_full;
	int refusal; /* errno for datagrams that start with 'x' */
	bool input_is_endless;
	size_t input_count;
} host;

int
socket(int domain, int type, int protocol)
{
	if (host.lacks_ipv6 && domain == AF_INET6) {
		errno = EAFNOSUPPORT;
		return -1;
	}
	return (int)syscall(SYS_socket, domain, type, protocol);
}

static bool
is_refused(const struct mmsghdr *header)
{
	const struct iovec *slice = header->msg_hdr.msg_iov;

	return host.refusal != 0 && slice->iov_len > 0 &&
	       *(const char *)slice->iov_base == 'x';
}

/* As the kernel has it: stops at the first that is refused, fails if that is the first.
 */
int
sendmmsg(int fd, struct mmsghdr *headers, unsigned count, int flags)
{
	unsigned good_count = 0;

	if (host.send_is_full) {
		errno = EAGAIN;
		return -1;
	}
	while (good_count < count && !is_refused(&headers[good_count])) {
		good_count++;
	}
	if (good_count == 0) {
		errno = host.refusal;
		return -1;
	}
	return (int)syscall(SYS_sendmmsg, fd, headers, good_count, flags);
}

int
recvmmsg(int fd, struct mmsghdr *headers, unsigned count, int flags,
	struct timespec *timeout)
{
	if (!host.input_is_endless) {
		return (int)syscall(SYS_recvmmsg, fd, headers, count, flags, timeout);
	}
	for (unsigned i = 0; i < count; i++) {
		struct sockaddr *peer = headers[i].msg_hdr.msg_name;

		peer->sa_family = AF_INET;
		headers[i].msg_len = 1;
	}
	host.input_count += count;
	return (int)count;
}

/* --- the two ends --- */

static void
take(void *context, const struct udp_datagram *datagrams, size_t count)
{
	struct end *end = context;

	end->call_count++;
	if (count > end->batch_count_max) {
		end->batch_count_max = count;
	}
	for (size_t i = 0; i < count; i++) {
		struct bytes bytes = datagrams[i].bytes;

		end->from = datagrams[i].peer;
		if (end->taken_count < TAKEN_COUNT_MAX) {
			end->lens[end->taken_count] = bytes.len;
			end->firsts[end->taken_count] = bytes.len > 0 ? *bytes.data : 0;
			end->taken_count++;
		}
		if (end->echoing) {
			udp_send(end->udp, &datagrams[i].peer, bytes);
		}
	}
	if (end->echoing) {
		udp_flush(end->udp);
	}
}

static void
open_end(struct end *end, const char *bind)
{
	struct address address = address_of(bind);

	udp_free(end->udp);
	ck_assert_int_eq(udp_new(base, &address, take, end, &end->udp), ERR_OK);
}

static void
set_up(void)
{
	base = event_base_new();
	open_end(&left, "127.0.0.1:0");
	open_end(&right, "127.0.0.1:0");
}

static void
tear_down(void)
{
	udp_free(left.udp);
	udp_free(right.udp);
	event_base_free(base);
}

static bool
right_has_all(void)
{
	return right.taken_count >= expected_count;
}

static bool
left_has_all(void)
{
	return left.taken_count >= expected_count;
}

static bool
right_takes(size_t count)
{
	expected_count = count;
	return loop_until(base, right_has_all);
}

static bool
left_takes(size_t count)
{
	expected_count = count;
	return loop_until(base, left_has_all);
}

static struct bytes
bytes_with(uint8_t first, size_t len)
{
	static uint8_t data[70000];

	data[0] = first;
	return bytes_of(data, len);
}

static void
send_to(const struct address *to, uint8_t first, size_t len)
{
	udp_send(left.udp, to, bytes_with(first, len));
}

static void
send_to_right(uint8_t first, size_t len)
{
	struct address to = udp_address(right.udp);

	send_to(&to, first, len);
}

/* --- tests --- */

START_TEST(many_datagrams_go_and_come_back_in_order)
{
	const size_t count = 200;
	uint64_t size = 0;

	right.echoing = true;
	for (size_t i = 0; i < count; i++) {
		send_to_right((uint8_t)i, 1 + i);
		size += 1 + i;
	}
	udp_flush(left.udp);
	ck_assert(left_takes(count));
	for (size_t i = 0; i < count; i++) {
		ck_assert_uint_eq(left.lens[i], 1 + i);
		ck_assert_uint_eq(left.firsts[i], (uint8_t)i);
	}
	ck_assert_uint_eq(right.taken_count, count);
	ck_assert_uint_gt(right.batch_count_max, 1);
	ck_assert_uint_le(right.batch_count_max, UDP_BATCH_COUNT);

	struct address address = udp_address(left.udp);

	ck_assert(address_equal(&right.from, &address));
	ck_assert_uint_eq(udp_counters(left.udp)->packets_out, count);
	ck_assert_uint_eq(udp_counters(left.udp)->bytes_out, size);
	ck_assert_uint_eq(udp_counters(left.udp)->packets_in, count);
	ck_assert_uint_eq(udp_counters(left.udp)->bytes_in, size);
}
END_TEST

START_TEST(datagrams_leave_when_flushed_or_when_the_batch_is_full)
{
	const struct udp_counters *counters = udp_counters(left.udp);

	for (size_t i = 0; i < UDP_BATCH_COUNT - 1; i++) {
		send_to_right(0, 1);
	}
	ck_assert_uint_eq(counters->packets_out, 0);
	send_to_right(0, 1);
	ck_assert_uint_eq(counters->packets_out, UDP_BATCH_COUNT);
	send_to_right(0, 1);
	ck_assert_uint_eq(counters->packets_out, UDP_BATCH_COUNT);
	udp_flush(left.udp);
	ck_assert_uint_eq(counters->packets_out, UDP_BATCH_COUNT + 1);
	udp_flush(left.udp);
	ck_assert_uint_eq(counters->packets_out, UDP_BATCH_COUNT + 1);
}
END_TEST

START_TEST(the_largest_datagram_arrives_and_a_longer_one_is_counted)
{
	send_to_right('a', UDP_DATAGRAM_SIZE_MAX + 1);
	send_to_right('b', UDP_DATAGRAM_SIZE_MAX);
	send_to_right('c', 60000);
	send_to_right('d', 1);
	udp_flush(left.udp);
	ck_assert(right_takes(2));
	loop_settle(base);
	ck_assert_uint_eq(right.taken_count, 2);
	ck_assert_uint_eq(right.firsts[0], 'b');
	ck_assert_uint_eq(right.lens[0], UDP_DATAGRAM_SIZE_MAX);
	ck_assert_uint_eq(right.firsts[1], 'd');

	const struct udp_counters *counters = udp_counters(right.udp);

	ck_assert_uint_eq(counters->drops_oversized, 2);
	ck_assert_uint_eq(counters->packets_in, 2);
	ck_assert_uint_eq(counters->bytes_in, UDP_DATAGRAM_SIZE_MAX + 1);
}
END_TEST

START_TEST(an_empty_datagram_arrives)
{
	struct address to = udp_address(right.udp);

	udp_send(left.udp, &to, bytes_of(NULL, 0));
	send_to_right('a', 1);
	udp_send(left.udp, &to, bytes_of(NULL, 0));
	udp_flush(left.udp);
	ck_assert(right_takes(3));
	ck_assert_uint_eq(right.lens[0], 0);
	ck_assert_uint_eq(right.lens[1], 1);
	ck_assert_uint_eq(right.lens[2], 0);
}
END_TEST

START_TEST(what_the_system_refuses_does_not_stop_the_rest)
{
	struct address no_port = address_of("127.0.0.1:0");
	struct address broadcast = address_of("255.255.255.255:7117");
	struct address none = {0};

	send_to(&no_port, 'a', 1);
	send_to_right('b', 1);
	send_to(&broadcast, 'c', 1);
	send_to(&none, 'd', 1);
	send_to_right('e', 66000);
	send_to_right('f', 1);
	send_to(&no_port, 'g', 1);
	udp_flush(left.udp);
	ck_assert(right_takes(2));
	ck_assert_uint_eq(right.firsts[0], 'b');
	ck_assert_uint_eq(right.firsts[1], 'f');
	ck_assert_uint_eq(udp_counters(left.udp)->drops_refused, 5);
	ck_assert_uint_eq(udp_counters(left.udp)->packets_out, 2);
	ck_assert_uint_eq(udp_counters(left.udp)->bytes_out, 2);
}
END_TEST

START_TEST(any_refusal_skips_that_datagram_only)
{
	static const int refusals[] = {ECONNREFUSED, EPERM, ENETUNREACH, EHOSTUNREACH};

	host.refusal = refusals[_i];
	for (size_t i = 0; i < 130; i++) {
		send_to_right(i % 10 == 0 ? 'x' : 'y', 1);
	}
	udp_flush(left.udp);
	ck_assert_uint_eq(udp_counters(left.udp)->drops_refused, 13);
	ck_assert_uint_eq(udp_counters(left.udp)->packets_out, 117);
	ck_assert(right_takes(117));
}
END_TEST

START_TEST(a_peer_that_is_gone_does_not_stop_the_others)
{
	struct address gone = udp_address(right.udp);

	open_end(&right, "127.0.0.1:0");
	for (size_t i = 0; i < 3; i++) {
		send_to(&gone, 'a', 1);
		send_to_right('b', 1);
		udp_flush(left.udp);
	}
	right.echoing = true;
	send_to_right('c', 1);
	udp_flush(left.udp);
	ck_assert(right_takes(4));
	ck_assert(left_takes(1));
	ck_assert_uint_eq(right.firsts[3], 'c');
}
END_TEST

START_TEST(a_full_socket_keeps_what_waits_and_sends_it_in_order)
{
	host.send_is_full = true;
	for (size_t i = 0; i < 100; i++) {
		send_to_right((uint8_t)i, 1);
	}
	udp_flush(left.udp);
	ck_assert_uint_eq(udp_counters(left.udp)->packets_out, 0);
	loop_settle(base);
	host.send_is_full = false;
	ck_assert(right_takes(100));
	for (size_t i = 0; i < 100; i++) {
		ck_assert_uint_eq(right.firsts[i], i);
	}
	ck_assert_uint_eq(udp_counters(left.udp)->drops_queue, 0);
	send_to_right('z', 1);
	udp_flush(left.udp);
	ck_assert(right_takes(101));
}
END_TEST

START_TEST(the_queue_is_bounded_by_count)
{
	host.send_is_full = true;
	for (size_t i = 0; i < UDP_QUEUE_COUNT_MAX + 3; i++) {
		send_to_right(0, 1);
	}
	ck_assert_uint_eq(udp_counters(left.udp)->drops_queue, 3);
	host.send_is_full = false;
	ck_assert(right_takes(1));
	loop_settle(base);
	ck_assert_uint_eq(udp_counters(left.udp)->packets_out, UDP_QUEUE_COUNT_MAX);
}
END_TEST

START_TEST(the_queue_is_bounded_by_size)
{
	const size_t fitting_count = UDP_QUEUE_SIZE_MAX / 2000;

	host.send_is_full = true;
	for (size_t i = 0; i < fitting_count + 3; i++) {
		send_to_right(0, 2000);
	}
	ck_assert_uint_eq(udp_counters(left.udp)->drops_queue, 3);
	host.send_is_full = false;
	ck_assert(right_takes(1));
	loop_settle(base);
	ck_assert_uint_eq(udp_counters(left.udp)->packets_out, fitting_count);
}
END_TEST

START_TEST(the_loop_gets_its_turn_while_datagrams_keep_coming)
{
	host.input_is_endless = true;
	send_to_right('a', 1);
	udp_flush(left.udp);
	ck_assert(right_takes(1));
	host.input_is_endless = false;
	ck_assert_uint_ge(host.input_count, UDP_BATCH_COUNT);
	ck_assert_uint_le(host.input_count, 64 * UDP_BATCH_COUNT);
}
END_TEST

START_TEST(a_port_in_use_is_an_error_with_errno)
{
	struct address used = udp_address(left.udp);
	struct udp *udp = NULL;

	ck_assert_int_eq(udp_new(base, &used, take, &left, &udp), ERR_IO);
	ck_assert_int_eq(errno, EADDRINUSE);
	ck_assert_ptr_null(udp);
}
END_TEST

START_TEST(an_address_of_another_host_cannot_be_bound)
{
	struct address foreign = address_of("192.0.2.77:0");
	struct udp *udp = NULL;

	ck_assert_int_eq(udp_new(base, &foreign, take, &left, &udp), ERR_IO);
	ck_assert_int_eq(errno, EADDRNOTAVAIL);
	udp_free(udp);
}
END_TEST

START_TEST(an_ipv4_socket_refuses_ipv6_receivers)
{
	struct address to = address_of("[::1]:7117");

	send_to(&to, 'a', 1);
	udp_flush(left.udp);
	ck_assert_uint_eq(udp_counters(left.udp)->drops_refused, 1);
	ck_assert_uint_eq(udp_counters(left.udp)->packets_out, 0);
}
END_TEST

START_TEST(without_ipv6_the_wildcard_is_ipv4)
{
	host.lacks_ipv6 = true;
	open_end(&right, "[::]:0");

	struct address address = udp_address(right.udp);

	ck_assert_uint_eq(address.family, 4);
	ck_assert(address_is_wildcard(&address));
	ck_assert_uint_ne(address.port, 0);
}
END_TEST

START_TEST(without_ipv6_an_ipv6_address_is_an_error)
{
	struct address loopback = address_of("[::1]:0");
	struct udp *udp = NULL;

	host.lacks_ipv6 = true;
	ck_assert_int_eq(udp_new(base, &loopback, take, &left, &udp), ERR_IO);
	ck_assert_int_eq(errno, EAFNOSUPPORT);
}
END_TEST

START_TEST(ipv4_comes_to_the_ipv6_wildcard_as_ipv4_and_is_answered)
{
	open_end(&right, "[::]:0");

	struct address address = udp_address(right.udp);
	struct address to = address_of("127.0.0.1:0");

	ck_assert_uint_eq(address.family, 6);
	to.port = address.port;
	right.echoing = true;
	send_to(&to, 'a', 10);
	udp_flush(left.udp);
	ck_assert(left_takes(1));

	struct address sender = udp_address(left.udp);

	ck_assert(address_equal(&right.from, &sender));
	ck_assert(address_equal(&left.from, &to));
}
END_TEST

START_TEST(ipv6_goes_and_comes_back)
{
	open_end(&left, "[::1]:0");
	open_end(&right, "[::]:0");

	struct address to = address_of("[::1]:0");

	to.port = udp_address(right.udp).port;
	right.echoing = true;
	send_to(&to, 'a', 10);
	udp_flush(left.udp);
	ck_assert(left_takes(1));

	struct address sender = udp_address(left.udp);

	ck_assert(address_equal(&right.from, &sender));
	ck_assert(address_equal(&left.from, &to));
}
END_TEST

START_TEST(what_is_queued_may_be_freed)
{
	host.send_is_full = true;
	send_to_right('a', 100);
	udp_flush(left.udp);
	udp_free(left.udp);
	left.udp = NULL;
	udp_free(NULL);
	loop_settle(base);
	ck_assert_uint_eq(right.taken_count, 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("udp");
	TCase *tcase = add_case(suite, "udp");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, many_datagrams_go_and_come_back_in_order);
	tcase_add_test(tcase, datagrams_leave_when_flushed_or_when_the_batch_is_full);
	tcase_add_test(tcase, the_largest_datagram_arrives_and_a_longer_one_is_counted);
	tcase_add_test(tcase, an_empty_datagram_arrives);
	tcase_add_test(tcase, what_the_system_refuses_does_not_stop_the_rest);
	tcase_add_loop_test(tcase, any_refusal_skips_that_datagram_only, 0, 4);
	tcase_add_test(tcase, a_peer_that_is_gone_does_not_stop_the_others);
	tcase_add_test(tcase, a_full_socket_keeps_what_waits_and_sends_it_in_order);
	tcase_add_test(tcase, the_queue_is_bounded_by_count);
	tcase_add_test(tcase, the_queue_is_bounded_by_size);
	tcase_add_test(tcase, the_loop_gets_its_turn_while_datagrams_keep_coming);
	tcase_add_test(tcase, a_port_in_use_is_an_error_with_errno);
	tcase_add_test(tcase, an_address_of_another_host_cannot_be_bound);
	tcase_add_test(tcase, an_ipv4_socket_refuses_ipv6_receivers);
	tcase_add_test(tcase, without_ipv6_the_wildcard_is_ipv4);
	tcase_add_test(tcase, without_ipv6_an_ipv6_address_is_an_error);
	if (host_has_ipv6()) {
		tcase_add_test(
			tcase, ipv4_comes_to_the_ipv6_wildcard_as_ipv4_and_is_answered);
		tcase_add_test(tcase, ipv6_goes_and_comes_back);
	}
	tcase_add_test(tcase, what_is_queued_may_be_freed);
	return run_suite(suite);
}
