/* SPDX-License-Identifier: MIT */
#include "gossip/node.h"

#include "base/prng.h"
#include "lan.h"
#include "run.h"
#include "sample.h"

/*
 * A few nodes write at random while wires are cut and mended, datagrams are lost and
 * clocks step. When all is mended they have to agree, and on nothing that the rules of
 * the data forbid.
 */
#define NODE_COUNT 4
#define KEY_COUNT 6
#define STEP_COUNT 250
#define WRITE_COUNT_MAX STEP_COUNT
#define SKEW_MS 200

/* Long enough for tombstones never to expire. */
#define FOR_EVER_MS UINT64_C(1000000000)

/* A write as the test remembers it. */
struct written {
	size_t key;
	bool deleted;
	struct version version;
	struct version
		observed; /* what it replaced where it was written; stamp 0 = none */
};

static struct lan lan;
static struct prng prng;
static struct written writes[WRITE_COUNT_MAX];
static size_t write_count;

static bool
version_equal(struct version a, struct version b)
{
	return a.stamp == b.stamp && a.writer == b.writer;
}

static bool
version_is_later(struct version a, struct version b)
{
	return a.stamp != b.stamp ? a.stamp > b.stamp : a.writer > b.writer;
}

static void
start_all(uint64_t seed, uint64_t tombstone_life_ms)
{
	prng_init(&prng, seed);
	write_count = 0;
	lan_init(&lan);
	for (unsigned i = 1; i <= NODE_COUNT; i++) {
		struct settings settings = sample_settings(i);

		settings.tombstone_life_ms = tombstone_life_ms;
		settings.seed = seed * NODE_COUNT + i;
		lan_start(&lan, i, &settings);
		if (i > 1)
			lan_join(&lan, i, 1);
	}
	lan_run_ms(&lan, 3000);
}

static unsigned
some_node(void)
{
	return 1 + (unsigned)prng_below(&prng, NODE_COUNT);
}

/* The version that the node holds under the key; stamp 0 for none. */
static struct version
version_at(unsigned number, size_t key)
{
	struct item item;
	struct bytes name = bytes_of_string(sample_name((unsigned)key));

	if (node_get(lan.nodes[number], name, false, &item) != ERR_OK)
		return (struct version){0};
	return item.version;
}

static void
write_somewhere(void)
{
	unsigned number = some_node();
	struct written written = {.key = prng_below(&prng, KEY_COUNT)};
	struct write write = {
		.key = bytes_of_string(sample_name((unsigned)written.key)),
		.value = bytes_of(&write_count, sizeof(write_count)),
	};
	struct now now = lan_now(&lan, number);
	enum err err;

	written.observed = version_at(number, written.key);
	written.deleted = written.observed.stamp != 0 && prng_below(&prng, 3) == 0;
	if (written.deleted)
		err = node_delete(lan.nodes[number], write.key, (struct version){0},
			now, &written.version);
	else
		err = node_set(lan.nodes[number], &write, now, &written.version);
	ck_assert_int_eq(err, ERR_OK);
	writes[write_count++] = written;
}

static void
change_wires(void)
{
	unsigned a = some_node();
	unsigned b = some_node();

	if (a != b)
		lan_cut(&lan, a, b, prng_below(&prng, 3) != 0);
	lan.mute = prng_below(&prng, 4) == 0;
}

static void
step_clock(void)
{
	lan.wall_offset_ms[some_node()] = prng_below(&prng, 2 * SKEW_MS + 1);
}

static void
take_step(void)
{
	write_somewhere();
	if (prng_below(&prng, 4) == 0)
		change_wires();
	if (prng_below(&prng, 8) == 0)
		step_clock();
	if (prng_below(&prng, 2) == 0)
		lan_run_ms(&lan, prng_below(&prng, 3000));
	if (prng_below(&prng, 16) == 0)
		lan_run_ms(&lan, prng_below(&prng, 30000));
}

static void
mend_all(void)
{
	lan.mute = false;
	for (unsigned a = 1; a <= NODE_COUNT; a++) {
		for (unsigned b = a + 1; b <= NODE_COUNT; b++)
			lan_cut(&lan, a, b, false);
	}
	lan_run_ms(&lan, 180000);
}

/* --- what must hold --- */

static const struct written *
latest_of(size_t key)
{
	const struct written *latest = NULL;

	for (size_t i = 0; i < write_count; i++) {
		if (writes[i].key == key &&
			(latest == NULL ||
				version_is_later(writes[i].version, latest->version)))
			latest = &writes[i];
	}
	return latest;
}

static bool
is_replaced(struct version version)
{
	for (size_t i = 0; i < write_count; i++) {
		if (version_equal(writes[i].observed, version))
			return true;
	}
	return false;
}

static void
check_key(size_t key, bool tombstones_stay)
{
	const struct written *latest = latest_of(key);
	struct version final = version_at(1, key);

	if (latest == NULL) {
		ck_assert_uint_eq(final.stamp, 0);
	} else if (!latest->deleted) {
		ck_assert_msg(version_equal(final, latest->version),
			"the last write to %zu is lost", key);
	} else if (tombstones_stay) {
		ck_assert_msg(final.stamp == 0, "deleted key %zu is there", key);
	}
	ck_assert_msg(final.stamp == 0 || !is_replaced(final),
		"a write to %zu that was replaced came back", key);
}

static void
run(uint64_t seed, uint64_t tombstone_life_ms)
{
	start_all(seed, tombstone_life_ms);
	for (size_t i = 0; i < STEP_COUNT; i++)
		take_step();
	mend_all();
	lan_expect_agreement(&lan);
	for (unsigned i = 1; i <= NODE_COUNT; i++) {
		for (unsigned j = 1; j <= NODE_COUNT; j++)
			ck_assert_int_eq(lan_state(&lan, i, j), MEMBER_ALIVE);
	}
	for (size_t key = 0; key < KEY_COUNT; key++)
		check_key(key, tombstone_life_ms == FOR_EVER_MS);
	lan_fini(&lan);
}

START_TEST(nothing_is_lost_and_nothing_comes_back)
{
	run((uint64_t)_i, FOR_EVER_MS);
}
END_TEST

START_TEST(nothing_is_lost_and_nothing_comes_back_after_the_tombstones)
{
	run((uint64_t)_i, 2000);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("data_model");
	TCase *tcase = add_case(suite, "model");

	tcase_add_loop_test(tcase, nothing_is_lost_and_nothing_comes_back, 0, 6);
	tcase_add_loop_test(tcase,
		nothing_is_lost_and_nothing_comes_back_after_the_tombstones, 0, 6);
	return run_suite(suite);
}
