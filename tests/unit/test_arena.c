#include "tests/unit/unit.h"
#include <signal.h>

START_TEST(memory_is_zeroed_and_aligned)
{
	struct arena *a = arena_new(1024 * 1024);

	for (size_t n = 0; n < 300; n++) {
		uint8_t *p = mem_alloc(a, n);

		ck_assert_uint_eq((uintptr_t)p % 16, 0);
		for (size_t i = 0; i < n; i++)
			ck_assert_uint_eq(p[i], 0);
		memset(p, 0xAA, n);
	}
	arena_delete(a);
}
END_TEST

START_TEST(memory_is_zeroed_again_after_a_release)
{
	struct arena *a = arena_new(1024 * 1024);
	struct mem_mark m = mem_mark(a);

	for (int round = 0; round < 5; round++) {
		uint8_t *p = mem_alloc(a, 4000);

		for (size_t i = 0; i < 4000; i++)
			ck_assert_uint_eq(p[i], 0);
		memset(p, 0xFF, 4000);
		mem_release(a, m);
	}
	ck_assert_uint_eq(arena_used(a), 0);
	arena_delete(a);
}
END_TEST

START_TEST(text_is_copied)
{
	struct arena *a = arena_new(1024 * 1024);
	char from[] = "abc";
	char *s = mem_text(a, from);

	from[0] = 'x';
	ck_assert_str_eq(s, "abc");
	ck_assert_ptr_null(mem_text(a, NULL));
	ck_assert_str_eq(mem_text_n(a, "abcdef", 3), "abc");
	ck_assert_str_eq(mem_printf(a, "%s-%d", "n", 7), "n-7");
	ck_assert_str_eq(mem_printf(a, "%s", ""), "");
	arena_delete(a);
}
END_TEST

static int order[4];
static int n_order;

static void note(void *arg)
{
	order[n_order++] = *(const int *)arg;
}

START_TEST(deferred_calls_run_last_first_and_once)
{
	struct arena *a = arena_new(1024 * 1024);
	static int one = 1, two = 2, three = 3;

	mem_defer(a, note, &one);
	struct mem_mark m = mem_mark(a);
	mem_defer(a, note, &two);
	mem_defer(a, note, &three);
	mem_release(a, m);
	ck_assert_int_eq(n_order, 2);
	ck_assert_int_eq(order[0], 3);
	ck_assert_int_eq(order[1], 2);
	arena_reset(a);
	ck_assert_int_eq(n_order, 3);
	ck_assert_int_eq(order[2], 1);
	arena_reset(a);
	arena_delete(a);
	ck_assert_int_eq(n_order, 3);
}
END_TEST

START_TEST(more_than_the_maximum_is_a_bug)
{
	struct arena *a = arena_new(1000);

	unit_hush();
	if (mem_alloc(a, 600) != NULL && mem_alloc(a, 600) != NULL)
		ck_abort_msg("1,200 bytes came out of 1,000");
}
END_TEST

START_TEST(sizes_that_wrap_are_a_bug)
{
	struct arena *a = arena_new(1000);

	unit_hush();
	if (mem_alloc(a, SIZE_MAX - 3) != NULL)
		ck_abort_msg("the size wrapped");
}
END_TEST

Suite *suite_arena(void)
{
	Suite *s = suite_create("arena");
	TCase *t = tcase_create("arena");

	tcase_add_test(t, memory_is_zeroed_and_aligned);
	tcase_add_test(t, memory_is_zeroed_again_after_a_release);
	tcase_add_test(t, text_is_copied);
	tcase_add_test(t, deferred_calls_run_last_first_and_once);
	tcase_add_test_raise_signal(t, more_than_the_maximum_is_a_bug, SIGABRT);
	tcase_add_test_raise_signal(t, sizes_that_wrap_are_a_bug, SIGABRT);
	suite_add_tcase(s, t);
	return s;
}
