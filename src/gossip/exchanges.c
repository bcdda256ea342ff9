/* SPDX-License-Identifier: MIT */
#include "gossip/exchanges.h"

/* How long a peer has, while others wait for a place, to say who it is, what it has,
 * and everything. */
#define HEADER_TIME_US (1 * SECOND_US)
#define SNAPSHOT_TIME_US (5 * SECOND_US)
#define EXCHANGE_TIME_US (60 * SECOND_US)

void
exchanges_init(struct exchanges *exchanges, const struct exchange_host *host,
	struct roster *roster, struct outputs *outputs, const struct settings *settings)
{
	*exchanges = (struct exchanges){
		.host = *host,
		.roster = roster,
		.outputs = outputs,
		.count_max = settings->stream_count_max,
		.synced = !settings->has_seeds,
	};
	table_init(&exchanges->by_stream);
}

void
exchanges_fini(struct exchanges *exchanges)
{
	size_t cursor = 0;
	struct exchange *exchange;

	while ((exchange = table_next(&exchanges->by_stream, &cursor)) != NULL)
		exchange_free(exchange);
	table_fini(&exchanges->by_stream);
}

/* Numbers go round; one still in use is passed over. */
static struct exchange *
add(struct exchanges *exchanges, const struct address *address, bool outgoing)
{
	/* A newcomer's state is news to nobody but what it brings itself, and that the
	 * accepting side passes on. */
	bool pass_on = exchanges->synced || !outgoing;
	struct exchange *exchange;

	do
		exchanges->stream_next++;
	while (table_find(&exchanges->by_stream, exchanges->stream_next) != NULL);
	exchange = exchange_new(
		&exchanges->host, exchanges->stream_next, address, outgoing, pass_on);
	table_put(&exchanges->by_stream, exchange->stream, exchange);
	return exchange;
}

static void
end(struct exchanges *exchanges, struct exchange *exchange)
{
	table_remove(&exchanges->by_stream, exchange->stream);
	exchange_free(exchange);
}

static bool
is_open_to(const struct exchanges *exchanges, const struct address *address)
{
	size_t cursor = 0;
	const struct exchange *exchange;

	while ((exchange = table_next(&exchanges->by_stream, &cursor)) != NULL) {
		if (exchange->outgoing && address_equal(&exchange->address, address))
			return true;
	}
	return false;
}

bool
exchanges_are_opening(const struct exchanges *exchanges)
{
	size_t cursor = 0;
	const struct exchange *exchange;

	while ((exchange = table_next(&exchanges->by_stream, &cursor)) != NULL) {
		if (exchange->outgoing)
			return true;
	}
	return false;
}

/* For how long somebody else's exchange has kept its place beyond its time, 0 when it
 * has not. */
static uint64_t
overdue_us(const struct exchange *exchange, uint64_t now_us)
{
	uint64_t allowed_us = EXCHANGE_TIME_US;
	uint64_t passed_us = now_us - exchange->opened_us;

	if (!exchange->header_seen)
		allowed_us = HEADER_TIME_US;
	else if (!exchange->peer_ready)
		allowed_us = SNAPSHOT_TIME_US;
	return exchange->outgoing || passed_us <= allowed_us ? 0
							     : passed_us - allowed_us;
}

/* When every place is taken, the exchange that is overdue by most has to go: nobody can
 * keep the others out by saying nothing. False when none is. */
static bool
make_room(struct exchanges *exchanges)
{
	uint64_t worst_us = 0;
	struct exchange *worst = NULL;
	size_t cursor = 0;
	struct exchange *exchange;

	if (table_count(&exchanges->by_stream) < exchanges->count_max)
		return true;
	while ((exchange = table_next(&exchanges->by_stream, &cursor)) != NULL) {
		uint64_t us = overdue_us(exchange, exchanges->host.now->mono_us);

		if (us > worst_us) {
			worst_us = us;
			worst = exchange;
		}
	}
	if (worst == NULL)
		return false;
	exchanges->host.intake->drops[DROP_STREAM_LIMIT]++;
	outputs_stream(exchanges->outputs, OUTPUT_STREAM_CLOSE, worst->stream, NULL);
	end(exchanges, worst);
	return true;
}

bool
exchanges_open(struct exchanges *exchanges, const struct address *address)
{
	struct exchange *exchange;

	if (is_open_to(exchanges, address) || !make_room(exchanges))
		return false;
	exchange = add(exchanges, address, true);
	exchanges->opened++;
	outputs_stream(
		exchanges->outputs, OUTPUT_STREAM_OPEN, exchange->stream, address);
	return true;
}

enum err
exchanges_accept(
	struct exchanges *exchanges, const struct address *from, uint32_t *ret_stream)
{
	if (!make_room(exchanges)) {
		exchanges->host.intake->drops[DROP_STREAM_LIMIT]++;
		return ERR_BUSY;
	}
	*ret_stream = add(exchanges, from, false)->stream;
	return ERR_OK;
}

static struct exchange *
find(const struct exchanges *exchanges, uint32_t stream)
{
	return table_find(&exchanges->by_stream, stream);
}

static void
wake(struct exchanges *exchanges, const struct exchange *exchange)
{
	outputs_stream(exchanges->outputs, OUTPUT_STREAM_WAKE, exchange->stream, NULL);
}

void
exchanges_connected(struct exchanges *exchanges, uint32_t stream)
{
	struct exchange *exchange = find(exchanges, stream);

	if (exchange == NULL)
		return;
	exchange_begin(exchange);
	wake(exchanges, exchange);
}

/* The peer's side is complete. */
static void
settle(struct exchanges *exchanges, struct exchange *exchange, struct now now)
{
	const struct member *peer =
		members_find(exchanges->host.members, exchange->peer);

	exchanges->done++;
	exchanges->refused += exchange->refused;
	if (exchange_settle(exchange))
		roster_announce(exchanges->roster, now);
	if (exchanges->synced)
		return;
	exchanges->synced = true;
	outputs_notice(exchanges->outputs, NOTICE_SYNCED,
		peer == NULL ? "" : peer->name, &exchange->address);
}

static void
count_drop(struct exchanges *exchanges, const struct exchange *exchange, enum err err,
	struct now now)
{
	struct intake *intake = exchanges->host.intake;

	if (err == ERR_FOREIGN)
		intake_drop_foreign(intake, &exchange->address, now);
	else if (err == ERR_VERSION)
		intake->drops[DROP_VERSION]++;
	else if (err == ERR_DUPLICATE)
		intake->drops[DROP_REFLECTED]++;
	else
		intake->drops[DROP_STREAM]++;
}

enum err
exchanges_receive(struct exchanges *exchanges, uint32_t stream, struct bytes bytes,
	struct now now)
{
	struct exchange *exchange = find(exchanges, stream);
	bool was_done;

	if (exchange == NULL)
		return ERR_NOT_FOUND;
	exchanges->bytes_in += bytes.len;
	was_done = exchange->peer_done;

	enum err err = exchange_receive(exchange, bytes, now);

	if (err != ERR_OK) {
		count_drop(exchanges, exchange, err, now);
		end(exchanges, exchange);
		return err;
	}
	if (exchange->peer_done && !was_done)
		settle(exchanges, exchange, now);
	wake(exchanges, exchange);
	return ERR_OK;
}

size_t
exchanges_fill(struct exchanges *exchanges, uint32_t stream, uint8_t *data, size_t size)
{
	struct exchange *exchange = find(exchanges, stream);
	size_t len;

	if (exchange == NULL)
		return 0;
	len = exchange_fill(exchange, data, size);
	exchanges->bytes_out += len;
	if (exchange_is_done(exchange)) {
		outputs_stream(exchanges->outputs, OUTPUT_STREAM_CLOSE, stream, NULL);
		end(exchanges, exchange);
	}
	return len;
}

void
exchanges_closed(struct exchanges *exchanges, uint32_t stream)
{
	struct exchange *exchange = find(exchanges, stream);

	if (exchange != NULL)
		end(exchanges, exchange);
}
