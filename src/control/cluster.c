/* SPDX-License-Identifier: MIT */
#include "control/cluster.h"

#include <inttypes.h>
#include <stdio.h>

#include "control/call.h"
#include "control/server_info.h"

static uint64_t
uptime_ms(const struct call *call)
{
	uint64_t started_ms = call->service->host.started_ms;

	return call->now.wall_ms > started_ms ? call->now.wall_ms - started_ms : 0;
}

static void
write_node(const struct call *call, const struct status *status, struct reply *reply)
{
	char address[ADDRESS_TEXT_SIZE];

	reply_open(reply, "node", '{');
	reply_text(reply, "name", status->name);
	reply_hex(reply, "id", bytes_of(status->id, sizeof(status->id)));
	reply_text(reply, "address", address_format(&status->address, address));
	reply_uint(reply, "generation", status->generation);
	reply_uint(reply, "incarnation", status->incarnation);
	reply_text(reply, "cluster", status->cluster);
	reply_text(reply, "version", call->service->host.software);
	reply_uint(reply, "uptime_ms", uptime_ms(call));
	reply_close(reply, '}');
}

static void
write_members(const struct status *status, struct reply *reply)
{
	reply_open(reply, "members", '{');
	for (int state = 0; state < MEMBER_STATE_COUNT; state++) {
		reply_uint(reply, member_state_name((enum member_state)state),
			status->members[state]);
	}
	reply_close(reply, '}');
}

static void
write_state(const struct status *status, struct reply *reply)
{
	char fingerprint[17];

	snprintf(fingerprint, sizeof(fingerprint), "%016" PRIx64, status->fingerprint);
	reply_uint(reply, "keys", status->key_count);
	reply_uint(reply, "tombstones", status->tombstone_count);
	reply_uint(reply, "state_bytes", status->state_size);
	reply_text(reply, "fingerprint", fingerprint);
	reply_uint(reply, "agree", status->agree_count);
	reply_bool(reply, "synced", status->synced);
	reply_bool(reply, "leaving", status->leaving);
	reply_uint(reply, "health", status->health);
	reply_int(reply, "clock_offset_ms", status->clock_offset_ms);
}

static void
write_traffic(const struct status *status, const struct socket_drops *sockets,
	struct reply *reply)
{
	reply_open(reply, "traffic", '{');
	reply_uint(reply, "datagrams_in", status->datagrams_in);
	reply_uint(reply, "datagrams_out", status->datagrams_out);
	reply_uint(reply, "datagram_bytes_in", status->datagram_bytes_in);
	reply_uint(reply, "datagram_bytes_out", status->datagram_bytes_out);
	reply_uint(reply, "stream_bytes_in", status->stream_bytes_in);
	reply_uint(reply, "stream_bytes_out", status->stream_bytes_out);
	reply_close(reply, '}');

	reply_open(reply, "repair", '{');
	reply_uint(reply, "started", status->exchanges_started);
	reply_uint(reply, "done", status->exchanges_done);
	reply_uint(reply, "records_applied", status->records_applied);
	reply_uint(reply, "records_duplicate", status->records_duplicate);
	reply_close(reply, '}');

	reply_open(reply, "drops", '{');
	for (int drop = 0; drop < DROP_COUNT; drop++) {
		reply_uint(reply, drop_name((enum drop)drop), status->drops[drop]);
	}
	reply_uint(reply, "oversized", sockets->oversized);
	reply_uint(reply, "unsent", sockets->unsent);
	reply_close(reply, '}');
}

static void
write_control(const struct service *service, struct reply *reply)
{
	const struct control_counters *counters = &service->counters;

	reply_open(reply, "control", '{');
	reply_uint(reply, "connections_open", service->connection_count);
	reply_uint(reply, "connections", counters->connections);
	reply_uint(reply, "connections_refused", counters->connections_refused);
	reply_uint(reply, "requests", counters->requests);
	reply_uint(reply, "requests_failed", counters->requests_failed);
	reply_uint(reply, "lines_too_long", counters->lines_too_long);
	reply_uint(reply, "lines_malformed", counters->lines_malformed);
	reply_close(reply, '}');
}

enum err
call_cluster_status(struct call *call)
{
	const struct control_host *host = &call->service->host;
	struct socket_drops sockets = host->socket_drops(host->context);
	struct reply *reply = call_begin(call);
	struct status status;

	node_status(call_node(call), &status);
	write_node(call, &status, reply);
	write_members(&status, reply);
	write_state(&status, reply);
	write_traffic(&status, &sockets, reply);
	server_write_limits(call->service, &status, reply);
	write_control(call->service, reply);
	call_end(call);
	return ERR_OK;
}
