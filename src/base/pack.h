/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/bytes.h"

/*
 * Writing and reading of packed fields: fixed-width integers are little-endian, a
 * varint is LEB128 of at most ten bytes in its shortest form, a blob is a varint length
 * and its bytes.
 *
 * Errors stick: after the first field that does not fit, the writer or reader is marked
 * failed, later calls do nothing (reads give zeros), and one check at the end suffices.
 */

/* Writes into memory lent by the caller. */
struct writer {
	uint8_t *data;
	size_t len;
	size_t size;
	bool failed;
};

struct writer writer_of(void *data, size_t size);

void write_u8(struct writer *writer, uint8_t value);
void write_u16(struct writer *writer, uint16_t value);
void write_u32(struct writer *writer, uint32_t value);
void write_u64(struct writer *writer, uint64_t value);
void write_varint(struct writer *writer, uint64_t value);
void write_raw(struct writer *writer, struct bytes bytes);
void write_blob(struct writer *writer, struct bytes bytes);

/* What has been written so far. */
struct bytes writer_bytes(const struct writer *writer);

/* How many bytes write_varint() takes for the value: 1 to 10. */
size_t varint_len(uint64_t value);

/* Reads from borrowed memory; what it returns points into that memory. */
struct reader {
	const uint8_t *data;
	size_t pos;
	size_t len;
	bool failed;
};

struct reader reader_of(struct bytes bytes);

uint8_t read_u8(struct reader *reader);
uint16_t read_u16(struct reader *reader);
uint32_t read_u32(struct reader *reader);
uint64_t read_u64(struct reader *reader);
/* Fails on more than ten bytes, on 64-bit overflow and on a longer form than needed. */
uint64_t read_varint(struct reader *reader);
/* As read_varint(), and fails on a value above `max`. */
uint64_t read_varint_max(struct reader *reader, uint64_t max);
struct bytes read_raw(struct reader *reader, size_t len);
/* Fails on a length above `len_max`. */
struct bytes read_blob(struct reader *reader, size_t len_max);

/* How many bytes are left to read; 0 after a failure. */
size_t reader_left(const struct reader *reader);
