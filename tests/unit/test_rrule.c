#include "core/base/buf.h"
#include "core/sys/ical.h"
#include "tests/unit/unit.h"
#include <libical/ical.h>

static struct ctx *c;
static struct arena *mem;

static void setup(void)
{
	c = unit_ctx();
	mem = c->mem;
}

static void teardown(void)
{
	unit_ctx_end(c);
}

static wall_t wall(const char *s)
{
	wall_t w;

	ck_assert_msg(wall_parse(s, &w), "%s", s);
	return w;
}

/* ---- the examples of RFC 5545, section 3.8.5.3 ----
 *
 * All start in America/New_York. The dates are written as they are printed
 * there; "..." at the end means that the rule goes on. A time that is not the
 * start's stands behind its day.
 */

#define SEPTEMBER_2 "1997-09-02T09:00"

static const struct {
	const char *what;
	const char *start;
	const char *rule;
	const char *dates;
} RFC[] = {
	{"Daily for 10 occurrences", SEPTEMBER_2, "FREQ=DAILY;COUNT=10", "1997 Sep 2-11"},
	{"Daily until December 24, 1997", SEPTEMBER_2, "FREQ=DAILY;UNTIL=19971224T000000Z",
		"1997 Sep 2-30 Oct 1-25 Oct 26-31 Nov 1-30 Dec 1-23"},
	{"Every other day - forever", SEPTEMBER_2, "FREQ=DAILY;INTERVAL=2",
		"1997 Sep 2 4 6 8 10 12 14 16 18 20 22 24 26 28 30 "
		"Oct 2 4 6 8 10 12 14 16 18 20 22 24 Oct 26 28 30 "
		"Nov 1 3 5 7 9 11 13 15 17 19 21 23 25 27 29 Dec 1 3 ..."},
	{"Every 10 days, 5 occurrences", SEPTEMBER_2, "FREQ=DAILY;INTERVAL=10;COUNT=5",
		"1997 Sep 2 12 22 Oct 2 12"},
	{"Every day in January, for 3 years", "1998-01-01T09:00",
		"FREQ=YEARLY;UNTIL=20000131T140000Z;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA",
		"1998 Jan 1-31 1999 Jan 1-31 2000 Jan 1-31"},
	{"Every day in January, for 3 years (daily)", "1998-01-01T09:00",
		"FREQ=DAILY;UNTIL=20000131T140000Z;BYMONTH=1",
		"1998 Jan 1-31 1999 Jan 1-31 2000 Jan 1-31"},
	{"Weekly for 10 occurrences", SEPTEMBER_2, "FREQ=WEEKLY;COUNT=10",
		"1997 Sep 2 9 16 23 30 Oct 7 14 21 Oct 28 Nov 4"},
	{"Weekly until December 24, 1997", SEPTEMBER_2, "FREQ=WEEKLY;UNTIL=19971224T000000Z",
		"1997 Sep 2 9 16 23 30 Oct 7 14 21 Oct 28 Nov 4 11 18 25 Dec 2 9 16 23"},
	{"Every other week - forever", SEPTEMBER_2, "FREQ=WEEKLY;INTERVAL=2;WKST=SU",
		"1997 Sep 2 16 30 Oct 14 Oct 28 Nov 11 25 Dec 9 23 1998 Jan 6 20 Feb 3 17 ..."},
	{"Weekly on Tuesday and Thursday for five weeks", SEPTEMBER_2,
		"FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH",
		"1997 Sep 2 4 9 11 16 18 23 25 30 Oct 2"},
	{"Weekly on Tuesday and Thursday for five weeks (count)", SEPTEMBER_2,
		"FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH",
		"1997 Sep 2 4 9 11 16 18 23 25 30 Oct 2"},
	{"Every other week on Monday, Wednesday, and Friday until December 24", "1997-09-01T09:00",
		"FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR",
		"1997 Sep 1 3 5 15 17 19 29 Oct 1 3 13 15 17 Oct 27 29 31 Nov 10 12 14 24 26 28 "
		"Dec 8 10 12 22"},
	{"Every other week on Tuesday and Thursday, for 8 occurrences", SEPTEMBER_2,
		"FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH",
		"1997 Sep 2 4 16 18 30 Oct 2 14 16"},
	{"Monthly on the first Friday for 10 occurrences", "1997-09-05T09:00",
		"FREQ=MONTHLY;COUNT=10;BYDAY=1FR",
		"1997 Sep 5 Oct 3 Nov 7 Dec 5 1998 Jan 2 Feb 6 Mar 6 Apr 3 May 1 Jun 5"},
	{"Monthly on the first Friday until December 24, 1997", "1997-09-05T09:00",
		"FREQ=MONTHLY;UNTIL=19971224T000000Z;BYDAY=1FR", "1997 Sep 5 Oct 3 Nov 7 Dec 5"},
	{"Every other month on the first and last Sunday for 10 occurrences", "1997-09-07T09:00",
		"FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU",
		"1997 Sep 7 28 Nov 2 30 1998 Jan 4 25 Mar 1 29 May 3 31"},
	{"Monthly on the second-to-last Monday for 6 months", "1997-09-22T09:00",
		"FREQ=MONTHLY;COUNT=6;BYDAY=-2MO",
		"1997 Sep 22 Oct 20 Nov 17 Dec 22 1998 Jan 19 Feb 16"},
	{"Monthly on the third-to-the-last day of the month, forever", "1997-09-28T09:00",
		"FREQ=MONTHLY;BYMONTHDAY=-3",
		"1997 Sep 28 Oct 29 Nov 28 Dec 29 1998 Jan 29 Feb 26 ..."},
	{"Monthly on the 2nd and 15th of the month for 10 occurrences", SEPTEMBER_2,
		"FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15",
		"1997 Sep 2 15 Oct 2 15 Nov 2 15 Dec 2 15 1998 Jan 2 15"},
	{"Monthly on the first and last day of the month for 10 occurrences", "1997-09-30T09:00",
		"FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1",
		"1997 Sep 30 Oct 1 Oct 31 Nov 1 30 Dec 1 31 1998 Jan 1 31 Feb 1"},
	{"Every 18 months on the 10th thru 15th of the month for 10 occurrences",
		"1997-09-10T09:00",
		"FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15",
		"1997 Sep 10-15 1999 Mar 10-13"},
	{"Every Tuesday, every other month", SEPTEMBER_2, "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU",
		"1997 Sep 2 9 16 23 30 Nov 4 11 18 25 1998 Jan 6 13 20 27 Mar 3 10 17 24 31 ..."},
	{"Yearly in June and July for 10 occurrences", "1997-06-10T09:00",
		"FREQ=YEARLY;COUNT=10;BYMONTH=6,7",
		"1997 Jun 10 Jul 10 1998 Jun 10 Jul 10 1999 Jun 10 Jul 10 2000 Jun 10 Jul 10 "
		"2001 Jun 10 Jul 10"},
	{"Every other year on January, February, and March for 10 occurrences", "1997-03-10T09:00",
		"FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3",
		"1997 Mar 10 1999 Jan 10 Feb 10 Mar 10 2001 Jan 10 Feb 10 Mar 10 "
		"2003 Jan 10 Feb 10 Mar 10"},
	{"Every third year on the 1st, 100th, and 200th day for 10 occurrences", "1997-01-01T09:00",
		"FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200",
		"1997 Jan 1 Apr 10 Jul 19 2000 Jan 1 Apr 9 Jul 18 2003 Jan 1 Apr 10 Jul 19 "
		"2006 Jan 1"},
	{"Every 20th Monday of the year, forever", "1997-05-19T09:00", "FREQ=YEARLY;BYDAY=20MO",
		"1997 May 19 1998 May 18 1999 May 17 ..."},
	{"Monday of week number 20, forever", "1997-05-12T09:00",
		"FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "1997 May 12 1998 May 11 1999 May 17 ..."},
	{"Every Thursday in March, forever", "1997-03-13T09:00", "FREQ=YEARLY;BYMONTH=3;BYDAY=TH",
		"1997 Mar 13 20 27 1998 Mar 5 12 19 26 1999 Mar 4 11 18 25 ..."},
	{"Every Thursday, but only during June, July, and August, forever", "1997-06-05T09:00",
		"FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8",
		"1997 Jun 5 12 19 26 Jul 3 10 17 24 31 Aug 7 14 21 28 "
		"1998 Jun 4 11 18 25 Jul 2 9 16 23 30 Aug 6 13 20 27 "
		"1999 Jun 3 10 17 24 Jul 1 8 15 22 29 Aug 5 12 19 26 ..."},
	/* September 2nd, the start, is taken out there by EXDATE; here a start
	 * that the rule does not match is no occurrence to begin with */
	{"Every Friday the 13th, forever", SEPTEMBER_2, "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
		"1998 Feb 13 Mar 13 Nov 13 1999 Aug 13 2000 Oct 13 ..."},
	{"The first Saturday that follows the first Sunday of the month, forever",
		"1997-09-13T09:00", "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13",
		"1997 Sep 13 Oct 11 Nov 8 Dec 13 1998 Jan 10 Feb 7 Mar 7 Apr 11 May 9 Jun 13 ..."},
	{"Every 4 years, the first Tuesday after a Monday in November, forever", "1996-11-05T09:00",
		"FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
		"1996 Nov 5 2000 Nov 7 2004 Nov 2 ..."},
	{"The third instance into the month of one of Tuesday, Wednesday, or Thursday, for the "
	 "next 3 months",
		"1997-09-04T09:00", "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3",
		"1997 Sep 4 Oct 7 Nov 6"},
	{"The second-to-last weekday of the month", "1997-09-29T09:00",
		"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
		"1997 Sep 29 Oct 30 Nov 27 Dec 30 1998 Jan 29 Feb 26 Mar 30 ..."},
	/* Printed with UNTIL=19970902T170000Z, which is 13:00 there: the RFC's
	 * erratum 3883 makes it 21:00Z, which is the 5 PM of its title. */
	{"Every 3 hours from 9:00 AM to 5:00 PM on a specific day", SEPTEMBER_2,
		"FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T210000Z", "1997 Sep 2 2T12:00 2T15:00"},
	{"Every 15 minutes for 6 occurrences", SEPTEMBER_2, "FREQ=MINUTELY;INTERVAL=15;COUNT=6",
		"1997 Sep 2 2T09:15 2T09:30 2T09:45 2T10:00 2T10:15"},
	{"Every hour and a half for 4 occurrences", SEPTEMBER_2,
		"FREQ=MINUTELY;INTERVAL=90;COUNT=4", "1997 Sep 2 2T10:30 2T12:00 2T13:30"},
	{"Every 20 minutes from 9:00 AM to 4:40 PM every day", SEPTEMBER_2,
		"FREQ=DAILY;BYHOUR=9,10,11,12,13,14,15,16;BYMINUTE=0,20,40",
		"1997 Sep 2T09:00 2T09:20 2T09:40 2T10:00 2T10:20 2T10:40 2T11:00 2T11:20 2T11:40 "
		"2T12:00 2T12:20 2T12:40 2T13:00 2T13:20 2T13:40 2T14:00 2T14:20 2T14:40 2T15:00 "
		"2T15:20 2T15:40 2T16:00 2T16:20 2T16:40 3T09:00 3T09:20 ..."},
	{"Every 20 minutes from 9:00 AM to 4:40 PM every day (minutely)", SEPTEMBER_2,
		"FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,10,11,12,13,14,15,16",
		"1997 Sep 2T09:00 2T09:20 2T09:40 2T10:00 2T10:20 2T10:40 2T11:00 2T11:20 2T11:40 "
		"2T12:00 2T12:20 2T12:40 2T13:00 2T13:20 2T13:40 2T14:00 2T14:20 2T14:40 2T15:00 "
		"2T15:20 2T15:40 2T16:00 2T16:20 2T16:40 3T09:00 3T09:20 ..."},
	{"WKST matters: Monday", "1997-08-05T09:00",
		"FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "1997 Aug 5 10 19 24"},
	{"WKST matters: Sunday", "1997-08-05T09:00",
		"FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "1997 Aug 5 17 19 31"},
	{"An invalid date (February 30) is ignored", "2007-01-15T09:00",
		"FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "2007 Jan 15 30 Feb 15 Mar 15 30"},
	/* section 3.3.10 */
	{"The last work day of the month", "1997-09-30T09:00",
		"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
		"1997 Sep 30 Oct 31 Nov 28 Dec 31 1998 Jan 30 Feb 27 ..."},
	{"Every Sunday in January at 8:30 AM and 9:30 AM, every other year", "1997-01-05T08:30",
		"FREQ=YEARLY;INTERVAL=2;BYMONTH=1;BYDAY=SU;BYHOUR=8,9;BYMINUTE=30",
		"1997 Jan 5T08:30 5T09:30 12T08:30 12T09:30 19T08:30 19T09:30 26T08:30 26T09:30 "
		"1999 Jan 3T08:30 3T09:30 10T08:30 ..."},
	/* section 3.6.5: the rules of time zones */
	{"The last Sunday of April until 1973", "1967-04-30T02:00",
		"FREQ=YEARLY;BYMONTH=4;BYDAY=-1SU;UNTIL=19730429T070000Z",
		"1967 Apr 30 1968 Apr 28 1969 Apr 27 1970 Apr 26 1971 Apr 25 1972 Apr 30 1973 Apr "
		"29"},
	{"The second Sunday of March", "2007-03-11T02:00", "FREQ=YEARLY;BYDAY=2SU;BYMONTH=3",
		"2007 Mar 11 2008 Mar 9 2009 Mar 8 ..."},
};

struct printed {
	wall_t p[200];
	size_t n;
	bool goes_on;
};

static const char *const MONTHS[] = {
	"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", NULL};

static void add_days(struct printed *out, const char *word, int year, int month, int minute)
{
	int from = 0, to = 0, hh = 0, mm = 0;

	if (sscanf(word, "%dT%d:%d", &from, &hh, &mm) == 3)
		minute = hh * 60 + mm;
	else if (sscanf(word, "%d-%d", &from, &to) == 2)
		ck_assert_int_lt(from, to);
	ck_assert_msg(from > 0 && year > 0 && month > 0, "%s", word);
	for (int d = from; d <= (to > 0 ? to : from); d++) {
		ck_assert_uint_lt(out->n, COUNT_OF(out->p));
		out->p[out->n++] = wall_of(day_of(year, month, d), minute);
	}
}

static void read_printed(const char *dates, wall_t start, struct printed *out)
{
	char word[32];
	int year = 0, month = 0, used;

	memset(out, 0, sizeof(*out));
	for (; sscanf(dates, " %31s%n", word, &used) == 1; dates += used) {
		int m = names_find(MONTHS, word);

		if (strcmp(word, "...") == 0)
			out->goes_on = true;
		else if (m >= 0)
			month = m + 1;
		else if (strlen(word) == 4 && strspn(word, "0123456789") == 4)
			year = (int)strtol(word, NULL, 10);
		else
			add_days(out, word, year, month, wall_minute(start));
	}
}

static void read_rule(const char *text, const char *zone, struct rrule *r)
{
	int rc = ical_rrule_read(c, "rrule", text, zone != NULL ? tz_find(zone) : NULL, r);

	ck_assert_msg(rc == 0, "%s: %s", text, rc < 0 ? c->err.fields[0].message : "");
}

static struct walls dates_of(const char *rule, wall_t start, const char *zone, size_t max)
{
	struct rrule_window w = {start, {wall("2200-01-01T00:00").min}, max, 0};
	struct rrule r;
	struct walls out;

	read_rule(rule, zone, &r);
	ck_assert_int_eq(ical_rrule_expand(c, "rrule", &r, start, w, &out), 0);
	return out;
}

START_TEST(the_dates_are_those_that_the_rfc_prints)
{
	struct printed want;
	wall_t start = {0};

	/* one of the examples starts before 1970 */
	if (text_starts(RFC[_i].start, "1967"))
		start = wall_of(day_of(1967, 4, 30), 120);
	else
		start = wall(RFC[_i].start);
	read_printed(RFC[_i].dates, start, &want);
	struct walls got = dates_of(
		RFC[_i].rule, start, "America/New_York", want.goes_on ? want.n : COUNT_OF(want.p));
	for (size_t i = 0; i < want.n && i < got.n; i++)
		ck_assert_msg(got.p[i].min == want.p[i].min, "%s: %zu. is %s and not %s",
			RFC[_i].what, i + 1, wall_text(mem, got.p[i]), wall_text(mem, want.p[i]));
	ck_assert_msg(got.n == want.n, "%s: %zu and not %zu", RFC[_i].what, got.n, want.n);
	ck_assert_int_eq(got.more, want.goes_on);
}
END_TEST

/* As printed, until 17:00Z: 13:00 in New York, so 15:00 is not reached. */
START_TEST(until_in_utc_is_a_time_of_the_zone)
{
	struct walls got = dates_of("FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T170000Z",
		wall(SEPTEMBER_2), "America/New_York", 10);

	ck_assert_uint_eq(got.n, 2);
	got = dates_of(
		"FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T170000Z", wall(SEPTEMBER_2), NULL, 10);
	ck_assert_uint_eq(got.n, 3);
	got = dates_of("FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T150000", wall(SEPTEMBER_2),
		"Asia/Kathmandu", 10);
	ck_assert_uint_eq(got.n, 3);
	got = dates_of("FREQ=DAILY;UNTIL=19970904", wall(SEPTEMBER_2), "Asia/Kathmandu", 10);
	ck_assert_uint_eq(got.n, 3);
}
END_TEST

/* ---- where libical's own iterator goes wrong ---- */

static const struct {
	const char *start;
	const char *rule;
	const char *dates;
} OTHERS[] = {
	/* libical 3.0.16 knows no BYSETPOS for WEEKLY and DAILY, and does not sort */
	{"2026-01-05T09:00", "FREQ=DAILY;BYHOUR=16,9;COUNT=3", "2026 Jan 5T09:00 5T16:00 6T09:00"},
	{"2026-01-05T09:00", "FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=-1;COUNT=3", "2026 Jan 9 16 23"},
	{"2026-01-05T09:00", "FREQ=DAILY;BYHOUR=9,12,15;BYSETPOS=2;COUNT=2",
		"2026 Jan 5T12:00 6T12:00"},
	/* nor BYMONTHDAY from the end for DAILY */
	{"2024-07-01T20:07", "FREQ=DAILY;BYMONTHDAY=-22;COUNT=2", "2024 Jul 10 Aug 10"},
	/* libical: 2027-01-09, no day of week 53 */
	{"2026-12-28T09:00", "FREQ=YEARLY;BYWEEKNO=53;COUNT=3",
		"2026 Dec 28 2032 Dec 27 2037 Dec 28"},
	{"2026-12-30T09:00", "FREQ=YEARLY;BYWEEKNO=-1;BYDAY=WE;COUNT=3",
		"2026 Dec 30 2027 Dec 29 2028 Dec 27"},
	/* week 1 of 1998 begins in 1997 */
	{"1997-12-29T09:00", "FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO;COUNT=3",
		"1997 Dec 29 1999 Jan 4 2000 Jan 3"},
	{"1997-12-29T09:00", "FREQ=YEARLY;INTERVAL=2;BYWEEKNO=1;BYDAY=MO;COUNT=2",
		"1997 Dec 29 2000 Jan 3"},
	{"1998-01-10T09:00", "FREQ=YEARLY;WKST=SU;BYWEEKNO=1;BYDAY=SA;COUNT=2",
		"1998 Jan 10 1999 Jan 9"},
	{"2024-02-29T09:00", "FREQ=YEARLY;COUNT=3", "2024 Feb 29 2028 Feb 29 2032 Feb 29"},
	{"2026-01-31T09:00", "FREQ=MONTHLY;COUNT=4", "2026 Jan 31 Mar 31 May 31 Jul 31"},
	{"2026-01-01T09:00", "FREQ=YEARLY;BYYEARDAY=-1;COUNT=2", "2026 Dec 31 2027 Dec 31"},
	{"2026-01-13T09:00", "FREQ=YEARLY;BYMONTHDAY=13;COUNT=3", "2026 Jan 13 Feb 13 Mar 13"},
	{"2026-01-01T09:00", "FREQ=YEARLY;BYDAY=-1MO;BYMONTH=5;COUNT=2", "2026 May 25 2027 May 31"},
	{"2026-01-01T09:00", "FREQ=YEARLY;BYDAY=MO;BYSETPOS=1,-1;COUNT=3",
		"2026 Jan 5 Dec 28 2027 Jan 4"},
	{"2026-01-05T09:00", "RRULE:freq=weekly;byday=mo;count=2", "2026 Jan 5 12"},
	{"2026-03-28T02:30", "FREQ=DAILY;COUNT=3", "2026 Mar 28 29 30"},
	{"2026-01-05T09:00", "FREQ=HOURLY;INTERVAL=12;BYDAY=TU;COUNT=2",
		"2026 Jan 6T09:00 6T21:00"},
};

START_TEST(other_dates)
{
	struct printed want;
	wall_t start = wall(OTHERS[_i].start);

	read_printed(OTHERS[_i].dates, start, &want);
	struct walls got = dates_of(OTHERS[_i].rule, start, NULL, 50);
	for (size_t i = 0; i < want.n && i < got.n; i++)
		ck_assert_msg(got.p[i].min == want.p[i].min, "%s: %zu. is %s", OTHERS[_i].rule,
			i + 1, wall_text(mem, got.p[i]));
	ck_assert_msg(got.n == want.n, "%s: %zu", OTHERS[_i].rule, got.n);
	ck_assert(!got.more);
}
END_TEST

/* ---- the same as libical, where it is right: random rules ---- */

static uint64_t seed;

static int chance(int n)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (int)((seed >> 33) % (uint64_t)n);
}

/* Ascending: libical takes BYHOUR and BYMINUTE in the order that they are given. */
static void add_list(struct buf *b, const char *name, int lo, int hi, bool back)
{
	int n = chance(3) + 1;

	buf_printf(b, ";%s=", name);
	for (int i = 0; i < n; i++) {
		int share = (hi - lo + 1) / n, v = lo + i * share + chance(share);

		buf_printf(b, "%s%d", i > 0 ? "," : "", back && v != 0 && chance(3) == 0 ? -v : v);
	}
}

static void add_weekdays(struct buf *b, bool nth)
{
	static const char *const DAYS[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
	int n = chance(3) + 1, first = chance(7);

	buf_text_add(b, ";BYDAY=");
	for (int i = 0; i < n; i++) {
		buf_text_add(b, i > 0 ? "," : "");
		if (nth)
			buf_printf(b, "%s%d", chance(2) ? "-" : "", chance(4) + 1);
		buf_text_add(b, DAYS[(first + i) % 7]);
	}
}

static const char *random_rule(void)
{
	static const char *const FREQS[] = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"};
	struct buf b = buf_new(mem, 400);
	int freq = chance(4);
	bool by_month = chance(3) == 0;

	buf_printf(&b, "FREQ=%s;INTERVAL=%d;WKST=%s", FREQS[freq], chance(3) + 1,
		chance(2) ? "SU" : "MO");
	if (by_month)
		add_list(&b, "BYMONTH", 1, 12, false);
	/* (YEARLY;BYMONTHDAY alone is every month, not that of the start) */
	if (freq != 1 && (freq != 3 || by_month) && chance(3) == 0)
		add_list(&b, "BYMONTHDAY", 1, 28, freq >= 2);
	if (chance(2) == 0)
		add_weekdays(&b, freq >= 2 && chance(2) == 0);
	if (chance(4) == 0)
		add_list(&b, "BYHOUR", 0, 23, false);
	if (chance(4) == 0)
		add_list(&b, "BYMINUTE", 0, 59, false);
	return buf_text(&b);
}

static struct walls ten_years(const struct rrule *r, wall_t start)
{
	struct rrule_window w = {start, {start.min + 10 * 366 * 1440}, 40, 0};
	struct walls out;

	ck_assert_int_eq(ical_rrule_expand(c, "rrule", r, start, w, &out), 0);
	return out;
}

static wall_t next_of(icalrecur_iterator *it)
{
	struct icaltimetype t = icalrecur_iterator_next(it);

	return wall_of(day_of(t.year, t.month, t.day), t.hour * 60 + t.minute);
}

/* From the first date on or after "after": only then both begin alike. False:
 * too rare, libical would look for long. */
static bool same_as_libical(const char *rule, wall_t after)
{
	struct rrule r;
	struct walls got;

	read_rule(rule, NULL, &r);
	got = ten_years(&r, after);
	if (got.n < 20)
		return false;
	got = ten_years(&r, got.p[0]);
	struct civil v = civil_of_wall(got.p[0]);
	struct icaltimetype t = {
		.year = v.year, .month = v.month, .day = v.day, .hour = v.hour, .minute = v.minute};
	icalrecur_iterator *it = icalrecur_iterator_new(icalrecurrencetype_from_string(rule), t);
	ck_assert_ptr_nonnull(it);
	for (size_t i = 0; i < got.n; i++) {
		wall_t theirs = next_of(it);

		ck_assert_msg(theirs.min == got.p[i].min, "%s from %s: %s, libical %s", rule,
			wall_text(mem, got.p[0]), wall_text(mem, got.p[i]), wall_text(mem, theirs));
	}
	icalrecur_iterator_free(it);
	icalmemory_free_ring();
	return true;
}

START_TEST(random_rules_agree_with_libical)
{
	int compared = 0;

	seed = 5545;
	icalerror_set_errors_are_fatal(0);
	for (int i = 0; i < 1500; i++) {
		struct mem_mark mark = mem_mark(mem);
		wall_t start = wall_of(
			day_of(2024 + chance(4), chance(12) + 1, chance(28) + 1), chance(1440));

		compared += same_as_libical(random_rule(), start);
		mem_release(mem, mark);
	}
	ck_assert_int_gt(compared, 500);
}
END_TEST

/* ---- what is no rule ---- */

static const char *const WRONG[] = {"", " ", "weekly", "FREQ", "FREQ=", "FREQ=OFTEN", "COUNT=3",
	"FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;INTERVAL=-1", "FREQ=DAILY;COUNT=-5",
	"FREQ=DAILY;COUNT=x", "FREQ=DAILY;UNTIL=tomorrow", "FREQ=DAILY;UNTIL=20269999",
	"FREQ=DAILY;UNTIL=", "FREQ=SECONDLY", "FREQ=DAILY;BYSECOND=30", "FREQ=DAILY;BYHOUR=24",
	"FREQ=DAILY;BYHOUR=-1", "FREQ=DAILY;BYMINUTE=60", "FREQ=DAILY;BYMONTH=13",
	"FREQ=DAILY;BYMONTH=0", "FREQ=DAILY;BYMONTH=-1", "FREQ=MONTHLY;BYMONTHDAY=32",
	"FREQ=MONTHLY;BYMONTHDAY=0", "FREQ=MONTHLY;BYDAY=54MO", "FREQ=MONTHLY;BYDAY=XX",
	"FREQ=YEARLY;BYYEARDAY=367", "FREQ=YEARLY;BYWEEKNO=54", "FREQ=MONTHLY;BYWEEKNO=20",
	"FREQ=MONTHLY;BYYEARDAY=20", "FREQ=WEEKLY;BYMONTHDAY=20", "FREQ=WEEKLY;BYDAY=1MO",
	"FREQ=YEARLY;BYWEEKNO=20;BYDAY=1MO", "FREQ=MONTHLY;BYSETPOS=0;BYDAY=MO",
	"FREQ=DAILY;FREQ=DAILY", "FREQ=DAILY;BYEASTER=1", "RSCALE=CHINESE;FREQ=YEARLY",
	"FREQ=DAILY;SKIP=FORWARD;RSCALE=GREGORIAN", "FREQ=DAILY COUNT=3", "FREQ=DAILY\nCOUNT=3",
	"FREQ=DAILY;COUNT=99999999999999999999", "FREQ=DAILY;INTERVAL=99999999"};

START_TEST(other_texts_are_no_rules)
{
	struct rrule r;

	ck_assert_msg(ical_rrule_read(c, "rrule", WRONG[_i], NULL, &r) == -1, "%s", WRONG[_i]);
	ck_assert_int_eq(c->err.code, E_INVALID);
	ck_assert_str_eq(c->err.fields[0].field, "rrule");
}
END_TEST

START_TEST(a_rule_has_a_maximum)
{
	struct buf b = buf_new(mem, 1000);
	struct rrule r;

	buf_text_add(&b, "FREQ=DAILY;BYHOUR=1");
	while (strlen(buf_text(&b)) < ICAL_RRULE_LENGTH)
		buf_text_add(&b, ",1");
	ck_assert_int_eq(ical_rrule_read(c, "rrule", buf_text(&b), NULL, &r), -1);
}
END_TEST

/* ---- an end to all effort ---- */

static const struct {
	const char *rule;
	bool ends; /* the window is searched to its end */
} HOSTILE[] = {
	{"FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30", false},
	{"FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30", false},
	{"FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", true},
	{"FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=31", true},
	{"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", true},
	{"FREQ=MONTHLY;BYDAY=6MO", true},
	{"FREQ=MONTHLY;BYMONTHDAY=1;BYSETPOS=2", true},
	{"FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO;BYSETPOS=2", true},
	{"FREQ=YEARLY;INTERVAL=32767", true},
	{"FREQ=MONTHLY;INTERVAL=32767;BYMONTHDAY=31", true},
	{"FREQ=YEARLY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23;"
	 "BYMINUTE=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,"
	 "29,30,31,32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52,53,54,55,56,57,"
	 "58,59;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=400",
		false},
};

START_TEST(a_rule_that_never_matches_ends)
{
	struct rrule_window w = {wall("2026-01-05T09:00"), wall("2400-01-05T09:00"), 100, 0};
	struct rrule r;
	struct walls out;

	if (ical_rrule_read(c, "rrule", HOSTILE[_i].rule, NULL, &r) < 0) {
		ck_assert(!HOSTILE[_i].ends);
		return;
	}
	int64_t began = clock_monotonic_us();
	int rc = ical_rrule_expand(c, "rrule", &r, w.from, w, &out);
	ck_assert_int_lt(clock_monotonic_us() - began, 500000);
	ck_assert_int_eq(rc, HOSTILE[_i].ends ? 0 : -1);
	if (rc == 0)
		ck_assert_uint_le(out.n, 1);
}
END_TEST

START_TEST(the_window_bounds_what_is_listed)
{
	struct rrule_window w = {wall("2026-01-07T00:00"), wall("2026-01-20T09:00"), 100, 0};
	struct walls out;
	struct rrule r;

	read_rule("FREQ=DAILY;COUNT=10", NULL, &r);
	ck_assert_int_eq(ical_rrule_expand(c, "rrule", &r, wall("2026-01-05T09:00"), w, &out), 0);
	ck_assert_uint_eq(out.n, 8); /* two came before, and count */
	ck_assert_str_eq(wall_text(mem, out.p[0]), "2026-01-07T09:00");
	ck_assert(!out.more);
	read_rule("FREQ=DAILY", NULL, &r);
	ck_assert_int_eq(ical_rrule_expand(c, "rrule", &r, wall("2026-01-05T09:00"), w, &out), 0);
	ck_assert_uint_eq(out.n, 14); /* to the 20th, which is in it */
	w.max = 14;
	ck_assert_int_eq(ical_rrule_expand(c, "rrule", &r, wall("2026-01-05T09:00"), w, &out), 0);
	ck_assert(!out.more);
	w.max = 13;
	ck_assert_int_eq(ical_rrule_expand(c, "rrule", &r, wall("2026-01-05T09:00"), w, &out), 0);
	ck_assert_uint_eq(out.n, 13);
	ck_assert(out.more);
}
END_TEST

Suite *suite_rrule(void)
{
	Suite *s = suite_create("rrule");
	TCase *t = tcase_create("rrule");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, the_dates_are_those_that_the_rfc_prints, 0, COUNT_OF(RFC));
	tcase_add_test(t, until_in_utc_is_a_time_of_the_zone);
	tcase_add_loop_test(t, other_dates, 0, COUNT_OF(OTHERS));
	tcase_add_test(t, random_rules_agree_with_libical);
	tcase_add_loop_test(t, other_texts_are_no_rules, 0, COUNT_OF(WRONG));
	tcase_add_test(t, a_rule_has_a_maximum);
	tcase_add_loop_test(t, a_rule_that_never_matches_ends, 0, COUNT_OF(HOSTILE));
	tcase_add_test(t, the_window_bounds_what_is_listed);
	suite_add_tcase(s, t);
	return s;
}
