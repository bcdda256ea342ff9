/* SPDX-License-Identifier: MIT */
#include "gossip/deliveries.h"

static size_t
place_of(uint64_t hash)
{
	return (size_t)(hash % DELIVERY_COUNT);
}

struct delivery *
deliveries_find(struct deliveries *deliveries, uint64_t hash)
{
	struct delivery *delivery = &deliveries->items[place_of(hash)];

	return delivery->hash == hash ? delivery : NULL;
}

struct delivery *
deliveries_note(struct deliveries *deliveries, uint64_t hash)
{
	struct delivery *delivery = &deliveries->items[place_of(hash)];

	if (delivery->hash != hash)
		*delivery = (struct delivery){.hash = hash};
	return delivery;
}

void
deliveries_note_had(struct deliveries *deliveries, uint64_t hash, size_t neighbour)
{
	struct delivery *delivery = deliveries_find(deliveries, hash);

	if (delivery != NULL)
		delivery->had_by |= UINT64_C(1) << neighbour;
}

bool
deliveries_is_had(const struct deliveries *deliveries, uint64_t hash, size_t neighbour)
{
	const struct delivery *delivery = &deliveries->items[place_of(hash)];

	return delivery->hash == hash && (delivery->had_by >> neighbour & 1) != 0;
}

void
deliveries_renumber(struct deliveries *deliveries)
{
	for (size_t i = 0; i < DELIVERY_COUNT; i++)
		deliveries->items[i].had_by = 0;
}
