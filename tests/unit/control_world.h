/* SPDX-License-Identifier: MIT */
#pragma once

#include <event2/event.h>
#include <jansson.h>

#include "control/control.h"
#include "gossip/node.h"

/*
 * A node behind a control server in a folder of its own, driven without real time: the
 * loop runs only while a test waits for something, and the clock stands still.
 */
struct world {
	struct event_base *base;
	struct node *node;
	struct now now;
	struct control_settings settings;
	struct control *control;
	char folder[64];
	char path[80];
	char read_only_path[80];

	size_t settle_count;
	size_t join_count;
	size_t leave_count;
	enum err join_result; /* for addresses without a blank; those are ERR_INVALID */
};

#define WORLD_WALL_MS UINT64_C(1700000000123) /* 2023-11-14T22:13:20.123Z */

/* Settings may be changed between the two. */
void world_init(struct world *world);
void world_start(struct world *world);

/* Both at once. */
void world_open(struct world *world);

void world_close(struct world *world);

/* Turns the loop until there is nothing to do without waiting. */
void world_turn(struct world *world);

/* A connected socket that does not block; the raw one is not accepted yet. */
int world_connect_raw(const char *path);
int world_connect(struct world *world);
int world_connect_to(struct world *world, const char *path);

/* Sends as much as the socket takes, turning the loop, until all is sent. */
void world_send(struct world *world, int fd, const char *text, size_t len);

/* Reads and turns until `text` has `line_count` lines or the other side closed. Returns
 * what was read; free() it. */
char *world_read_lines(struct world *world, int fd, size_t line_count);

/* Reads and turns until the other side closes; free() it. `ret_len` may be NULL. */
char *world_read_all(struct world *world, int fd, size_t *ret_len);

/* Connects, sends, ends its side, and only then reads all. Returns an array of the
 * answers, each line of which must be JSON. */
json_t *world_ask(struct world *world, const char *text);
json_t *world_ask_at(struct world *world, const char *path, const char *text);

/* Asks for one method with params in JSON and returns its answer with id 1. */
json_t *world_call(struct world *world, const char *method, const char *params);

/* The result of world_call(), which must be one. */
json_t *world_result(struct world *world, const char *method, const char *params);

/* The code of the error that world_call() is answered with, 0 for a result. */
int world_code(struct world *world, const char *method, const char *params);

/* Calls for the effect: there must be a result. */
void world_do(struct world *world, const char *method, const char *params);

/* An answer must be this error. */
void check_error(const json_t *answer, int code, const char *reason);

/* A member that must be a string or an integer; text_at() gives NULL for none. */
const char *text_at(const json_t *object, const char *name);
json_int_t number_at(const json_t *object, const char *name);

/* Requests, without the end of the line. `id` and the rest are literals. */
#define GET(id, key)                      \
	"{\"jsonrpc\":\"2.0\",\"id\":" id \
	",\"method\":\"kv.get\",\"params\":{\"key\":\"" key "\"}}"
#define SET(id, key, value)                                                         \
	"{\"jsonrpc\":\"2.0\",\"id\":" id                                           \
	",\"method\":\"kv.set\",\"params\":{\"key\":\"" key "\",\"value\":\"" value \
	"\"}}"

/* The answer at this place, which there must be. */
const json_t *answer_at(const json_t *answers, size_t index);

void check_result(const json_t *answer);

/* There must be so many answers, with the ids 0, 1, 2 ... */
void check_ids_in_order(const json_t *answers, size_t count);

/* Splits a text into JSON values by lines. */
json_t *parse_lines(const char *text);
