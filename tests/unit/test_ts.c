#include "core/base/ts.h"
#include "tests/unit/unit.h"

static struct arena *mem;

static void setup(void)
{
	mem = arena_new(64 * 1024 * 1024);
}

static void teardown(void)
{
	arena_delete(mem);
}

static ts_t at(int64_t ms)
{
	ts_t t = {ms};

	return t;
}

START_TEST(every_day_from_1970_to_2200_goes_there_and_back)
{
	int year = 1970, month = 1, day = 1;
	static const int DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	for (int32_t n = 0; year < 2200; n++) {
		day_t d = {n};
		struct civil v = civil_of_day(d);

		ck_assert(v.year == year && v.month == month && v.day == day);
		ck_assert_int_eq(day_of(year, month, day).n, n);
		ck_assert_int_eq(day_weekday(d), (n + 3) % 7 + 1);
		bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
		if (++day > DAYS[month - 1] + (month == 2 && leap)) {
			day = 1;
			month = month % 12 + 1;
			year += month == 1;
		}
	}
}
END_TEST

/* The C library counts the same way. */
START_TEST(instants_agree_with_the_c_library)
{
	for (int64_t s = 0; s < INT64_C(8000000000); s += 86399 * 37) {
		struct civil v = civil_of_ts(at(s * 1000 + 5));
		time_t when = (time_t)s;
		struct tm tm;

		ck_assert_ptr_nonnull(gmtime_r(&when, &tm));
		ck_assert(v.year == tm.tm_year + 1900 && v.month == tm.tm_mon + 1 &&
			v.day == tm.tm_mday && v.hour == tm.tm_hour && v.minute == tm.tm_min &&
			v.second == tm.tm_sec && v.milli == 5);
		ck_assert_int_eq(ts_of_civil(&v).ms, s * 1000 + 5);
	}
}
END_TEST

START_TEST(walls_are_days_and_minutes)
{
	wall_t w = wall_of(day_of(2026, 12, 1), 14 * 60 + 5);

	ck_assert_int_eq(wall_minute(w), 845);
	ck_assert_int_eq(day_of_wall(w).n, day_of(2026, 12, 1).n);
	ck_assert_int_eq(day_weekday(day_of_wall(w)), 2);
	ck_assert_str_eq(wall_text(mem, w), "2026-12-01T14:05");
	ck_assert_str_eq(day_text(mem, day_of_wall(w)), "2026-12-01");
	struct civil v = civil_of_wall(w);
	ck_assert_int_eq(v.hour, 14);
	ck_assert_int_eq(v.minute, 5);
}
END_TEST

static const struct {
	const char *text;
	int64_t ms; /* -1: refused */
	const char *again;
} INSTANTS[] = {
	{"2026-12-01T10:00:00Z", 1796119200000, "2026-12-01T10:00:00Z"},
	{"2026-12-01t10:00:00z", 1796119200000, "2026-12-01T10:00:00Z"},
	{"2026-12-01T11:00:00+01:00", 1796119200000, "2026-12-01T10:00:00Z"},
	{"2026-12-01T00:30:00-09:30", 1796119200000, "2026-12-01T10:00:00Z"},
	{"2026-12-01T10:00:00.5Z", 1796119200500, "2026-12-01T10:00:00.500Z"},
	{"2026-12-01T10:00:00.123456789Z", 1796119200123, "2026-12-01T10:00:00.123Z"},
	{"2024-02-29T23:59:59Z", 1709251199000, "2024-02-29T23:59:59Z"},
	{"2023-02-29T00:00:00Z", -1, NULL},
	{"2026-12-01T10:00:00", -1, NULL},
	{"2026-12-01T10:00Z", -1, NULL},
	{"2026-12-01 10:00:00Z", -1, NULL},
	{"2026-12-01T24:00:00Z", -1, NULL},
	{"2026-12-01T10:60:00Z", -1, NULL},
	{"2026-12-01T10:00:60Z", -1, NULL},
	{"2026-13-01T10:00:00Z", -1, NULL},
	{"2026-00-01T10:00:00Z", -1, NULL},
	{"2026-12-00T10:00:00Z", -1, NULL},
	{"2026-12-01T10:00:00.Z", -1, NULL},
	{"2026-12-01T10:00:00.1234567890Z", -1, NULL},
	{"2026-12-01T10:00:00+0100", -1, NULL},
	{"2026-12-01T10:00:00+24:00", -1, NULL},
	{"2026-12-01T10:00:00+01:60", -1, NULL},
	{"2026-12-01T10:00:00Zx", -1, NULL},
	{" 2026-12-01T10:00:00Z", -1, NULL},
	{"1969-12-31T23:59:59Z", -1, NULL},
	{"+026-12-01T10:00:00Z", -1, NULL},
	{"", -1, NULL},
};

START_TEST(instants_are_read_strictly)
{
	ts_t t = {0};

	for (size_t i = 0; i < COUNT_OF(INSTANTS); i++) {
		bool ok = ts_parse(INSTANTS[i].text, &t);

		ck_assert_msg(ok == (INSTANTS[i].ms >= 0), "%s", INSTANTS[i].text);
		if (!ok)
			continue;
		ck_assert_int_eq(t.ms, INSTANTS[i].ms);
		ck_assert_str_eq(ts_text(mem, t), INSTANTS[i].again);
	}
}
END_TEST

/* Each prefix of a good text is refused, without reading past its end. */
START_TEST(no_prefix_is_taken)
{
	static const char WHOLE[] = "2026-12-01T10:00:00.123+01:00";
	ts_t t;

	for (size_t n = 0; n < sizeof(WHOLE) - 1; n++)
		ck_assert(!ts_parse(mem_text_n(mem, WHOLE, n), &t));
	ck_assert(ts_parse(WHOLE, &t));
}
END_TEST

START_TEST(days_walls_and_minutes_are_read_strictly)
{
	wall_t w;
	day_t d;
	int minute;

	ck_assert(wall_parse("2026-12-01T14:05", &w));
	ck_assert(wall_parse("2026-12-01T14:05:00", &w));
	ck_assert_str_eq(wall_text(mem, w), "2026-12-01T14:05");
	ck_assert(!wall_parse("2026-12-01T14:05:01", &w));
	ck_assert(!wall_parse("2026-12-01T14:05Z", &w));
	ck_assert(!wall_parse("2026-12-01T14", &w));
	ck_assert(!wall_parse("2026-02-30T14:05", &w));
	ck_assert(day_parse("2028-02-29", &d));
	ck_assert_str_eq(day_text(mem, d), "2028-02-29");
	ck_assert(!day_parse("2026-02-29", &d));
	ck_assert(!day_parse("2026-2-9", &d));
	ck_assert(!day_parse("2026-02-09T", &d));
	ck_assert(minute_parse("00:00", &minute) && minute == 0);
	ck_assert(minute_parse("23:59", &minute) && minute == 1439);
	ck_assert(!minute_parse("24:00", &minute));
	ck_assert(!minute_parse("9:00", &minute));
	ck_assert(!minute_parse("09:00:00", &minute));
}
END_TEST

START_TEST(the_clock_of_tests_can_be_set)
{
	static char setting[] = "FRONTDESK_NOW=1796119200000";

	ck_assert_int_gt(ts_now().ms, INT64_C(1767225600000));
	ck_assert_int_eq(putenv(setting), 0);
	ck_assert_int_eq(ts_now().ms, INT64_C(1796119200000));
	int64_t before = clock_monotonic_us();
	ck_assert_int_ge(clock_monotonic_us(), before);
	ck_assert_int_eq(unsetenv("FRONTDESK_NOW"), 0);

	static char ahead[PATH_MAX], nowhere[] = "FRONTDESK_NOW=/nonexistent/clock";
	int64_t now = ts_now().ms;

	snprintf(ahead, sizeof(ahead), "FRONTDESK_NOW=%s", unit_text_file("clock", "3600000"));
	ck_assert_int_eq(putenv(ahead), 0);
	ck_assert_int_ge(ts_now().ms, now + 3600000);
	ck_assert_int_lt(ts_now().ms, now + 3660000);
	ck_assert_int_eq(putenv(nowhere), 0);
	ck_assert_int_lt(ts_now().ms, now + 60000);
	ck_assert_int_eq(unsetenv("FRONTDESK_NOW"), 0);
}
END_TEST

Suite *suite_ts(void)
{
	Suite *s = suite_create("ts");
	TCase *t = tcase_create("ts");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, every_day_from_1970_to_2200_goes_there_and_back);
	tcase_add_test(t, instants_agree_with_the_c_library);
	tcase_add_test(t, walls_are_days_and_minutes);
	tcase_add_test(t, instants_are_read_strictly);
	tcase_add_test(t, no_prefix_is_taken);
	tcase_add_test(t, days_walls_and_minutes_are_read_strictly);
	tcase_add_test(t, the_clock_of_tests_can_be_set);
	suite_add_tcase(s, t);
	return s;
}
