/* SPDX-License-Identifier: MIT */
#include "daemon/daemon.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <syslog.h>

#include <event2/event.h>

#include "conf/conf.h"
#include "control/control.h"
#include "daemon/driver.h"
#include "daemon/host.h"
#include "daemon/log.h"
#include "daemon/options.h"
#include "daemon/service.h"
#include "daemon/settings.h"

/* Signals that end the daemon: the first asks the node to leave, a second does not wait
 * for that. */
static const int stop_signals[] = {SIGTERM, SIGINT};

#define STOP_SIGNAL_COUNT (sizeof(stop_signals) / sizeof(stop_signals[0]))

/* How often the service manager is told how things are. */
static const struct timeval status_interval = {.tv_sec = 10};

struct daemon {
	struct conf *conf;
	struct event_base *base;
	struct driver driver;
	struct identity_file identity;
	struct control *control;
	struct event *signals[STOP_SIGNAL_COUNT];
	struct event *status_timer;
	bool leaving;
};

/* --- leaving --- */

static void
on_left(void *context)
{
	struct daemon *daemon = context;

	event_base_loopexit(daemon->base, NULL);
}

static void
leave(struct daemon *daemon)
{
	if (daemon->leaving)
		return;
	daemon->leaving = true;
	service_stopping();
	log_message(LOG_INFO, "leaving");
	node_leave(daemon->driver.node, driver_now());
}

static void
on_signal(evutil_socket_t signal, short what, void *context)
{
	struct daemon *daemon = context;

	(void)what;
	log_message(LOG_INFO, "%s", strsignal((int)signal));
	if (daemon->leaving) {
		event_base_loopbreak(daemon->base);
		return;
	}
	leave(daemon);
	driver_settle(&daemon->driver);
}

/* --- what the control protocol asks of the daemon --- */

static struct now
host_now(void *context)
{
	(void)context;
	return driver_now();
}

static void
host_settle(void *context)
{
	struct daemon *daemon = context;

	driver_settle(&daemon->driver);
}

static enum err
host_join(void *context, const char *address)
{
	struct daemon *daemon = context;
	enum err err = driver_join(&daemon->driver, address);

	return err == ERR_DUPLICATE ? ERR_OK : err;
}

static void
host_leave(void *context)
{
	leave(context);
}

static struct socket_drops
host_socket_drops(void *context)
{
	const struct daemon *daemon = context;
	const struct udp_counters *counters = udp_counters(daemon->driver.udp);

	return (struct socket_drops){
		.oversized = counters->drops_oversized,
		.unsent = counters->drops_queue + counters->drops_refused,
	};
}

/* --- starting --- */

static enum err
start_node(struct daemon *daemon)
{
	struct settings settings = settings_from(daemon->conf);
	struct address listening = driver_address(&daemon->driver);
	char name[NODE_NAME_LEN_MAX + 1];
	char reason[IDENTITY_REASON_SIZE];
	char text[ADDRESS_TEXT_SIZE];

	if (identity_open(&daemon->identity, daemon->conf->node.state_dir, reason) !=
		ERR_OK) {
		log_message(LOG_ERR, "%s", reason);
		return ERR_IO;
	}
	if (daemon->identity.was_copied)
		log_message(LOG_WARNING,
			"the identity in %s is a copy: starting as a new node",
			daemon->conf->node.state_dir);
	if (settings.name[0] == '\0') {
		host_name(name);
		settings.name = name;
	}
	settings.identity = daemon->identity.identity;
	settings.address = settings_address(daemon->conf, &listening);
	if (getrandom(&settings.seed, sizeof(settings.seed), 0) !=
		(ssize_t)sizeof(settings.seed))
		abort();
	driver_start(&daemon->driver, &settings, &daemon->identity);
	log_message(LOG_NOTICE, "rumord %s: node %s at %s in cluster %s",
		PACKAGE_VERSION, settings.name, address_format(&settings.address, text),
		settings.cluster);
	if (!address_is_loopback(&settings.address))
		log_message(LOG_WARNING, "traffic between nodes is not encrypted: use "
					 "a trusted network");
	return ERR_OK;
}

static enum err
start_control(struct daemon *daemon)
{
	const struct conf *conf = daemon->conf;
	struct control_settings settings = {
		.path = conf->control.socket,
		.read_only_path = conf->control.read_only_socket,
		.connection_count_max = conf->control.connection_count_max,
		.connections_per_user_max = conf->control.connections_per_user_max,
		.line_size_max = conf->control.line_size_max,
		.pending_count_max = conf->control.pending_count_max,
	};
	struct control_host host = {
		.context = daemon,
		.node = daemon->driver.node,
		.now = host_now,
		.settle = host_settle,
		.join = host_join,
		.leave = host_leave,
		.socket_drops = host_socket_drops,
		.software = PACKAGE_VERSION,
		.started_ms = daemon->driver.started_ms,
	};
	enum err err = control_new(daemon->base, &settings, &host, &daemon->control);

	if (err == ERR_DUPLICATE)
		log_message(
			LOG_ERR, "another rumord answers on %s", conf->control.socket);
	else if (err != ERR_OK)
		log_message(LOG_ERR, "cannot listen on %s: %s", conf->control.socket,
			strerror(errno));
	return err;
}

static void
describe(const struct daemon *daemon, char *text, size_t size)
{
	struct status status;

	node_status(daemon->driver.node, &status);
	snprintf(text, size, "%zu of %zu members alive, %zu keys",
		status.members[MEMBER_ALIVE],
		status.members[MEMBER_ALIVE] + status.members[MEMBER_SUSPECT] +
			status.members[MEMBER_DEAD],
		status.key_count);
}

static void
on_status_timer(evutil_socket_t fd, short what, void *context)
{
	struct daemon *daemon = context;
	char text[128];

	(void)fd;
	(void)what;
	describe(daemon, text, sizeof(text));
	service_status(text);
	event_add(daemon->status_timer, &status_interval);
}

static void
watch_signals(struct daemon *daemon)
{
	signal(SIGPIPE, SIG_IGN);
	/* There is nothing to reload yet, and no reason to die of a closed terminal's
	 * farewell under a service manager. */
	signal(SIGHUP, SIG_IGN);
	for (size_t i = 0; i < STOP_SIGNAL_COUNT; i++) {
		daemon->signals[i] =
			evsignal_new(daemon->base, stop_signals[i], on_signal, daemon);
		event_add(daemon->signals[i], NULL);
	}
	daemon->status_timer = evtimer_new(daemon->base, on_status_timer, daemon);
	event_add(daemon->status_timer, &status_interval);
}

static enum err
start(struct daemon *daemon)
{
	char text[128];
	enum err err;

	daemon->base = event_base_new();
	daemon->driver.left = on_left;
	daemon->driver.context = daemon;
	err = driver_open(&daemon->driver, daemon->base, daemon->conf);
	if (err == ERR_OK)
		err = start_node(daemon);
	if (err == ERR_OK)
		err = start_control(daemon);
	if (err != ERR_OK)
		return err;
	watch_signals(daemon);
	describe(daemon, text, sizeof(text));
	service_ready(text);
	return ERR_OK;
}

static void
stop(struct daemon *daemon)
{
	control_free(daemon->control);
	driver_close(&daemon->driver);
	for (size_t i = 0; i < STOP_SIGNAL_COUNT; i++) {
		if (daemon->signals[i] != NULL)
			event_free(daemon->signals[i]);
	}
	if (daemon->status_timer != NULL)
		event_free(daemon->status_timer);
	event_base_free(daemon->base);
	identity_close(&daemon->identity);
}

static enum daemon_exit
run(struct conf *conf)
{
	struct daemon daemon = {.conf = conf, .identity = {.folder_fd = -1}};
	enum daemon_exit result = DAEMON_FAILED;

	log_set_level(conf->log.level);
	if (start(&daemon) == ERR_OK) {
		event_base_dispatch(daemon.base);
		log_message(LOG_NOTICE, "stopped");
		result = DAEMON_STOPPED;
	}
	stop(&daemon);
	return result;
}

int
daemon_main(int argc, char *argv[])
{
	struct conf *conf = conf_new();
	enum daemon_exit result = DAEMON_STOPPED;

	switch (options_read(argc, argv, conf)) {
	case OPTIONS_RUN:
		result = run(conf);
		break;
	case OPTIONS_BAD:
		result = DAEMON_MISUSED;
		break;
	case OPTIONS_CHECKED:
	case OPTIONS_HELPED:
		break;
	}
	conf_free(conf);
	return (int)result;
}
