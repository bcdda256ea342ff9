/* SPDX-License-Identifier: MIT */
#include "sim/watch.h"

#include <stdlib.h>

#include "base/mem.h"

/* So long after it stood still a host may be told dead by those who began to say so
 * before, and has time to say that it is not. */
#define RECOVERY_US (5 * SECOND_US)

static bool
is_unwell(const struct watch *watch, const struct world *world, size_t host)
{
	const struct target *target = &watch->targets[host];

	return target->degraded || world_is_stalled(world, host) ||
	       (target->stood_still_us != 0 &&
		       world_time_us(world) - target->stood_still_us < RECOVERY_US);
}

static void
count_death(struct watch *watch, const struct world *world, size_t host)
{
	if (watch->targets[host].crashed)
		return;
	if (is_unwell(watch, world, host))
		watch->unwell_deaths++;
	else
		watch->false_deaths++;
}

/* The hosts that count are those that neither crashed nor are degraded. */
static bool
counts(const struct watch *watch, size_t host)
{
	return !watch->targets[host].crashed && !watch->targets[host].degraded;
}

static void
detect(struct watch *watch, const struct world *world, struct target *target)
{
	size_t wanted = watch->host_count - watch->crashed_count - watch->unwell_count;

	if (!target->crashed || target->detected || target->dead_views_well < wanted)
		return;
	target->detected = true;
	sample_add(&watch->detected_ms,
		(double)(world_time_us(world) - target->crashed_us) / 1e3);
}

static void
set_view(struct watch *watch, const struct world *world, size_t host, size_t index,
	bool dead)
{
	struct target *target = &watch->targets[index];
	uint8_t *view = &watch->views[host * watch->host_count + index];

	if ((*view != 0) == dead)
		return;
	*view = dead;
	if (dead && target->dead_views == 0)
		count_death(watch, world, index);
	target->dead_views += dead ? 1 : SIZE_MAX;
	if (counts(watch, host))
		target->dead_views_well += dead ? 1 : SIZE_MAX;
	detect(watch, world, target);
}

static void
on_notice(struct observer *observer, const struct world *world, size_t host,
	const struct notice *notice)
{
	struct watch *watch = (struct watch *)observer;

	if (notice->kind == NOTICE_MEMBER_DEAD)
		set_view(watch, world, host, world_index(notice->member), true);
	else if (notice->kind == NOTICE_MEMBER_JOINED)
		set_view(watch, world, host, world_index(notice->member), false);
}

void
watch_init(struct watch *watch, struct world *world)
{
	size_t count = world_count(world);

	*watch = (struct watch){
		.observer = {.noticed = on_notice},
		.host_count = count,
		.views = mem_new_array(count, count),
		.targets = mem_new_array(count, sizeof(*watch->targets)),
	};
	sample_init(&watch->detected_ms);
	world_observe(world, &watch->observer);
}

void
watch_fini(struct watch *watch)
{
	sample_fini(&watch->detected_ms);
	free(watch->views);
	free(watch->targets);
}

/* Its own views count no more. */
static void
discount(struct watch *watch, size_t host)
{
	for (size_t i = 0; i < watch->host_count; i++) {
		if (watch->views[host * watch->host_count + i] != 0)
			watch->targets[i].dead_views_well--;
	}
}

void
watch_crash(struct watch *watch, const struct world *world, size_t host)
{
	struct target *target = &watch->targets[host];

	if (counts(watch, host))
		discount(watch, host);
	watch->unwell_count -= target->degraded;
	watch->crashed_count++;
	target->crashed = true;
	target->crashed_us = world_time_us(world);
}

void
watch_degrade(struct watch *watch, size_t host)
{
	if (counts(watch, host)) {
		discount(watch, host);
		watch->unwell_count++;
	}
	watch->targets[host].degraded = true;
}

void
watch_resumed(struct watch *watch, const struct world *world, size_t host)
{
	watch->targets[host].stood_still_us = world_time_us(world);
}
