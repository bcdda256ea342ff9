/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/address.h"
#include "base/now.h"
#include "gossip/settings.h"

/*
 * What local programs may ask of a node. Answers are at once; whatever must travel is
 * taken from node_output() afterwards. Borrowed results are valid until the next call
 * that takes a `struct now`.
 */
struct node;

/* --- keys --- */

/* Names one write among all writes to a key; the higher (stamp, writer) wins. */
struct version {
	uint64_t stamp; /* hybrid logical clock: 48 bits of wall ms, 16 of counter; 0 =
			   none */
	uint64_t writer;
};

#define VERSION_TEXT_SIZE 34

/* Sixteen hexadecimal digits of each part with a hyphen between. */
const char *version_format(struct version version, char text[VERSION_TEXT_SIZE]);

/* ERR_INVALID for another shape, and for a stamp of 0, which stands for no version. */
MUST_CHECK enum err version_parse(const char *text, struct version *ret_version);

struct item {
	struct bytes key; /* owned keys with the owner's name: "@web1/role" */
	struct bytes value;
	struct version version;
	const char *origin;   /* name of the node that wrote it, "" when unknown */
	uint64_t modified_ms; /* wall clock of the writer */
	uint64_t expires_ms;  /* wall clock, 0 = never */
};

struct write {
	struct bytes key; /* "@self/..." is written as "@<own name>/..." */
	struct bytes value;
	uint64_t ttl_ms;           /* 0 = for ever */
	struct version if_version; /* the version the key must have, stamp 0 = any */
	bool if_absent;
};

/* ERR_NOT_FOUND when absent, expired, deleted, or a fact of a node that is not alive
 * and `all` is not set. ERR_INVALID for a key that breaks the rules. */
MUST_CHECK enum err node_get(
	const struct node *node, struct bytes key, bool all, struct item *ret_item);

/* ERR_INVALID, ERR_TOO_LARGE, ERR_QUOTA, ERR_NOT_OWNER, ERR_CONFLICT, ERR_LEFT,
 * ERR_BUSY while numbers are being reserved, or ERR_DUPLICATE for a fact of a node
 * whose name another live node has too. `ret_version` may be NULL. */
MUST_CHECK enum err node_set(struct node *node, const struct write *write,
	struct now now, struct version *ret_version);

/* As node_set(), and ERR_NOT_FOUND when there is nothing to delete. */
MUST_CHECK enum err node_delete(struct node *node, struct bytes key,
	struct version if_version, struct now now, struct version *ret_version);

/* The first key above `after` that begins with `prefix`, in byte order; an empty
 * `after` starts at the front. False when there is none. */
bool node_next(const struct node *node, struct bytes prefix, struct bytes after,
	bool all, struct item *ret_item);

/* --- members --- */

enum member_state {
	MEMBER_ALIVE,
	MEMBER_SUSPECT,
	MEMBER_DEAD,
	MEMBER_LEFT,
	MEMBER_STATE_COUNT, /* not a state */
};

/* "alive", "suspect", "dead" or "left". */
const char *member_state_name(enum member_state state);

struct member_view {
	uint8_t id[NODE_ID_SIZE];
	const char *name;
	const char *zone;
	const char *software; /* version of the daemon */
	struct address address;
	enum member_state state;
	uint32_t generation;
	uint32_t incarnation;
	bool is_self;
	bool rtt_known;
	uint64_t rtt_us;      /* smoothed round trip */
	uint64_t heard_us;    /* monotonic time of the last packet; 0 = never */
	bool agreement_known; /* whether it has told its fingerprint */
	bool agrees;          /* and that was equal to ours */
	bool name_conflict;   /* another live member has its name */
};

/* Visits the members in order of name, this node among them: start with `*cursor` 0.
 * False at the end. The members must not change meanwhile. */
bool node_next_member(
	const struct node *node, size_t *cursor, struct member_view *ret_view);

/* Tries these addresses now, beside the configured seeds. */
void node_join(struct node *node, const struct address *addresses, size_t count,
	struct now now);

/* Tells the others that this node goes; NOTICE_LEAVE_DONE follows when enough of them
 * confirmed or after a bounded time. Writes are refused from now on. */
void node_leave(struct node *node, struct now now);

/* --- state of the node --- */

/* Why something that came in was not taken. */
enum drop {
	DROP_MALFORMED,    /* datagram that breaks the format */
	DROP_VERSION,      /* datagram of a wire version not spoken here */
	DROP_FOREIGN,      /* datagram or stream of another cluster */
	DROP_REFLECTED,    /* our own datagram came back */
	DROP_STREAM,       /* stream that breaks the format, ended */
	DROP_STREAM_LIMIT, /* stream refused: too many */
	DROP_CLOCK,        /* record stamped too far ahead */
	DROP_QUOTA,        /* record refused: state or member limit */
	DROP_RECORD,       /* record with a key or value against the rules */
	DROP_CONFLICT,     /* record under a dot that names another write here */
	DROP_COUNT,        /* not a reason */
};

/* The reason's stable word, "malformed" and so on. */
const char *drop_name(enum drop drop);

struct status {
	const char *name;
	uint8_t id[NODE_ID_SIZE];
	const char *cluster;
	struct address address;
	uint32_t generation;
	uint32_t incarnation;
	bool leaving;
	bool synced; /* has exchanged state with somebody, or is alone by choice */
	size_t members[MEMBER_STATE_COUNT]; /* this node among them */
	size_t agree_count; /* other live members known to have the same fingerprint */
	size_t key_count;   /* live shared and owned keys */
	size_t tombstone_count;
	size_t state_size; /* bytes of keys and values */
	size_t state_size_max;
	size_t key_size_max;
	size_t value_size_max;
	size_t member_count_max;
	uint64_t fingerprint;
	uint64_t health; /* Lifeguard's local health: 0 is well */
	uint64_t drops[DROP_COUNT];
	uint64_t datagrams_in;
	uint64_t datagrams_out;
	uint64_t datagram_bytes_in;
	uint64_t datagram_bytes_out;
	uint64_t stream_bytes_in;
	uint64_t stream_bytes_out;
	uint64_t exchanges_started; /* repairs over a stream */
	uint64_t exchanges_done;
	uint64_t records_applied; /* from other nodes */
	uint64_t records_duplicate;
	int64_t clock_offset_ms; /* median estimate of the others' clocks minus ours */
};

void node_status(const struct node *node, struct status *ret_status);
