/* SPDX-License-Identifier: MIT */
#include "conf/keys.h"

#include "conf/conf.h"

#define MS(n) (UINT64_C(n) * 1000)
#define SECONDS(n) (MS(n) * 1000)
#define MINUTES(n) (SECONDS(n) * 60)
#define HOURS(n) (MINUTES(n) * 60)
#define DAYS(n) (HOURS(n) * 24)
#define KIB(n) (UINT64_C(n) << 10)
#define MIB(n) (UINT64_C(n) << 20)
#define GIB(n) (UINT64_C(n) << 30)
#define TIB(n) (UINT64_C(n) << 40)

/* The longest path of a Unix socket, without its NUL. */
#define SOCKET_PATH_LEN_MAX 107

/* Where a field is; does not compile unless the field has the C type of the key. */
#define FIELD(member, ctype)            \
	offsetof(struct conf, member) + \
		0 * sizeof(_Generic(((struct conf *)NULL)->member, ctype : 1))
#define STRING(member) CONF_STRING, FIELD(member, char *)
#define NAME(member) CONF_NAME, FIELD(member, char *)
#define ADDRESS(member) CONF_ADDRESS, FIELD(member, struct address)
#define SEEDS(member) CONF_SEEDS, FIELD(member, struct conf_list)
#define DURATION_US(member) CONF_DURATION_US, FIELD(member##_us, uint64_t)
#define DURATION_MS(member) CONF_DURATION_MS, FIELD(member##_ms, uint64_t)
#define SIZE(member) CONF_SIZE, FIELD(member, size_t)
#define COUNT(member) CONF_COUNT, FIELD(member, size_t)
#define LOG_LEVEL(member) CONF_LOG_LEVEL, FIELD(member, int)
#define STRATEGY(member) CONF_STRATEGY, FIELD(member, int)

/* section, name, type and field, default, min, max, help */
static const struct conf_key keys[] = {
	{"node", "name", NAME(node.name), "", 0, 63,
		"name of this node in the cluster; the host name when empty"},
	{"node", "bind", ADDRESS(node.bind), "[::]:7117", 1, 7117,
		"address and port to listen on, UDP and TCP"},
	{"node", "advertise", ADDRESS(node.advertise), "", 0, 0,
		"address that other nodes use to reach this one"},
	{"node", "state_dir", STRING(node.state_dir), RUMORD_STATE_DIR, 1, 1024,
		"folder for what this node keeps across restarts"},
	{"node", "zone", NAME(node.zone), "", 0, 63,
		"where this node is: a word that others see"},

	{"cluster", "name", NAME(cluster.name), "default", 1, 63,
		"clusters of different names never mix"},
	{"cluster", "join", SEEDS(cluster.join), "", 0, 256,
		"nodes to find the others through"},
	{"cluster", "join_interval", DURATION_US(cluster.join_interval), "2s", MS(100),
		HOURS(1), "time between tries while no other node is known"},
	{"cluster", "rejoin_interval", DURATION_US(cluster.rejoin_interval), "30s",
		MS(100), DAYS(1),
		"time between tries of the seeds once others are known"},

	{"control", "socket", STRING(control.socket), RUMORD_RUN_DIR "/control.sock", 1,
		SOCKET_PATH_LEN_MAX, "Unix socket for all methods"},
	{"control", "read_only_socket", STRING(control.read_only_socket),
		RUMORD_RUN_DIR "/ro.sock", 0, SOCKET_PATH_LEN_MAX,
		"Unix socket for methods that only read; none when empty"},
	{"control", "connection_count_max", COUNT(control.connection_count_max), "256",
		1, 16384, "most connections at a time"},
	{"control", "connections_per_user_max", COUNT(control.connections_per_user_max),
		"64", 1, 16384, "most connections of one user at a time"},
	{"control", "line_size_max", SIZE(control.line_size_max), "2MiB", KIB(4),
		MIB(64), "longest request"},
	{"control", "pending_count_max", COUNT(control.pending_count_max), "64", 1,
		65536, "unanswered requests before a connection is read no further"},

	{"log", "level", LOG_LEVEL(log.level), "info", 0, 0,
		"least important message that is logged"},

	{"gossip", "strategy", STRATEGY(gossip.strategy), "plumtree", 0, 0,
		"how writes are spread"},
	{"gossip", "gossip_interval", DURATION_US(gossip.gossip_interval), "200ms",
		MS(1), HOURS(1), "time between two rounds of push, push-pull and pull"},
	{"gossip", "fanout", COUNT(gossip.fanout), "3", 1, 64,
		"members that push sends to in a round"},
	{"gossip", "retransmit_factor", COUNT(gossip.retransmit_factor), "4", 1, 100,
		"copies or rounds of a write, times the digits of the member count"},
	{"gossip", "feedback", COUNT(gossip.feedback), "0", 0, 16,
		"answers that it is known that end a push; 0: as many copies as above"},
	{"gossip", "packet_size_max", SIZE(gossip.packet_size_max), "1400", 512, 1452,
		"largest UDP payload sent"},
	{"gossip", "byte_budget", SIZE(gossip.byte_budget), "0", 0, GIB(1),
		"bytes of writes pushed per second at most; 0: no limit"},
	{"gossip", "forward_interval", DURATION_US(gossip.forward_interval), "5ms",
		MS(1), SECONDS(1), "time between two turns of pushing, beyond a burst"},
	{"gossip", "ihave_interval", DURATION_US(gossip.ihave_interval), "5ms", MS(1),
		SECONDS(1), "time over which announcements to lazy neighbours gather"},
	{"gossip", "graft_timeout", DURATION_US(gossip.graft_timeout), "5ms", MS(1),
		SECONDS(10), "wait for an announced write before it is asked for"},
	{"gossip", "neighbour_rings", COUNT(gossip.neighbour_rings), "3", 1, 3,
		"rings of members; each gives two neighbours"},
	{"gossip", "direct_count_max", COUNT(gossip.direct_count_max), "8", 1, 64,
		"up to so many members everyone is a neighbour"},
	{"gossip", "repair_interval", DURATION_US(gossip.repair_interval), "200ms",
		MS(10), HOURS(1), "how long two nodes differ before they repair it"},

	{"failure", "probe_interval", DURATION_US(failure.probe_interval), "1s", MS(20),
		MINUTES(10), "time between two probes"},
	{"failure", "probe_timeout", DURATION_US(failure.probe_timeout), "500ms", MS(1),
		MINUTES(10), "time without any answer after which a probe has failed"},
	{"failure", "probe_timeout_min", DURATION_US(failure.probe_timeout_min), "50ms",
		MS(1), MINUTES(10), "shortest wait, however fast the peer usually is"},
	{"failure", "indirect_count", COUNT(failure.indirect_count), "3", 0, 16,
		"members asked to probe on this node's behalf"},
	{"failure", "probe_attempts", COUNT(failure.probe_attempts), "5", 1, 64,
		"pings over the time of a probe"},
	{"failure", "verifier_count", COUNT(failure.verifier_count), "8", 0, 64,
		"members that look at a suspect at once"},
	{"failure", "suspicion_min", DURATION_US(failure.suspicion_min), "1s", MS(1),
		MINUTES(10), "shortest time to refute an accusation"},
	{"failure", "suspicion_max_factor", COUNT(failure.suspicion_max_factor), "6", 1,
		100, "longest time to refute, in times the shortest before scaling"},
	{"failure", "health_max", COUNT(failure.health_max), "8", 0, 64,
		"how far a node that doubts itself slows its judgement"},

	{"limits", "key_size_max", SIZE(limits.key_size_max), "512", 16, 512,
		"longest key"},
	{"limits", "value_size_max", SIZE(limits.value_size_max), "1MiB", 64, MIB(1),
		"longest value"},
	{"limits", "state_size_max", SIZE(limits.state_size_max), "1GiB", MIB(1),
		TIB(1), "most memory for keys and values together"},
	{"limits", "member_count_max", COUNT(limits.member_count_max), "16384", 2,
		65536, "most members, dead ones included"},
	{"limits", "clock_drift_max", DURATION_MS(limits.clock_drift_max), "500ms",
		MS(10), HOURS(1), "how far ahead of this node's clock a write may be"},
	{"limits", "stream_count_max", COUNT(limits.stream_count_max), "64", 2, 4096,
		"most TCP streams with other nodes at a time"},
	{"limits", "tombstone_life", DURATION_MS(limits.tombstone_life), "1h",
		SECONDS(1), DAYS(30),
		"how long deletes are kept to order them against late writes"},
};

size_t
conf_key_count(void)
{
	return sizeof(keys) / sizeof(keys[0]);
}

const struct conf_key *
conf_key_at(size_t index)
{
	return &keys[index];
}

const struct conf_key *
conf_key_find(const char *section, const char *name)
{
	for (size_t i = 0; i < conf_key_count(); i++) {
		if (strcmp(keys[i].section, section) == 0 &&
			strcmp(keys[i].name, name) == 0) {
			return &keys[i];
		}
	}
	return NULL;
}

const struct conf_key *
conf_section_next(const struct conf_key *key)
{
	const struct conf_key *end = keys + conf_key_count();
	const struct conf_key *next = keys;

	if (key != NULL) {
		for (next = key; next < end; next++) {
			if (strcmp(next->section, key->section) != 0) {
				break;
			}
		}
	}
	return next < end ? next : NULL;
}

bool
conf_section_exists(const char *name)
{
	const struct conf_key *key = conf_section_next(NULL);

	while (key != NULL && strcmp(key->section, name) != 0) {
		key = conf_section_next(key);
	}
	return key != NULL;
}
