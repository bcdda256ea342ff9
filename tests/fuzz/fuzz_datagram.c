/* SPDX-License-Identifier: MIT */
#include "base/hash.h"
#include "fuzz.h"
#include "steps.h"
#include "subject.h"
#include "wire/header.h"
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

static void
overwrite(uint8_t *datagram, size_t len, size_t at, struct bytes bytes)
{
	if (at + bytes.len <= len)
		memcpy(datagram + at, bytes.data, bytes.len);
}

/* The fingerprint that makes sense in the first message: the node's own, or in GONE the
 * one that the node will have without what it names. */
static uint64_t
right_fingerprint(const struct subject *subject, struct bytes datagram)
{
	struct reader reader = reader_of(datagram);
	struct header header;
	struct message message;
	struct status status;

	node_status(subject->node, &status);
	if (header_read(&reader, &header) != ERR_OK ||
		message_read(&reader, WIRE_DATAGRAM_SIZE_MAX, &message) !=
			MESSAGE_TAKEN ||
		message.type != MESSAGE_GONE)
		return status.fingerprint;
	for (size_t i = 0; i < message.dots.count; i++)
		status.fingerprint -= hash_pair(message.dots.dots[i].writer,
			message.dots.dots[i].seq, header.cluster);
	return status.fingerprint;
}

/* Numbers of probes and fingerprints are not to be guessed: the first message of the
 * datagram gets the right ones. */
static void
put_right(
	const struct subject *subject, unsigned control, uint8_t *datagram, size_t len)
{
	size_t body_at = WIRE_HEADER_SIZE + 2;
	uint8_t data[12];
	struct writer number = writer_of(data, 4);
	struct writer fingerprint = writer_of(data + 4, 8);

	write_u32(&number, subject->probe_last);
	write_u64(&fingerprint, right_fingerprint(subject, bytes_of(datagram, len)));
	if ((control & STEP_ANSWER) != 0)
		overwrite(datagram, len, body_at, writer_bytes(&number));
	if ((control & STEP_AGREE) == 0 || len <= WIRE_HEADER_SIZE)
		return;
	/* In PING and ACK the probe's number comes first. */
	if (datagram[WIRE_HEADER_SIZE] <= MESSAGE_ACK)
		body_at += number.len;
	overwrite(datagram, len, body_at, writer_bytes(&fingerprint));
}

static void
play_locally(struct subject *subject, struct bytes bytes)
{
	struct reader reader = reader_of(bytes);
	struct bytes key = read_blob(&reader, 8);

	if (key.len > 0)
		subject_set(subject, key, read_raw(&reader, reader_left(&reader)));
	else
		subject_leave(subject);
}

static void
play(struct subject *subject, unsigned control, struct bytes bytes)
{
	uint8_t datagram[2048];
	size_t len = bytes.len < sizeof(datagram) ? bytes.len : sizeof(datagram);
	struct address from = address_from(control);

	subject_wait(subject, wait_ms(control));
	if ((control & STEP_LOCAL) != 0) {
		play_locally(subject, bytes);
		return;
	}
	if (len > 0)
		memcpy(datagram, bytes.data, len);
	put_right(subject, control, datagram, len);
	subject_receive(subject, &from, bytes_of(datagram, len));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader reader = reader_of(bytes_of(data, size));
	unsigned strategy = read_u8(&reader) % (STRATEGY_PULL + 1);
	struct subject subject;

	subject_init(&subject, (enum strategy)strategy);
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
