/* SPDX-License-Identifier: MIT */
#include "base/mem.h"

#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

START_TEST(new_memory_is_zeroed)
{
	uint8_t *bytes = mem_new(1000);
	uint64_t *numbers = mem_new_array(1000, sizeof(*numbers));

	for (size_t i = 0; i < 1000; i++) {
		ck_assert_uint_eq(bytes[i], 0);
		ck_assert_uint_eq(numbers[i], 0);
	}
	free(bytes);
	free(numbers);
}
END_TEST

START_TEST(nothing_is_never_null)
{
	void *none = mem_new(0);
	void *no_elements = mem_new_array(0, 8);
	void *no_size = mem_new_array(8, 0);
	void *no_copy = mem_copy(NULL, 0);

	ck_assert_ptr_nonnull(none);
	ck_assert_ptr_nonnull(no_elements);
	ck_assert_ptr_nonnull(no_size);
	ck_assert_ptr_nonnull(no_copy);
	free(none);
	free(no_elements);
	free(no_size);
	free(no_copy);
}
END_TEST

START_TEST(resizing_keeps_the_content)
{
	uint32_t *numbers = mem_resize(NULL, 2, sizeof(*numbers));

	numbers[0] = 7;
	numbers[1] = 8;
	numbers = mem_resize(numbers, 100000, sizeof(*numbers));
	ck_assert_uint_eq(numbers[0], 7);
	ck_assert_uint_eq(numbers[1], 8);
	numbers[99999] = 9;
	numbers = mem_resize(numbers, 1, sizeof(*numbers));
	ck_assert_uint_eq(numbers[0], 7);
	numbers = mem_resize(numbers, 0, sizeof(*numbers));
	ck_assert_ptr_nonnull(numbers);
	free(numbers);
}
END_TEST

START_TEST(a_copy_is_apart_from_its_source)
{
	char text[] = "a\0b";
	char *bytes = mem_copy(text, sizeof(text));
	char *string = mem_copy_string("value");
	char *empty = mem_copy_string("");

	text[0] = 'x';
	ck_assert_mem_eq(bytes, "a\0b", sizeof(text));
	ck_assert_str_eq(string, "value");
	ck_assert_str_eq(empty, "");
	free(bytes);
	free(string);
	free(empty);
}
END_TEST

/* Were the product cut to 64 bits, both would ask for a few bytes and get them. */
START_TEST(an_array_whose_size_overflows_aborts)
{
	free(mem_new_array(SIZE_MAX / 8 + 2, 8));
}
END_TEST

START_TEST(resizing_to_a_size_that_overflows_aborts)
{
	free(mem_resize(NULL, SIZE_MAX / 8 + 2, 8));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("mem");
	TCase *tcase = add_case(suite, "mem");

	tcase_add_test(tcase, new_memory_is_zeroed);
	tcase_add_test(tcase, nothing_is_never_null);
	tcase_add_test(tcase, resizing_keeps_the_content);
	tcase_add_test(tcase, a_copy_is_apart_from_its_source);
	tcase_add_test_raise_signal(
		tcase, an_array_whose_size_overflows_aborts, SIGABRT);
	tcase_add_test_raise_signal(
		tcase, resizing_to_a_size_that_overflows_aborts, SIGABRT);
	return run_suite(suite);
}
