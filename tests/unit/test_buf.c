#include "core/base/buf.h"
#include "tests/unit/unit.h"

static struct arena *mem;

static void setup(void)
{
	mem = arena_new(1024 * 1024);
}

static void teardown(void)
{
	arena_delete(mem);
}

START_TEST(an_empty_buffer_is_empty_text)
{
	struct buf b = buf_new(mem, 10);

	ck_assert_str_eq(buf_text(&b), "");
	buf_text_add(&b, "");
	ck_assert_str_eq(buf_text(&b), "");
	ck_assert(!buf_full(&b));
}
END_TEST

START_TEST(everything_is_added_in_order)
{
	struct buf b = buf_new(mem, 1000);

	buf_text_add(&b, "a");
	buf_char(&b, 'b');
	buf_int(&b, 0);
	buf_int(&b, INT64_MIN);
	buf_int(&b, INT64_MAX);
	buf_printf(&b, "[%d]", 42);
	buf_add(&b, "xyz", 2);
	ck_assert_str_eq(buf_text(&b), "ab0-92233720368547758089223372036854775807[42]xy");
	ck_assert_uint_eq(b.n, strlen(buf_text(&b)));
	buf_reset(&b);
	ck_assert_str_eq(buf_text(&b), "");
}
END_TEST

/* Filled to the last byte, byte by byte and in pieces. */
START_TEST(the_maximum_holds_exactly)
{
	for (size_t max = 0; max < 700; max += 23) {
		struct buf b = buf_new(mem, max);

		for (size_t i = 0; i < max; i++)
			buf_char(&b, 'x');
		ck_assert(!buf_full(&b));
		ck_assert_uint_eq(b.n, max);
		buf_char(&b, 'y');
		ck_assert(buf_full(&b));
		ck_assert_uint_eq(b.n, max);
		buf_add(&b, "", 0);
		ck_assert_uint_eq(strlen(buf_text(&b)), max);
	}
}
END_TEST

START_TEST(what_does_not_fit_is_left_out_whole_and_remembered)
{
	struct buf b = buf_new(mem, 5);

	buf_text_add(&b, "abc");
	buf_text_add(&b, "defg");
	ck_assert(buf_full(&b));
	buf_text_add(&b, "d");
	buf_printf(&b, "%d", 1);
	ck_assert_str_eq(buf_text(&b), "abc");
	ck_assert(buf_full(&b));
	buf_reset(&b);
	buf_printf(&b, "%d", 12345);
	ck_assert_str_eq(buf_text(&b), "12345");
	ck_assert(!buf_full(&b));
}
END_TEST

START_TEST(a_settled_buffer_stays_where_it_is)
{
	struct buf b = buf_new(mem, 100000);

	buf_text_add(&b, "begin ");
	buf_settle(&b);
	const char *place = b.p;
	struct mem_mark mark = mem_mark(mem);

	for (int i = 0; i < 99994; i++) {
		(void)mem_text(mem, "something else");
		buf_char(&b, 'x');
		mem_release(mem, mark);
	}
	ck_assert_ptr_eq(b.p, place);
	ck_assert(!buf_full(&b));
	ck_assert_uint_eq(strlen(buf_text(&b)), 100000);
	buf_char(&b, 'y');
	ck_assert(buf_full(&b));
}
END_TEST

Suite *suite_buf(void)
{
	Suite *s = suite_create("buf");
	TCase *t = tcase_create("buf");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, an_empty_buffer_is_empty_text);
	tcase_add_test(t, everything_is_added_in_order);
	tcase_add_test(t, the_maximum_holds_exactly);
	tcase_add_test(t, what_does_not_fit_is_left_out_whole_and_remembered);
	tcase_add_test(t, a_settled_buffer_stays_where_it_is);
	suite_add_tcase(s, t);
	return s;
}
