/* SPDX-License-Identifier: MIT */
#include "gossip/difference.h"

#include <stdio.h>

#include "pair.h"

/* --- what is gone --- */

/* GONE from them, at that fingerprint. */
static void
tell_gone(const struct dot *dots, size_t count, uint64_t at)
{
	struct message message = {
		.type = MESSAGE_GONE, .dots = {.count = count, .fingerprint = at}};

	memcpy(message.dots.dots, dots, count * sizeof(*dots));
	bench_tell(&ours, 2, &message);
}

START_TEST(another_fingerprint_drops_nothing)
{
	struct dot dots[] = {write_together("a", "v"), write_together("b", "v")};
	uint64_t without_a = fingerprint(&ours) - hash_of(dots[0]);
	uint64_t without_both = without_a - hash_of(dots[1]);

	tell_gone(dots, 1, fingerprint(&ours));
	tell_gone(dots, 1, without_a + 1);
	tell_gone(dots, 1, without_both);
	tell_gone(dots, 2, without_a);
	ck_assert(holds(&ours, "a", "v"));
	ck_assert(holds(&ours, "b", "v"));
	tell_gone(dots, 2, without_both);
	ck_assert(find(&ours, "a")->deleted);
	ck_assert(find(&ours, "b")->deleted);
}
END_TEST

START_TEST(what_is_not_held_does_not_count)
{
	struct dot dots[] = {
		write_together("a", "v"), write_together("b", "v"), {99, 99}};
	uint64_t without = fingerprint(&ours) - hash_of(dots[0]);

	delete_alone(&ours, "b");
	without -= hash_of(dots[1]);
	tell_gone(dots, 3, without);
	ck_assert(find(&ours, "a")->deleted);
	ck_assert_uint_eq(fingerprint(&ours), without);
}
END_TEST

START_TEST(a_dot_named_twice_drops_nothing)
{
	struct dot dot = write_together("a", "v");
	struct dot dots[] = {dot, dot};

	tell_gone(dots, 2, fingerprint(&ours) - hash_of(dot));
	ck_assert(holds(&ours, "a", "v"));
	tell_gone(dots, 2, fingerprint(&ours) - 2 * hash_of(dot));
	node_check(ours.node);
}
END_TEST

START_TEST(a_node_whose_own_record_went_away_tells_it_anew)
{
	struct dot old = find_member(&ours, 1)->dot;
	struct dot new;

	tell_gone(&old, 1, fingerprint(&ours) - hash_of(old));
	ck_assert_ptr_nonnull(find_member(&ours, 1));
	new = find_member(&ours, 1)->dot;
	ck_assert_uint_gt(new.seq, old.seq);
	ck_assert_uint_eq(sent_record_count(&ours.sent, new, 2), 1);
}
END_TEST

/* Others may know another write under that dot, and mean that one. */
START_TEST(disputed_dots_are_not_dropped)
{
	struct dot dot = write_together("k", "v");

	author_dispute(&ours.node->author);
	tell_gone(&dot, 1, fingerprint(&ours) - hash_of(dot));
	ck_assert(holds(&ours, "k", "v"));
}
END_TEST

/* --- single messages --- */

static void
tell_offer(struct dot dot)
{
	bench_tell(&ours, 2,
		&(struct message){
			.type = MESSAGE_OFFER, .dots = {.count = 1, .dots = {dot}}});
}

/* A record that both had, and that is dropped here. */
static struct dot
drop_together(const char *key)
{
	struct dot dot = write_together(key, "v");

	tell_gone(&dot, 1, fingerprint(&ours) - hash_of(dot));
	ck_assert(find(&ours, key)->deleted);
	return dot;
}

START_TEST(an_offer_of_what_is_held_has_no_answer)
{
	tell_offer(write_together("k", "v"));
	ck_assert_uint_eq(ours.sent.packet_count, 0);
	bench_pass_us(&ours, 0);
	ck_assert_uint_eq(ours.sent.packet_count, 0);
}
END_TEST

START_TEST(an_offer_of_what_was_dropped_is_refused)
{
	struct dot dot = drop_together("k");
	struct message message;

	tell_offer(dot);
	message = sent_message(&ours.sent, MESSAGE_GONE, 2);
	ck_assert_uint_eq(message.dots.count, 1);
	ck_assert_uint_eq(message.dots.dots[0].seq, dot.seq);
	ck_assert_uint_eq(message.dots.fingerprint, fingerprint(&ours));
}
END_TEST

START_TEST(an_offer_of_what_is_lacked_is_asked_for)
{
	tell_offer((struct dot){77, 5});
	bench_pass_us(&ours, 0);
	ck_assert_uint_eq(sent_count(&ours.sent, MESSAGE_GRAFT, 2), 1);
	tell_offer((struct dot){77, 5});
	ck_assert_uint_eq(ours.sent.packet_count, 0);
	bench_pass_us(&ours, 0);
	ck_assert_uint_eq(ours.sent.packet_count, 0);
}
END_TEST

static void
tell_want(size_t count, uint64_t hash)
{
	uint8_t bytes[100 * sizeof(uint64_t)];
	struct writer writer = writer_of(bytes, sizeof(bytes));
	struct message message = {.type = MESSAGE_WANT};

	for (size_t i = 0; i < count; i++)
		write_u64(&writer, hash);
	message.digest.count = count;
	message.digest.hashes = writer_bytes(&writer);
	bench_tell(&ours, 2, &message);
}

START_TEST(only_what_is_held_is_offered)
{
	struct dot held = write_together("held", "v");
	struct dot deleted = write_together("deleted", "v");
	struct dot dropped = drop_together("dropped");

	delete_alone(&ours, "deleted");
	tell_want(1, hash_of(deleted));
	ck_assert_uint_eq(ours.sent.packet_count, 0);
	tell_want(1, hash_of(dropped));
	ck_assert_uint_eq(ours.sent.packet_count, 0);
	tell_want(1, 12345);
	ck_assert_uint_eq(ours.sent.packet_count, 0);
	tell_want(0, 0);
	ck_assert_uint_eq(ours.sent.packet_count, 0);
	tell_want(1, hash_of(held));
	ck_assert_uint_eq(sent_message(&ours.sent, MESSAGE_OFFER, 2).dots.count, 1);
}
END_TEST

START_TEST(no_more_is_offered_than_a_sketch_tells)
{
	tell_want(100, hash_of(write_together("k", "v")));
	ck_assert_uint_eq(sent_message(&ours.sent, MESSAGE_OFFER, 2).dots.count,
		WIRE_SYMBOL_COUNT_MAX);
}
END_TEST

/* --- who is answered --- */

/* Each has an answer, or an effect, when it comes from member 2. */

static struct message
empty_sketch(void)
{
	return (struct message){.type = MESSAGE_SKETCH, .sketch.count = SYMBOL_COUNT};
}

static struct message
question_for_held(void)
{
	static uint8_t hash[sizeof(uint64_t)];
	struct writer writer = writer_of(hash, sizeof(hash));

	write_u64(&writer, hash_of(find(&ours, "k")->dot));
	return (struct message){.type = MESSAGE_WANT,
		.digest = {.count = 1, .hashes = writer_bytes(&writer)}};
}

static struct message
offer_of_lacked(void)
{
	return (struct message){
		.type = MESSAGE_OFFER, .dots = {.count = 1, .dots = {{77, 5}}}};
}

static struct message
end_of_held(void)
{
	struct dot dot = find(&ours, "k")->dot;

	return (struct message){.type = MESSAGE_GONE,
		.dots = {.count = 1,
			.dots = {dot},
			.fingerprint = fingerprint(&ours) - hash_of(dot)}};
}

static struct message (*const messages[])(void) = {
	empty_sketch, question_for_held, offer_of_lacked, end_of_held};

#define MESSAGE_COUNT ((int)(sizeof(messages) / sizeof(messages[0])))

/* Whether a message from that sender, at the address of that member, has an answer or
 * an effect. */
static bool
is_taken(struct message message, unsigned sender, unsigned at)
{
	uint8_t datagram[WIRE_DATAGRAM_SIZE_MAX];
	struct writer writer = writer_of(datagram, sizeof(datagram));
	struct address address = sample_address(at);
	struct header header = ours.node->header;

	header.sender = sample_short_id(sender);
	header_write(&writer, &header);
	message_write(&writer, &message);
	ck_assert(!writer.failed);
	node_receive(ours.node, &address, writer_bytes(&writer), bench_now(&ours));
	bench_pass_us(&ours, 0);
	return ours.sent.packet_count > 0 || !holds(&ours, "k", "v");
}

START_TEST(members_are_answered)
{
	write_together("k", "v");
	ck_assert(is_taken(messages[_i](), 2, 2));
}
END_TEST

START_TEST(strangers_are_not_answered)
{
	write_together("k", "v");
	ck_assert(!is_taken(messages[_i](), 9, 9));
	ck_assert(!is_taken(messages[_i](), 9, 2));
}
END_TEST

START_TEST(members_at_another_address_are_not_answered)
{
	write_together("k", "v");
	ck_assert(!is_taken(messages[_i](), 2, 9));
}
END_TEST

START_TEST(the_dead_are_not_answered)
{
	write_together("k", "v");
	bench_bury(&ours, 2, MEMBER_DEAD);
	ck_assert(!is_taken(messages[_i](), 2, 2));
}
END_TEST

/* --- sizes --- */

START_TEST(a_full_sketch_fits_in_every_packet)
{
	static const size_t record_counts[] = {100, 200, 20000};
	char key[16];

	for (size_t i = 0, made = 0; i < 3; i++) {
		for (; made < record_counts[i]; made++) {
			snprintf(key, sizeof(key), "%zu", made);
			write_alone(&ours, key, "v");
		}
		for (size_t size = 512; size <= WIRE_DATAGRAM_SIZE_MAX; size++) {
			size_t count;

			ours.node->settings.packet_size_max = size;
			ours.node->outbox.packet_size_max = size;
			count = difference_symbols_max(&ours.node->difference);
			tell_symbols(&ours, 2, SIZE_MAX);
			ck_assert_uint_eq(sent_message(&ours.sent, MESSAGE_SKETCH, 2)
						  .sketch.count,
				count);
			ck_assert_uint_ge(count, SYMBOL_COUNT);
			ck_assert(size < 1400 || count == WIRE_SYMBOL_COUNT_MAX);
		}
	}
}
END_TEST

static void
add_gone(Suite *suite)
{
	TCase *tcase = add_case(suite, "what is gone");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, another_fingerprint_drops_nothing);
	tcase_add_test(tcase, what_is_not_held_does_not_count);
	tcase_add_test(tcase, a_dot_named_twice_drops_nothing);
	tcase_add_test(tcase, a_node_whose_own_record_went_away_tells_it_anew);
	tcase_add_test(tcase, disputed_dots_are_not_dropped);
}

static void
add_offers(Suite *suite)
{
	TCase *tcase = add_case(suite, "offers and questions");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, an_offer_of_what_is_held_has_no_answer);
	tcase_add_test(tcase, an_offer_of_what_was_dropped_is_refused);
	tcase_add_test(tcase, an_offer_of_what_is_lacked_is_asked_for);
	tcase_add_test(tcase, only_what_is_held_is_offered);
	tcase_add_test(tcase, no_more_is_offered_than_a_sketch_tells);
	tcase_add_test(tcase, a_full_sketch_fits_in_every_packet);
}

static void
add_askers(Suite *suite)
{
	TCase *tcase = add_case(suite, "who is answered");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, members_are_answered, 0, MESSAGE_COUNT);
	tcase_add_loop_test(tcase, strangers_are_not_answered, 0, MESSAGE_COUNT);
	tcase_add_loop_test(
		tcase, members_at_another_address_are_not_answered, 0, MESSAGE_COUNT);
	tcase_add_loop_test(tcase, the_dead_are_not_answered, 0, MESSAGE_COUNT);
}

int
main(void)
{
	Suite *suite = suite_create("difference limits");

	add_gone(suite);
	add_offers(suite);
	add_askers(suite);
	return run_suite(suite);
}
