/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>

#include "cli/daemon.h"
#include "cli/duration.h"
#include "cli/fields.h"
#include "cli/output.h"

#define SIZE_TEXT_SIZE 32

/* "512 B", "3.4 KiB" and so on. */
static const char *
format_size(uint64_t size, char text[SIZE_TEXT_SIZE])
{
	static const char *const units[] = {
		"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	double scaled = (double)size;
	size_t unit = 0;

	while (scaled >= 1024) {
		scaled /= 1024;
		unit++;
	}
	snprintf(
		text, SIZE_TEXT_SIZE, "%.*f %s", unit > 0 ? 1 : 0, scaled, units[unit]);
	return text;
}

static void
write_name(const char *name)
{
	output_format("%-12s", name);
}

/* Text of the daemon's. */
static void
write_field(const json_t *object, const char *name)
{
	output_escaped(bytes_of_string(field_text(object, name)));
}

static void
write_node(const json_t *node)
{
	char uptime[DURATION_TEXT_SIZE];

	write_name("node");
	write_field(node, "name");
	output_text(", ");
	write_field(node, "address");
	output_text(", cluster ");
	write_field(node, "cluster");
	output_text("\n");
	write_name("id");
	write_field(node, "id");
	output_format(", generation %" PRIu64 ", incarnation %" PRIu64 "\n",
		field_count(node, "generation"), field_count(node, "incarnation"));
	write_name("daemon");
	output_text("rumord ");
	write_field(node, "version");
	output_format(
		", up %s\n", duration_format(field_count(node, "uptime_ms"), uptime));
}

static void
write_members(const json_t *members)
{
	write_name("members");
	output_format("%" PRIu64 " alive, %" PRIu64 " suspect, %" PRIu64
		      " dead, %" PRIu64 " left\n",
		field_count(members, "alive"), field_count(members, "suspect"),
		field_count(members, "dead"), field_count(members, "left"));
}

static void
write_state(const json_t *status)
{
	char size[SIZE_TEXT_SIZE];
	char size_max[SIZE_TEXT_SIZE];
	const json_t *limits = json_object_get(status, "limits");

	format_size(field_count(status, "state_bytes"), size);
	format_size(field_count(limits, "state_bytes"), size_max);
	write_name("state");
	output_format("%s of %s, keys %" PRIu64 ", tombstones %" PRIu64 "\n", size,
		size_max, field_count(status, "keys"),
		field_count(status, "tombstones"));
	write_name("fingerprint");
	write_field(status, "fingerprint");
	output_format(
		", others that agree %" PRIu64 "\n", field_count(status, "agree"));
}

static void
write_repair(const json_t *repair)
{
	write_name("repairs");
	output_format("%" PRIu64 " started, %" PRIu64 " done, %" PRIu64
		      " records applied, %" PRIu64 " duplicate\n",
		field_count(repair, "started"), field_count(repair, "done"),
		field_count(repair, "records_applied"),
		field_count(repair, "records_duplicate"));
}

static void
write_traffic(const json_t *traffic)
{
	char in[SIZE_TEXT_SIZE];
	char out[SIZE_TEXT_SIZE];

	format_size(field_count(traffic, "datagram_bytes_in"), in);
	format_size(field_count(traffic, "datagram_bytes_out"), out);
	write_name("datagrams");
	output_format("%" PRIu64 " in, %s; %" PRIu64 " out, %s\n",
		field_count(traffic, "datagrams_in"), in,
		field_count(traffic, "datagrams_out"), out);
	format_size(field_count(traffic, "stream_bytes_in"), in);
	format_size(field_count(traffic, "stream_bytes_out"), out);
	write_name("streams");
	output_format("%s in, %s out\n", in, out);
}

/* Why something that came in was dropped, and how often; nothing for what never was. */
static void
write_drops(json_t *drops)
{
	const char *reason;
	json_t *count;
	const char *separator = "";

	write_name("drops");
	json_object_foreach(drops, reason, count)
	{
		if (json_integer_value(count) > 0) {
			output_text(separator);
			output_escaped(bytes_of_string(reason));
			output_format(
				" %" JSON_INTEGER_FORMAT, json_integer_value(count));
			separator = ", ";
		}
	}
	output_text(separator[0] == '\0' ? "none\n" : "\n");
}

static void
write_clock(const json_t *status)
{
	json_int_t offset_ms =
		json_integer_value(json_object_get(status, "clock_offset_ms"));

	write_name("clock");
	output_format(
		"the others are %+" JSON_INTEGER_FORMAT " ms from here\n", offset_ms);
}

/* Other live members that do not have our state, or have not told it yet. */
static uint64_t
disagreeing_count(const json_t *status)
{
	const json_t *members = json_object_get(status, "members");
	uint64_t agreeing = field_count(status, "agree") + 1;
	uint64_t alive = field_count(members, "alive");

	return alive > agreeing ? alive - agreeing : 0;
}

static bool
is_healthy(const json_t *status)
{
	return !field_is_true(status, "leaving") && disagreeing_count(status) == 0;
}

static void
write_health(const json_t *status)
{
	bool has_colour = output_has_colour();
	bool is_well = is_healthy(status);

	write_name("health");
	if (has_colour) {
		output_text(is_well ? STYLE_GREEN : STYLE_RED);
	}
	output_text(is_well ? "ok" : "degraded");
	if (has_colour) {
		output_text(STYLE_END);
	}
	if (field_is_true(status, "leaving")) {
		output_text(", this node is leaving");
	}
	if (disagreeing_count(status) > 0) {
		output_format(", live members not known to agree %" PRIu64,
			disagreeing_count(status));
	}
	if (!field_is_true(status, "synced")) {
		output_text(", no state exchanged with others so far");
	}
	if (field_count(status, "health") > 0) {
		output_format(
			", slow: local health %" PRIu64, field_count(status, "health"));
	}
	output_text("\n");
}

static void
write_status(const json_t *status)
{
	write_health(status);
	write_node(json_object_get(status, "node"));
	write_members(json_object_get(status, "members"));
	write_state(status);
	write_repair(json_object_get(status, "repair"));
	write_traffic(json_object_get(status, "traffic"));
	write_drops(json_object_get(status, "drops"));
	write_clock(status);
}

enum rumor_result
run_status(struct invocation *invocation)
{
	json_t *status;
	enum rumor_result result =
		daemon_ask(invocation, "cluster.status", NULL, &status);

	if (result != RUMOR_OK) {
		return result;
	}
	if (invocation_has(invocation, OPTION_JSON)) {
		output_json(status);
	} else {
		write_status(status);
	}
	result = is_healthy(status) ? RUMOR_OK : RUMOR_NEGATIVE;
	json_decref(status);
	return result;
}
