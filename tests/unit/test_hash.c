/* SPDX-License-Identifier: MIT */
#include "base/hash.h"

#include "base/pack.h"
#include "base/prng.h"
#include "run.h"

#define SEED UINT64_C(0x0123456789abcdef)

static const struct {
	const char *text;
	uint64_t plain;
	uint64_t seeded;
} golden[] = {
	{"", 0x2d06800538d394c2, 0xcc1ca35a1b089c5c},
	{"a", 0xe6c632b61e964e1f, 0xfcf369f9e7541d1b},
	{"rumord", 0x6107c5d31776e89e, 0x686e0b97fae35c78},
	{"app/db/primary", 0x2979e950caf63bf2, 0x1deef488dd9cae62},
};

START_TEST(hashes_are_those_of_xxh3)
{
	struct bytes text = bytes_of_string(golden[_i].text);

	ck_assert_uint_eq(hash_bytes(text, 0), golden[_i].plain);
	ck_assert_uint_eq(hash_bytes(text, SEED), golden[_i].seeded);
}
END_TEST

START_TEST(long_inputs_hash_as_xxh3_too)
{
	uint8_t data[1000];

	for (size_t i = 0; i < sizeof(data); i++) {
		data[i] = (uint8_t)i;
	}
	ck_assert_uint_eq(hash_bytes(bytes_of(data, 200), 0), 0xf42a8864feaf0703);
	ck_assert_uint_eq(hash_bytes(bytes_of(data, 200), SEED), 0xd87055ac291495ba);
	ck_assert_uint_eq(hash_bytes(bytes_of(data, 1000), 0), 0xd33dd80b46f60e50);
	ck_assert_uint_eq(hash_bytes(bytes_of(data, 1000), SEED), 0xcda1ff2a35958dd2);
}
END_TEST

START_TEST(no_bytes_hash_the_same_wherever_they_are)
{
	ck_assert_uint_eq(hash_bytes(bytes_of(NULL, 0), 0), golden[0].plain);
}
END_TEST

START_TEST(pairs_have_golden_hashes)
{
	ck_assert_uint_eq(hash_pair(0, 0, 0), 0xd0a66a65c7528968);
	ck_assert_uint_eq(hash_pair(1, 2, 0), 0x07ee86c281446bef);
	ck_assert_uint_eq(hash_pair(2, 1, 0), 0xfb54cb6322be3888);
	ck_assert_uint_eq(hash_pair(0x0123456789abcdef, 0xfedcba9876543210, 42),
		0x41ffc43dd086b0ce);
}
END_TEST

START_TEST(a_pair_hashes_as_its_sixteen_bytes)
{
	struct prng prng;

	prng_init(&prng, 1);
	for (size_t i = 0; i < 1000; i++) {
		uint64_t a = prng_next(&prng);
		uint64_t b = prng_next(&prng);
		uint64_t seed = prng_next(&prng);
		uint8_t data[16];
		struct writer writer = writer_of(data, sizeof(data));

		write_u64(&writer, a);
		write_u64(&writer, b);
		ck_assert_uint_eq(
			hash_pair(a, b, seed), hash_bytes(writer_bytes(&writer), seed));
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("hash");
	TCase *tcase = add_case(suite, "hash");

	tcase_add_loop_test(tcase, hashes_are_those_of_xxh3, 0,
		(int)(sizeof(golden) / sizeof(golden[0])));
	tcase_add_test(tcase, long_inputs_hash_as_xxh3_too);
	tcase_add_test(tcase, no_bytes_hash_the_same_wherever_they_are);
	tcase_add_test(tcase, pairs_have_golden_hashes);
	tcase_add_test(tcase, a_pair_hashes_as_its_sixteen_bytes);
	return run_suite(suite);
}
