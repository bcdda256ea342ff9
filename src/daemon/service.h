/* SPDX-License-Identifier: MIT */
#pragma once

/* What the service manager is told (sd_notify(3)); nothing without systemd. */

/* The daemon listens; `status` is a line for people. */
void service_ready(const char *status);

void service_status(const char *status);

void service_stopping(void);
