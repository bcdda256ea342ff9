/* SPDX-License-Identifier: MIT */
#include "control/reply.h"

#include <stdlib.h>

#include "base/base64.h"
#include "base/mem.h"
#include "run.h"

static struct evbuffer *output;
static struct reply reply;

static void
set_up(void)
{
	output = evbuffer_new();
	reply = reply_to(output);
}

static void
tear_down(void)
{
	evbuffer_free(output);
}

/* What was written, as text; free() it. */
static char *
take_text(void)
{
	reply_commit(&reply);

	size_t len = evbuffer_get_length(output);
	char *text = mem_new(len + 1);

	ck_assert_int_eq(evbuffer_remove(output, text, len), (int)len);
	return text;
}

static void
check_written(const char *wanted)
{
	char *text = take_text();

	ck_assert_str_eq(text, wanted);
	free(text);
}

/* What was written, read by another's parser. */
static json_t *
take_parsed(void)
{
	char *text = take_text();
	json_error_t error;
	json_t *value =
		json_loads(text, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, &error);

	ck_assert_msg(value != NULL, "%s: %.100s", error.text, text);
	free(text);
	return value;
}

START_TEST(commas_stand_between_and_nowhere_else)
{
	reply_open(&reply, NULL, '{');
	reply_open(&reply, "empty", '[');
	reply_close(&reply, ']');
	reply_open(&reply, "list", '[');
	reply_uint(&reply, NULL, 1);
	reply_open(&reply, NULL, '{');
	reply_close(&reply, '}');
	reply_null(&reply, NULL);
	reply_close(&reply, ']');
	reply_bool(&reply, "yes", true);
	reply_bool(&reply, "no", false);
	reply_close(&reply, '}');
	check_written("{\"empty\":[],\"list\":[1,{},null],\"yes\":true,\"no\":false}");
}
END_TEST

START_TEST(numbers_are_written_in_full)
{
	reply_open(&reply, NULL, '[');
	reply_uint(&reply, NULL, 0);
	reply_uint(&reply, NULL, 10);
	reply_uint(&reply, NULL, UINT64_MAX);
	reply_int(&reply, NULL, -1);
	reply_int(&reply, NULL, INT64_MIN);
	reply_int(&reply, NULL, INT64_MAX);
	reply_us_as_ms(&reply, NULL, 0);
	reply_us_as_ms(&reply, NULL, 1234567);
	reply_us_as_ms(&reply, NULL, 7);
	reply_close(&reply, ']');
	check_written("[0,10,18446744073709551615,-1,-9223372036854775808,"
		      "9223372036854775807,0.000,1234.567,0.007]");
}
END_TEST

START_TEST(bytes_are_written_as_hexadecimal)
{
	reply_hex(&reply, NULL, bytes_of("\x00\x0f\xf0\xff", 4));
	check_written("\"000ff0ff\"");
}
END_TEST

static const struct {
	uint64_t wall_ms;
	const char *text;
} times[] = {
	{0, "\"1970-01-01T00:00:00.000Z\""},
	{UINT64_C(951782400000), "\"2000-02-29T00:00:00.000Z\""},
	{UINT64_C(1700000000123), "\"2023-11-14T22:13:20.123Z\""},
	{UINT64_C(253402300799999), "\"9999-12-31T23:59:59.999Z\""},
	{UINT64_C(253402300800000), "\"9999-12-31T23:59:59.999Z\""},
	{UINT64_MAX, "\"9999-12-31T23:59:59.999Z\""},
};

START_TEST(times_are_utc_with_milliseconds)
{
	reply_time(&reply, NULL, times[_i].wall_ms);
	check_written(times[_i].text);
}
END_TEST

START_TEST(every_character_is_escaped_where_it_must_be)
{
	char text[128];

	/* At every position of a word, with plain characters around. */
	for (int byte = 1; byte < 128; byte++) {
		for (size_t pos = 0; pos < 20; pos++) {
			memset(text, 'x', 20);
			text[pos] = (char)byte;
			text[20] = '\0';
			reply_text(&reply, NULL, text);
			reply.comma = false;

			json_t *value = take_parsed();

			ck_assert_str_eq(json_string_value(value), text);
			json_decref(value);
		}
	}
}
END_TEST

START_TEST(a_string_of_any_length_is_whole)
{
	for (size_t len = 0; len < 20000; len = len * 3 / 2 + 1) {
		char *text = mem_new(len + 1);

		for (size_t i = 0; i < len; i++) {
			text[i] = i % 7 == 0 ? '"' : (char)('a' + i % 26);
		}
		reply_text(&reply, NULL, text);
		reply.comma = false;

		json_t *value = take_parsed();

		ck_assert_str_eq(json_string_value(value), text);
		json_decref(value);
		free(text);
	}
}
END_TEST

START_TEST(the_length_counts_what_is_not_committed)
{
	reply_text(&reply, NULL, "abc");
	ck_assert_uint_eq(reply_len(&reply), 5);
	ck_assert_uint_eq(evbuffer_get_length(output), 0);
	reply_commit(&reply);
	ck_assert_uint_eq(reply_len(&reply), 5);
	ck_assert_uint_eq(evbuffer_get_length(output), 5);
}
END_TEST

START_TEST(values_of_every_length_are_encoded_in_portions)
{
	for (size_t len = 1; len < 5000; len = len * 5 / 4 + 1) {
		uint8_t *data = mem_new(len);
		uint8_t *decoded = mem_new(len + 3);
		size_t decoded_len;

		for (size_t i = 0; i < len; i++) {
			data[i] = (uint8_t)(i * 37);
		}
		data[len / 2] = 0;
		reply_open(&reply, NULL, '{');
		reply_value(&reply, bytes_of(data, len));
		reply_close(&reply, '}');
		reply.comma = false;

		json_t *object = take_parsed();
		const json_t *text = json_object_get(object, "value_b64");

		ck_assert_int_eq(base64_decode(bytes_of_string(json_string_value(text)),
					 decoded, &decoded_len),
			ERR_OK);
		ck_assert_uint_eq(decoded_len, len);
		ck_assert_mem_eq(decoded, data, len);
		json_decref(object);
		free(decoded);
		free(data);
	}
}
END_TEST

START_TEST(the_lines_of_the_protocol_have_their_form)
{
	json_t *id = json_string("a\"b");

	reply_begin_result(&reply, id);
	reply_open(&reply, NULL, '{');
	reply_close(&reply, '}');
	reply_end(&reply);
	reply_begin_notification(&reply, "kv.item");
	reply_open(&reply, NULL, '{');
	reply_uint(&reply, "x", 1);
	reply_close(&reply, '}');
	reply_end(&reply);
	reply_begin_error(&reply, NULL);
	reply_open(&reply, NULL, '{');
	reply_close(&reply, '}');
	reply_end(&reply);
	check_written(
		"{\"jsonrpc\":\"2.0\",\"id\":\"a\\\"b\",\"result\":{}}\n"
		"{\"jsonrpc\":\"2.0\",\"method\":\"kv.item\",\"params\":{\"x\":1}}\n"
		"{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{}}\n");
	json_decref(id);
}
END_TEST

START_TEST(a_reply_to_nowhere_writes_nothing)
{
	struct reply silent = reply_to(NULL);

	reply_begin_result(&silent, NULL);
	reply_text(&silent, NULL, "text");
	reply_value(&silent, bytes_of("\0", 1));
	reply_end(&silent);
	reply_commit(&silent);
	ck_assert_uint_eq(reply_len(&silent), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("reply");
	TCase *tcase = add_case(suite, "reply");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, commas_stand_between_and_nowhere_else);
	tcase_add_test(tcase, numbers_are_written_in_full);
	tcase_add_test(tcase, bytes_are_written_as_hexadecimal);
	tcase_add_loop_test(tcase, times_are_utc_with_milliseconds, 0,
		(int)(sizeof(times) / sizeof(times[0])));
	tcase_add_test(tcase, every_character_is_escaped_where_it_must_be);
	tcase_add_test(tcase, a_string_of_any_length_is_whole);
	tcase_add_test(tcase, the_length_counts_what_is_not_committed);
	tcase_add_test(tcase, values_of_every_length_are_encoded_in_portions);
	tcase_add_test(tcase, the_lines_of_the_protocol_have_their_form);
	tcase_add_test(tcase, a_reply_to_nowhere_writes_nothing);
	return run_suite(suite);
}
