/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/err.h"

struct call;

/* The method rpc.describe: the table of methods as JSON Schema. */
enum err call_rpc_describe(struct call *call);
