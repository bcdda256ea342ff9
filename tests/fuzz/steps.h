/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * How inputs are made up, for the targets that read them and for seeds.c, which writes
 * them.
 *
 * fuzz_datagram: a byte that chooses the strategy, then a row of steps, each of one
 * byte that says what happens, two bytes of length (little-endian) and so many bytes,
 * which are a datagram.
 */
#define STEP_FROM 0x03    /* an enum cast; beyond it a stranger */
#define STEP_WAIT_SHIFT 2 /* how long before it: 0 for not at all, else 4^n ms */
#define STEP_WAIT_MASK 0x07
#define STEP_ANSWER 0x20 /* its first message answers the last ping of the node */
#define STEP_AGREE 0x40  /* its first message has the fingerprint that makes sense */

/* Instead of a datagram, a local program sets a key: the bytes are the key, as a blob,
 * and the value. Without a key the node leaves. */
#define STEP_LOCAL 0x80

#define STEP_COUNT_MAX 64

/*
 * fuzz_stream: a byte of flags, a byte that draws how the rest is cut into portions,
 * and the bytes of the stream.
 */
#define STREAM_OUTGOING 0x01 /* the node opened it */
