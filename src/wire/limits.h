/* SPDX-License-Identifier: MIT */
#pragma once

/* Bounds of the wire format, in bytes unless said otherwise. They hold for every
 * decoder; what a node accepts may be less (see gossip/settings.h). */

#define WIRE_VERSION 1
#define WIRE_FEATURES 1 /* highest feature level this build speaks */

#define WIRE_PORT 7117

#define WIRE_ID_SIZE 16
#define WIRE_NAME_LEN_MAX 63
#define WIRE_SOFTWARE_LEN_MAX 31
#define WIRE_KEY_LEN_MAX 512
#define WIRE_VALUE_LEN_MAX (1024 * 1024)

/* Everything of a record but its key and value. */
#define WIRE_RECORD_OVERHEAD_MAX 64

#define WIRE_DATAGRAM_SIZE_MAX 1452

/* Body of one message on a stream: the largest record. */
#define WIRE_BODY_LEN_MAX \
	(WIRE_VALUE_LEN_MAX + WIRE_KEY_LEN_MAX + WIRE_RECORD_OVERHEAD_MAX)

/* Type and length before a body. */
#define WIRE_MESSAGE_OVERHEAD_MAX 5

#define WIRE_HEADER_SIZE 18

/* Dots in one list. */
#define WIRE_DOT_COUNT_MAX 128

/* Dots that a sender puts in one list: half a packet of the smallest size. */
#define WIRE_DOT_BATCH_COUNT 16

/* Symbols in one SKETCH message, whose count takes 3 bytes at up to a million records:
 * what a packet of the usual size holds. */
#define WIRE_SYMBOL_COUNT_MAX 72

/* Hashes in one DIGEST message. */
#define WIRE_DIGEST_COUNT_MAX 4096
