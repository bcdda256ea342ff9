/* SPDX-License-Identifier: MIT */
#include "sim/knobs.h"

#include <string.h>

#include "sim/quantity.h"

enum knob_kind {
	KNOB_DURATION_US,
	KNOB_DURATION_MS,
	KNOB_SIZE,
	KNOB_COUNT,
	KNOB_NUMBER, /* a count in 64 bits */
};

struct knob {
	const char *name;
	enum knob_kind kind;
	size_t offset;
};

/* Does not compile unless the field has the C type of the kind. */
#define FIELD(member, ctype)                \
	offsetof(struct settings, member) + \
		0 * sizeof(_Generic(((struct settings *)NULL)->member, ctype : 1))
#define DURATION_US(member) KNOB_DURATION_US, FIELD(member##_us, uint64_t)
#define DURATION_MS(member) KNOB_DURATION_MS, FIELD(member##_ms, uint64_t)
#define SIZE(member) KNOB_SIZE, FIELD(member, size_t)
#define COUNT(member) KNOB_COUNT, FIELD(member, size_t)
#define NUMBER(member) KNOB_NUMBER, FIELD(member, uint64_t)

static const struct knob knobs[] = {
	{"cluster.join_interval", DURATION_US(join_interval)},
	{"cluster.rejoin_interval", DURATION_US(rejoin_interval)},
	{"gossip.gossip_interval", DURATION_US(gossip_interval)},
	{"gossip.fanout", COUNT(fanout)},
	{"gossip.retransmit_factor", NUMBER(retransmit_factor)},
	{"gossip.feedback", NUMBER(feedback)},
	{"gossip.packet_size_max", SIZE(packet_size_max)},
	{"gossip.byte_budget", NUMBER(byte_budget)},
	{"gossip.forward_interval", DURATION_US(forward_interval)},
	{"gossip.ihave_interval", DURATION_US(ihave_interval)},
	{"gossip.graft_timeout", DURATION_US(graft_timeout)},
	{"gossip.neighbour_rings", COUNT(neighbour_rings)},
	{"gossip.direct_count_max", COUNT(direct_count_max)},
	{"gossip.repair_interval", DURATION_US(repair_interval)},
	{"failure.probe_interval", DURATION_US(probe_interval)},
	{"failure.probe_timeout", DURATION_US(probe_timeout)},
	{"failure.probe_timeout_min", DURATION_US(probe_timeout_min)},
	{"failure.indirect_count", COUNT(indirect_count)},
	{"failure.probe_attempts", COUNT(probe_attempts)},
	{"failure.verifier_count", COUNT(verifier_count)},
	{"failure.suspicion_min", DURATION_US(suspicion_min)},
	{"failure.suspicion_max_factor", NUMBER(suspicion_max_factor)},
	{"failure.health_max", NUMBER(health_max)},
	{"limits.state_size_max", SIZE(state_size_max)},
	{"limits.member_count_max", COUNT(member_count_max)},
	{"limits.stream_count_max", COUNT(stream_count_max)},
	{"limits.clock_drift_max", DURATION_MS(clock_drift_max)},
	{"limits.tombstone_life", DURATION_MS(tombstone_life)},
};

#define KNOB_TOTAL (sizeof(knobs) / sizeof(knobs[0]))

const char *
knobs_name(size_t index)
{
	return index < KNOB_TOTAL ? knobs[index].name : NULL;
}

static enum err
set(struct settings *settings, const struct knob *knob, const char *text)
{
	void *field = (char *)settings + knob->offset;
	uint64_t number = 0;
	enum err err = ERR_OK;

	switch (knob->kind) {
	case KNOB_DURATION_US:
	case KNOB_DURATION_MS:
		err = quantity_duration(text, SECOND_US, &number);
		break;
	case KNOB_SIZE:
		err = quantity_size(text, &number);
		break;
	case KNOB_COUNT:
	case KNOB_NUMBER:
		err = quantity_count(text, &number);
		break;
	}
	if (err != ERR_OK)
		return err;
	if (knob->kind == KNOB_DURATION_US || knob->kind == KNOB_NUMBER)
		*(uint64_t *)field = number;
	else if (knob->kind == KNOB_DURATION_MS)
		*(uint64_t *)field = number / MS_US;
	else
		*(size_t *)field = (size_t)number;
	return ERR_OK;
}

enum err
knobs_set(struct settings *settings, const char *assignment)
{
	const char *equals = strchr(assignment, '=');

	for (size_t i = 0; i < KNOB_TOTAL && equals != NULL; i++) {
		size_t len = strlen(knobs[i].name);

		if (len == (size_t)(equals - assignment) &&
			strncmp(knobs[i].name, assignment, len) == 0)
			return set(settings, &knobs[i], equals + 1);
	}
	return ERR_NOT_FOUND;
}
