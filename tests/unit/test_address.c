/* SPDX-License-Identifier: MIT */
#include "base/address.h"

#include <stdio.h>

#include "base/prng.h"
#include "run.h"

static const struct {
	const char *text;
	const char *formatted;
} readable[] = {
	{"192.0.2.1:7117", "192.0.2.1:7117"},
	{"192.0.2.1", "192.0.2.1:1234"},
	{"192.0.2.1:0", "192.0.2.1:0"},
	{"192.0.2.1:65535", "192.0.2.1:65535"},
	{"255.255.255.255:1", "255.255.255.255:1"},
	{"0.0.0.0:7117", "0.0.0.0:7117"},
	{"[::1]:7117", "[::1]:7117"},
	{"[::1]", "[::1]:1234"},
	{"::1", "[::1]:1234"},
	{"::", "[::]:1234"},
	{"[::]:0", "[::]:0"},
	{"2001:db8::1", "[2001:db8::1]:1234"},
	{"[2001:DB8:0:0::1]:65535", "[2001:db8::1]:65535"},
	{"2001:db8::1:7117", "[2001:db8::1:7117]:1234"},
	{"[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535",
		"[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535"},
	{"[64:ff9b::192.0.2.1]:7117", "[64:ff9b::c000:201]:7117"},
	{"[::ffff:192.0.2.1]:7117", "192.0.2.1:7117"},
	{"[::ffff:c000:201]:7117", "192.0.2.1:7117"},
	{"::ffff:192.0.2.1", "192.0.2.1:1234"},
	{"[::ffff:0.0.0.0]:7117", "0.0.0.0:7117"},
	{"[::fffe:192.0.2.1]:7117", "[::fffe:c000:201]:7117"},
};

static const char *const unreadable[] = {
	"",
	":",
	":7117",
	"[",
	"]",
	"[]",
	"[]:7117",
	"[:7117",
	"[::1",
	"[::1:7117",
	"::1]:7117",
	"[::1]7117",
	"[::1]x:7117",
	"[::1]:",
	"[[::1]]:7117",
	"[192.0.2.1]:7117",
	"192.0.2.1:",
	"192.0.2.1:65536",
	"192.0.2.1:99999",
	"192.0.2.1:4294974413",
	"192.0.2.1:18446744073709558733",
	"192.0.2.1:-1",
	"192.0.2.1:+1",
	"192.0.2.1: 7117",
	"192.0.2.1:7117 ",
	"192.0.2.1:7117x",
	"192.0.2.1:0x1bcd",
	"192.0.2.1:7117:7117",
	"[::1]:65536",
	"[::1]:7117x",
	" 192.0.2.1:7117",
	"192.0.2.1 :7117",
	"192.0.2:7117",
	"192.0.2.1.1:7117",
	"192.0.2.256:7117",
	"1:2:3:4:5:6:7:8:9",
	"[2001:db8::1::2]:7117",
	"[::1%lo]:7117",
	"fe80::1%lo",
	"localhost:7117",
	"example.com",
	"7117",
	"/run/rumord/control.sock",
	"none",
	"[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]:7117",
};

static struct address
parse(const char *text)
{
	struct address address;

	ck_assert_int_eq(address_parse(text, 7117, &address), ERR_OK);
	return address;
}

START_TEST(addresses_are_read_and_written_in_one_form)
{
	struct address address;
	struct address again;
	char text[ADDRESS_TEXT_SIZE];

	ck_assert_int_eq(address_parse(readable[_i].text, 1234, &address), ERR_OK);
	ck_assert_str_eq(address_format(&address, text), readable[_i].formatted);
	ck_assert_int_eq(address_parse(text, 1, &again), ERR_OK);
	ck_assert(address_equal(&address, &again));
}
END_TEST

START_TEST(what_is_not_an_address_is_refused_and_nothing_is_touched)
{
	const struct address before = {{1, 2, 3}, 4, 6};
	struct address address = before;

	ck_assert_int_eq(address_parse(unreadable[_i], 1234, &address), ERR_INVALID);
	ck_assert(address_equal(&address, &before));
}
END_TEST

START_TEST(an_ipv4_address_is_kept_in_the_first_four_bytes)
{
	const struct address expected = {{192, 0, 2, 1}, 7117, 4};
	struct address address = parse("192.0.2.1:7117");
	struct address mapped = parse("[::ffff:192.0.2.1]:7117");

	ck_assert(address_equal(&address, &expected));
	ck_assert(address_equal(&mapped, &expected));
}
END_TEST

START_TEST(an_ipv6_address_is_kept_in_network_order)
{
	const struct address expected = {
		{0x20, 0x01, 0x0d, 0xb8, [14] = 0x12, 0x34}, 7117, 6};
	struct address address = parse("[2001:db8::1234]:7117");

	ck_assert(address_equal(&address, &expected));
}
END_TEST

START_TEST(equality_looks_at_every_part)
{
	const struct address address = parse("[::1]:7117");

	for (size_t i = 0; i < sizeof(address.ip); i++) {
		struct address changed = address;

		changed.ip[i] ^= 1;
		ck_assert(!address_equal(&address, &changed));
		ck_assert_uint_ne(address_hash(&address), address_hash(&changed));
	}

	struct address other_port = address;
	struct address other_family = address;

	other_port.port++;
	other_family.family = 4;
	ck_assert(!address_equal(&address, &other_port));
	ck_assert(!address_equal(&address, &other_family));
	ck_assert_uint_ne(address_hash(&address), address_hash(&other_port));
	ck_assert_uint_ne(address_hash(&address), address_hash(&other_family));
	ck_assert(address_equal(&address, &address));
}
END_TEST

START_TEST(the_hash_has_a_golden_value)
{
	struct address address = parse("192.0.2.1:7117");

	ck_assert_uint_eq(address_hash(&address), 0x6a80366bb97b09de);
}
END_TEST

START_TEST(all_zero_is_no_address)
{
	struct address none = {0};
	struct address any = parse("0.0.0.0:0");
	char text[ADDRESS_TEXT_SIZE];

	ck_assert(address_is_none(&none));
	ck_assert(!address_is_none(&any));
	ck_assert(!address_equal(&none, &any));
	ck_assert(!address_is_wildcard(&none));
	ck_assert(!address_is_loopback(&none));
	ck_assert_str_eq(address_format(&none, text), "none");
}
END_TEST

START_TEST(wildcards_are_all_zeros_in_the_host_part)
{
	static const char *const wildcards[] = {
		"0.0.0.0:7117", "0.0.0.0:0", "[::]:7117", "[::ffff:0.0.0.0]:7117"};
	static const char *const others[] = {
		"0.0.0.1:7117", "1.0.0.0:7117", "[::1]:7117", "[1::]:7117"};

	for (size_t i = 0; i < 4; i++) {
		struct address wildcard = parse(wildcards[i]);
		struct address other = parse(others[i]);

		ck_assert(address_is_wildcard(&wildcard));
		ck_assert(!address_is_wildcard(&other));
	}
}
END_TEST

START_TEST(loopback_is_one_address_in_ipv6_and_a_network_in_ipv4)
{
	static const char *const loopbacks[] = {"127.0.0.1:7117",
		"127.255.255.255:7117", "[::1]:7117", "[::ffff:127.0.0.1]:7117"};
	static const char *const others[] = {
		"128.0.0.1:7117", "0.0.0.0:7117", "[::2]:7117", "[7f00::1]:7117"};

	for (size_t i = 0; i < 4; i++) {
		struct address loopback = parse(loopbacks[i]);
		struct address other = parse(others[i]);

		ck_assert(address_is_loopback(&loopback));
		ck_assert(!address_is_loopback(&other));
	}
}
END_TEST

START_TEST(random_addresses_come_back_as_written)
{
	struct prng prng;

	prng_init(&prng, 1);
	for (size_t round = 0; round < 5000; round++) {
		bool is_ipv4 = prng_below(&prng, 2) == 0;
		struct address address = {
			.port = (uint16_t)prng_next(&prng),
			.family = is_ipv4 ? 4 : 6,
		};
		struct address again;
		char text[ADDRESS_TEXT_SIZE];

		for (size_t i = 0; i < (is_ipv4 ? 4 : 16); i++) {
			bool is_zero = prng_below(&prng, 3) == 0;

			address.ip[i] = is_zero ? 0 : (uint8_t)prng_next(&prng);
		}
		address_format(&address, text);
		ck_assert_int_eq(address_parse(text, 0, &again), ERR_OK);
		ck_assert(address_equal(&address, &again));
	}
}
END_TEST

/* Random changes to a good text are refused or read, never anything worse. */
START_TEST(mangled_addresses_do_no_harm)
{
	static const char letters[] = "[]:.%0123456789abcdefxg -/";
	struct prng prng;
	size_t refused = 0;

	prng_init(&prng, 1);
	for (size_t round = 0; round < 20000; round++) {
		char mangled[64];
		char text[ADDRESS_TEXT_SIZE];
		struct address address;

		snprintf(mangled, sizeof(mangled), "%s",
			readable[prng_below(&prng, 20)].text);
		for (size_t i = 0; i < 2; i++) {
			mangled[prng_below(&prng, strlen(mangled))] =
				letters[prng_below(&prng, sizeof(letters) - 1)];
		}
		if (address_parse(mangled, 1, &address) == ERR_OK) {
			ck_assert_uint_lt(strlen(address_format(&address, text)),
				ADDRESS_TEXT_SIZE);
		} else {
			refused++;
		}
	}
	ck_assert_uint_gt(refused, 10000);
	ck_assert_uint_lt(refused, 20000);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

int
main(void)
{
	Suite *suite = suite_create("address");
	TCase *text = add_case(suite, "text");
	TCase *value = add_case(suite, "value");

	tcase_add_loop_test(
		text, addresses_are_read_and_written_in_one_form, 0, COUNT(readable));
	tcase_add_loop_test(text,
		what_is_not_an_address_is_refused_and_nothing_is_touched, 0,
		COUNT(unreadable));
	tcase_add_test(text, random_addresses_come_back_as_written);
	tcase_add_test(text, mangled_addresses_do_no_harm);
	tcase_add_test(value, an_ipv4_address_is_kept_in_the_first_four_bytes);
	tcase_add_test(value, an_ipv6_address_is_kept_in_network_order);
	tcase_add_test(value, equality_looks_at_every_part);
	tcase_add_test(value, the_hash_has_a_golden_value);
	tcase_add_test(value, all_zero_is_no_address);
	tcase_add_test(value, wildcards_are_all_zeros_in_the_host_part);
	tcase_add_test(value, loopback_is_one_address_in_ipv6_and_a_network_in_ipv4);
	return run_suite(suite);
}
