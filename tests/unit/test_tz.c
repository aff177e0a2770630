#include "core/sys/tz.h"
#include "tests/unit/unit.h"
#include <sys/wait.h>

static struct arena *mem;

static void setup(void)
{
	mem = arena_new(16 * 1024 * 1024);
}

static void teardown(void)
{
	arena_delete(mem);
}

static ts_t ts(const char *s)
{
	ts_t t;

	ck_assert_msg(ts_parse(s, &t), "%s", s);
	return t;
}

static wall_t wall(const char *s)
{
	wall_t w;

	ck_assert_msg(wall_parse(s, &w), "%s", s);
	return w;
}

static const struct {
	const char *zone;
	const char *wall;
	enum tz_kind kind;
	const char *first;
	const char *second;
} WALLS[] = {
	{"UTC", "2026-12-01T10:00", TZ_UNIQUE, "2026-12-01T10:00:00Z", NULL},
	{"Europe/Berlin", "2026-12-01T14:00", TZ_UNIQUE, "2026-12-01T13:00:00Z", NULL},
	{"Europe/Berlin", "2026-07-01T14:00", TZ_UNIQUE, "2026-07-01T12:00:00Z", NULL},
	/* forward at 02:00, from +1 to +2 */
	{"Europe/Berlin", "2026-03-29T01:59", TZ_UNIQUE, "2026-03-29T00:59:00Z", NULL},
	{"Europe/Berlin", "2026-03-29T02:00", TZ_SKIPPED, "2026-03-29T01:00:00Z", NULL},
	{"Europe/Berlin", "2026-03-29T02:30", TZ_SKIPPED, "2026-03-29T01:00:00Z", NULL},
	{"Europe/Berlin", "2026-03-29T02:59", TZ_SKIPPED, "2026-03-29T01:00:00Z", NULL},
	{"Europe/Berlin", "2026-03-29T03:00", TZ_UNIQUE, "2026-03-29T01:00:00Z", NULL},
	/* back at 03:00, from +2 to +1 */
	{"Europe/Berlin", "2026-10-25T01:59", TZ_UNIQUE, "2026-10-24T23:59:00Z", NULL},
	{"Europe/Berlin", "2026-10-25T02:00", TZ_REPEATED, "2026-10-25T00:00:00Z",
		"2026-10-25T01:00:00Z"},
	{"Europe/Berlin", "2026-10-25T02:30", TZ_REPEATED, "2026-10-25T00:30:00Z",
		"2026-10-25T01:30:00Z"},
	{"Europe/Berlin", "2026-10-25T03:00", TZ_UNIQUE, "2026-10-25T02:00:00Z", NULL},
	{"America/New_York", "2026-03-08T02:30", TZ_SKIPPED, "2026-03-08T07:00:00Z", NULL},
	{"America/New_York", "2026-11-01T01:30", TZ_REPEATED, "2026-11-01T05:30:00Z",
		"2026-11-01T06:30:00Z"},
	/* half an hour, southern summer */
	{"Australia/Lord_Howe", "2026-04-05T01:45", TZ_REPEATED, "2026-04-04T14:45:00Z",
		"2026-04-04T15:15:00Z"},
	{"Australia/Lord_Howe", "2026-10-04T02:15", TZ_SKIPPED, "2026-10-03T15:30:00Z", NULL},
	{"Australia/Lord_Howe", "2026-10-04T02:30", TZ_UNIQUE, "2026-10-03T15:30:00Z", NULL},
	/* a whole day that did not exist: 2011-12-30 */
	{"Pacific/Apia", "2011-12-29T23:59", TZ_UNIQUE, "2011-12-30T09:59:00Z", NULL},
	{"Pacific/Apia", "2011-12-30T12:00", TZ_SKIPPED, "2011-12-30T10:00:00Z", NULL},
	{"Pacific/Apia", "2011-12-31T00:00", TZ_UNIQUE, "2011-12-30T10:00:00Z", NULL},
	{"Asia/Kathmandu", "2026-12-01T14:00", TZ_UNIQUE, "2026-12-01T08:15:00Z", NULL},
	/* beyond the tables of the file: its rule goes on */
	{"Europe/Berlin", "2060-07-01T14:00", TZ_UNIQUE, "2060-07-01T12:00:00Z", NULL},
};

START_TEST(walls_become_instants)
{
	const struct tz *z = tz_find(WALLS[_i].zone);
	const char *second = WALLS[_i].second != NULL ? WALLS[_i].second : WALLS[_i].first;

	ck_assert_ptr_nonnull(z);
	struct tz_instants at = tz_of_wall(z, wall(WALLS[_i].wall));
	ck_assert_int_eq(at.kind, WALLS[_i].kind);
	ck_assert_str_eq(ts_text(mem, at.first), WALLS[_i].first);
	ck_assert_str_eq(ts_text(mem, at.second), second);
	if (at.kind == TZ_SKIPPED)
		return;
	ck_assert_str_eq(wall_text(mem, tz_wall(z, at.first)), WALLS[_i].wall);
	ck_assert_str_eq(wall_text(mem, tz_wall(z, at.second)), WALLS[_i].wall);
}
END_TEST

START_TEST(instants_become_walls_with_seconds_cut_off)
{
	const struct tz *z = tz_find("Europe/Berlin");

	ck_assert_str_eq(
		wall_text(mem, tz_wall(z, ts("2026-12-01T10:00:59.999Z"))), "2026-12-01T11:00");
	ck_assert_int_eq(tz_offset(z, ts("2026-12-01T10:00:00Z")), 60);
	ck_assert_int_eq(tz_offset(z, ts("2026-07-01T10:00:00Z")), 120);
	ck_assert_int_eq(tz_offset(tz_find("America/New_York"), ts("2026-12-01T10:00:00Z")), -300);
	ck_assert_int_eq(tz_offset(tz_find("UTC"), ts("2026-12-01T10:00:00Z")), 0);
}
END_TEST

START_TEST(a_zone_is_found_once_and_kept)
{
	ck_assert_ptr_nonnull(tz_find("Europe/Berlin"));
	ck_assert_ptr_eq(tz_find("Europe/Berlin"), tz_find("Europe/Berlin"));
	ck_assert_ptr_nonnull(tz_find("America/Argentina/Buenos_Aires"));
	ck_assert_ptr_nonnull(tz_find("Etc/GMT+5"));
}
END_TEST

static const char *const UNKNOWN[] = {"", " ", "Berlin", "Europe/Berli", "europe/", "Europe",
	"Europe/", "/usr/share/zoneinfo/Europe/Berlin", "../zoneinfo/Europe/Berlin",
	"Europe/../Europe/Berlin", "file:/etc/localtime", "localtime", "posixrules",
	"posix/Europe/Berlin", "right/Europe/Berlin", "Factory", "zone.tab", "tzdata.zi",
	"leapseconds", "Fixed/UTC+01:00:00", "UTC0", "GMT+1;", "Europe/Berlin\n",
	"Europe/Berlin Europe/Berlin Europe/Berlin Europe/Berlin Europe/Berlin",
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"};

START_TEST(other_names_are_no_zones)
{
	for (size_t i = 0; i < COUNT_OF(UNKNOWN); i++) {
		ck_assert_msg(tz_find(UNKNOWN[i]) == NULL, "%s", UNKNOWN[i]);
		ck_assert_ptr_null(tz_find(NULL));
	}
}
END_TEST

START_TEST(the_version_is_known)
{
	const char *v = tz_version();

	ck_assert_msg(text_same(v, "unknown") || (text_starts(v, "20") && strlen(v) == 5), "%s", v);
}
END_TEST

/* ---- the same, asked of zdump and of the C library ---- */

static const struct {
	const char *name;
	bool changes; /* twice every year until 2037 */
} ZONES[] = {
	{"Europe/Berlin", true},
	{"America/New_York", true},
	{"Australia/Lord_Howe", true},
	{"Europe/Dublin", true},
	{"America/St_Johns", true},
	{"Antarctica/Troll", true},
	{"Pacific/Apia", false},
	{"America/Sao_Paulo", false},
	{"Africa/Casablanca", false},
	{"Asia/Gaza", false},
};

static void check_instant(const struct tz *z, ts_t t, wall_t local, int offset_s)
{
	struct tz_instants at = tz_of_wall(z, local);

	ck_assert_int_eq(tz_offset(z, t), offset_s / 60);
	ck_assert_int_eq(tz_wall(z, t).min, local.min);
	ck_assert_int_ne(at.kind, TZ_SKIPPED);
	int64_t minute = t.ms - t.ms % 60000;
	ck_assert(at.first.ms == minute || at.second.ms == minute);
}

static int month_of(const char *name)
{
	static const char *const MONTHS[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug",
		"Sep", "Oct", "Nov", "Dec", NULL};

	for (int i = 0; MONTHS[i] != NULL; i++) {
		if (strcmp(MONTHS[i], name) == 0)
			return i + 1;
	}
	return 0;
}

/* "Zone  Sun Mar 31 00:59:59 2024 UT = Sun Mar 31 01:59:59 2024 CET isdst=0
 * gmtoff=3600"; false for its lines about the end of time. */
static bool zdump_line(const char *s, struct civil *ut, struct civil *local, int *offset)
{
	char m[2][4];
	const char *gmtoff = strstr(s, "gmtoff=");

	if (gmtoff == NULL ||
		sscanf(s, "%*s %*3s %3s %d %d:%d:%d %d UT = %*3s %3s %d %d:%d:%d %d", m[0],
			&ut->day, &ut->hour, &ut->minute, &ut->second, &ut->year, m[1], &local->day,
			&local->hour, &local->minute, &local->second, &local->year) != 12)
		return false;
	ut->month = month_of(m[0]);
	local->month = month_of(m[1]);
	*offset = (int)strtol(gmtoff + 7, NULL, 10);
	return ut->month > 0 && local->month > 0 && ut->year >= 2024;
}

static FILE *zdump(const char *zone, pid_t *pid)
{
	int fd[2];

	ck_assert_int_eq(pipe(fd), 0);
	*pid = fork();
	if (*pid == 0) {
		dup2(fd[1], STDOUT_FILENO);
		close(fd[0]);
		close(fd[1]);
		execlp("zdump", "zdump", "-v", "-c", "2024,2038", zone, NULL);
		_exit(127);
	}
	close(fd[1]);
	return fdopen(fd[0], "r");
}

START_TEST(every_transition_agrees_with_zdump)
{
	const struct tz *z = tz_find(ZONES[_i].name);
	char line[512];
	int status, offset, n = 0;
	pid_t pid;
	FILE *f = zdump(ZONES[_i].name, &pid);

	while (fgets(line, sizeof(line), f) != NULL) {
		struct civil ut = {0}, local = {0};

		if (!zdump_line(line, &ut, &local, &offset))
			continue;
		wall_t w = wall_of(
			day_of(local.year, local.month, local.day), local.hour * 60 + local.minute);
		check_instant(z, ts_of_civil(&ut), w, offset);
		n++;
	}
	fclose(f);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	if (ZONES[_i].changes)
		ck_assert_int_ge(n, 13 * 4); /* before and after each change */
}
END_TEST

START_TEST(every_third_hour_agrees_with_the_c_library)
{
	const struct tz *z = tz_find(ZONES[_i].name);

	ck_assert_int_eq(putenv(mem_printf(mem, "TZ=%s", ZONES[_i].name)), 0);
	tzset();
	for (time_t t = 1704067200; t < 2145916800; t += 10800 - 60) {
		struct tm tm;
		ts_t at = {(int64_t)t * 1000};

		ck_assert_ptr_nonnull(localtime_r(&t, &tm));
		wall_t w = wall_of(day_of(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday),
			tm.tm_hour * 60 + tm.tm_min);
		if (tz_wall(z, at).min != w.min)
			ck_abort_msg("%s at %s", ZONES[_i].name, ts_text(mem, at));
		check_instant(z, at, w, (int)tm.tm_gmtoff);
	}
}
END_TEST

Suite *suite_tz(void)
{
	Suite *s = suite_create("tz");
	TCase *t = tcase_create("tz");

	tcase_set_timeout(t, 30);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, walls_become_instants, 0, COUNT_OF(WALLS));
	tcase_add_test(t, instants_become_walls_with_seconds_cut_off);
	tcase_add_test(t, a_zone_is_found_once_and_kept);
	tcase_add_test(t, other_names_are_no_zones);
	tcase_add_test(t, the_version_is_known);
	tcase_add_loop_test(t, every_transition_agrees_with_zdump, 0, COUNT_OF(ZONES));
	tcase_add_loop_test(t, every_third_hour_agrees_with_the_c_library, 0, COUNT_OF(ZONES));
	suite_add_tcase(s, t);
	return s;
}
