/* SPDX-License-Identifier: MIT */
#include "wire/header.h"

#include <assert.h>

#include "base/hash.h"
#include "wire/limits.h"

static_assert(WIRE_HEADER_SIZE == 1 + 1 + 8 + 8, "header fields");

uint64_t
header_cluster(const char *name)
{
	return hash_bytes(bytes_of_string(name), WIRE_VERSION);
}

void
header_write(struct writer *writer, const struct header *header)
{
	write_u8(writer, header->version);
	write_u8(writer, header->features);
	write_u64(writer, header->cluster);
	write_u64(writer, header->sender);
}

enum err
header_read(struct reader *reader, struct header *ret_header)
{
	struct header header;

	header.version = read_u8(reader);
	if (!reader->failed && header.version != WIRE_VERSION)
		return ERR_VERSION;
	header.features = read_u8(reader);
	header.cluster = read_u64(reader);
	header.sender = read_u64(reader);
	if (reader->failed)
		return ERR_MALFORMED;
	*ret_header = header;
	return ERR_OK;
}
