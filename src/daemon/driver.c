/* SPDX-License-Identifier: MIT */
#include "daemon/driver.h"

#include <errno.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include <event2/event.h>

#include "base/heap.h"
#include "daemon/log.h"
#include "daemon/notices.h"
#include "wire/limits.h"

#define CONNECT_TIMEOUT_US (3 * SECOND_US)
#define IDLE_TIMEOUT_US (15 * SECOND_US)

/* --- time --- */

static uint64_t
clock_us(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (uint64_t)time.tv_sec * SECOND_US + (uint64_t)time.tv_nsec / 1000;
}

struct now
driver_now(void)
{
	return (struct now){
		.mono_us = clock_us(CLOCK_MONOTONIC),
		.wall_ms = clock_us(CLOCK_REALTIME) / MS_US,
	};
}

static void
plan_tick(struct driver *driver)
{
	uint64_t deadline_us = node_deadline(driver->node);
	uint64_t now_us = clock_us(CLOCK_MONOTONIC);
	uint64_t wait_us = deadline_us > now_us ? deadline_us - now_us : 0;
	struct timeval wait = {
		.tv_sec = (time_t)(wait_us / SECOND_US),
		.tv_usec = (suseconds_t)(wait_us % SECOND_US),
	};

	if (deadline_us == DEADLINE_NONE)
		event_del(driver->timer);
	else
		event_add(driver->timer, &wait);
}

/* --- what the node wants done --- */

static void
resolve_seeds(struct driver *driver)
{
	for (size_t i = 0; i < driver->seeds->count; i++) {
		const char *seed = driver->seeds->items[i];
		enum err err = driver_join(driver, seed);

		if (err != ERR_OK && err != ERR_DUPLICATE)
			log_message(LOG_WARNING, "cannot resolve %s: %s", seed,
				err_text(err));
	}
}

static void
reserve(struct driver *driver, uint64_t writer, uint64_t limit)
{
	char reason[IDENTITY_REASON_SIZE];

	if (identity_reserve(driver->identity, writer, limit, reason) == ERR_OK)
		node_reserved(driver->node, writer, limit);
	else
		log_message(LOG_ERR, "%s: writes stop when numbers run out", reason);
}

static void
take_notice(struct driver *driver, const struct notice *notice)
{
	notice_log(notice);
	if (notice->kind == NOTICE_LEAVE_DONE)
		driver->left(driver->context);
}

static void
perform(struct driver *driver, const struct output *output)
{
	switch (output->kind) {
	case OUTPUT_DATAGRAM:
		udp_send(driver->udp, &output->address, output->bytes);
		break;
	case OUTPUT_STREAM_OPEN:
		tcp_connect(driver->tcp, &output->address, output->stream);
		break;
	case OUTPUT_STREAM_WAKE:
		tcp_wake(driver->tcp, output->stream);
		break;
	case OUTPUT_STREAM_CLOSE:
		tcp_close(driver->tcp, output->stream);
		break;
	case OUTPUT_RESOLVE:
		resolve_seeds(driver);
		break;
	case OUTPUT_RESERVE:
		reserve(driver, output->writer, output->limit);
		break;
	case OUTPUT_NOTICE:
		take_notice(driver, &output->notice);
		break;
	}
}

void
driver_settle(struct driver *driver)
{
	const struct output *output;

	driver->settling = true;
	while ((output = node_output(driver->node)) != NULL)
		perform(driver, output);
	driver->settling = false;
	udp_flush(driver->udp);
	plan_tick(driver);
}

/* For callbacks that come in numbers, or out of a call of driver_settle(). */
static void
settle_soon(struct driver *driver)
{
	if (!driver->settling)
		event_active(driver->settle_soon, 0, 0);
}

/* --- what comes in --- */

static void
on_timer(evutil_socket_t fd, short what, void *context)
{
	struct driver *driver = context;

	(void)fd;
	(void)what;
	node_tick(driver->node, driver_now());
	driver_settle(driver);
}

static void
on_settle(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	driver_settle(context);
}

static void
on_datagrams(void *context, const struct udp_datagram *datagrams, size_t count)
{
	struct driver *driver = context;
	struct now now = driver_now();

	for (size_t i = 0; i < count; i++)
		node_receive(driver->node, &datagrams[i].peer, datagrams[i].bytes, now);
	driver_settle(driver);
}

static bool
on_accepted(void *context, const struct address *from, uint32_t *ret_stream)
{
	struct driver *driver = context;
	enum err err = node_stream_accept(driver->node, from, driver_now(), ret_stream);

	/* Another stream may have had to make place. */
	settle_soon(driver);
	return err == ERR_OK;
}

static void
on_connected(void *context, uint32_t stream)
{
	struct driver *driver = context;

	node_stream_connected(driver->node, stream, driver_now());
	settle_soon(driver);
}

static bool
on_received(void *context, uint32_t stream, struct bytes bytes)
{
	struct driver *driver = context;
	enum err err = node_stream_receive(driver->node, stream, bytes, driver_now());

	settle_soon(driver);
	return err == ERR_OK;
}

static size_t
on_fill(void *context, uint32_t stream, uint8_t *data, size_t size)
{
	struct driver *driver = context;
	size_t len = node_stream_fill(driver->node, stream, data, size);

	settle_soon(driver);
	return len;
}

static void
on_closed(void *context, uint32_t stream, enum err why)
{
	struct driver *driver = context;

	(void)why;
	node_stream_closed(driver->node, stream, driver_now());
	settle_soon(driver);
}

static void
on_resolved(void *context, const char *name, const struct address *addresses,
	size_t count, const char *why)
{
	struct driver *driver = context;

	if (count == 0)
		log_message(
			LOG_INFO, "cannot resolve %s: %s; will try again", name, why);
	for (size_t i = 0; i < count; i++)
		node_seed(driver->node, &addresses[i], driver_now());
	settle_soon(driver);
}

enum err
driver_join(struct driver *driver, const char *seed)
{
	return resolver_ask(driver->resolver, seed, WIRE_PORT);
}

/* --- opening and closing --- */

static enum err
open_sockets(struct driver *driver, const struct conf *conf)
{
	static const struct tcp_handlers handlers = {
		.accepted = on_accepted,
		.connected = on_connected,
		.received = on_received,
		.fill = on_fill,
		.closed = on_closed,
	};
	struct tcp_settings settings = {
		.connect_timeout_us = CONNECT_TIMEOUT_US,
		.idle_timeout_us = IDLE_TIMEOUT_US,
		/* Those still closing have no exchange any more. */
		.stream_count_max = 2 * conf->limits.stream_count_max,
	};
	enum err err = udp_new(
		driver->base, &conf->node.bind, on_datagrams, driver, &driver->udp);

	if (err != ERR_OK)
		return err;
	/* Both under one port, also when the system chose it. */
	settings.bind = udp_address(driver->udp);
	return tcp_new(driver->base, &settings, &handlers, driver, &driver->tcp);
}

enum err
driver_open(struct driver *driver, struct event_base *base, const struct conf *conf)
{
	char text[ADDRESS_TEXT_SIZE];

	driver->base = base;
	driver->seeds = &conf->cluster.join;
	driver->started_ms = driver_now().wall_ms;
	driver->timer = evtimer_new(base, on_timer, driver);
	driver->settle_soon = event_new(base, -1, 0, on_settle, driver);
	if (open_sockets(driver, conf) != ERR_OK) {
		log_message(LOG_ERR, "cannot listen on %s: %s",
			address_format(&conf->node.bind, text), strerror(errno));
		return ERR_IO;
	}
	if (resolver_new(base, on_resolved, driver, &driver->resolver) != ERR_OK) {
		log_message(LOG_ERR, "cannot start the resolver: %s", strerror(errno));
		return ERR_IO;
	}
	return ERR_OK;
}

struct address
driver_address(const struct driver *driver)
{
	return udp_address(driver->udp);
}

void
driver_start(struct driver *driver, const struct settings *settings,
	struct identity_file *identity)
{
	driver->identity = identity;
	driver->node = node_new(settings, driver_now());
	settle_soon(driver);
}

void
driver_close(struct driver *driver)
{
	resolver_free(driver->resolver);
	tcp_free(driver->tcp);
	udp_free(driver->udp);
	if (driver->timer != NULL)
		event_free(driver->timer);
	if (driver->settle_soon != NULL)
		event_free(driver->settle_soon);
	node_free(driver->node);
}
