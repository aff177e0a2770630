#include "core/base/log.h"
#include "tests/unit/unit.h"
#include <signal.h>

START_TEST(a_line_is_logfmt)
{
	unit_hush();
	log_name("frontdesk-test");
	log_line("request", "status", "200", "none", NULL, "route", "a b=\"c\\", "empty", "",
		"lines", "a\nb\r\x01", NULL);
	const char *s = unit_said();
	ck_assert_int_eq(strncmp(s, "t=20", 4), 0);
	ck_assert_ptr_nonnull(strstr(s, "Z p=frontdesk-test["));
	ck_assert_ptr_nonnull(strstr(s,
		"] m=request status=200 route=\"a b=\\\"c\\\\\" "
		"empty=\"\" lines=\"a b  \"\n"));
	ck_assert_ptr_null(strstr(s, "none"));
}
END_TEST

START_TEST(a_line_has_an_end)
{
	static char longer[5000];

	memset(longer, 'x', sizeof(longer) - 1);
	unit_hush();
	log_line("long", "a", longer, "b", longer, NULL);
	const char *s = unit_said();
	ck_assert_uint_le(strlen(s), 2001);
	ck_assert_int_eq(s[strlen(s) - 1], '\n');
}
END_TEST

START_TEST(a_bug_says_where_and_aborts)
{
	unit_hush();
	BUG("count %d", 7);
}
END_TEST

Suite *suite_log(void)
{
	Suite *s = suite_create("log");
	TCase *t = tcase_create("log");

	tcase_add_test(t, a_line_is_logfmt);
	tcase_add_test(t, a_line_has_an_end);
	tcase_add_test_raise_signal(t, a_bug_says_where_and_aborts, SIGABRT);
	suite_add_tcase(s, t);
	return s;
}
