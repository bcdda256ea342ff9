/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "base/mem.h"
#include "fuzz.h"
#include "wire/header.h"
#include "wire/member_info.h"
#include "wire/message.h"

/*
 * The decoders alone. Each gets the whole input. The format leaves no choice in how
 * anything is written, so whatever is read must give back its own bytes when written.
 */

static void
must_write_back(const struct writer *writer, struct bytes read)
{
	MUST(!writer->failed);
	MUST(bytes_equal(writer_bytes(writer), read));
}

static void
try_header(struct bytes input)
{
	uint8_t data[WIRE_HEADER_SIZE];
	struct writer writer = writer_of(data, sizeof(data));
	struct reader reader = reader_of(input);
	struct header header;

	if (header_read(&reader, &header) != ERR_OK)
		return;
	header_write(&writer, &header);
	must_write_back(&writer, bytes_of(input.data, WIRE_HEADER_SIZE));
}

static void
try_member_info(struct bytes input)
{
	uint8_t data[MEMBER_INFO_LEN_MAX];
	struct writer writer = writer_of(data, sizeof(data));
	struct member_info info;

	if (member_info_read(input, &info) != ERR_OK)
		return;
	MUST(info.name.len > 0 && info.name.len <= WIRE_NAME_LEN_MAX);
	member_info_write(&writer, &info);
	must_write_back(&writer, input);
}

static void
try_record(struct bytes input, uint8_t *data)
{
	struct writer writer = writer_of(data, input.len);
	struct reader reader = reader_of(input);
	struct record_view record;

	if (record_read(&reader, &record) != ERR_OK)
		return;
	MUST(record.dot.writer != 0 && record.dot.seq != 0);
	MUST(record_len(&record) == reader.pos);
	record_write(&writer, &record);
	must_write_back(&writer, bytes_of(input.data, reader.pos));
}

static void
try_ranges(struct bytes input, uint8_t *data)
{
	struct writer writer = writer_of(data, input.len);
	struct reader reader = reader_of(input);
	struct dot_range range;

	while (range_next(&reader, &range)) {
		MUST(range.first > 0 && range.first <= range.last);
		range_write(&writer, &range);
		must_write_back(&writer, bytes_of(input.data, reader.pos));
	}
}

/* Bodies of up to that length. */
static void
try_messages(struct bytes input, uint8_t *data, size_t body_len_max)
{
	struct reader reader = reader_of(input);

	for (;;) {
		size_t start = reader.pos;
		struct writer writer = writer_of(data, input.len);
		struct message message;
		enum message_result result =
			message_read(&reader, body_len_max, &message);

		if (result == MESSAGE_PARTIAL)
			MUST(reader.pos == start);
		if (result == MESSAGE_PARTIAL || result == MESSAGE_BAD)
			return;
		MUST(reader.pos - start <= body_len_max + WIRE_MESSAGE_OVERHEAD_MAX);
		if (result == MESSAGE_SKIPPED)
			continue;
		message_write(&writer, &message);
		must_write_back(
			&writer, bytes_of(input.data + start, reader.pos - start));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes input = bytes_of(data, size);
	uint8_t *written = mem_new(size + 1);

	try_header(input);
	try_member_info(input);
	try_record(input, written);
	try_ranges(input, written);
	try_messages(input, written, WIRE_DATAGRAM_SIZE_MAX);
	try_messages(input, written, WIRE_BODY_LEN_MAX);
	free(written);
	return 0;
}
