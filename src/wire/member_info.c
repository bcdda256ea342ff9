/* SPDX-License-Identifier: MIT */
#include "wire/member_info.h"

#include "wire/limits.h"

void
address_write(struct writer *writer, const struct address *address)
{
	write_u8(writer, address->family);
	write_raw(writer, bytes_of(address->ip, address->family == 4 ? 4 : 16));
	write_u16(writer, address->port);
}

struct address
address_read(struct reader *reader)
{
	struct address address = {0};

	address.family = read_u8(reader);
	if (address.family != 4 && address.family != 6)
		reader->failed = true;

	struct bytes ip = read_raw(reader, address.family == 4 ? 4 : 16);

	address.port = read_u16(reader);
	if (reader->failed)
		return (struct address){0};
	memcpy(address.ip, ip.data, ip.len);
	return address;
}

void
member_info_write(struct writer *writer, const struct member_info *info)
{
	write_varint(writer, info->generation);
	write_varint(writer, info->incarnation);
	write_u8(writer, (uint8_t)info->claim);
	address_write(writer, &info->address);
	write_u64(writer, info->writer);
	write_u8(writer, info->features);
	write_blob(writer, info->name);
	write_blob(writer, info->zone);
	write_blob(writer, info->software);
}

static bool
text_is_valid(struct bytes text)
{
	return bytes_is_utf8(text) && !bytes_has_control(text);
}

enum err
member_info_read(struct bytes value, struct member_info *ret_info)
{
	struct reader reader = reader_of(value);
	struct member_info info = {0};

	info.generation = (uint32_t)read_varint_max(&reader, UINT32_MAX);
	info.incarnation = (uint32_t)read_varint_max(&reader, UINT32_MAX);

	uint8_t claim = read_u8(&reader);

	info.address = address_read(&reader);
	info.writer = read_u64(&reader);
	info.features = read_u8(&reader);
	info.name = read_blob(&reader, WIRE_NAME_LEN_MAX);
	info.zone = read_blob(&reader, WIRE_NAME_LEN_MAX);
	info.software = read_blob(&reader, WIRE_SOFTWARE_LEN_MAX);
	if (reader.failed || reader_left(&reader) != 0 || claim > CLAIM_LEFT)
		return ERR_MALFORMED;
	if (info.name.len == 0 || info.address.port == 0 || info.writer == 0)
		return ERR_MALFORMED;
	if (!text_is_valid(info.name) || !text_is_valid(info.zone) ||
		!text_is_valid(info.software))
		return ERR_MALFORMED;
	info.claim = (enum member_claim)claim;
	*ret_info = info;
	return ERR_OK;
}

static int
compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

int
member_info_compare(const struct member_info *a, const struct member_info *b)
{
	int order = compare_numbers(a->generation, b->generation);

	if (order == 0)
		order = compare_numbers(a->incarnation, b->incarnation);
	if (order == 0)
		order = compare_numbers(a->claim, b->claim);
	return order;
}
