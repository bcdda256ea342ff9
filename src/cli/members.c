/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "cli/columns.h"
#include "cli/daemon.h"
#include "cli/duration.h"
#include "cli/fields.h"
#include "cli/output.h"
#include "cli/report.h"

static const struct state {
	const char *name;
	const char *style;
} states[] = {
	{"alive", ""},
	{"suspect", STYLE_YELLOW},
	{"dead", STYLE_RED},
	{"left", STYLE_FAINT},
};

static const struct state *
find_state(const char *name, size_t name_len)
{
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		if (strlen(states[i].name) == name_len &&
			strncmp(states[i].name, name, name_len) == 0) {
			return &states[i];
		}
	}
	return NULL;
}

/* RUMOR_INVALID, reported, when a word of the list is no state. */
static enum rumor_result
check_states(const struct invocation *invocation, const char *list)
{
	while (list != NULL) {
		size_t len = strcspn(list, ",");

		if (find_state(list, len) == NULL) {
			return report_usage(invocation,
				"'%.*s' is no state: alive, suspect, dead or left",
				(int)len, list);
		}
		list = list[len] == ',' ? list + len + 1 : NULL;
	}
	return RUMOR_OK;
}

/* Whether the state is in the list; all are when there is none. */
static bool
is_wanted(const char *list, const char *state)
{
	bool is_found = list == NULL;

	while (list != NULL && !is_found) {
		size_t len = strcspn(list, ",");

		is_found = strlen(state) == len && strncmp(list, state, len) == 0;
		list = list[len] == ',' ? list + len + 1 : NULL;
	}
	return is_found;
}

static void
add_header(struct columns *columns)
{
	static const char *const names[] = {"NAME", "STATE", "ADDRESS", "RTT", "HEARD",
		"ZONE", "VERSION", "AGREES"};

	columns_begin_row(columns, STYLE_BOLD);
	for (size_t i = 0; i < columns->column_count; i++) {
		columns_add(columns, names[i]);
	}
}

static void
add_times(struct columns *columns, const json_t *member)
{
	const json_t *rtt = json_object_get(member, "rtt_ms");
	char text[DURATION_TEXT_SIZE];

	text[0] = '\0';
	if (json_is_number(rtt)) {
		snprintf(text, sizeof(text), "%.2fms", json_number_value(rtt));
	}
	columns_add(columns, text);
	text[0] = '\0';
	if (json_is_number(json_object_get(member, "last_heard_ms"))) {
		duration_format(field_count(member, "last_heard_ms"), text);
	}
	columns_add(columns, text);
}

static const char *
agreement(const json_t *member)
{
	const json_t *agrees = json_object_get(member, "agrees");

	if (field_is_true(member, "self")) {
		return "self";
	}
	if (!json_is_boolean(agrees)) {
		return "";
	}
	return json_is_true(agrees) ? "yes" : "no";
}

static void
add_member(struct columns *columns, const json_t *member)
{
	const char *state_name = field_text(member, "state");
	const struct state *state = find_state(state_name, strlen(state_name));

	columns_begin_row(columns, state != NULL ? state->style : "");
	columns_add(columns, field_text(member, "name"));
	columns_add(columns, state_name);
	columns_add(columns, field_text(member, "addr"));
	add_times(columns, member);
	columns_add(columns, field_text(member, "zone"));
	columns_add(columns, field_text(member, "version"));
	columns_add(columns, agreement(member));
}

/* Returns how many members were wanted. */
static size_t
write_members(const struct invocation *invocation, const json_t *members)
{
	struct columns columns;
	size_t count = 0;

	columns_init(&columns, 8);
	if (output_is_terminal()) {
		add_header(&columns);
	}
	for (size_t i = 0; i < json_array_size(members); i++) {
		const json_t *member = json_array_get(members, i);

		if (!is_wanted(invocation->options[OPTION_STATE],
			    field_text(member, "state"))) {
			continue;
		}
		count++;
		if (invocation_has(invocation, OPTION_JSON)) {
			output_json(member);
		} else {
			add_member(&columns, member);
		}
	}
	if (count > 0 && !invocation_has(invocation, OPTION_JSON)) {
		columns_write(&columns);
	}
	columns_fini(&columns);
	return count;
}

enum rumor_result
run_members(struct invocation *invocation)
{
	json_t *reply;
	enum rumor_result result =
		check_states(invocation, invocation->options[OPTION_STATE]);

	if (result == RUMOR_OK) {
		result = daemon_ask(invocation, "member.list", NULL, &reply);
	}
	if (result == RUMOR_OK) {
		const json_t *members = json_object_get(reply, "items");

		result = write_members(invocation, members) > 0 ? RUMOR_OK
								: RUMOR_NEGATIVE;
		json_decref(reply);
	}
	return result;
}
