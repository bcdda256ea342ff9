/* SPDX-License-Identifier: MIT */
#include "net/sockaddr.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "loop.h"
#include "run.h"

static struct sockaddr_storage storage;

static struct address
read_back(void)
{
	return sockaddr_address((struct sockaddr *)&storage);
}

static struct sockaddr_in6
ipv6_of(const char *ip, uint16_t port)
{
	struct sockaddr_in6 ipv6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};

	ck_assert_int_eq(inet_pton(AF_INET6, ip, &ipv6.sin6_addr), 1);
	return ipv6;
}

START_TEST(ipv4_is_written_for_an_ipv4_socket)
{
	struct address address = address_of("192.0.2.1:258");
	struct sockaddr_in expected = {.sin_family = AF_INET, .sin_port = htons(258)};

	inet_pton(AF_INET, "192.0.2.1", &expected.sin_addr);
	ck_assert_uint_eq(sockaddr_of(&address, AF_INET, &storage), sizeof(expected));
	ck_assert_mem_eq(&storage, &expected, sizeof(expected));

	struct address back = read_back();

	ck_assert(address_equal(&back, &address));
}
END_TEST

START_TEST(ipv4_is_mapped_for_an_ipv6_socket_and_comes_back_as_ipv4)
{
	struct address address = address_of("192.0.2.1:258");
	struct sockaddr_in6 expected = ipv6_of("::ffff:192.0.2.1", 258);

	ck_assert_uint_eq(sockaddr_of(&address, AF_INET6, &storage), sizeof(expected));
	ck_assert_mem_eq(&storage, &expected, sizeof(expected));

	struct address back = read_back();

	ck_assert(address_equal(&back, &address));
}
END_TEST

START_TEST(ipv6_is_written_for_an_ipv6_socket)
{
	struct address address = address_of("[2001:db8::ffff:1]:7117");
	struct sockaddr_in6 expected = ipv6_of("2001:db8::ffff:1", 7117);

	ck_assert_uint_eq(sockaddr_of(&address, AF_INET6, &storage), sizeof(expected));
	ck_assert_mem_eq(&storage, &expected, sizeof(expected));

	struct address back = read_back();

	ck_assert(address_equal(&back, &address));
}
END_TEST

START_TEST(what_a_socket_cannot_reach_is_not_written)
{
	struct address ipv6 = address_of("[::1]:1");
	struct address none = {0};

	ck_assert_uint_eq(sockaddr_of(&ipv6, AF_INET, &storage), 0);
	ck_assert_uint_eq(sockaddr_of(&none, AF_INET, &storage), 0);
	ck_assert_uint_eq(sockaddr_of(&none, AF_INET6, &storage), 0);
	ck_assert_uint_eq(sockaddr_of(&ipv6, AF_UNIX, &storage), 0);
	ck_assert_uint_eq(sockaddr_of(&ipv6, AF_UNSPEC, &storage), 0);
}
END_TEST

START_TEST(another_family_is_no_address)
{
	struct sockaddr local = {.sa_family = AF_UNIX};
	struct address address = sockaddr_address(&local);

	ck_assert(address_is_none(&address));
}
END_TEST

START_TEST(each_address_has_its_family)
{
	struct address ipv4 = address_of("192.0.2.1:1");
	struct address ipv6 = address_of("[::1]:1");
	struct address none = {0};

	ck_assert_int_eq(sockaddr_family(&ipv4), AF_INET);
	ck_assert_int_eq(sockaddr_family(&ipv6), AF_INET6);
	ck_assert_int_eq(sockaddr_family(&none), AF_UNSPEC);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("sockaddr");
	TCase *tcase = add_case(suite, "sockaddr");

	tcase_add_test(tcase, ipv4_is_written_for_an_ipv4_socket);
	tcase_add_test(tcase, ipv4_is_mapped_for_an_ipv6_socket_and_comes_back_as_ipv4);
	tcase_add_test(tcase, ipv6_is_written_for_an_ipv6_socket);
	tcase_add_test(tcase, what_a_socket_cannot_reach_is_not_written);
	tcase_add_test(tcase, another_family_is_no_address);
	tcase_add_test(tcase, each_address_has_its_family);
	return run_suite(suite);
}
