/* SPDX-License-Identifier: MIT */
#include "wire/record.h"

#include "wire/limits.h"

/* The first byte: the kind below, flags above. */
#define KIND_MASK 0x0f
#define FLAG_DELETED 0x10
#define FLAG_EXPIRES 0x20
#define FLAG_UNKNOWN 0xc0

static size_t
blob_len(struct bytes bytes)
{
	return varint_len(bytes.len) + bytes.len;
}

size_t
record_len(const struct record_view *record)
{
	size_t len = 1 + 8 + varint_len(record->dot.seq) + 8 + blob_len(record->key);

	if (record->expires_ms != 0)
		len += varint_len(record->expires_ms);
	if (record->kind == RECORD_OWNED)
		len += 8;
	if (!record->deleted)
		len += blob_len(record->value);
	return len;
}

void
record_write(struct writer *writer, const struct record_view *record)
{
	unsigned first = (unsigned)record->kind;

	if (record->deleted)
		first |= FLAG_DELETED;
	if (record->expires_ms != 0)
		first |= FLAG_EXPIRES;
	write_u8(writer, (uint8_t)first);
	write_u64(writer, record->dot.writer);
	write_varint(writer, record->dot.seq);
	write_u64(writer, record->stamp);
	if (record->expires_ms != 0)
		write_varint(writer, record->expires_ms);
	if (record->kind == RECORD_OWNED)
		write_u64(writer, record->owner);
	write_blob(writer, record->key);
	if (!record->deleted)
		write_blob(writer, record->value);
}

static bool
first_is_valid(unsigned first)
{
	unsigned kind = first & KIND_MASK;

	return (first & FLAG_UNKNOWN) == 0 && kind >= RECORD_SHARED &&
	       kind <= RECORD_MEMBER;
}

static bool
fields_are_valid(const struct record_view *record)
{
	if (record->dot.writer == 0 || record->dot.seq == 0 || record->key.len == 0)
		return false;
	if (record->kind == RECORD_OWNED && record->owner == 0)
		return false;
	return record->kind != RECORD_MEMBER || record->key.len == WIRE_ID_SIZE;
}

enum err
record_read(struct reader *reader, struct record_view *ret_record)
{
	struct record_view record = {0};
	unsigned first = read_u8(reader);

	if (reader->failed || !first_is_valid(first))
		return ERR_MALFORMED;
	record.kind = (enum record_kind)(first & KIND_MASK);
	record.deleted = (first & FLAG_DELETED) != 0;
	record.dot.writer = read_u64(reader);
	record.dot.seq = read_varint(reader);
	record.stamp = read_u64(reader);
	if ((first & FLAG_EXPIRES) != 0) {
		record.expires_ms = read_varint(reader);
		if (record.expires_ms == 0)
			return ERR_MALFORMED;
	}
	if (record.kind == RECORD_OWNED)
		record.owner = read_u64(reader);
	record.key = read_blob(reader, WIRE_KEY_LEN_MAX);
	if (!record.deleted)
		record.value = read_blob(reader, WIRE_VALUE_LEN_MAX);
	if (reader->failed || !fields_are_valid(&record))
		return ERR_MALFORMED;
	*ret_record = record;
	return ERR_OK;
}
