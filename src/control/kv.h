/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/err.h"

struct call;

/* The methods kv.get, kv.set, kv.delete and kv.list. */
enum err call_kv_get(struct call *call);
enum err call_kv_set(struct call *call);
enum err call_kv_delete(struct call *call);
enum err call_kv_list(struct call *call);
