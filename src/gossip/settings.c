/* SPDX-License-Identifier: MIT */
#include "gossip/settings.h"

struct settings
settings_default(void)
{
	return (struct settings){
		.name = "",
		.zone = "",
		.software = "",
		.cluster = "default",
		.join_interval_us = 2 * SECOND_US,
		.rejoin_interval_us = 30 * SECOND_US,
		.strategy = STRATEGY_PLUMTREE,
		.gossip_interval_us = 200 * MS_US,
		.fanout = 3,
		.retransmit_factor = 4,
		.feedback = 0,
		.packet_size_max = 1400,
		.forward_interval_us = 5 * MS_US,
		.ihave_interval_us = 5 * MS_US,
		.graft_timeout_us = 5 * MS_US,
		.neighbour_rings = 3,
		.direct_count_max = 8,
		.repair_interval_us = 200 * MS_US,
		.probe_interval_us = SECOND_US,
		.probe_timeout_us = 500 * MS_US,
		.probe_timeout_min_us = 50 * MS_US,
		.indirect_count = 3,
		.probe_attempts = 5,
		.verifier_count = 8,
		.suspicion_min_us = SECOND_US,
		.suspicion_max_factor = 6,
		.health_max = 8,
		.key_size_max = KEY_LEN_MAX,
		.value_size_max = 1024 * 1024,
		.state_size_max = 1024 * 1024 * 1024,
		.member_count_max = 16384,
		.stream_count_max = 64,
		.clock_drift_max_ms = 500,
		.tombstone_life_ms = 3600 * SECOND_MS,
	};
}
