#include "core/base/buf.h"
#include "core/sys/ical.h"
#include "core/sys/ics.h"
#include "tests/unit/unit.h"
#include <sys/resource.h>

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

/* ---- holidays ---- */

#define FILE_OF(events) "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" events "END:VCALENDAR\r\n"
#define EVENT(lines) "BEGIN:VEVENT\r\nUID:1\r\n" lines "END:VEVENT\r\n"

static const struct {
	const char *what;
	const char *text;
	const char *days; /* within 2026 and 2027 */
	size_t left_out;
} HOLIDAYS[] = {
	{"a day", FILE_OF(EVENT("DTSTART;VALUE=DATE:20260101\r\nSUMMARY:New Year\r\n")),
		"2026-01-01 New Year", 0},
	{"no name", FILE_OF(EVENT("DTSTART;VALUE=DATE:20260101\r\n")), "2026-01-01 ", 0},
	{"several days, the end is not in it",
		FILE_OF(EVENT("DTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20261227\r\n"
			      "SUMMARY:Christmas\r\n")),
		"2026-12-24 Christmas|2026-12-25 Christmas|2026-12-26 Christmas", 0},
	{"an end that is its own start",
		FILE_OF(EVENT("DTSTART;VALUE=DATE:20260101\r\nDTEND;VALUE=DATE:20260101\r\n")),
		"2026-01-01 ", 0},
	{"a duration", FILE_OF(EVENT("DTSTART;VALUE=DATE:20260101\r\nDURATION:P2D\r\n")),
		"2026-01-01 |2026-01-02 ", 0},
	{"over the ends of what is asked",
		FILE_OF(EVENT("DTSTART;VALUE=DATE:20251230\r\nDTEND;VALUE=DATE:20260102\r\n")
				EVENT("DTSTART;VALUE=DATE:20271231\r\nDURATION:P1W\r\n")),
		"2026-01-01 |2027-12-31 ", 0},
	{"LF, a byte order mark, lower case, no end of the calendar",
		"\xEF\xBB\xBF"
		"begin:vcalendar\nbegin:vevent\ndtstart;value=date:20260101\n"
		"summary:A\nend:vevent\n",
		"2026-01-01 A", 0},
	{"the last line has no end",
		"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20260101\nEND:VEVENT",
		"2026-01-01 ", 0},
	{"folded, escaped, beyond ASCII",
		FILE_OF(EVENT("DTSTART;VALUE=DATE:20260106\r\nSUMMARY;LANGUAGE=de:Heilige\r\n"
			      "  Drei K\xC3\xB6nige\\, frei\\; gut\r\n")),
		"2026-01-06 Heilige Drei K\xC3\xB6nige, frei; gut", 0},
	{"not folded",
		FILE_OF(EVENT("DTSTART;VALUE=DATE:20260106\r\nDESCRIPTION:"
			      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
			      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
			      "\r\nSUMMARY:A\r\n")),
		"2026-01-06 A", 0},
	{"free time counts, cancelled does not",
		FILE_OF(EVENT("DTSTART;VALUE=DATE:20260101\r\nTRANSP:TRANSPARENT\r\nSUMMARY:A\r\n")
				EVENT("DTSTART;VALUE=DATE:20260102\r\nSTATUS:CANCELLED\r\n")),
		"2026-01-01 A", 0},
	{"every year",
		FILE_OF(EVENT("DTSTART;VALUE=DATE:20101003\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:U\r\n")),
		"2026-10-03 U|2027-10-03 U", 0},
	{"every year, by weekday, from before 1970",
		FILE_OF(EVENT("DTSTART;VALUE=DATE:19471127\r\nSUMMARY:T\r\n"
			      "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH\r\n")),
		"2026-11-26 T|2027-11-25 T", 0},
	{"a rule that has ended",
		FILE_OF(EVENT("DTSTART;VALUE=DATE:20101003\r\n"
			      "RRULE:FREQ=YEARLY;UNTIL=20261003\r\n")
				EVENT("DTSTART;VALUE=DATE:20241004\r\n"
				      "RRULE:FREQ=YEARLY;COUNT=3\r\n")),
		"2026-10-03 |2026-10-04 ", 0},
	{"taken out, moved, added",
		FILE_OF("BEGIN:VEVENT\r\nUID:a\r\nDTSTART;VALUE=DATE:20250501\r\nSUMMARY:M\r\n"
			"RRULE:FREQ=YEARLY\r\nEXDATE;VALUE=DATE:20270501\r\n"
			"RDATE;VALUE=DATE:20260601,20260602\r\nEND:VEVENT\r\n"
			"BEGIN:VEVENT\r\nUID:a\r\nRECURRENCE-ID;VALUE=DATE:20260501\r\n"
			"DTSTART;VALUE=DATE:20260504\r\nSUMMARY:N\r\nEND:VEVENT\r\n"),
		"2026-05-04 N|2026-06-01 M|2026-06-02 M", 0},
	{"cancelled on one day",
		FILE_OF("BEGIN:VEVENT\r\nUID:a\r\nDTSTART;VALUE=DATE:20260501\r\n"
			"RRULE:FREQ=YEARLY\r\nEND:VEVENT\r\n"
			"BEGIN:VEVENT\r\nUID:a\r\nRECURRENCE-ID;VALUE=DATE:20260501\r\n"
			"DTSTART;VALUE=DATE:20260501\r\nSTATUS:CANCELLED\r\nEND:VEVENT\r\n"),
		"2027-05-01 ", 0},
	{"from midnight to midnight",
		FILE_OF(EVENT("DTSTART;TZID=W. Europe Standard Time:20260101T000000\r\n"
			      "DTEND;TZID=W. Europe Standard Time:20260102T000000\r\n")
				EVENT("DTSTART:20260103T000000\r\nDURATION:PT24H\r\n")),
		"2026-01-01 |2026-01-03 ", 0},
	{"what has hours is left out",
		FILE_OF(EVENT("DTSTART:20260101T090000Z\r\nDTEND:20260101T100000Z\r\n")
				EVENT("DTSTART:20260101T000000\r\nDTEND:20260101T120000\r\n")
					EVENT("DTSTART:20260101T000000\r\n")
						EVENT("SUMMARY:without a start\r\n")),
		"", 4},
	{"a date without saying so", FILE_OF(EVENT("DTSTART:20260101\r\n")), "2026-01-01 ", 0},
	{"a rule that libical does not know: the first day",
		FILE_OF(EVENT("DTSTART;VALUE=DATE:20260403\r\nRRULE:FREQ=YEARLY;BYEASTER=-2\r\n")),
		"2026-04-03 ", 0},
	{"a rule for hours", FILE_OF(EVENT("DTSTART;VALUE=DATE:20260403\r\nRRULE:FREQ=HOURLY\r\n")),
		"", 1},
	{"two on a day: the first name",
		FILE_OF(EVENT("DTSTART;VALUE=DATE:20260403\r\n")
				EVENT("DTSTART;VALUE=DATE:20260403\r\nSUMMARY:A\r\n")
					EVENT("DTSTART;VALUE=DATE:20260403\r\nSUMMARY:B\r\n")),
		"2026-04-03 A", 0},
	{"other parts, unknown properties, an alarm, time zones",
		FILE_OF("X-WR-CALNAME:Holidays\r\nBEGIN:VTIMEZONE\r\nTZID:X\r\nBEGIN:STANDARD\r\n"
			"DTSTART:19700101T000000\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
			"BEGIN:VTODO\r\nDTSTART;VALUE=DATE:20260105\r\nEND:VTODO\r\n" EVENT(
				"X-FOO;X-BAR=\"a:b\":c\r\nDTSTART;VALUE=DATE:20260101\r\n"
				"BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT15M\r\n"
				"SUMMARY:alarm\r\nEND:VALARM\r\nSUMMARY:A\r\n")),
		"2026-01-01 A", 0},
	{"no events", FILE_OF(""), "", 0},
	{"an event without an end", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20260101\r\n", "",
		1},
	{"values of other kinds",
		FILE_OF(EVENT("DTSTART;VALUE=TEXT:20260101\r\nSUMMARY;VALUE=DATE:20260101\r\n")
				EVENT("DTSTART;VALUE=DATE:20260102\r\nSUMMARY;VALUE=INTEGER:7\r\n"
				      "DURATION;VALUE=TEXT:P1D\r\nRRULE;VALUE=TEXT:x\r\n"
				      "EXDATE;VALUE=PERIOD:20260102T000000Z/PT1H\r\n"
				      "STATUS;VALUE=INTEGER:5\r\nUID;VALUE=BOOLEAN:TRUE\r\n")),
		"2026-01-01 20260101|2026-01-02 7", 0},
	{"no such days",
		FILE_OF(EVENT("DTSTART;VALUE=DATE:20269999\r\n") EVENT(
			"DTSTART;VALUE=DATE:00000000\r\n") EVENT("DTSTART;VALUE=DATE:2026\r\n")),
		"", 3},
	{"an end before the start",
		FILE_OF(EVENT("DTSTART;VALUE=DATE:20260102\r\nDTEND;VALUE=DATE:20260101\r\n")
				EVENT("DTSTART;VALUE=DATE:20260102\r\nDURATION:-P1D\r\n")),
		"", 2},
	{"endless days", FILE_OF(EVENT("DTSTART;VALUE=DATE:20260102\r\nDURATION:P999999D\r\n")), "",
		1},
	{"ends that nothing began",
		FILE_OF("END:VEVENT\r\n" EVENT("END:X\r\nDTSTART:20260101\r\n")), "", 1},
	{"no UTF-8", FILE_OF(EVENT("DTSTART;VALUE=DATE:20260102\r\nSUMMARY:F\xFCr\r\n")),
		"2026-01-02 F\xEF\xBF\xBDr", 0},
};

static struct holidays in_two_years(void)
{
	struct holidays h = {day_of(2026, 1, 1), day_of(2027, 12, 31), {NULL, 0}, 99};

	return h;
}

static const char *described(const struct rows *rows)
{
	const struct holiday *h = rows->p;
	struct buf b = buf_new(mem, 100000);

	for (size_t i = 0; i < rows->n; i++)
		buf_printf(&b, "%s%s %s", i > 0 ? "|" : "", day_text(mem, h[i].day),
			h[i].name != NULL ? h[i].name : "");
	return buf_text(&b);
}

START_TEST(holidays_are_days_with_names)
{
	struct holidays h = in_two_years();
	int rc = ical_holidays(c, "file", HOLIDAYS[_i].text, &h);

	ck_assert_msg(rc == 0, "%s", HOLIDAYS[_i].what);
	ck_assert_msg(strcmp(described(&h.rows), HOLIDAYS[_i].days) == 0, "%s: %s",
		HOLIDAYS[_i].what, described(&h.rows));
	ck_assert_msg(h.left_out == HOLIDAYS[_i].left_out, "%s: %zu left out", HOLIDAYS[_i].what,
		h.left_out);
}
END_TEST

static const char *const NO_CALENDARS[] = {"", "hello", "<html></html>", "BEGIN:VCARD\r\n",
	"BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260101\r\nEND:VEVENT\r\n"};

START_TEST(other_texts_are_no_calendars)
{
	struct holidays h = in_two_years();

	ck_assert_int_eq(ical_holidays(c, "file", NO_CALENDARS[_i], &h), -1);
	ck_assert_int_eq(c->err.code, E_INVALID);
	ck_assert_str_eq(c->err.fields[0].field, "file");
}
END_TEST

/* n times the line between two texts. */
static const char *many(const char *before, const char *line, size_t n, const char *after)
{
	struct buf b = buf_new(mem, 4 * ICAL_TEXT_MAX);

	buf_text_add(&b, before);
	for (size_t i = 0; i < n; i++)
		buf_text_add(&b, line);
	buf_text_add(&b, after);
	return buf_text(&b);
}

#define BEGIN "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20260101\n"
#define END "END:VEVENT\nEND:VCALENDAR\n"

static const struct {
	const char *before;
	const char *line;
	size_t n;
	const char *after;
	int rc;
	size_t days;
	size_t left_out;
} LARGE[] = {
	{"BEGIN:VCALENDAR\n", "X:123456789\n", ICAL_TEXT_MAX / 12, "", -1, 0, 0},
	{"BEGIN:VCALENDAR\n", "BEGIN:VEVENT\nDTSTART:20260101\nEND:VEVENT\n", ICAL_EVENTS_MAX, "",
		0, 1, 0},
	{"BEGIN:VCALENDAR\n", "BEGIN:VEVENT\nDTSTART:20260101\nEND:VEVENT\n", ICAL_EVENTS_MAX + 1,
		"", -1, 0, 0},
	/* nested so deep that freeing it would use up the stack */
	{BEGIN, "BEGIN:X\n", 100000, END, 0, 0, 1},
	{BEGIN, "BEGIN:X\n", 6000, END, 0, 0, 1},
	{BEGIN, "BEGIN:X\n", 5, END, 0, 0, 1},
	{BEGIN, "BEGIN:X\nEND:X\n", 1000, END, 0, 1, 0},
	/* a line, an event, a value without end */
	{BEGIN "SUMMARY:", "aaaaaaaaaa", 100000, "\n" END, 0, 0, 1},
	{BEGIN, "X-A:b\n", 100000, END, 0, 0, 1},
	{BEGIN, "X-A:b\n", 10000, END, 0, 1, 0},
	{BEGIN "SUMMARY:", "a\n ", 15000, "\n" END, 0, 1, 0},
	{BEGIN "SUMMARY;X=", "a,", 30000, ":b\n" END, 0, 1, 0},
	{BEGIN "SUMMARY", ";X=a", 15000, ":b\n" END, 0, 1, 0},
	{BEGIN "EXDATE:", "20260101,", 7000, "\n" END, 0, 0, 0},
	{BEGIN "RRULE:FREQ=DAILY\nEXDATE:", "20260102,", 400, "20260104\n" END, 0, 728, 0},
	/* libical takes 501 of a line */
	{BEGIN "RRULE:FREQ=DAILY\nEXDATE:", "20260102,", 7000, "20260104\n" END, 0, 729, 0},
	{BEGIN "RRULE:FREQ=DAILY;BYHOUR=1", ",1", 30000, "\n" END, 0, 1, 0},
	/* many rules that never match, and many that always do */
	{"BEGIN:VCALENDAR\n",
		"BEGIN:VEVENT\nDTSTART:19000101\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30\n"
		"END:VEVENT\n",
		5000, "", 0, 0, 4990},
	{"BEGIN:VCALENDAR\n",
		"BEGIN:VEVENT\nDTSTART:20200101\nDURATION:P366D\nRRULE:FREQ=DAILY\nEND:VEVENT\n",
		5000, "", 0, 730, 4915},
};

START_TEST(large_texts_end_soon)
{
	struct holidays h = in_two_years();
	const char *text = many(LARGE[_i].before, LARGE[_i].line, LARGE[_i].n, LARGE[_i].after);
	int64_t began = clock_monotonic_us();
	int rc = ical_holidays(c, "file", text, &h);
	int64_t took = clock_monotonic_us() - began;

	ck_assert_int_eq(rc, LARGE[_i].rc);
	ck_assert_msg(took < 2000000, "%zu: %ld us", LARGE[_i].n, (long)took);
	if (rc < 0)
		return;
	ck_assert_uint_eq(h.rows.n, LARGE[_i].days);
	ck_assert_uint_eq(h.left_out, LARGE[_i].left_out);
}
END_TEST

/* A calendar with everything in it, and bytes of it changed: under the
 * sanitizers nothing may break. */
static uint64_t seed;

static size_t chance(size_t n)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (size_t)(seed >> 33) % n;
}

static const char SEED[] = FILE_OF(EVENT(
	"DTSTART;VALUE=DATE:20260501\r\nDTEND;VALUE=DATE:20260502\r\nSUMMARY:A\\, b\r\n"
	"RRULE:FREQ=YEARLY;COUNT=9;INTERVAL=2;BYMONTH=5,6;BYDAY=1MO,-1TU;BYSETPOS=1;WKST=SU\r\n"
	"EXDATE;VALUE=DATE:20270501,20280501\r\nRDATE;VALUE=PERIOD:20260601T000000Z/P1D\r\n"
	"RECURRENCE-ID;RANGE=THISANDFUTURE:20260501T000000Z\r\nSTATUS:CONFIRMED\r\n")
		EVENT("DTSTART;TZID=Europe/Berlin:20260501T000000\r\nDURATION:P1DT24H\r\n"
		      "RRULE:FREQ=MONTHLY;UNTIL=20261231T235959Z;BYMONTHDAY=-1\r\nGEO:1;2\r\n"
		      "ATTENDEE;CN=\"A;B\";RSVP=TRUE:mailto:a@b\r\nTRIGGER;VALUE=DURATION:-PT5M\r\n"
		      "ATTACH;ENCODING=BASE64;VALUE=BINARY:AAAA\r\nREQUEST-STATUS:2.0;ok;x\r\n"));

static const char *mutated(void)
{
	static const char *const PIECES[] = {"\r\n", "\n ", ";VALUE=PERIOD", ";VALUE=TEXT", ":",
		";", ",", "\\", "\"", "\xC3", "BEGIN:VEVENT\r\n", "END:VEVENT\r\n", "99999999999",
		"-", "RRULE:FREQ=", "=", "X-LIC-ERROR:", "P", "T", "Z"};
	char *p = mem_alloc(mem, sizeof(SEED) + 256);
	size_t n = sizeof(SEED) - 1;

	memcpy(p, SEED, n);
	for (size_t k = 1 + chance(8); k > 0; k--) {
		const char *piece = PIECES[chance(COUNT_OF(PIECES))];
		size_t at = chance(n), cut = chance(6), len = strlen(piece);

		switch (chance(3)) {
		case 0:
			p[at] = (char)(1 + chance(255));
			break;
		case 1:
			cut = at + cut > n ? n - at : cut;
			memmove(p + at, p + at + cut, n - at - cut);
			n -= cut;
			break;
		case 2:
			memmove(p + at + len, p + at, n - at);
			memcpy(p + at, piece, len);
			n += len;
			break;
		}
	}
	p[n] = '\0';
	return p;
}

START_TEST(broken_calendars_break_nothing)
{
	int read = 0;

	seed = (uint64_t)_i + 1;
	for (int i = 0; i < 2000; i++) {
		struct mem_mark mark = mem_mark(mem);
		struct holidays h = in_two_years();

		err_clear(c);
		if (ical_holidays(c, "file", mutated(), &h) == 0)
			read++;
		ck_assert_uint_le(h.rows.n, 730);
		mem_release(mem, mark);
	}
	ck_assert_int_gt(read, 1500);
}
END_TEST

START_TEST(broken_rules_break_nothing)
{
	static const char SOURCE[] =
		"FREQ=YEARLY;UNTIL=20261231T235959Z;INTERVAL=2;BYMONTH=5,6;BYDAY=1MO,-1TU;"
		"BYMONTHDAY=-1;BYYEARDAY=9;BYWEEKNO=3;BYHOUR=1;BYMINUTE=2;BYSECOND=0;BYSETPOS=1";
	char text[sizeof(SOURCE)];
	struct rrule r;
	struct walls out;
	struct rrule_window w = {
		wall_of(day_of(2026, 1, 1), 540), wall_of(day_of(2027, 1, 1), 0), 52, 0};

	seed = 77;
	for (int i = 0; i < 20000; i++) {
		struct mem_mark mark = mem_mark(mem);

		memcpy(text, SOURCE, sizeof(text));
		for (size_t k = 1 + chance(3); k > 0; k--)
			text[chance(sizeof(text) - 1)] = (char)(32 + chance(95));
		text[chance(sizeof(text))] = '\0';
		err_clear(c);
		if (ical_rrule_read(c, "rrule", text, NULL, &r) == 0 &&
			ical_rrule_expand(c, "rrule", &r, w.from, w, &out) == 0)
			ck_assert_uint_le(out.n, 52);
		mem_release(mem, mark);
	}
}
END_TEST

/* libical would write of it to stderr, which is our log. */
START_TEST(what_is_wrong_is_not_logged)
{
	struct holidays h = in_two_years();

	unit_hush();
	int rc = ical_holidays(
		c, "file", FILE_OF(EVENT("END:X\r\nEND:X\r\nDTSTART;X:20269999\r\n")), &h);
	const char *said = unit_said();
	ck_assert_int_eq(rc, 0);
	ck_assert_str_eq(said, "");
}
END_TEST

/* What libical keeps for itself does not grow. */
START_TEST(memory_does_not_grow)
{
	struct rusage before, after;

	for (int i = 0; i < 3000; i++) {
		struct mem_mark mark = mem_mark(mem);
		struct holidays h = in_two_years();

		ck_assert_int_eq(ical_holidays(c, "file", SEED, &h), 0);
		mem_release(mem, mark);
		if (i == 500)
			ck_assert_int_eq(getrusage(RUSAGE_SELF, &before), 0);
	}
	ck_assert_int_eq(getrusage(RUSAGE_SELF, &after), 0);
	/* (the sanitizer's own quarantine fills meanwhile) */
	ck_assert_int_lt(after.ru_maxrss - before.ru_maxrss, 300 * 1024);
}
END_TEST

/* ---- writing ---- */

static const char *written(const struct ics_event *e)
{
	struct buf b = buf_new(mem, 100000);

	ics_add(&b, e);
	ck_assert(!buf_full(&b));
	return buf_text(&b);
}

static struct ics_event an_event(void)
{
	struct ics_event e = {.uid = "1@frontdesk",
		.sequence = 2,
		.stamp = {INT64_C(1796119200000)},
		.starts_at = {INT64_C(1796122800000)},
		.ends_at = {INT64_C(1796124600000)}};

	return e;
}

START_TEST(a_calendar_is_written)
{
	struct ics_calendar k = {.name = "Anna", .refresh_minutes = 60};
	struct ics_event e = an_event();
	struct buf b = buf_new(mem, 10000);

	e.summary = "Haircut";
	ics_begin(&b, &k);
	ics_add(&b, &e);
	ics_end(&b);
	ck_assert_str_eq(buf_text(&b),
		"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Frontdesk//Frontdesk 2//EN\r\n"
		"CALSCALE:GREGORIAN\r\nNAME:Anna\r\nX-WR-CALNAME:Anna\r\n"
		"REFRESH-INTERVAL;VALUE=DURATION:PT60M\r\nX-PUBLISHED-TTL:PT60M\r\n"
		"BEGIN:VEVENT\r\nUID:1@frontdesk\r\nDTSTAMP:20261201T100000Z\r\nSEQUENCE:2\r\n"
		"DTSTART:20261201T110000Z\r\nDTEND:20261201T113000Z\r\nSTATUS:CONFIRMED\r\n"
		"TRANSP:OPAQUE\r\nSUMMARY:Haircut\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
	b = buf_new(mem, 10000);
	ics_begin(&b, &(struct ics_calendar){.publish = true});
	ck_assert_str_eq(buf_text(&b),
		"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Frontdesk//Frontdesk 2//EN\r\n"
		"CALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\n");
}
END_TEST

static const struct {
	const char *text;
	const char *line;
} ESCAPED[] = {
	{"a, b; c\\d", "SUMMARY:a\\, b\\; c\\\\d\r\n"},
	{"one\ntwo\r\nthree\rfour", "SUMMARY:one\\ntwo\\nthree\\nfour\r\n"},
	{"bell\a, tab\t, del\x7F", "SUMMARY:bell\\, tab\t\\, del\r\n"},
	{"END:VEVENT\r\nBEGIN:VALARM", "SUMMARY:END:VEVENT\\nBEGIN:VALARM\r\n"},
	{"F\xFCr", "SUMMARY:F\xEF\xBF\xBDr\r\n"},
};

START_TEST(texts_are_escaped)
{
	struct ics_event e = an_event();

	e.summary = ESCAPED[_i].text;
	ck_assert_msg(strstr(written(&e), ESCAPED[_i].line) != NULL, "%s", written(&e));
}
END_TEST

START_TEST(nothing_ends_a_line_of_a_url_or_an_address)
{
	struct ics_event e = an_event();

	e.url = "https://x.example/a?b=1,2;3\r\nX-EVIL:1";
	e.organizer_name = "Anna \"A^\" B; C\r\nX-EVIL:1";
	e.organizer_email = "a@x.example\r\nX-EVIL:1";
	e.uid = "1\r\nX-EVIL:1";
	ck_assert_ptr_null(strstr(written(&e), "\nX-EVIL"));
	ck_assert_ptr_nonnull(strstr(written(&e), "URL:https://x.example/a?b=1,2;3X-EVIL:1\r\n"));
	ck_assert_ptr_nonnull(
		strstr(written(&e), "ORGANIZER;CN=\"Anna 'A^' B; CX-EVIL:1\":mailto:"));
}
END_TEST

/* Without CRLF and blank; every line before was whole characters, at most 75
 * octets of them. */
static const char *unfold(const char *s)
{
	struct buf b = buf_new(mem, 65536);

	while (*s != '\0') {
		size_t n = strcspn(s, "\r");

		ck_assert_uint_le(n, 75);
		ck_assert(utf8_valid(s, n));
		ck_assert(s[n] == '\r' && s[n + 1] == '\n');
		buf_add(&b, s, n);
		s += n + 2;
		if (*s == ' ')
			s++;
		else
			buf_char(&b, '\n');
	}
	return buf_text(&b);
}

START_TEST(lines_are_folded)
{
	static const char *const FILLS[][2] = {{"a", "a"}, {"\xC3\xB6", "\xC3\xB6"},
		{"\xE2\x82\xAC", "\xE2\x82\xAC"}, {"\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80"},
		{"\n", "\\n"}, {",", "\\,"}, {" ", " "}};
	struct ics_event e = an_event();

	for (size_t n = 0; n < 300; n++) {
		struct mem_mark mark = mem_mark(mem);

		e.summary = many("x", FILLS[_i][0], n, "y");
		e.organizer_name = e.summary;
		e.organizer_email = "a@b";
		ck_assert_ptr_nonnull(
			strstr(unfold(written(&e)), many("\nSUMMARY:x", FILLS[_i][1], n, "y\n")));
		mem_release(mem, mark);
	}
}
END_TEST

Suite *suite_ical(void)
{
	Suite *s = suite_create("ical");
	TCase *t = tcase_create("ical");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, holidays_are_days_with_names, 0, COUNT_OF(HOLIDAYS));
	tcase_add_loop_test(t, other_texts_are_no_calendars, 0, COUNT_OF(NO_CALENDARS));
	tcase_add_loop_test(t, large_texts_end_soon, 0, COUNT_OF(LARGE));
	tcase_add_loop_test(t, broken_calendars_break_nothing, 0, 2);
	tcase_add_test(t, broken_rules_break_nothing);
	tcase_add_test(t, what_is_wrong_is_not_logged);
	tcase_add_test(t, memory_does_not_grow);
	tcase_add_test(t, a_calendar_is_written);
	tcase_add_loop_test(t, texts_are_escaped, 0, COUNT_OF(ESCAPED));
	tcase_add_test(t, nothing_ends_a_line_of_a_url_or_an_address);
	tcase_add_loop_test(t, lines_are_folded, 0, 7);
	suite_add_tcase(s, t);
	return s;
}
