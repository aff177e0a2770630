/* Days, weeks and months, and what lies between and around them. */
#include "core/understand/action.h"
#include "core/understand/dates.h"

static bool one(struct sense *out, day_t d)
{
	out->first = out->last = d;
	return true;
}

static bool span(struct sense *out, day_t first, day_t last)
{
	out->first = first;
	out->last = last;
	return last.n == DAY_OPEN || first.n <= last.n;
}

static day_t later(day_t d, int days)
{
	d.n += days;
	return d;
}

static day_t monday_of(day_t d)
{
	return later(d, 1 - day_weekday(d));
}

static void less_sure(struct sense *out, int sure)
{
	out->sure = sure < out->sure ? sure : out->sure;
}

/* ---- near ---- */

ACTION(day)
{
	(void)r, (void)n;
	out->flags |= parts[0]->v < 0 ? F_PAST : 0;
	return one(out, later(s->today, parts[0]->v));
}

ACTION(weekday)
{
	(void)r;
	int v = parts[n - 1]->v, ahead = (v - day_weekday(s->today) + 7) % 7;

	out->flags = F_WEEKDAY;
	if (ahead == 0) { /* today? it would be called that */
		out->flags |= F_NOT_TODAY;
		less_sure(out, 70);
		ahead = 7;
	}
	return one(out, later(s->today, ahead));
}

static bool which_weekday(const struct scene *s, enum which which, int v, struct sense *out)
{
	int here = day_weekday(s->today), ahead = (v - here + 7) % 7;
	bool this_week = ahead > 0 && v > here;

	out->flags = F_WEEKDAY;
	switch (which) {
	case WHICH_THIS:
		if (ahead == 0)
			less_sure(out, 75);
		break;
	case WHICH_COMING:
		ahead = ahead == 0 ? 7 : ahead;
		break;
	case WHICH_NEXT:
		less_sure(out, this_week ? 70 : 95);
		ahead = ahead == 0 ? 7 : ahead;
		break;
	case WHICH_NEXT_WEEK:
		less_sure(out, this_week ? 70 : 95);
		ahead += this_week || ahead == 0 ? 7 : 0;
		break;
	case WHICH_AFTER_NEXT:
		less_sure(out, this_week ? 70 : 85);
		ahead += ahead == 0 ? 14 : 7;
		break;
	case WHICH_LAST:
		ahead -= 7;
		out->flags = F_PAST;
		break;
	}
	return one(out, later(s->today, ahead));
}

static bool which_week(const struct scene *s, enum which which, struct sense *out)
{
	day_t monday = monday_of(s->today);

	out->flags = F_WEEK;
	switch (which) {
	case WHICH_THIS:
		return span(out, s->today, later(monday, 6));
	case WHICH_COMING:
	case WHICH_NEXT:
	case WHICH_NEXT_WEEK:
		return span(out, later(monday, 7), later(monday, 13));
	case WHICH_AFTER_NEXT:
		return span(out, later(monday, 14), later(monday, 20));
	case WHICH_LAST:
		break;
	}
	out->flags |= F_PAST;
	return span(out, later(monday, -7), later(monday, -1));
}

static bool which_weekend(const struct scene *s, enum which which, struct sense *out)
{
	day_t saturday = later(monday_of(s->today), 5);

	out->flags = F_WEEK;
	switch (which) {
	case WHICH_NEXT_WEEK:
		less_sure(out, day_weekday(s->today) >= 6 ? 90 : 70);
		saturday = later(saturday, 7);
		break;
	case WHICH_NEXT:
		less_sure(out, 70);
		saturday = later(saturday, day_weekday(s->today) >= 6 ? 7 : 0);
		break;
	case WHICH_AFTER_NEXT:
		less_sure(out, 75);
		saturday = later(saturday, day_weekday(s->today) >= 6 ? 14 : 7);
		break;
	case WHICH_LAST:
		out->flags |= F_PAST;
		saturday = later(saturday, -7);
		break;
	case WHICH_THIS:
	case WHICH_COMING:
		break;
	}
	day_t first = saturday.n < s->today.n && which <= WHICH_COMING ? s->today : saturday;
	return span(out, first, later(saturday, 1));
}

static bool which_month(const struct scene *s, enum which which, struct sense *out)
{
	struct civil v = civil_of_day(s->today);
	int by = which == WHICH_THIS       ? 0
		: which == WHICH_LAST      ? -1
		: which == WHICH_AFTER_NEXT ? 2
					    : 1;

	day_t first = date_add_months(day_of(v.year, v.month, 1), by);
	out->flags = F_MONTH | (by < 0 ? F_PAST : 0);
	return span(out, by == 0 ? s->today : first, later(date_add_months(first, 1), -1));
}

static bool which_year(const struct scene *s, enum which which, struct sense *out)
{
	int year = civil_of_day(s->today).year + (which == WHICH_THIS ? 0 : 1);

	if (which == WHICH_LAST || which == WHICH_AFTER_NEXT)
		return false;
	return span(out, which == WHICH_THIS ? s->today : day_of(year, 1, 1), day_of(year, 12, 31));
}

ACTION(which)
{
	const struct sense *what = parts[n - 1], *first = parts[0];
	bool before = first->sym == S_WHICH;
	enum which which = n == 1 ? (enum which)r->arg : (enum which)(before ? first : what)->v;

	what = n == 1 || before ? what : first;
	if (what->sym == S_WEEKDAY)
		return which_weekday(s, which, what->v, out);
	switch ((enum length)what->v) {
	case LEN_WEEK:
		return which_week(s, which, out);
	case LEN_WEEKEND:
		return which_weekend(s, which, out);
	case LEN_MONTH:
		return which_month(s, which, out);
	case LEN_YEAR:
		return which_year(s, which, out);
	case LEN_DAY:
	case LEN_HOUR:
	case LEN_MINUTE:
		break;
	}
	return false;
}

ACTION(weekday_in)
{
	(void)s, (void)r;
	bool day_first = parts[0]->sym == S_WEEKDAY;
	const struct sense *in = parts[day_first ? n - 1 : 0];
	int v = parts[day_first ? 0 : n - 1]->v;
	day_t d = later(monday_of(in->last), v - 1);

	if ((in->flags & F_WEEK) == 0)
		return false;
	out->flags = in->flags & F_PAST;
	/* "this week on Monday", said on Tuesday */
	if (d.n < in->first.n) {
		less_sure(out, 40);
		d = later(d, 7);
	}
	return one(out, d);
}

/* ---- lengths ---- */

ACTION(dur)
{
	(void)s;
	out->n = n > 1 ? parts[0]->v : 1;
	out->v = parts[n - 1]->v;
	if (out->v == LEN_WEEKEND)
		return false;
	if (out->v == LEN_HOUR && r->arg != 0) {
		out->n = out->n * 60 + r->arg;
		out->v = LEN_MINUTE;
	}
	return r->arg == 0 || out->v == LEN_MINUTE;
}

ACTION(fixed_dur)
{
	(void)s, (void)parts, (void)n;
	out->n = r->arg;
	out->v = LEN_DAY;
	return true;
}

ACTION(half)
{
	(void)s, (void)n;
	out->v = LEN_MINUTE;
	out->n = parts[0]->v * 60 + r->arg;
	return true;
}

static day_t day_plus(day_t d, const struct sense *dur, bool eight_is_a_week)
{
	switch ((enum length)dur->v) {
	case LEN_DAY:
		return later(d, eight_is_a_week && dur->n == 8 ? 7 : dur->n);
	case LEN_WEEK:
		return later(d, 7 * dur->n);
	case LEN_MONTH:
		return date_add_months(d, dur->n);
	case LEN_YEAR:
		return date_add_months(d, 12 * dur->n);
	case LEN_MINUTE:
	case LEN_HOUR:
	case LEN_WEEKEND:
		break;
	}
	return d;
}

static bool bounded(const struct sense *dur)
{
	return dur->n <= (dur->v == LEN_YEAR ? 5 : dur->v == LEN_MONTH ? 36 : 1500);
}

ACTION(in)
{
	const struct sense *dur = parts[n - 1];

	if (!bounded(dur))
		return false;
	if (dur->v == LEN_MINUTE || dur->v == LEN_HOUR) {
		int64_t minutes = dur->v == LEN_HOUR ? dur->n * 60 : dur->n;
		wall_t then = tz_wall(s->zone, (ts_t){s->at.ms + minutes * 60000});

		out->t1 = out->t2 = wall_minute(then);
		out->flags = (r->arg & 2) != 0 ? F_ABOUT : 0;
		return one(out, day_of_wall(then));
	}
	return one(out, day_plus(s->today, dur, (r->arg & 1) != 0));
}

ACTION(plus)
{
	(void)s;
	bool date_first = parts[0]->sym == S_DATE;
	const struct sense *d = parts[date_first ? 0 : n - 1], *dur = parts[date_first ? n - 1 : 0];

	if (d->first.n != d->last.n || dur->v == LEN_MINUTE || dur->v == LEN_HOUR || !bounded(dur) ||
		d->t1 != NO_TIME || (d->flags & F_PAST) != 0)
		return false;
	return one(out, day_plus(d->first, dur, (r->arg & 1) != 0));
}

ACTION(plus_days)
{
	(void)s, (void)n;
	return parts[0]->first.n == parts[0]->last.n && parts[0]->t1 == NO_TIME &&
		(parts[0]->flags & (F_PAST | F_NEVER)) == 0 &&
		one(out, later(parts[0]->first, r->arg));
}

ACTION(weekday_dur)
{
	bool day_first = parts[0]->sym == S_WEEKDAY;
	const struct sense *dur = parts[day_first ? n - 1 : 0];
	int v = parts[day_first ? 0 : n - 1]->v;

	if (dur->v == LEN_MINUTE || dur->v == LEN_HOUR || dur->v == LEN_DAY || !bounded(dur))
		return false;
	day_t there = day_plus(s->today, dur, (r->arg & 1) != 0);
	return one(out, later(monday_of(there), v - 1));
}

/* ---- dates ---- */

bool date_written(const struct scene *s, int day, int month, int year, struct sense *out)
{
	day_t d;

	if (year > 0) {
		struct civil v = {.year = year < 100 ? 2000 + year : year, .month = month, .day = day};

		if (!civil_valid(&v) || v.year > 2099)
			return false;
		d = day_of(v.year, v.month, v.day);
		out->flags |= F_YEAR | (d.n < s->today.n ? F_PAST : 0);
		return one(out, d);
	}
	if (!date_next(s->today, month, day, &d))
		return false;
	return one(out, d);
}

static bool dom_only(const struct scene *s, int day, struct sense *out)
{
	day_t d;

	if (!date_next_dom(s->today, day, &d))
		return false;
	out->flags |= F_DOM;
	if (d.n == s->today.n)
		less_sure(out, 60);
	return one(out, d);
}

ACTION(dom)
{
	int day = 0, month = 0, year = 0;

	for (size_t i = 0; i < n; i++) {
		const struct sense *p = parts[i];

		if (p->sym == S_MONTH)
			month = p->v;
		else if (p->sym == S_NUM && p->v >= 2020)
			year = p->v;
		else if (day == 0)
			day = p->v;
		else
			month = p->v;
	}
	if (month == 0 ? dom_only(s, day, out) : date_written(s, day, month, year, out)) {
		if (r->arg > 0)
			less_sure(out, r->arg);
		return true;
	}
	/* the thirty-first of November: whatever was meant, not the thirty-first */
	out->flags |= F_NEVER;
	out->sure = 0;
	return true;
}

/* A date and the day of the week, or "tomorrow", that was said with it. */
ACTION(agree)
{
	(void)r;
	const struct sense *d = parts[n - 1], *with = parts[n - 2];
	bool weekday = with->sym == S_WEEKDAY;

	if (d->first.n != d->last.n || d->t1 != NO_TIME || (d->flags & (F_WEEKDAY | F_PAST)) != 0)
		return false;
	(void)one(out, d->first);
	out->flags = d->flags & (F_YEAR | F_NEVER);
	if (weekday ? day_weekday(d->first) == with->v : d->first.n == s->today.n + with->v) {
		out->sure = 100;
		return true;
	}
	if (weekday && (d->flags & F_DOM) != 0 &&
		date_next_dom_on(s->today, civil_of_day(d->first).day, with->v, &out->first)) {
		out->last = out->first;
		less_sure(out, 60);
		return true;
	}
	less_sure(out, 40);
	return true;
}

ACTION(feast)
{
	(void)r;
	day_t first, last;

	if (!date_feast((enum feast)parts[n - 1]->v, s->today, &first, &last))
		return false;
	out->flags = F_YEAR;
	return span(out, first, last);
}

ACTION(month)
{
	struct civil now = civil_of_day(s->today);
	int month = parts[0]->v, year = n > 1 ? parts[n - 1]->v : now.year + (month < now.month);
	day_t first = day_of(year, month, 1);
	day_t last = later(date_add_months(first, 1), -1);

	(void)r;
	if (last.n < s->today.n)
		return false;
	out->flags = F_MONTH;
	return span(out, first.n < s->today.n ? s->today : first, last);
}

ACTION(which_month)
{
	return parts[0]->v != WHICH_LAST && act_month(s, r, parts + 1, n - 1, out);
}

ACTION(same_month)
{
	return (parts[0]->flags & F_MONTH) != 0 && act_same(s, r, parts, n, out);
}

ACTION(nth_weekday)
{
	(void)s;
	const struct sense *in = parts[n - 1];
	int nth = r->arg != 0 ? r->arg : parts[0]->v, v = parts[r->arg != 0 ? 0 : 1]->v;
	struct civil m = civil_of_day(in->last);
	day_t d;

	if (!date_nth_weekday(m.year, m.month, v, nth, &d))
		return false;
	if (d.n < s->today.n)
		less_sure(out, 40);
	return one(out, d);
}

ACTION(nth_week)
{
	(void)s;
	const struct sense *in = parts[n - 1];
	struct civil m = civil_of_day(in->last);
	int nth = r->arg != 0 ? r->arg : parts[0]->v;
	day_t first = day_of(m.year, m.month, 1);

	if (nth < 0)
		return span(out, later(in->last, -6), in->last);
	first = later(first, 7 * (nth - 1));
	return nth <= 4 && span(out, first, later(first, 6));
}

ACTION(week_number)
{
	(void)r;
	int year = civil_of_day(s->today).year;
	day_t monday;

	do {
		/* the week of 4 January is the first (ISO 8601) */
		monday = later(monday_of(day_of(year++, 1, 4)), 7 * (parts[n - 1]->v - 1));
	} while (later(monday, 6).n < s->today.n);
	out->flags = F_WEEK;
	return span(out, monday.n < s->today.n ? s->today : monday, later(monday, 6));
}

/* ---- around ---- */

static bool is_plain(const struct sense *d)
{
	return (d->flags & (F_PAST | F_NEVER)) == 0 && d->t1 == NO_TIME && d->t2 == NO_TIME;
}

ACTION(range)
{
	(void)s;
	const struct sense *a = parts[0], *b = parts[n - 1];
	day_t last = b->last;

	if (!is_plain(a) || !is_plain(b) || a->last.n == DAY_OPEN || last.n == DAY_OPEN)
		return false;
	if (last.n < a->first.n && (b->flags & F_WEEKDAY) != 0)
		last = later(last, 7);
	if (last.n < a->first.n && (b->flags & F_DOM) != 0)
		(void)date_next_dom(a->first, civil_of_day(last).day, &last);
	out->sure = out->sure < 90 ? out->sure : 90;
	out->flags = (unsigned)r->arg;
	return span(out, a->first, last);
}

ACTION(between_feasts)
{
	day_t first, last, from, to;

	(void)r;
	if (!date_feast((enum feast)parts[0]->v, s->today, &first, &from) ||
		!date_feast((enum feast)parts[n - 1]->v, from, &to, &last))
		return false;
	return span(out, later(from, 1), later(to, -1));
}

ACTION(from_date)
{
	(void)s, (void)r;
	out->flags = parts[n - 1]->flags & F_NOT_TODAY;
	return is_plain(parts[n - 1]) && span(out, parts[n - 1]->first, (day_t){DAY_OPEN});
}

ACTION(until_date)
{
	(void)r;
	return is_plain(parts[n - 1]) && parts[n - 1]->last.n != DAY_OPEN &&
		span(out, s->today, parts[n - 1]->last);
}

ACTION(after_date)
{
	(void)s, (void)r;
	return is_plain(parts[n - 1]) && parts[n - 1]->last.n != DAY_OPEN &&
		span(out, later(parts[n - 1]->last, 1), (day_t){DAY_OPEN});
}

ACTION(before_date)
{
	(void)r;
	return is_plain(parts[n - 1]) && parts[n - 1]->first.n > s->today.n &&
		span(out, s->today, later(parts[n - 1]->first, -1));
}

static bool part_of_month(day_t in, int which, struct sense *out)
{
	struct civil v = civil_of_day(in);
	day_t first = day_of(v.year, v.month, 1), last = later(date_add_months(first, 1), -1);

	switch (which) {
	case 1:
		return span(out, first, later(first, 9));
	case 2:
		return span(out, later(first, 10), later(first, 19));
	default:
		return span(out, later(first, 20), last);
	}
}

ACTION(part_of)
{
	const struct sense *in = parts[n - 1];

	if (!is_plain(in))
		return false;
	if ((in->flags & F_MONTH) != 0) {
		if (!part_of_month(in->last, r->arg, out))
			return false;
	} else if ((in->flags & F_WEEK) != 0 && in->last.n - in->first.n != 1) {
		static const int DAYS[3][2] = {{0, 1}, {1, 3}, {3, 5}};
		day_t monday = monday_of(in->last);

		less_sure(out, 75);
		(void)span(out, later(monday, DAYS[r->arg - 1][0]), later(monday, DAYS[r->arg - 1][1]));
	} else {
		return false;
	}
	if (out->first.n < s->today.n)
		out->first = s->today;
	return out->first.n <= out->last.n;
}

ACTION(own_part)
{
	struct rule part = {.arg = r->arg % 10};
	struct sense in = *out;
	const struct sense *p = &in;

	(void)parts, (void)n;
	if (r->arg / 10 == LEN_WEEK ? !which_week(s, WHICH_THIS, &in) : !which_month(s, WHICH_THIS, &in))
		return false;
	return act_part_of(s, &part, &p, 1, out);
}

ACTION(rest_of)
{
	const struct sense *in = parts[n - 1];

	(void)r;
	if (!is_plain(in) || in->first.n == in->last.n)
		return false;
	return span(out, in->first.n <= s->today.n ? later(s->today, 1) : in->first, in->last);
}

ACTION(date_part)
{
	(void)s, (void)n;
	if (!is_plain(parts[0]) || parts[0]->first.n != parts[0]->last.n)
		return false; /* or it has a time already */
	part_window((enum part)r->arg, &out->t1, &out->t2);
	out->v = r->arg;
	out->flags = parts[0]->flags | F_PART;
	return one(out, parts[0]->first);
}

ACTION(own_day_part)
{
	(void)parts, (void)n;
	part_window((enum part)r->arg, &out->t1, &out->t2);
	out->v = r->arg;
	out->flags = F_PART;
	return one(out, s->today);
}

ACTION(days_ahead)
{
	int days = n > 0 ? parts[0]->v * r->arg : r->arg;

	return span(out, s->today, later(s->today, days));
}

ACTION(days_between)
{
	(void)parts, (void)n;
	less_sure(out, 60);
	return span(out, later(s->today, r->arg / 100), later(s->today, r->arg % 100));
}

ACTION(next_day)
{
	(void)s;
	const struct sense *d = parts[n - 1];

	return is_plain(d) && d->last.n != DAY_OPEN && (d->flags & F_WEEK) == 0 &&
		one(out, later(r->arg > 0 ? d->last : d->first, r->arg));
}

ACTION(next_weekday)
{
	(void)s, (void)r;
	const struct sense *d = parts[n - 1];

	if (!is_plain(d) || d->last.n == DAY_OPEN)
		return false;
	int ahead = (parts[0]->v - day_weekday(d->last) + 7) % 7;
	return one(out, later(d->last, ahead == 0 ? 7 : ahead));
}

ACTION(not_date)
{
	(void)s, (void)r;
	const struct sense *d = parts[0]->sym == S_DATE ? parts[0] : parts[n - 1];

	out->flags = d->flags;
	return is_plain(d) && d->last.n != DAY_OPEN && span(out, d->first, d->last);
}
