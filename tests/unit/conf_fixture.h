/* SPDX-License-Identifier: MIT */
#pragma once

#include "conf/conf.h"

/* A configuration at its defaults and no errors, fresh for each test. */
extern struct conf *conf;
extern struct conf_errors errors;

void conf_setup(void);
void conf_teardown(void);

/* Fails the test unless the errors so far have these texts, in this order. */
#define assert_errors(...) assert_error_list((const char *const[]){__VA_ARGS__, NULL})

/* The same for an array that ends with NULL. */
void assert_error_list(const char *const *wanted);

/* Fails the test unless cluster.join shows as this text. */
void assert_join(const char *wanted);
