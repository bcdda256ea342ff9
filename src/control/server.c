/* SPDX-License-Identifier: MIT */
#include "control/control.h"

#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "control/listener.h"

struct control {
	struct service service;
	struct connections connections;
	struct listener *listener;
	struct listener *read_only_listener; /* NULL when there is none */
};

static enum err
listen_at(struct control *control, struct event_base *base,
	const struct control_settings *settings)
{
	struct listener_settings all = {settings->path, 0660, false};
	struct listener_settings read_only = {settings->read_only_path, 0666, true};
	enum err err = listener_new(base, &control->service, &all,
		&control->connections, &control->listener);

	if (err != ERR_OK || settings->read_only_path[0] == '\0') {
		return err;
	}
	return listener_new(base, &control->service, &read_only, &control->connections,
		&control->read_only_listener);
}

enum err
control_new(struct event_base *base, const struct control_settings *settings,
	const struct control_host *host, struct control **ret_control)
{
	struct control *control = mem_new(sizeof(*control));

	control->service.settings = *settings;
	control->service.settings.path = NULL;
	control->service.settings.read_only_path = NULL;
	control->service.host = *host;
	control->service.stall_ms = SERVICE_STALL_MS;
	LIST_INIT(&control->connections);

	enum err err = listen_at(control, base, settings);

	if (err != ERR_OK) {
		int error = errno;

		control_free(control);
		errno = error;
		return err;
	}
	*ret_control = control;
	return ERR_OK;
}

void
control_free(struct control *control)
{
	if (control == NULL) {
		return;
	}
	listener_free(control->listener);
	listener_free(control->read_only_listener);
	connections_close(&control->connections);
	free(control);
}

const struct control_counters *
control_counters(const struct control *control)
{
	return &control->service.counters;
}

struct service *
control_service(struct control *control)
{
	return &control->service;
}
