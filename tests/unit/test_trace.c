#include "core/base/log.h"
#include "core/base/trace.h"
#include "tests/unit/unit.h"

#define ID "4bf92f3577b34da6a3ce929d0e0e4736"
#define STEP "00f067aa0ba902b7"

static struct ctx *c;

static void setup(void)
{
	c = unit_ctx();
}

static void teardown(void)
{
	trace_end();
	unit_ctx_end(c);
}

static bool goes_on(const char *traceparent)
{
	trace_begin(c, traceparent);
	ck_assert_uint_eq(strlen(c->trace), TRACE_LENGTH);
	return strncmp(c->trace, "00-" ID "-", 36) == 0;
}

START_TEST(a_trace_goes_on_with_a_step_of_its_own)
{
	ck_assert(goes_on("00-" ID "-" STEP "-01"));
	ck_assert_ptr_null(strstr(c->trace, STEP));
	ck_assert_str_eq(c->trace + 52, "-01");
	ck_assert(goes_on("00-" ID "-" STEP "-00"));
	ck_assert_str_eq(c->trace + 52, "-00");
	ck_assert(goes_on("00-" ID "-" STEP "-ff")); /* flags that nobody knows yet */
	ck_assert_str_eq(c->trace + 52, "-01");
	ck_assert(goes_on("cc-" ID "-" STEP "-01"));
	ck_assert(goes_on("cc-" ID "-" STEP "-01-what-comes-later"));
	const char *first = c->trace;

	trace_begin(c, first);
	ck_assert_str_ne(c->trace, first);
	ck_assert_int_eq(strncmp(c->trace, first, 36), 0);
}
END_TEST

START_TEST(what_is_no_traceparent_begins_another)
{
	static const char *const WRONG[] = {
		NULL,
		"",
		"00-" ID "-" STEP,
		"00-" ID "-" STEP "-0",
		"00-" ID "-" STEP "-01-",
		"00-" ID "-" STEP "-01x",
		"cc-" ID "-" STEP "-01x",
		"ff-" ID "-" STEP "-01",
		"0x-" ID "-" STEP "-01",
		"00-4BF92F3577B34DA6A3CE929D0E0E4736-" STEP "-01",
		"00-00000000000000000000000000000000-" STEP "-01",
		"00-" ID "-0000000000000000-01",
		"00-" ID "-00f067aa0ba902bg-01",
		"00-" ID "_" STEP "-01",
		"00-4bf92f3577b34da6a3ce929d0e0e473-" STEP "-01x",
		"00-" ID "-" STEP "-0g",
		" 00-" ID "-" STEP "-01",
	};
	const char *before = "";

	for (size_t i = 0; i < COUNT_OF(WRONG); i++) {
		ck_assert_msg(!goes_on(WRONG[i]), "%s", WRONG[i]);
		ck_assert_str_eq(c->trace + 52, "-01");
		ck_assert_str_ne(c->trace, before);
		before = c->trace;
	}
}
END_TEST

START_TEST(every_line_of_the_log_names_it)
{
	char longest[4000];

	memset(longest, 'x', sizeof(longest));
	longest[sizeof(longest) - 1] = '\0';
	trace_begin(c, "00-" ID "-" STEP "-01");
	unit_hush();
	log_line("one", "a", "b", NULL);
	log_line("two", "long", longest, NULL);
	trace_end();
	log_line("three", NULL);
	const char *said = unit_said();

	ck_assert_ptr_nonnull(strstr(said, "m=one a=b trace_id=" ID "\n"));
	ck_assert_ptr_nonnull(strstr(said, "xxx trace_id=" ID "\n"));
	ck_assert_ptr_nonnull(strstr(said, "m=three\n"));
}
END_TEST

Suite *suite_trace(void)
{
	Suite *s = suite_create("trace");
	TCase *t = tcase_create("trace");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_trace_goes_on_with_a_step_of_its_own);
	tcase_add_test(t, what_is_no_traceparent_begins_another);
	tcase_add_test(t, every_line_of_the_log_names_it);
	suite_add_tcase(s, t);
	return s;
}
