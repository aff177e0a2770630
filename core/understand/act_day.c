/* Days and dates. */
#include "core/understand/day.h"

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

bool which_week(const struct scene *s, enum which which, struct sense *out)
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

bool which_month(const struct scene *s, enum which which, struct sense *out)
{
	struct civil v = civil_of_day(s->today);
	int by = which == WHICH_THIS        ? 0
		: which == WHICH_LAST       ? -1
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
	out->flags = (in->flags & F_PAST) | F_IN_WEEK;
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
	out->n = r->arg % 1000;
	out->v = r->arg / 1000;
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
	bool date_first = parts[0]->sym == S_DATE;
	const struct sense *d = parts[date_first ? 0 : n - 1], *dur = parts[date_first ? n - 1 : 0];

	if (d->first.n != d->last.n || dur->v == LEN_MINUTE || dur->v == LEN_HOUR ||
		!bounded(dur) || d->t1 != NO_TIME || (d->flags & F_PAST) != 0)
		return false;
	/* "Thursday in three weeks", said on Friday: of which week? */
	bool weeks = (dur->v == LEN_WEEK && dur->n > 1) ||
		(dur->v == LEN_DAY && dur->n > 7 && dur->n % 7 == 0);

	if ((d->flags & F_WEEKDAY) != 0 && (r->arg & 4) != 0 && weeks &&
		day_weekday(d->first) < day_weekday(s->today))
		less_sure(out, 70);
	return one(out, day_plus(d->first, dur, (r->arg & 1) != 0));
}

ACTION(minus)
{
	struct sense dur = *parts[0], first = *parts[n - 1];
	const struct sense *back[] = {&dur, &first};

	if (first.last.n == DAY_OPEN)
		return false;
	dur.n = -dur.n;
	first.last = first.first;
	return act_plus(s, r, back, 2, out) && out->first.n >= s->today.n;
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
		struct civil v = {
			.year = year < 100 ? 2000 + year : year, .month = month, .day = day};

		if (!civil_valid(&v) || v.year > 2099)
			return false;
		d = day_of(v.year, v.month, v.day);
		out->flags |= F_YEAR | (d.n < s->today.n ? F_PAST : 0);
		return one(out, d);
	}
	if (!date_next(s->today, month, day, &d))
		return false;
	if (d.n - s->today.n > FAR)
		less_sure(out, 75);
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

		if (p->sym == S_NUM && (p->v >= 2020 || (month != 0 && day != 0)))
			year = p->v;
		else if (p->sym == S_MONTH || day != 0)
			month = p->v;
		else
			day = p->v;
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

ACTION(dom_in)
{
	const struct sense *in = parts[n - 1];
	struct civil v = civil_of_day(in->last);

	(void)r;
	if ((in->flags & F_MONTH) == 0 || (in->flags & F_PAST) != 0)
		return false;
	v.day = parts[0]->v;
	if (!civil_valid(&v))
		return false;
	day_t d = day_of(v.year, v.month, v.day);
	return d.n >= s->today.n && one(out, d);
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
