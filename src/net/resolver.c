/* SPDX-License-Identifier: MIT */
#include "net/resolver.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/host_port.h"
#include "base/mem.h"
#include "net/sockaddr.h"

struct question {
	char *name;
	struct host_port host_port; /* when it is not an address already */
	struct address addresses[RESOLVER_ADDRESS_COUNT_MAX];
	size_t count;
	int error; /* of getaddrinfo(), 0 for none */
	int system_error;
};

struct resolver {
	resolver_handler handler;
	void *context;
	struct event *answered;
	pthread_t thread;
	int wakeup; /* an eventfd: the thread has answered */

	/* Below is for both threads and guarded by the mutex. The ring holds what is
	 * answered, then what the thread is busy with, then what waits. A question is
	 * the thread's alone from when it is asked until it is answered. */
	pthread_mutex_t mutex;
	pthread_cond_t asked;
	struct question *questions[RESOLVER_QUESTION_COUNT_MAX];
	size_t first;
	size_t count;
	size_t answered_count;
	bool busy;
	bool stopping;
};

/* Takes an address as its own answer. */
static enum err
parse(const char *name, uint16_t default_port, struct question *question)
{
	struct address address;

	if (address_parse(name, default_port, &address) == ERR_OK) {
		question->addresses[question->count++] = address;
		return address.port != 0 ? ERR_OK : ERR_INVALID;
	}
	return host_port_parse(name, default_port, &question->host_port);
}

static void
question_free(struct question *question)
{
	free(question->name);
	free(question);
}

static struct question **
question_at(struct resolver *resolver, size_t index)
{
	return &resolver->questions[(resolver->first + index) %
				    RESOLVER_QUESTION_COUNT_MAX];
}

static struct question *
pop_question(struct resolver *resolver)
{
	struct question *question = *question_at(resolver, 0);

	resolver->first = (resolver->first + 1) % RESOLVER_QUESTION_COUNT_MAX;
	resolver->count--;
	return question;
}

static void
destroy(struct resolver *resolver)
{
	while (resolver->count > 0) {
		question_free(pop_question(resolver));
	}
	if (resolver->wakeup >= 0) {
		close(resolver->wakeup);
	}
	pthread_cond_destroy(&resolver->asked);
	pthread_mutex_destroy(&resolver->mutex);
	free(resolver);
}

/* --- on the thread --- */

static void
add_address(struct question *question, const struct sockaddr *sockaddr)
{
	struct address address = sockaddr_address(sockaddr);

	if (address_is_none(&address) ||
		question->count == RESOLVER_ADDRESS_COUNT_MAX) {
		return;
	}
	address.port = question->host_port.port;
	for (size_t i = 0; i < question->count; i++) {
		if (address_equal(&question->addresses[i], &address)) {
			return;
		}
	}
	question->addresses[question->count++] = address;
}

static void
look_up(struct question *question)
{
	/* One entry for each address, not one for each kind of socket. */
	struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_DGRAM};
	struct addrinfo *infos = NULL;

	if (question->count > 0) {
		return;
	}
	question->error = getaddrinfo(question->host_port.host, NULL, &hints, &infos);
	if (question->error != 0) {
		question->system_error = errno;
		return;
	}
	for (struct addrinfo *info = infos; info != NULL; info = info->ai_next) {
		add_address(question, info->ai_addr);
	}
	freeaddrinfo(infos);
	if (question->count == 0) {
		question->error = EAI_NONAME;
	}
}

/* Called and returns with the mutex held. */
static void
answer_next(struct resolver *resolver)
{
	struct question *question = *question_at(resolver, resolver->answered_count);

	resolver->busy = true;
	pthread_mutex_unlock(&resolver->mutex);
	look_up(question);
	pthread_mutex_lock(&resolver->mutex);
	resolver->busy = false;
	resolver->answered_count++;
	eventfd_write(resolver->wakeup, 1);
}

static void *
run(void *context)
{
	struct resolver *resolver = context;
	bool abandoned = false;

	pthread_mutex_lock(&resolver->mutex);
	while (!resolver->stopping) {
		if (resolver->answered_count == resolver->count) {
			pthread_cond_wait(&resolver->asked, &resolver->mutex);
		} else {
			answer_next(resolver);
			abandoned = resolver->stopping;
		}
	}
	pthread_mutex_unlock(&resolver->mutex);
	if (abandoned) {
		destroy(resolver);
	}
	return NULL;
}

/* --- on the event loop --- */

static void
give_answer(struct resolver *resolver)
{
	pthread_mutex_lock(&resolver->mutex);

	struct question *question = pop_question(resolver);

	resolver->answered_count--;
	pthread_mutex_unlock(&resolver->mutex);

	const char *why = NULL;

	if (question->error == EAI_SYSTEM) {
		why = strerror(question->system_error);
	} else if (question->error != 0) {
		why = gai_strerror(question->error);
	}
	resolver->handler(resolver->context, question->name, question->addresses,
		question->count, why);
	question_free(question);
}

static void
on_answered(evutil_socket_t socket, short what, void *context)
{
	struct resolver *resolver = context;
	eventfd_t wakeups = 0;

	(void)what;
	eventfd_read(socket, &wakeups);
	pthread_mutex_lock(&resolver->mutex);

	size_t count = resolver->answered_count;

	pthread_mutex_unlock(&resolver->mutex);
	for (size_t i = 0; i < count; i++) {
		give_answer(resolver);
	}
}

/* Called with the mutex held. */
static enum err
check_room(struct resolver *resolver, const char *name)
{
	for (size_t i = 0; i < resolver->count; i++) {
		if (strcmp((*question_at(resolver, i))->name, name) == 0) {
			return ERR_DUPLICATE;
		}
	}
	return resolver->count < RESOLVER_QUESTION_COUNT_MAX ? ERR_OK : ERR_BUSY;
}

enum err
resolver_ask(struct resolver *resolver, const char *name, uint16_t default_port)
{
	struct question *question = mem_new(sizeof(*question));
	enum err err = parse(name, default_port, question);

	question->name = mem_copy_string(name);
	pthread_mutex_lock(&resolver->mutex);
	if (err == ERR_OK) {
		err = check_room(resolver, name);
	}
	if (err == ERR_OK) {
		*question_at(resolver, resolver->count++) = question;
		pthread_cond_signal(&resolver->asked);
	}
	pthread_mutex_unlock(&resolver->mutex);
	if (err != ERR_OK) {
		question_free(question);
	}
	return err;
}

/* --- life --- */

/* Signals are for the thread of the event loop. */
static int
start_thread(struct resolver *resolver)
{
	sigset_t all;
	sigset_t before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);

	int error = pthread_create(&resolver->thread, NULL, run, resolver);

	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return error;
}

static int
start(struct resolver *resolver, struct event_base *base)
{
	resolver->wakeup = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (resolver->wakeup < 0) {
		return errno;
	}
	resolver->answered = event_new(
		base, resolver->wakeup, EV_READ | EV_PERSIST, on_answered, resolver);
	if (resolver->answered == NULL || event_add(resolver->answered, NULL) != 0) {
		return errno;
	}
	return start_thread(resolver);
}

enum err
resolver_new(struct event_base *base, resolver_handler handler, void *context,
	struct resolver **ret_resolver)
{
	struct resolver *resolver = mem_new(sizeof(*resolver));

	resolver->handler = handler;
	resolver->context = context;
	pthread_mutex_init(&resolver->mutex, NULL);
	pthread_cond_init(&resolver->asked, NULL);

	int error = start(resolver, base);

	if (error != 0) {
		if (resolver->answered != NULL) {
			event_free(resolver->answered);
		}
		destroy(resolver);
		errno = error;
		return ERR_IO;
	}
	*ret_resolver = resolver;
	return ERR_OK;
}

void
resolver_free(struct resolver *resolver)
{
	if (resolver == NULL) {
		return;
	}
	event_free(resolver->answered);
	pthread_mutex_lock(&resolver->mutex);

	pthread_t thread = resolver->thread;
	bool busy = resolver->busy;

	resolver->stopping = true;
	pthread_cond_signal(&resolver->asked);
	pthread_mutex_unlock(&resolver->mutex);
	if (busy) {
		/* The thread frees the resolver when it is back. */
		pthread_detach(thread);
	} else {
		pthread_join(thread, NULL);
		destroy(resolver);
	}
}
