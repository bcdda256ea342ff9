/* SPDX-License-Identifier: MIT */
#include "daemon/settings.h"

#include "daemon/host.h"

struct settings
settings_from(const struct conf *conf)
{
	return (struct settings){
		.name = conf->node.name,
		.zone = conf->node.zone,
		.software = PACKAGE_VERSION,
		.cluster = conf->cluster.name,
		.has_seeds = conf->cluster.join.count != 0,
		.join_interval_us = conf->cluster.join_interval_us,
		.rejoin_interval_us = conf->cluster.rejoin_interval_us,
		.strategy = (enum strategy)conf->gossip.strategy,
		.gossip_interval_us = conf->gossip.gossip_interval_us,
		.fanout = conf->gossip.fanout,
		.retransmit_factor = conf->gossip.retransmit_factor,
		.feedback = conf->gossip.feedback,
		.packet_size_max = conf->gossip.packet_size_max,
		.byte_budget = conf->gossip.byte_budget,
		.forward_interval_us = conf->gossip.forward_interval_us,
		.ihave_interval_us = conf->gossip.ihave_interval_us,
		.graft_timeout_us = conf->gossip.graft_timeout_us,
		.neighbour_rings = conf->gossip.neighbour_rings,
		.direct_count_max = conf->gossip.direct_count_max,
		.repair_interval_us = conf->gossip.repair_interval_us,
		.probe_interval_us = conf->failure.probe_interval_us,
		.probe_timeout_us = conf->failure.probe_timeout_us,
		.probe_timeout_min_us = conf->failure.probe_timeout_min_us,
		.indirect_count = conf->failure.indirect_count,
		.probe_attempts = conf->failure.probe_attempts,
		.verifier_count = conf->failure.verifier_count,
		.suspicion_min_us = conf->failure.suspicion_min_us,
		.suspicion_max_factor = conf->failure.suspicion_max_factor,
		.health_max = conf->failure.health_max,
		.key_size_max = conf->limits.key_size_max,
		.value_size_max = conf->limits.value_size_max,
		.state_size_max = conf->limits.state_size_max,
		.member_count_max = conf->limits.member_count_max,
		.stream_count_max = conf->limits.stream_count_max,
		.clock_drift_max_ms = conf->limits.clock_drift_max_ms,
		.tombstone_life_ms = conf->limits.tombstone_life_ms,
	};
}

struct address
settings_address(const struct conf *conf, const struct address *listening)
{
	struct address address = conf->node.advertise;

	if (address_is_none(&address))
		address = *listening;
	/* The IPv6 wildcard takes both families, the IPv4 one only its own. */
	if (address_is_wildcard(&address)) {
		uint16_t port = address.port;

		address = host_address(address.family == 4 ? 4 : 0);
		address.port = port;
	}
	if (address.port == 0)
		address.port = listening->port;
	return address;
}
