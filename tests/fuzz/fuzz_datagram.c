/* SPDX-License-Identifier: MIT */
#include "fuzz.h"
#include "steps.h"
#include "subject.h"
#include "wire/message.h"

/* A node that gets any datagrams at any times. */

static const struct address stranger = {
	.family = 4, .ip = {198, 51, 100, 7}, .port = 9};

/* 0, 4, 16 and so on to 16384. */
static uint64_t
wait_ms(unsigned control)
{
	unsigned exponent = control >> STEP_WAIT_SHIFT & STEP_WAIT_MASK;

	return exponent == 0 ? 0 : UINT64_C(1) << 2 * exponent;
}

static struct address
address_from(unsigned control)
{
	unsigned from = control & STEP_FROM;

	return from == STEP_FROM ? stranger : cast_settings((enum cast)from).address;
}

/* Numbers of probes are not to be guessed: the first message of the datagram, when it
 * is an answer, gets the right one. */
static void
answer(const struct subject *subject, uint8_t *datagram, size_t len)
{
	size_t number_at = WIRE_HEADER_SIZE + 2;
	struct writer writer;

	if (len < number_at + 4)
		return;
	writer = writer_of(datagram + number_at, 4);
	write_u32(&writer, subject->probe_last);
}

static void
play(struct subject *subject, unsigned control, struct bytes bytes)
{
	uint8_t datagram[2048];
	size_t len = bytes.len < sizeof(datagram) ? bytes.len : sizeof(datagram);
	struct address from = address_from(control);

	subject_wait(subject, wait_ms(control));
	if ((control & STEP_SET) != 0) {
		struct reader reader = reader_of(bytes);
		struct bytes key = read_blob(&reader, 8);

		subject_set(subject, key, read_raw(&reader, reader_left(&reader)));
		return;
	}
	if (len > 0)
		memcpy(datagram, bytes.data, len);
	if ((control & STEP_ANSWER) != 0)
		answer(subject, datagram, len);
	subject_receive(subject, &from, bytes_of(datagram, len));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader reader = reader_of(bytes_of(data, size));
	struct subject subject;

	subject_init(&subject);
	for (int i = 0; i < STEP_COUNT_MAX && reader_left(&reader) > 0; i++) {
		unsigned control = read_u8(&reader);
		size_t len = read_u16(&reader);
		size_t left = reader_left(&reader);

		play(&subject, control, read_raw(&reader, len < left ? len : left));
	}
	subject_wait(&subject, 20000);
	subject_fini(&subject);
	return 0;
}
