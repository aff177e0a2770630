#include "core/sys/rrule.h"

#define DAYS_MAX 378 /* of a year of 54 begun weeks */

/* The set of one period is every time of times on every day of days. */
struct expansion {
	const struct rrule *r;
	struct rrule_window *w;
	struct walls *out;
	wall_t start;
	size_t count;
	bool ended;
	day_t days[DAYS_MAX];
	size_t n_days;
	int16_t times[MINUTES_A_DAY];
	size_t n_times;
};

/* ---- one day ---- */

static bool in(struct numbers s, int n, int total)
{
	return (s.forth >> n & 1) != 0 || (s.back >> (total - n + 1) & 1) != 0;
}

static bool given(struct numbers s)
{
	return (s.forth | s.back) != 0;
}

/* Where week 1 begins: the first with four days or more in the year. */
static day_t first_week(const struct rrule *r, int year)
{
	day_t d = day_of(year, 1, 4);

	d.n -= (day_weekday(d) - r->week_start + 7) % 7;
	return d;
}

static bool week_matches(const struct rrule *r, day_t d)
{
	int year = civil_of_day(d).year;
	day_t one = first_week(r, year + 1);

	if (d.n < one.n)
		one = first_week(r, year);
	else
		year++;
	if (d.n < one.n)
		one = first_week(r, --year);
	return in(r->weeks, (d.n - one.n) / 7 + 1, (first_week(r, year + 1).n - one.n) / 7);
}

static bool year_day_matches(const struct rrule *r, int n, int total)
{
	return (r->year_days[n] & 1) != 0 || (r->year_days[total - n + 1] & 2) != 0;
}

/* Which one of its weekday d is, in the month, or in the year. */
static bool weekday_matches(const struct rrule *r, day_t d, const struct civil *v)
{
	int weekday = day_weekday(d);
	bool monthly = r->freq == RRULE_MONTHLY || r->months != 0;
	day_t from = day_of(v->year, monthly ? v->month : 1, 1);
	day_t to = monthly && v->month < 12 ? day_of(v->year, v->month + 1, 1)
					    : day_of(v->year + 1, 1, 1);
	int total = (d.n - from.n) / 7 + (to.n - 1 - d.n) / 7 + 1;

	return (r->weekdays >> weekday & 1) != 0 ||
		in(r->nth[weekday], (d.n - from.n) / 7 + 1, total);
}

static int month_length(int year, int month)
{
	day_t next = month < 12 ? day_of(year, month + 1, 1) : day_of(year + 1, 1, 1);

	return next.n - day_of(year, month, 1).n;
}

static bool day_matches(const struct rrule *r, day_t d)
{
	struct civil v = civil_of_day(d);
	day_t new_year = day_of(v.year, 1, 1);

	if (r->months != 0 && (r->months >> v.month & 1) == 0)
		return false;
	if (given(r->month_days) && !in(r->month_days, v.day, month_length(v.year, v.month)))
		return false;
	if (r->by_weekday && !weekday_matches(r, d, &v))
		return false;
	if (r->by_year_day &&
		!year_day_matches(r, d.n - new_year.n + 1, day_of(v.year + 1, 1, 1).n - new_year.n))
		return false;
	return !given(r->weeks) || week_matches(r, d);
}

/* ---- one period ---- */

/* What the rule does not say, the start says. */
static struct rrule completed(const struct rrule *r, wall_t start)
{
	struct rrule full = *r;
	struct civil v = civil_of_wall(start);
	int weekday = day_weekday(day_of_wall(start));
	bool days = r->by_weekday || r->by_year_day || given(r->month_days);

	if (r->freq == RRULE_YEARLY && !days && !given(r->weeks) && r->months == 0)
		full.months = UINT64_C(1) << v.month;
	if (r->freq >= RRULE_MONTHLY && !days && !given(r->weeks))
		full.month_days.forth = UINT64_C(1) << v.day;
	if ((r->freq == RRULE_WEEKLY && !days) ||
		(r->freq == RRULE_YEARLY && !days && given(r->weeks))) {
		full.weekdays = (uint8_t)(1u << weekday);
		full.by_weekday = true;
	}
	if (r->freq >= RRULE_DAILY && r->hours == 0)
		full.hours = UINT64_C(1) << v.hour;
	if (r->freq >= RRULE_HOURLY && r->minutes == 0)
		full.minutes = UINT64_C(1) << v.minute;
	return full;
}

static void list_days(struct expansion *x, day_t from, day_t to)
{
	x->n_days = 0;
	x->w->steps -= to.n - from.n;
	for (day_t d = from; d.n < to.n; d.n++) {
		if (day_matches(x->r, d))
			x->days[x->n_days++] = d;
	}
}

/* Times of the rule from minute from to minute to of a day. */
static void list_times(struct expansion *x, int from, int to)
{
	const struct rrule *r = x->r;

	x->n_times = 0;
	for (int m = from; m < to; m++) {
		if ((r->hours == 0 || (r->hours >> (m / 60) & 1) != 0) &&
			(r->minutes == 0 || (r->minutes >> (m % 60) & 1) != 0))
			x->times[x->n_times++] = (int16_t)m;
	}
}

static void emit(struct expansion *x, size_t i)
{
	wall_t w = wall_of(x->days[i / x->n_times], x->times[i % x->n_times]);

	x->w->steps--;
	if (w.min < x->start.min)
		return;
	if (w.min > x->w->to.min || (x->r->until.min != 0 && w.min > x->r->until.min) ||
		(x->r->count > 0 && x->count == (size_t)x->r->count)) {
		x->ended = true;
		return;
	}
	x->count++;
	if (w.min < x->w->from.min)
		return;
	if (x->out->n == x->w->max) {
		x->out->more = x->ended = true;
		return;
	}
	x->out->p[x->out->n++] = w;
}

static int ascending(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void emit_positions(struct expansion *x)
{
	int64_t total = (int64_t)(x->n_days * x->n_times), at[RRULE_POSITIONS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < x->r->n_positions; i++) {
		int64_t p = x->r->positions[i];

		p = p > 0 ? p - 1 : total + p;
		if (p >= 0 && p < total)
			at[n++] = p;
	}
	x->w->steps -= (int64_t)x->r->n_positions;
	/* cppcheck-suppress uninitvar ; the first n were set */
	qsort(at, n, sizeof(at[0]), ascending);
	for (size_t i = 0; i < n && !x->ended; i++) {
		if (i == 0 || at[i] != at[i - 1])
			emit(x, (size_t)at[i]);
	}
}

static void emit_period(struct expansion *x)
{
	if (x->r->n_positions > 0) {
		emit_positions(x);
		return;
	}
	for (size_t i = 0; i < x->n_days * x->n_times && !x->ended && x->w->steps > 0; i++)
		emit(x, i);
}

/* ---- period after period ---- */

static day_t year_begin(const struct rrule *r, int year)
{
	return given(r->weeks) ? first_week(r, year) : day_of(year, 1, 1);
}

/* The first year that holds the start. */
static int start_year(const struct rrule *r, day_t start)
{
	int year = civil_of_day(start).year;

	if (start.n >= year_begin(r, year + 1).n)
		return year + 1;
	return start.n < year_begin(r, year).n ? year - 1 : year;
}

static day_t month_begin(int64_t month)
{
	return day_of((int)(month / 12), (int)(month % 12) + 1, 1);
}

/* Days of the k-th period; false when it lies behind the calendar's end. */
static bool period_days(const struct expansion *x, int64_t k, day_t *from, day_t *to)
{
	const struct rrule *r = x->r;
	day_t start = day_of_wall(x->start);
	struct civil v = civil_of_day(start);
	int64_t at = k * r->interval, last = day_of(9999, 1, 1).n;

	if (r->freq == RRULE_YEARLY) {
		at += start_year(r, start);
		if (at > 9998)
			return false;
		*from = year_begin(r, (int)at);
		*to = year_begin(r, (int)at + 1);
	} else if (r->freq == RRULE_MONTHLY) {
		at += (int64_t)v.year * 12 + v.month - 1;
		if (at / 12 > 9998)
			return false;
		*from = month_begin(at);
		*to = month_begin(at + 1);
	} else {
		int days = r->freq == RRULE_WEEKLY ? 7 : 1;

		at = at * days + start.n;
		if (days == 7)
			at -= (day_weekday(start) - r->week_start + 7) % 7;
		if (at > last)
			return false;
		*from = (day_t){(int32_t)at};
		*to = (day_t){(int32_t)at + days};
	}
	return from->n <= day_of_wall(x->w->to).n;
}

static void by_days(struct expansion *x)
{
	day_t from, to;

	list_times(x, 0, MINUTES_A_DAY);
	for (int64_t k = 0; !x->ended && x->w->steps > 0 && period_days(x, k, &from, &to); k++) {
		list_days(x, from, to);
		emit_period(x);
	}
}

/* Hours and minutes: a period is a part of a day. */
static void by_times(struct expansion *x)
{
	int length = x->r->freq == RRULE_HOURLY ? 60 : 1;
	int64_t step = (int64_t)x->r->interval * length;
	wall_t t = {x->start.min - wall_minute(x->start) % length};
	day_t looked_at = {INT32_MIN};

	for (; !x->ended && x->w->steps > 0 && t.min <= x->w->to.min; t.min += step) {
		day_t d = day_of_wall(t);

		if (d.n != looked_at.n) {
			list_days(x, d, (day_t){d.n + 1});
			looked_at = d;
		}
		x->w->steps--;
		if (x->n_days == 0)
			continue;
		list_times(x, wall_minute(t), wall_minute(t) + length);
		emit_period(x);
	}
}

bool rrule_expand(struct arena *mem, const struct rrule *r, wall_t start, struct rrule_window *w,
	struct walls *out)
{
	struct rrule full = completed(r, start);
	struct expansion *x = mem_alloc(mem, sizeof(*x));

	*out = (struct walls){mem_alloc(mem, (w->max + 1) * sizeof(wall_t)), 0, false};
	x->r = &full;
	x->w = w;
	x->out = out;
	x->start = start;
	if (full.freq >= RRULE_DAILY)
		by_days(x);
	else
		by_times(x);
	return x->ended || w->steps > 0;
}
