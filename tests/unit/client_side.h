/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/rumor.h"
#include "fake_daemon.h"

/* What tests of the client share: a daemon that follows a script, and a connection to
 * it. */
extern struct fake_daemon fake;
extern struct rumor *rumor;

/* Fixture for each test. */
void set_up(void);
void tear_down(void);

/* Starts the daemon and connects to it. */
void begin(const char *const *answers);

/* Ends both; from now on the requests can be read. */
void end(void);

/* Calls a method whose result does not matter. */
enum rumor_result call(const char *method);

/* Sets the key "k". */
enum rumor_result set_key(const void *value, size_t value_len);

/* The last call ended the connection, and no other call works on it. */
void assert_lost(const char *reason);
