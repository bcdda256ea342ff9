/* SPDX-License-Identifier: MIT */
#include "base/heap.h"

#include "base/prng.h"
#include "run.h"

static struct heap heap;

static void
set_up(void)
{
	heap_init(&heap);
}

static void
tear_down(void)
{
	heap_fini(&heap);
}

START_TEST(an_empty_heap_has_no_deadline)
{
	ck_assert_uint_eq(heap_deadline(&heap), DEADLINE_NONE);
	ck_assert_ptr_null(heap_pop_due(&heap, UINT64_MAX));
	heap_check(&heap);
}
END_TEST

START_TEST(timers_leave_when_due_and_earliest_first)
{
	struct timer timers[3] = {0};

	heap_set(&heap, &timers[0], 30);
	heap_set(&heap, &timers[1], 10);
	heap_set(&heap, &timers[2], 20);
	ck_assert_uint_eq(heap_deadline(&heap), 10);
	ck_assert_ptr_null(heap_pop_due(&heap, 9));
	ck_assert_ptr_eq(heap_pop_due(&heap, 20), &timers[1]);
	ck_assert(!timer_is_set(&timers[1]));
	ck_assert_ptr_eq(heap_pop_due(&heap, 20), &timers[2]);
	ck_assert_ptr_null(heap_pop_due(&heap, 20));
	ck_assert_uint_eq(heap_deadline(&heap), 30);
	ck_assert_ptr_eq(heap_pop_due(&heap, UINT64_MAX), &timers[0]);
	ck_assert_uint_eq(heap_deadline(&heap), DEADLINE_NONE);
}
END_TEST

START_TEST(equal_deadlines_leave_in_the_order_they_were_set)
{
	struct timer timers[100] = {0};

	for (size_t i = 0; i < 100; i++) {
		heap_set(&heap, &timers[i], 7);
	}
	for (size_t i = 0; i < 100; i++) {
		ck_assert_ptr_eq(heap_pop_due(&heap, 7), &timers[i]);
	}
}
END_TEST

START_TEST(a_timer_set_again_goes_behind_its_equals)
{
	struct timer timers[2] = {0};

	heap_set(&heap, &timers[0], 7);
	heap_set(&heap, &timers[1], 7);
	heap_set(&heap, &timers[0], 7);
	ck_assert_ptr_eq(heap_pop_due(&heap, 7), &timers[1]);
	ck_assert_ptr_eq(heap_pop_due(&heap, 7), &timers[0]);
	ck_assert_ptr_null(heap_pop_due(&heap, 7));
}
END_TEST

START_TEST(a_timer_set_again_moves)
{
	struct timer timers[2] = {0};

	heap_set(&heap, &timers[0], 10);
	heap_set(&heap, &timers[1], 20);
	heap_set(&heap, &timers[0], 30);
	ck_assert_uint_eq(heap_deadline(&heap), 20);
	heap_set(&heap, &timers[0], 5);
	ck_assert_uint_eq(heap_deadline(&heap), 5);
	heap_check(&heap);
}
END_TEST

START_TEST(a_cancelled_timer_never_leaves)
{
	struct timer timers[2] = {0};

	heap_cancel(&heap, &timers[0]);
	heap_set(&heap, &timers[0], 10);
	heap_set(&heap, &timers[1], 20);
	ck_assert(timer_is_set(&timers[0]));
	heap_cancel(&heap, &timers[0]);
	ck_assert(!timer_is_set(&timers[0]));
	heap_cancel(&heap, &timers[0]);
	ck_assert_ptr_eq(heap_pop_due(&heap, 100), &timers[1]);
	ck_assert_ptr_null(heap_pop_due(&heap, 100));
}
END_TEST

START_TEST(the_largest_deadline_is_a_deadline_too)
{
	struct timer timer = {0};

	heap_set(&heap, &timer, UINT64_MAX);
	ck_assert_ptr_null(heap_pop_due(&heap, UINT64_MAX - 1));
	ck_assert_ptr_eq(heap_pop_due(&heap, UINT64_MAX), &timer);
}
END_TEST

struct element {
	int number;
	struct timer timer;
};

START_TEST(an_element_is_found_from_its_timer)
{
	struct element element = {.number = 7};
	struct timer *none = NULL;

	ck_assert_ptr_eq(
		timer_element(&element.timer, struct element, timer), &element);
	ck_assert_ptr_null(timer_element(none, struct element, timer));
}
END_TEST

#define TIMER_COUNT 200

/* A naive queue: the timers that are set, looked through from end to end. */
struct model {
	struct timer timers[TIMER_COUNT];
	uint64_t at[TIMER_COUNT];
	uint64_t set_in_step[TIMER_COUNT]; /* 0 = not set */
};

/* Index of the timer that should leave next, TIMER_COUNT when none is set. */
static size_t
model_first(const struct model *model)
{
	size_t first = TIMER_COUNT;

	for (size_t i = 0; i < TIMER_COUNT; i++) {
		if (model->set_in_step[i] == 0) {
			continue;
		}
		if (first == TIMER_COUNT || model->at[i] < model->at[first] ||
			(model->at[i] == model->at[first] &&
				model->set_in_step[i] < model->set_in_step[first])) {
			first = i;
		}
	}
	return first;
}

static bool
pops_as_model(struct model *model, uint64_t now)
{
	size_t first = model_first(model);
	uint64_t deadline = first < TIMER_COUNT ? model->at[first] : DEADLINE_NONE;
	struct timer *expected = NULL;

	if (heap_deadline(&heap) != deadline) {
		return false;
	}
	if (first < TIMER_COUNT && deadline <= now) {
		expected = &model->timers[first];
		model->set_in_step[first] = 0;
	}
	return heap_pop_due(&heap, now) == expected;
}

/* Deadlines are few, so that many are equal. */
START_TEST(random_use_agrees_with_a_naive_queue)
{
	struct model model = {0};
	size_t wrong = 0;
	struct prng prng;

	prng_init(&prng, 1);
	for (size_t step = 1; step <= 20000; step++) {
		size_t i = prng_below(&prng, TIMER_COUNT);
		uint64_t at = prng_below(&prng, 100);

		switch (prng_below(&prng, 4)) {
		case 0:
			heap_cancel(&heap, &model.timers[i]);
			model.set_in_step[i] = 0;
			break;
		case 1:
			wrong += !pops_as_model(&model, at);
			break;
		default:
			heap_set(&heap, &model.timers[i], at);
			model.at[i] = at;
			model.set_in_step[i] = step;
		}
		heap_check(&heap);
		wrong += timer_is_set(&model.timers[i]) != (model.set_in_step[i] != 0);
	}
	while (model_first(&model) < TIMER_COUNT) {
		wrong += !pops_as_model(&model, UINT64_MAX);
	}
	ck_assert_uint_eq(wrong, 0);
	ck_assert_ptr_null(heap_pop_due(&heap, UINT64_MAX));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("heap");
	TCase *tcase = add_case(suite, "heap");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, an_empty_heap_has_no_deadline);
	tcase_add_test(tcase, timers_leave_when_due_and_earliest_first);
	tcase_add_test(tcase, equal_deadlines_leave_in_the_order_they_were_set);
	tcase_add_test(tcase, a_timer_set_again_goes_behind_its_equals);
	tcase_add_test(tcase, a_timer_set_again_moves);
	tcase_add_test(tcase, a_cancelled_timer_never_leaves);
	tcase_add_test(tcase, the_largest_deadline_is_a_deadline_too);
	tcase_add_test(tcase, an_element_is_found_from_its_timer);
	tcase_add_test(tcase, random_use_agrees_with_a_naive_queue);
	return run_suite(suite);
}
