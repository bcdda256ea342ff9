/* SPDX-License-Identifier: MIT */
#include "gossip/outputs.h"

#include "run.h"
#include "sample.h"

/* As many notices as may wait. */
#define NOTICE_WAITING_MAX 65536

static struct outputs outputs;

static void
set_up(void)
{
	outputs_init(&outputs);
}

static void
tear_down(void)
{
	outputs_fini(&outputs);
}

static void
notice(const char *member)
{
	outputs_notice(&outputs, NOTICE_MEMBER_DEAD, member, NULL);
}

START_TEST(without_outputs_there_is_none)
{
	ck_assert_ptr_null(outputs_next(&outputs));
	ck_assert_ptr_null(outputs_next(&outputs));
}
END_TEST

START_TEST(outputs_come_in_the_order_in_which_they_were_asked_for)
{
	struct address address = sample_address(2);

	outputs_stream(&outputs, OUTPUT_STREAM_OPEN, 7, &address);
	outputs_resolve(&outputs);
	outputs_reserve(&outputs, 8, 9);
	outputs_stream(&outputs, OUTPUT_STREAM_CLOSE, 7, NULL);

	const struct output *output = outputs_next(&outputs);

	ck_assert_int_eq(output->kind, OUTPUT_STREAM_OPEN);
	ck_assert_uint_eq(output->stream, 7);
	ck_assert(address_equal(&output->address, &address));
	ck_assert_int_eq(outputs_next(&outputs)->kind, OUTPUT_RESOLVE);
	output = outputs_next(&outputs);
	ck_assert_int_eq(output->kind, OUTPUT_RESERVE);
	ck_assert_uint_eq(output->writer, 8);
	ck_assert_uint_eq(output->limit, 9);
	output = outputs_next(&outputs);
	ck_assert_int_eq(output->kind, OUTPUT_STREAM_CLOSE);
	ck_assert_uint_eq(output->stream, 7);
	ck_assert_ptr_null(outputs_next(&outputs));
}
END_TEST

START_TEST(a_notice_keeps_a_copy_of_the_name)
{
	struct address address = sample_address(2);
	char name[] = "web1";

	outputs_notice(&outputs, NOTICE_MEMBER_JOINED, name, &address);
	name[0] = 'X';

	const struct output *output = outputs_next(&outputs);

	ck_assert_int_eq(output->kind, OUTPUT_NOTICE);
	ck_assert_int_eq(output->notice.kind, NOTICE_MEMBER_JOINED);
	ck_assert_str_eq(output->notice.member, "web1");
	ck_assert(address_equal(&output->notice.address, &address));
}
END_TEST

START_TEST(a_name_as_long_as_it_may_be_is_whole)
{
	char name[NODE_NAME_LEN_MAX + 1] = {0};

	memset(name, 'n', NODE_NAME_LEN_MAX);
	notice(name);
	ck_assert_str_eq(outputs_next(&outputs)->notice.member, name);
}
END_TEST

/* Each row is looked at after the rows have moved in memory. */
START_TEST(names_stay_right_when_the_queue_grows)
{
	for (unsigned i = 0; i < 1000; i++)
		notice(sample_name(i));
	for (unsigned i = 0; i < 1000; i++)
		ck_assert_str_eq(outputs_next(&outputs)->notice.member, sample_name(i));
}
END_TEST

START_TEST(a_queue_can_be_filled_while_it_is_emptied)
{
	unsigned next = 0;

	for (unsigned i = 0; i < 3000; i++) {
		notice(sample_name(i));
		if (i % 3 != 0)
			ck_assert_str_eq(outputs_next(&outputs)->notice.member,
				sample_name(next++));
	}
	while (next < 3000)
		ck_assert_str_eq(
			outputs_next(&outputs)->notice.member, sample_name(next++));
	ck_assert_ptr_null(outputs_next(&outputs));
}
END_TEST

START_TEST(notices_beyond_the_limit_are_left_out_and_counted)
{
	size_t count = 0;

	for (size_t i = 0; i < NOTICE_WAITING_MAX + 5; i++)
		notice("n1");
	ck_assert_uint_eq(outputs.notices_left_out, 5);
	while (outputs_next(&outputs) != NULL)
		count++;
	ck_assert_uint_eq(count, NOTICE_WAITING_MAX);
}
END_TEST

START_TEST(what_must_be_done_is_never_left_out)
{
	const struct output *output;
	bool is_there = false;

	for (size_t i = 0; i < NOTICE_WAITING_MAX; i++)
		notice("n1");
	outputs_reserve(&outputs, 8, 9);
	while ((output = outputs_next(&outputs)) != NULL)
		is_there |= output->kind == OUTPUT_RESERVE;
	ck_assert(is_there);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("outputs");
	TCase *tcase = add_case(suite, "outputs");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, without_outputs_there_is_none);
	tcase_add_test(tcase, outputs_come_in_the_order_in_which_they_were_asked_for);
	tcase_add_test(tcase, a_notice_keeps_a_copy_of_the_name);
	tcase_add_test(tcase, a_name_as_long_as_it_may_be_is_whole);
	tcase_add_test(tcase, names_stay_right_when_the_queue_grows);
	tcase_add_test(tcase, a_queue_can_be_filled_while_it_is_emptied);
	tcase_add_test(tcase, notices_beyond_the_limit_are_left_out_and_counted);
	tcase_add_test(tcase, what_must_be_done_is_never_left_out);
	return run_suite(suite);
}
