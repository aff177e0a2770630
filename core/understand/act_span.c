/* Feasts, weeks and months, and what lies between and around days. */
#include "core/understand/day.h"

ACTION(feast)
{
	(void)r;
	day_t first, last;

	if (!date_feast((enum feast)parts[n - 1]->v, s->today, &first, &last))
		return false;
	if (first.n - s->today.n > FAR)
		less_sure(out, 75);
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
	const struct sense *d = parts[n - 1];
	bool whole = d->first.n == d->last.n || (d->flags & (F_WEEK | F_MONTH | F_YEAR)) != 0;

	out->flags = d->flags & F_NOT_TODAY;
	return whole && is_plain(d) && span(out, d->first, (day_t){DAY_OPEN});
}

ACTION(until_date)
{
	(void)r;
	out->flags = F_UNTIL;
	return is_plain(parts[n - 1]) && parts[n - 1]->last.n != DAY_OPEN &&
		span(out, s->today, parts[n - 1]->last);
}

ACTION(after_date)
{
	(void)s;
	if (r->arg > 0)
		less_sure(out, r->arg);
	return is_plain(parts[n - 1]) && parts[n - 1]->last.n != DAY_OPEN &&
		span(out, later(parts[n - 1]->last, 1), (day_t){DAY_OPEN});
}

ACTION(before_date)
{
	if (r->arg > 0)
		less_sure(out, r->arg);
	const struct sense *d = parts[n - 1];

	return is_plain(d) && d->first.n > s->today.n &&
		span(out, s->today, (d->flags & F_END) != 0 ? d->last : later(d->first, -1));
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
		(void)span(out, later(monday, DAYS[r->arg - 1][0]),
			later(monday, DAYS[r->arg - 1][1]));
	} else {
		return false;
	}
	out->flags = F_YEAR | (r->arg == 3 ? F_END : 0);
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
	if (r->arg / 10 == LEN_WEEK ? !which_week(s, WHICH_THIS, &in)
				    : !which_month(s, WHICH_THIS, &in))
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
	(void)s;
	const struct sense *d = parts[n - 1];

	if (!is_plain(d) || d->last.n == DAY_OPEN)
		return false;
	int v = parts[0]->v;
	if (r->arg < 0) {
		int back = (day_weekday(d->first) - v + 7) % 7;

		return one(out, later(d->first, back == 0 ? -7 : -back));
	}
	int ahead = (v - day_weekday(d->last) + 7) % 7;
	return one(out, later(d->last, ahead == 0 ? 7 : ahead));
}

ACTION(week_beside)
{
	(void)s;
	const struct sense *d = parts[n - 1];

	if (!is_plain(d) || d->last.n == DAY_OPEN)
		return false;
	day_t monday = monday_of(r->arg < 0 ? d->first : d->last);
	out->flags = F_WEEK;
	less_sure(out, 75);
	return span(out, later(monday, 7 * r->arg), later(monday, 7 * r->arg + 6));
}

ACTION(not_date)
{
	(void)s;
	const struct sense *d = parts[0]->sym == S_DATE ? parts[0] : parts[n - 1];

	if (r->arg > 0)
		less_sure(out, r->arg);
	out->flags = d->flags;
	return is_plain(d) && d->last.n != DAY_OPEN && span(out, d->first, d->last);
}

ACTION(weekend_beside)
{
	(void)s;
	const struct sense *d = parts[n - 1];

	if (!is_plain(d) || d->last.n == DAY_OPEN)
		return false;
	int weekday = day_weekday(r->arg < 0 ? d->first : d->last);
	day_t saturday = r->arg < 0 ? later(d->first, weekday <= 6 ? -weekday - 1 : -8)
				    : later(d->last, weekday < 6 ? 6 - weekday : 13 - weekday);

	out->flags = F_WEEK;
	less_sure(out, 75);
	return span(out, saturday, later(saturday, 1));
}

ACTION(week_of)
{
	const struct sense *d = parts[n - 1];

	(void)r;
	if (!is_plain(d) || d->first.n != d->last.n)
		return false;
	day_t monday = monday_of(d->first);
	out->flags = F_WEEK;
	less_sure(out, 75);
	return span(out, monday.n < s->today.n ? s->today : monday, later(monday, 6));
}

ACTION(feast_weekend)
{
	day_t first, last;

	(void)r, (void)n;
	if (!date_feast((enum feast)parts[0]->v, s->today, &first, &last))
		return false;
	int weekday = day_weekday(last);
	day_t saturday = later(last, weekday <= 2 ? -weekday - 1 : 6 - weekday);
	out->flags = F_WEEK;
	less_sure(out, 70);
	return span(out, first.n < saturday.n ? first : saturday,
		last.n > saturday.n + 1 ? last : later(saturday, 1));
}

ACTION(new_year)
{
	int year = civil_of_day(s->today).year + 1;

	(void)r, (void)parts, (void)n;
	less_sure(out, 75);
	return span(out, day_of(year, 1, 1), (day_t){DAY_OPEN});
}

ACTION(plus_last)
{
	struct sense last = *parts[n - 1];
	const struct sense *both[] = {parts[0], &last};

	if (!is_plain(&last) || last.last.n == DAY_OPEN)
		return false;
	if (last.first.n != last.last.n)
		less_sure(out, 75);
	last.first = last.last;
	return act_plus(s, r, both, 2, out);
}

ACTION(days_to)
{
	less_sure(out, 75);
	return parts[n - 1]->v > parts[0]->v &&
		span(out, later(s->today, parts[0]->v * r->arg),
			later(s->today, parts[n - 1]->v * r->arg));
}

ACTION(vaguely)
{
	const struct rule plain = {.arg = 0};

	if (!act_same(s, &plain, parts, n, out))
		return false;
	less_sure(out, r->arg);
	return true;
}
