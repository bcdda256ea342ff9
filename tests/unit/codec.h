/* SPDX-License-Identifier: MIT */
#pragma once

#include "wire/member_info.h"
#include "wire/message.h"

/* The message in `data`; fails the test when it does not fit. */
struct bytes encode_message(uint8_t *data, size_t size, const struct message *message);

/* The first message, as on a stream. */
enum message_result decode_message(struct bytes bytes, struct message *ret_message);

/* Comparison field by field: fails the test at the first difference. */
void assert_same_bytes(struct bytes a, struct bytes b);
void assert_same_record(const struct record_view *a, const struct record_view *b);
void assert_same_info(const struct member_info *a, const struct member_info *b);
void assert_same_message(const struct message *a, const struct message *b);
