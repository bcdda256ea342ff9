/* SPDX-License-Identifier: MIT */
#include "net/resolver.h"

#include <dlfcn.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>

#include <event2/event.h>

#include "loop.h"
#include "run.h"

#define ANSWER_COUNT_MAX 128

struct answer {
	char name[64];
	struct address addresses[RESOLVER_ADDRESS_COUNT_MAX];
	size_t count;
	char why[128]; /* "" for none */
};

static struct event_base *base;
static struct resolver *resolver;
static struct answer answers[ANSWER_COUNT_MAX];
static size_t answer_count;
static size_t expected_count;
static const char *asked_in_handler;

/* --- the system's resolver, with names that only the tests know --- */

/* While it is held, "slow" names hang. */
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t waiting_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t waiting_changed = PTHREAD_COND_INITIALIZER;
static unsigned waiting_count;
static bool signals_blocked;

typedef int (*lookup)(
	const char *, const char *, const struct addrinfo *, struct addrinfo **);

static lookup
system_lookup(void)
{
	void *symbol = dlsym(RTLD_NEXT, "getaddrinfo");
	lookup found;

	memcpy(&found, &symbol, sizeof(found));
	return found;
}

static void
wait_at_gate(void)
{
	sigset_t blocked;

	pthread_sigmask(SIG_SETMASK, NULL, &blocked);
	pthread_mutex_lock(&waiting_mutex);
	signals_blocked = sigismember(&blocked, SIGTERM) == 1 &&
			  sigismember(&blocked, SIGCHLD) == 1;
	waiting_count++;
	pthread_cond_signal(&waiting_changed);
	pthread_mutex_unlock(&waiting_mutex);
	pthread_mutex_lock(&gate);
	pthread_mutex_unlock(&gate);
}

static void
await_waiting(unsigned count)
{
	pthread_mutex_lock(&waiting_mutex);
	while (waiting_count < count) {
		pthread_cond_wait(&waiting_changed, &waiting_mutex);
	}
	pthread_mutex_unlock(&waiting_mutex);
}

/* Twenty addresses, each of them twice. */
static int
look_up_many(const struct addrinfo *hints, struct addrinfo **ret_infos)
{
	struct addrinfo **end = ret_infos;

	for (int i = 0; i < 40; i++) {
		char text[32];

		snprintf(text, sizeof(text), "192.0.2.%d", 1 + i / 2);

		int error = system_lookup()(text, NULL, hints, end);

		if (error != 0) {
			return error;
		}
		end = &(*end)->ai_next;
	}
	return 0;
}

int
getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
	struct addrinfo **ret_infos)
{
	if (strncmp(host, "slow", 4) == 0) {
		wait_at_gate();
		host = "127.0.0.1";
	}
	if (strcmp(host, "many") == 0) {
		return look_up_many(hints, ret_infos);
	}
	if (strcmp(host, "failing") == 0) {
		return EAI_AGAIN;
	}
	return system_lookup()(host, service, hints, ret_infos);
}

/* --- asking --- */

static void
on_answer(void *context, const char *name, const struct address *addresses,
	size_t count, const char *why)
{
	struct answer *answer = &answers[answer_count++];

	ck_assert_ptr_eq(context, &base);
	ck_assert_uint_le(count, RESOLVER_ADDRESS_COUNT_MAX);
	ck_assert((count == 0) == (why != NULL));
	snprintf(answer->name, sizeof(answer->name), "%s", name);
	snprintf(answer->why, sizeof(answer->why), "%s", why != NULL ? why : "");
	memcpy(answer->addresses, addresses, count * sizeof(*addresses));
	answer->count = count;
	if (asked_in_handler != NULL) {
		ck_assert_int_eq(resolver_ask(resolver, asked_in_handler, 1), ERR_OK);
		asked_in_handler = NULL;
	}
}

static bool
has_expected(void)
{
	return answer_count >= expected_count;
}

static bool
answers_come(size_t count)
{
	expected_count = count;
	return loop_until(base, has_expected);
}

static void
ask(const char *name)
{
	ck_assert_int_eq(resolver_ask(resolver, name, 7117), ERR_OK);
}

static void
assert_answer(size_t index, const char *name, const char *address)
{
	char text[ADDRESS_TEXT_SIZE];

	ck_assert_uint_lt(index, answer_count);
	ck_assert_str_eq(answers[index].name, name);
	ck_assert_uint_eq(answers[index].count, 1);
	ck_assert_str_eq(address_format(&answers[index].addresses[0], text), address);
}

static void
set_up(void)
{
	base = event_base_new();
	ck_assert_int_eq(resolver_new(base, on_answer, &base, &resolver), ERR_OK);
}

static void
tear_down(void)
{
	resolver_free(resolver);
	event_base_free(base);
}

/* --- tests --- */

START_TEST(localhost_is_this_host)
{
	ask("localhost");
	ask("localhost:80");
	ck_assert_uint_eq(answer_count, 0);
	ck_assert(answers_come(2));
	for (size_t i = 0; i < 2; i++) {
		ck_assert_uint_ge(answers[i].count, 1);
		for (size_t k = 0; k < answers[i].count; k++) {
			ck_assert(address_is_loopback(&answers[i].addresses[k]));
			ck_assert_uint_eq(
				answers[i].addresses[k].port, i == 0 ? 7117 : 80);
		}
	}
}
END_TEST

START_TEST(an_address_is_its_own_answer)
{
	static const char *const forms[][2] = {
		{"192.0.2.1", "192.0.2.1:7117"},
		{"192.0.2.1:80", "192.0.2.1:80"},
		{"[2001:db8::1]", "[2001:db8::1]:7117"},
		{"[2001:db8::1]:80", "[2001:db8::1]:80"},
		{"[::ffff:192.0.2.1]:80", "192.0.2.1:80"},
	};

	for (size_t i = 0; i < 5; i++) {
		ask(forms[i][0]);
	}
	ck_assert_uint_eq(answer_count, 0);
	ck_assert(answers_come(5));
	for (size_t i = 0; i < 5; i++) {
		assert_answer(i, forms[i][0], forms[i][1]);
	}
}
END_TEST

START_TEST(nonsense_is_refused_and_not_asked)
{
	static const char *const nonsense[] = {"", ":80", "host:", "host:0",
		"host:65536", "192.0.2.1:0", "192.0.2.256", "7117", "[::1", "::1]",
		"[::1]80", "[host]:80", "[192.0.2.1]:80", "[fe80::1%lo]", "a b", "a,b"};

	for (size_t i = 0; i < sizeof(nonsense) / sizeof(nonsense[0]); i++) {
		ck_assert_msg(resolver_ask(resolver, nonsense[i], 7117) == ERR_INVALID,
			"\"%s\"", nonsense[i]);
	}
	ask("192.0.2.1");
	ck_assert(answers_come(1));
	loop_settle(base);
	ck_assert_uint_eq(answer_count, 1);
}
END_TEST

START_TEST(a_name_that_does_not_exist_has_no_address_but_a_reason)
{
	ask("name.invalid");
	ck_assert(answers_come(1));
	ck_assert_str_eq(answers[0].name, "name.invalid");
	ck_assert_uint_eq(answers[0].count, 0);
	ck_assert_str_ne(answers[0].why, "");
}
END_TEST

START_TEST(the_reason_is_the_one_of_the_system)
{
	ask("failing:80");
	ask("192.0.2.1");
	ck_assert(answers_come(2));
	ck_assert_str_eq(answers[0].why, gai_strerror(EAI_AGAIN));
	assert_answer(1, "192.0.2.1", "192.0.2.1:7117");
}
END_TEST

START_TEST(no_address_comes_twice_nor_too_many)
{
	ask("many:80");
	ck_assert(answers_come(1));
	ck_assert_uint_eq(answers[0].count, RESOLVER_ADDRESS_COUNT_MAX);
	for (unsigned i = 0; i < RESOLVER_ADDRESS_COUNT_MAX; i++) {
		ck_assert_uint_eq(answers[0].addresses[i].ip[3], 1 + i);
		ck_assert_uint_eq(answers[0].addresses[i].port, 80);
	}
}
END_TEST

START_TEST(a_slow_name_holds_up_neither_the_loop_nor_the_order)
{
	pthread_mutex_lock(&gate);
	ask("slow");
	ask("192.0.2.1");
	await_waiting(1);
	loop_settle(base);
	ck_assert_uint_eq(answer_count, 0);
	pthread_mutex_unlock(&gate);
	ck_assert(answers_come(2));
	assert_answer(0, "slow", "127.0.0.1:7117");
	assert_answer(1, "192.0.2.1", "192.0.2.1:7117");
}
END_TEST

START_TEST(the_same_text_is_asked_once_until_answered)
{
	pthread_mutex_lock(&gate);
	ask("slow");
	await_waiting(1);
	ask("slow-too");
	ck_assert_int_eq(resolver_ask(resolver, "slow", 7117), ERR_DUPLICATE);
	ck_assert_int_eq(resolver_ask(resolver, "slow-too", 80), ERR_DUPLICATE);
	ask("slow:7117");
	pthread_mutex_unlock(&gate);
	ck_assert(answers_come(3));
	ask("slow");
	ck_assert(answers_come(4));
}
END_TEST

START_TEST(too_many_questions_are_refused_and_the_rest_answered)
{
	char name[32];

	pthread_mutex_lock(&gate);
	for (int i = 0; i < RESOLVER_QUESTION_COUNT_MAX; i++) {
		snprintf(name, sizeof(name), "slow%d.test", i);
		ask(name);
	}
	ck_assert_int_eq(resolver_ask(resolver, "192.0.2.1", 7117), ERR_BUSY);
	pthread_mutex_unlock(&gate);
	ck_assert(answers_come(RESOLVER_QUESTION_COUNT_MAX));
	for (int i = 0; i < RESOLVER_QUESTION_COUNT_MAX; i++) {
		snprintf(name, sizeof(name), "slow%d.test", i);
		ck_assert_str_eq(answers[i].name, name);
	}
	ask("192.0.2.1");
	ck_assert(answers_come(RESOLVER_QUESTION_COUNT_MAX + 1));
}
END_TEST

START_TEST(the_handler_may_ask_again)
{
	asked_in_handler = "192.0.2.1";
	ask("192.0.2.1");
	ck_assert(answers_come(2));
	assert_answer(0, "192.0.2.1", "192.0.2.1:7117");
	assert_answer(1, "192.0.2.1", "192.0.2.1:1");
}
END_TEST

START_TEST(signals_are_not_for_the_thread)
{
	ask("slow");
	ck_assert(answers_come(1));
	ck_assert(signals_blocked);
}
END_TEST

START_TEST(freeing_drops_what_is_not_answered)
{
	ask("slow");
	ask("192.0.2.1");
	ask("localhost");
	resolver_free(resolver);
	resolver = NULL;
	loop_settle(base);
	ck_assert_uint_eq(answer_count, 0);
}
END_TEST

START_TEST(freeing_does_not_wait_for_a_stuck_name)
{
	pthread_mutex_lock(&gate);
	ask("slow");
	ask("192.0.2.1");
	await_waiting(1);
	resolver_free(resolver);
	ck_assert_int_eq(resolver_new(base, on_answer, &base, &resolver), ERR_OK);
	ask("192.0.2.2");
	ck_assert(answers_come(1));
	pthread_mutex_unlock(&gate);
	ask("slow");
	ck_assert(answers_come(2));
	assert_answer(0, "192.0.2.2", "192.0.2.2:7117");
	assert_answer(1, "slow", "127.0.0.1:7117");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("resolver");
	TCase *tcase = add_case(suite, "resolver");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, localhost_is_this_host);
	tcase_add_test(tcase, an_address_is_its_own_answer);
	tcase_add_test(tcase, nonsense_is_refused_and_not_asked);
	tcase_add_test(tcase, a_name_that_does_not_exist_has_no_address_but_a_reason);
	tcase_add_test(tcase, the_reason_is_the_one_of_the_system);
	tcase_add_test(tcase, no_address_comes_twice_nor_too_many);
	tcase_add_test(tcase, a_slow_name_holds_up_neither_the_loop_nor_the_order);
	tcase_add_test(tcase, the_same_text_is_asked_once_until_answered);
	tcase_add_test(tcase, too_many_questions_are_refused_and_the_rest_answered);
	tcase_add_test(tcase, the_handler_may_ask_again);
	tcase_add_test(tcase, signals_are_not_for_the_thread);
	tcase_add_test(tcase, freeing_drops_what_is_not_answered);
	tcase_add_test(tcase, freeing_does_not_wait_for_a_stuck_name);
	return run_suite(suite);
}
