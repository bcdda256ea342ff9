/* SPDX-License-Identifier: MIT */
#include "base/pack.h"

#include <endian.h>

#define VARINT_SIZE_MAX 10

struct writer
writer_of(void *data, size_t size)
{
	return (struct writer){.data = data, .size = size};
}

/* All or nothing, so that what has been written ends with a whole field. */
static bool
writer_has_room(struct writer *writer, size_t len)
{
	if (len > writer->size - writer->len) {
		writer->failed = true;
	}
	return !writer->failed;
}

void
write_raw(struct writer *writer, struct bytes bytes)
{
	if (writer_has_room(writer, bytes.len) && bytes.len > 0) {
		memcpy(writer->data + writer->len, bytes.data, bytes.len);
		writer->len += bytes.len;
	}
}

void
write_u8(struct writer *writer, uint8_t value)
{
	write_raw(writer, bytes_of(&value, sizeof(value)));
}

void
write_u16(struct writer *writer, uint16_t value)
{
	value = htole16(value);
	write_raw(writer, bytes_of(&value, sizeof(value)));
}

void
write_u32(struct writer *writer, uint32_t value)
{
	value = htole32(value);
	write_raw(writer, bytes_of(&value, sizeof(value)));
}

void
write_u64(struct writer *writer, uint64_t value)
{
	value = htole64(value);
	write_raw(writer, bytes_of(&value, sizeof(value)));
}

void
write_varint(struct writer *writer, uint64_t value)
{
	uint8_t form[VARINT_SIZE_MAX];
	size_t len = 0;

	while (value >= 0x80) {
		form[len++] = (uint8_t)(value | 0x80);
		value >>= 7;
	}
	form[len++] = (uint8_t)value;
	write_raw(writer, bytes_of(form, len));
}

void
write_blob(struct writer *writer, struct bytes bytes)
{
	if (writer_has_room(writer, bytes.len) &&
		writer_has_room(writer, varint_len(bytes.len) + bytes.len)) {
		write_varint(writer, bytes.len);
		write_raw(writer, bytes);
	}
}

struct bytes
writer_bytes(const struct writer *writer)
{
	return bytes_of(writer->data, writer->len);
}

size_t
varint_len(uint64_t value)
{
	size_t bits = 64 - (size_t)__builtin_clzll(value | 1);

	return (bits + 6) / 7;
}

struct reader
reader_of(struct bytes bytes)
{
	return (struct reader){.data = bytes.data, .len = bytes.len};
}

struct bytes
read_raw(struct reader *reader, size_t len)
{
	if (len > reader->len - reader->pos) {
		reader->failed = true;
	}
	if (reader->failed || len == 0) {
		return bytes_of(NULL, 0);
	}
	reader->pos += len;
	return bytes_of(reader->data + reader->pos - len, len);
}

/* Leaves `value` alone when there is too little to read. */
static void
read_into(struct reader *reader, void *value, size_t size)
{
	struct bytes bytes = read_raw(reader, size);

	if (bytes.len == size) {
		memcpy(value, bytes.data, size);
	}
}

uint8_t
read_u8(struct reader *reader)
{
	uint8_t value = 0;

	read_into(reader, &value, sizeof(value));
	return value;
}

uint16_t
read_u16(struct reader *reader)
{
	uint16_t value = 0;

	read_into(reader, &value, sizeof(value));
	return le16toh(value);
}

uint32_t
read_u32(struct reader *reader)
{
	uint32_t value = 0;

	read_into(reader, &value, sizeof(value));
	return le32toh(value);
}

uint64_t
read_u64(struct reader *reader)
{
	uint64_t value = 0;

	read_into(reader, &value, sizeof(value));
	return le64toh(value);
}

uint64_t
read_varint(struct reader *reader)
{
	uint64_t value = 0;

	for (unsigned int shift = 0; shift < 64; shift += 7) {
		uint8_t byte = read_u8(reader);
		bool is_overflow = shift == 63 && byte > 1;
		bool is_longer_than_needed = shift > 0 && byte == 0;

		if (reader->failed || is_overflow || is_longer_than_needed) {
			break;
		}
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80) {
			return value;
		}
	}
	reader->failed = true;
	return 0;
}

uint64_t
read_varint_max(struct reader *reader, uint64_t max)
{
	uint64_t value = read_varint(reader);

	if (value > max) {
		reader->failed = true;
		return 0;
	}
	return value;
}

struct bytes
read_blob(struct reader *reader, size_t len_max)
{
	return read_raw(reader, (size_t)read_varint_max(reader, len_max));
}

size_t
reader_left(const struct reader *reader)
{
	return reader->failed ? 0 : reader->len - reader->pos;
}
