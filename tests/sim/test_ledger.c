/* SPDX-License-Identifier: MIT */
/*
 * Physics: three hosts on a local network, 0.3 to 1 ms one way, nothing lost. What the
 * sweep must tell of is put into their stores by hand.
 */
#include "gossip/node_parts.h"
#include "scene.h"
#include "sim/readings.h"

#include "../unit/run.h"

#define HOST_COUNT 3

static struct world *world;
static struct ledger ledger;
static struct readings readings;
static char fault[LEDGER_FAULT_SIZE];

static void
setup(void)
{
	struct path path = scene_local();

	world = scene_new(&path, HOST_COUNT, 1);
	ledger_init(&ledger, HOST_COUNT, world_settings(world)->tombstone_life_ms);
	readings_init(&readings, &ledger);
}

static void
teardown(void)
{
	readings_fini(&readings);
	ledger_fini(&ledger);
	world_free(world);
}

/* Writes on the first host until one sets a shared key, for ever or not, and lets it
 * come everywhere. */
static struct entry *
set_one(bool expires)
{
	struct prng prng;
	struct entry *entry = NULL;

	prng_init(&prng, 1);
	do {
		ledger_write(&ledger, world, 0, &prng);
		if (ledger.entry_count != 0)
			entry = &ledger.entries[ledger.entry_count - 1];
	} while (entry == NULL || entry->deletes || entry->key >= LEDGER_SHARED_COUNT ||
		 (entry->expires_ms != 0) != expires);
	world_run(world, SECOND_US);
	ck_assert(readings_take(&readings, world, fault));
	ck_assert(ledger_check(&ledger, world, fault));
	return entry;
}

static struct record *
record_on(size_t host, const struct entry *entry)
{
	char name[LEDGER_KEY_SIZE];
	struct record *record = store_find(&world_node(world, host)->store, SPACE_KEYS,
		ledger_key(entry->key, name));

	ck_assert_ptr_nonnull(record);
	return record;
}

static void
expect_fault(bool well, const char *text)
{
	ck_assert(!well);
	ck_assert_msg(strstr(fault, text) != NULL, "%s", fault);
}

START_TEST(a_key_that_goes_back_is_told)
{
	record_on(1, set_one(false))->stamp--;
	expect_fault(readings_take(&readings, world, fault), "on n1 has gone back");
}
END_TEST

START_TEST(a_new_life_of_a_host_may_begin_with_less)
{
	struct entry *entry = set_one(false);

	world_crash(world, 1);
	world_restart(world, 1, KEPT_IDENTITY);
	ck_assert(readings_take(&readings, world, fault));
	world_run(world, 5 * SECOND_US);
	ck_assert_uint_eq(record_on(1, entry)->stamp, entry->version.stamp);
	ck_assert(readings_take(&readings, world, fault));
}
END_TEST

START_TEST(what_was_deleted_and_is_back_is_told)
{
	struct entry *entry = set_one(false);
	struct record *record = record_on(2, entry);

	/* As if it had been forgotten that this dot is covered. */
	record->deleted = true;
	ck_assert(readings_take(&readings, world, fault));
	record->deleted = false;
	expect_fault(readings_take(&readings, world, fault), "on n2 is back");
}
END_TEST

START_TEST(what_stays_after_its_time_is_told)
{
	struct entry *entry = set_one(true);

	entry->expires_ms = world_now(world, 0).wall_ms - 2 * LEDGER_MARGIN_MS;
	expect_fault(readings_take(&readings, world, fault), "after its time");
}
END_TEST

START_TEST(a_write_that_is_missing_is_told)
{
	struct entry *entry = set_one(false);

	record_on(1, entry)->deleted = true;
	expect_fault(ledger_check(&ledger, world, fault), "on n1 is absent");
}
END_TEST

START_TEST(a_write_that_has_expired_is_not_missed)
{
	struct entry *entry = set_one(true);

	entry->expires_ms = world_now(world, 0).wall_ms - 2 * LEDGER_MARGIN_MS;
	for (size_t host = 0; host < HOST_COUNT; host++)
		record_on(host, entry)->deleted = true;
	ck_assert(ledger_check(&ledger, world, fault));
}
END_TEST

START_TEST(a_delete_must_hold_for_as_long_as_its_tombstone_lives)
{
	struct entry *entry = set_one(false);

	entry->deletes = true;
	expect_fault(ledger_check(&ledger, world, fault), "should be absent");
	ledger.tombstone_life_ms = 0;
	ck_assert(ledger_check(&ledger, world, fault));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("ledger");
	TCase *tcase = add_case(suite, "ledger");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_key_that_goes_back_is_told);
	tcase_add_test(tcase, a_new_life_of_a_host_may_begin_with_less);
	tcase_add_test(tcase, what_was_deleted_and_is_back_is_told);
	tcase_add_test(tcase, what_stays_after_its_time_is_told);
	tcase_add_test(tcase, a_write_that_is_missing_is_told);
	tcase_add_test(tcase, a_write_that_has_expired_is_not_missed);
	tcase_add_test(tcase, a_delete_must_hold_for_as_long_as_its_tombstone_lives);
	return run_suite(suite);
}
