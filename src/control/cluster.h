/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/err.h"

struct call;

/* The method cluster.status. */
enum err call_cluster_status(struct call *call);
