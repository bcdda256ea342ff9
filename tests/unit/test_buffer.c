/* SPDX-License-Identifier: MIT */
#include "base/buffer.h"

#include <signal.h>

#include "base/prng.h"
#include "run.h"

#define ASSERT_CONTENT(buffer, text) \
	ck_assert(bytes_equal(buffer_bytes(buffer), bytes_of_string(text)))

static struct buffer buffer;

static void
set_up(void)
{
	buffer_init(&buffer, 1000);
}

static void
tear_down(void)
{
	buffer_fini(&buffer);
}

static enum err
append(const char *text)
{
	return buffer_append(&buffer, bytes_of_string(text));
}

START_TEST(a_new_buffer_is_empty)
{
	ck_assert_uint_eq(buffer_len(&buffer), 0);
	ck_assert_uint_eq(buffer_bytes(&buffer).len, 0);
	buffer_consume(&buffer, 0);
	buffer_clear(&buffer);
	ck_assert_uint_eq(buffer_len(&buffer), 0);
}
END_TEST

START_TEST(bytes_leave_in_the_order_they_came)
{
	ck_assert_int_eq(append("first "), ERR_OK);
	ck_assert_int_eq(append("second"), ERR_OK);
	ASSERT_CONTENT(&buffer, "first second");
	buffer_consume(&buffer, 6);
	ASSERT_CONTENT(&buffer, "second");
	ck_assert_int_eq(append(" third"), ERR_OK);
	ASSERT_CONTENT(&buffer, "second third");
	buffer_consume(&buffer, 12);
	ck_assert_uint_eq(buffer_len(&buffer), 0);
}
END_TEST

START_TEST(the_maximum_can_be_reached_but_not_passed)
{
	uint8_t many[1001] = {0};

	ck_assert_int_eq(buffer_append(&buffer, bytes_of(many, 1001)), ERR_TOO_LARGE);
	ck_assert_uint_eq(buffer_len(&buffer), 0);
	ck_assert_int_eq(buffer_append(&buffer, bytes_of(many, 1000)), ERR_OK);
	ck_assert_int_eq(append("x"), ERR_TOO_LARGE);
	ck_assert_int_eq(append(""), ERR_OK);
	ck_assert_ptr_null(buffer_reserve(&buffer, 1));
	ck_assert_ptr_null(buffer_reserve(&buffer, SIZE_MAX));
	ck_assert_uint_eq(buffer_len(&buffer), 1000);
	buffer_consume(&buffer, 1);
	ck_assert_int_eq(append("xy"), ERR_TOO_LARGE);
	ck_assert_int_eq(append("x"), ERR_OK);
	ck_assert_uint_eq(buffer_len(&buffer), 1000);
}
END_TEST

START_TEST(reserved_room_counts_once_committed)
{
	uint8_t *room = buffer_reserve(&buffer, 1000);

	ck_assert_ptr_nonnull(room);
	memset(room, 'x', 1000);
	ck_assert_uint_eq(buffer_len(&buffer), 0);
	buffer_commit(&buffer, 3);
	ASSERT_CONTENT(&buffer, "xxx");
	ck_assert_ptr_nonnull(buffer_reserve(&buffer, 997));
	ck_assert_ptr_null(buffer_reserve(&buffer, 998));
}
END_TEST

START_TEST(room_for_nothing_is_never_null)
{
	ck_assert_ptr_nonnull(buffer_reserve(&buffer, 0));
	buffer_commit(&buffer, 0);
	ck_assert_int_eq(buffer_append(&buffer, bytes_of(NULL, 0)), ERR_OK);
	ck_assert_uint_eq(buffer_len(&buffer), 0);
}
END_TEST

START_TEST(clearing_forgets_the_content)
{
	ck_assert_int_eq(append("old"), ERR_OK);
	buffer_clear(&buffer);
	ck_assert_uint_eq(buffer_len(&buffer), 0);
	ck_assert_int_eq(append("new"), ERR_OK);
	ASSERT_CONTENT(&buffer, "new");
}
END_TEST

START_TEST(a_finished_buffer_is_empty_and_usable)
{
	ck_assert_int_eq(append("old"), ERR_OK);
	buffer_fini(&buffer);
	ck_assert_uint_eq(buffer_len(&buffer), 0);
	ck_assert_int_eq(append("new"), ERR_OK);
	ASSERT_CONTENT(&buffer, "new");
}
END_TEST

START_TEST(consuming_more_than_there_is_aborts)
{
	ck_assert_int_eq(append("abc"), ERR_OK);
	buffer_consume(&buffer, 4);
}
END_TEST

START_TEST(committing_more_than_the_maximum_aborts)
{
	ck_assert_ptr_nonnull(buffer_reserve(&buffer, 1000));
	buffer_commit(&buffer, 1001);
}
END_TEST

/* What goes in is a running count, so what comes out can be checked by itself. */
START_TEST(long_use_keeps_order_and_bounds_memory)
{
	struct prng prng;
	uint8_t in = 0;
	uint8_t out = 0;
	size_t wrong = 0;

	prng_init(&prng, 1);
	for (size_t step = 0; step < 5000; step++) {
		size_t room = 1000 - buffer_len(&buffer);
		size_t len = prng_below(&prng, room + 1);
		uint8_t *data = buffer_reserve(&buffer, len);

		ck_assert_ptr_nonnull(data);
		len = prng_below(&prng, len + 1);
		for (size_t i = 0; i < len; i++) {
			data[i] = in++;
		}
		buffer_commit(&buffer, len);
		ck_assert_uint_le(buffer.size, 1500);

		struct bytes bytes = buffer_bytes(&buffer);

		len = prng_below(&prng, bytes.len + 1);
		for (size_t i = 0; i < len; i++) {
			wrong += bytes.data[i] != out++;
		}
		buffer_consume(&buffer, len);
	}
	ck_assert_uint_eq(wrong, 0);
	ck_assert_uint_eq((uint8_t)(in - out), buffer_len(&buffer) % 256);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("buffer");
	TCase *tcase = add_case(suite, "buffer");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_new_buffer_is_empty);
	tcase_add_test(tcase, bytes_leave_in_the_order_they_came);
	tcase_add_test(tcase, the_maximum_can_be_reached_but_not_passed);
	tcase_add_test(tcase, reserved_room_counts_once_committed);
	tcase_add_test(tcase, room_for_nothing_is_never_null);
	tcase_add_test(tcase, clearing_forgets_the_content);
	tcase_add_test(tcase, a_finished_buffer_is_empty_and_usable);
	tcase_add_test_raise_signal(
		tcase, consuming_more_than_there_is_aborts, SIGABRT);
	tcase_add_test_raise_signal(
		tcase, committing_more_than_the_maximum_aborts, SIGABRT);
	tcase_add_test(tcase, long_use_keeps_order_and_bounds_memory);
	return run_suite(suite);
}
