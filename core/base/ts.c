#include "core/base/ts.h"
#include "core/base/text.h"
#include <fcntl.h>

#define MS_A_DAY INT64_C(86400000)

#ifdef FRONTDESK_TEST
/* The milliseconds in a file; 0 when there is none. */
static int64_t moved_by(const char *path)
{
	char text[32] = "";
	int64_t ms = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return 0;
	if (read(fd, text, sizeof(text) - 1) > 0 && !text_int(text, 0, INT64_MAX, &ms))
		BUG("%s holds no milliseconds", path);
	close(fd);
	return ms;
}
#endif

ts_t ts_now(void)
{
	struct timespec t;
	ts_t now;

#ifdef FRONTDESK_TEST
	const char *fake = getenv("FRONTDESK_NOW");
	if (fake != NULL && text_int(fake, 0, INT64_MAX, &now.ms))
		return now;
#endif
	clock_gettime(CLOCK_REALTIME, &t);
	now.ms = (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
#ifdef FRONTDESK_TEST
	now.ms += fake != NULL ? moved_by(fake) : 0;
#endif
	return now;
}

int64_t clock_monotonic_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Days since 1970-01-01; the year is counted from March, so that the leap
 * day is its last. (Howard Hinnant, "chrono-compatible low-level date
 * algorithms") */
day_t day_of(int year, int month, int day)
{
	int y = month <= 2 ? year - 1 : year;
	int era = y / 400;
	int yoe = y - era * 400;
	int doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	day_t d = {era * 146097 + doe - 719468};

	return d;
}

struct civil civil_of_day(day_t d)
{
	int z = d.n + 719468;
	int era = z / 146097;
	int doe = z - era * 146097;
	int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int mp = (5 * doy + 2) / 153;
	struct civil v = {0};

	v.day = doy - (153 * mp + 2) / 5 + 1;
	v.month = mp < 10 ? mp + 3 : mp - 9;
	v.year = yoe + era * 400 + (v.month <= 2);
	return v;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

struct civil civil_of_ts(ts_t t)
{
	day_t d = {(int32_t)floor_div(t.ms, MS_A_DAY)};
	int64_t rest = t.ms - d.n * MS_A_DAY;
	struct civil v = civil_of_day(d);

	v.hour = (int)(rest / 3600000);
	v.minute = (int)(rest / 60000 % 60);
	v.second = (int)(rest / 1000 % 60);
	v.milli = (int)(rest % 1000);
	return v;
}

struct civil civil_of_wall(wall_t w)
{
	ts_t t = {w.min * 60000};

	return civil_of_ts(t);
}

ts_t ts_of_civil(const struct civil *v)
{
	ts_t t = {day_of(v->year, v->month, v->day).n * MS_A_DAY + v->hour * INT64_C(3600000) +
		v->minute * INT64_C(60000) + v->second * INT64_C(1000) + v->milli};

	return t;
}

static int days_in_month(int year, int month)
{
	static const int8_t DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return month == 2 && leap ? 29 : DAYS[month - 1];
}

bool civil_valid(const struct civil *v)
{
	return v->year >= 1970 && v->year <= 9999 && v->month >= 1 && v->month <= 12 &&
		v->day >= 1 && v->day <= days_in_month(v->year, v->month) && v->hour >= 0 &&
		v->hour <= 23 && v->minute >= 0 && v->minute <= 59 && v->second >= 0 &&
		v->second <= 59;
}

day_t day_of_wall(wall_t w)
{
	day_t d = {(int32_t)floor_div(w.min, MINUTES_A_DAY)};

	return d;
}

wall_t wall_of(day_t d, int minute_of_day)
{
	wall_t w = {(int64_t)d.n * MINUTES_A_DAY + minute_of_day};

	return w;
}

int wall_minute(wall_t w)
{
	return (int)(w.min - (int64_t)day_of_wall(w).n * MINUTES_A_DAY);
}

int day_weekday(day_t d)
{
	int r = (d.n + 3) % 7; /* 1970-01-01 was a Thursday */

	return (r < 0 ? r + 7 : r) + 1;
}

/* n digits of v at p; the place behind them. Lists print thousands of times:
 * printf would be a quarter of their cost. */
static char *put_digits(char *p, int v, int n)
{
	for (int i = n - 1; i >= 0; i--) {
		p[i] = (char)('0' + v % 10);
		v /= 10;
	}
	return p + n;
}

static char *put_date(char *p, const struct civil *v)
{
	p = put_digits(p, v->year, 4);
	*p++ = '-';
	p = put_digits(p, v->month, 2);
	*p++ = '-';
	return put_digits(p, v->day, 2);
}

static char *put_minute(char *p, const struct civil *v)
{
	p = put_date(p, v);
	*p++ = 'T';
	p = put_digits(p, v->hour, 2);
	*p++ = ':';
	return put_digits(p, v->minute, 2);
}

const char *ts_text(struct arena *mem, ts_t t)
{
	struct civil v = civil_of_ts(t);
	char *text = mem_alloc(mem, sizeof("2026-12-01T10:00:00.000Z"));
	char *p = put_minute(text, &v);

	*p++ = ':';
	p = put_digits(p, v.second, 2);
	if (v.milli != 0) {
		*p++ = '.';
		p = put_digits(p, v.milli, 3);
	}
	*p = 'Z';
	return text;
}

const char *wall_text(struct arena *mem, wall_t w)
{
	struct civil v = civil_of_wall(w);
	char *text = mem_alloc(mem, sizeof("2026-12-01T10:00"));

	put_minute(text, &v);
	return text;
}

const char *day_text(struct arena *mem, day_t d)
{
	struct civil v = civil_of_day(d);
	char *text = mem_alloc(mem, sizeof("2026-12-01"));

	put_date(text, &v);
	return text;
}

/* ---- parsing: a cursor over the text, false at the first wrong byte ---- */

static bool digits(const char **s, int n, int *out)
{
	int v = 0;

	for (int i = 0; i < n; i++) {
		if ((*s)[i] < '0' || (*s)[i] > '9')
			return false;
		v = v * 10 + ((*s)[i] - '0');
	}
	*s += n;
	*out = v;
	return true;
}

static bool literal(const char **s, char c)
{
	if (**s != c)
		return false;
	(*s)++;
	return true;
}

static bool parse_day(const char **s, struct civil *v)
{
	return digits(s, 4, &v->year) && literal(s, '-') && digits(s, 2, &v->month) &&
		literal(s, '-') && digits(s, 2, &v->day);
}

static bool parse_fraction(const char **s, struct civil *v)
{
	int scale = 100;

	if (!literal(s, '.'))
		return true;
	if (**s < '0' || **s > '9')
		return false;
	for (int n = 0; **s >= '0' && **s <= '9'; (*s)++, n++) {
		if (n == 9)
			return false;
		v->milli += (**s - '0') * scale;
		scale /= 10;
	}
	return true;
}

static bool parse_offset(const char **s, int *minutes)
{
	int sign = **s == '-' ? -1 : 1;
	int h, m;

	*minutes = 0;
	if (literal(s, 'Z') || literal(s, 'z'))
		return true;
	if (!literal(s, '+') && !literal(s, '-'))
		return false;
	if (!digits(s, 2, &h) || !literal(s, ':') || !digits(s, 2, &m))
		return false;
	*minutes = sign * (h * 60 + m);
	return h <= 23 && m <= 59;
}

bool ts_parse(const char *s, ts_t *out)
{
	struct civil v = {0};
	int offset;

	if (!parse_day(&s, &v) || (!literal(&s, 'T') && !literal(&s, 't')))
		return false;
	if (!digits(&s, 2, &v.hour) || !literal(&s, ':') || !digits(&s, 2, &v.minute) ||
		!literal(&s, ':') || !digits(&s, 2, &v.second) || !parse_fraction(&s, &v))
		return false;
	if (!parse_offset(&s, &offset) || *s != '\0' || !civil_valid(&v))
		return false;
	*out = ts_of_civil(&v);
	out->ms -= offset * INT64_C(60000);
	return true;
}

bool wall_parse(const char *s, wall_t *out)
{
	struct civil v = {0};

	if (!parse_day(&s, &v) || !literal(&s, 'T') || !digits(&s, 2, &v.hour) ||
		!literal(&s, ':') || !digits(&s, 2, &v.minute))
		return false;
	if (literal(&s, ':') && (!digits(&s, 2, &v.second) || v.second != 0))
		return false;
	if (*s != '\0' || !civil_valid(&v))
		return false;
	*out = wall_of(day_of(v.year, v.month, v.day), v.hour * 60 + v.minute);
	return true;
}

bool day_parse(const char *s, day_t *out)
{
	struct civil v = {0};

	if (!parse_day(&s, &v) || *s != '\0' || !civil_valid(&v))
		return false;
	*out = day_of(v.year, v.month, v.day);
	return true;
}

bool minute_parse(const char *s, int *minute_of_day)
{
	int h, m;

	if (!digits(&s, 2, &h) || !literal(&s, ':') || !digits(&s, 2, &m))
		return false;
	*minute_of_day = h * 60 + m;
	return *s == '\0' && h <= 23 && m <= 59;
}
