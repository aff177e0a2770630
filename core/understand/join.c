/* What two days, or two times, that stand together mean. */
#include "core/understand/join.h"
#include "core/understand/action.h"
#include "core/understand/settle.h"

/* ---- a day after a day ---- */

/* Two days without a word between them: the one may tell the other apart. */
void join_date(struct sense *was, const struct sense *d)
{
	if (!is_one(was) && (d->flags & F_WEEKDAY) != 0 && was->last.n != DAY_OPEN &&
		((was->flags & F_WEEK) != 0 || was->last.n - was->first.n < 7)) {
		int ahead = (day_weekday(d->first) - day_weekday(was->first) + 7) % 7;

		if (was->first.n + ahead <= was->last.n) {
			was->first.n += ahead;
			was->last = was->first;
			was->flags = d->flags;
			return;
		}
	}
	/* "in December, on the fifth" */
	if ((was->flags & F_MONTH) != 0 && (d->flags & F_DOM) != 0 && was->last.n != DAY_OPEN) {
		struct civil month = civil_of_day(was->last);
		day_t there = day_of(month.year, month.month, civil_of_day(d->first).day);

		if (there.n >= was->first.n && there.n <= was->last.n) {
			was->first = was->last = there;
			was->flags = 0;
			return;
		}
	}
	if (is_one(was) && is_one(d) && day_weekday(was->first) == day_weekday(d->first) &&
		(d->flags & F_WEEKDAY) != 0)
		return;
	if (is_one(d) && is_one(was) && (was->flags & F_WEEKDAY) != 0 &&
		day_weekday(was->first) == day_weekday(d->first)) {
		*was = *d;
		return;
	}
	if (d->first.n >= was->first.n && d->last.n <= was->last.n) {
		*was = *d;
		return;
	}
	if (was->first.n >= d->first.n && was->last.n <= d->last.n)
		return;
	/* "from Monday on", "until Friday" */
	if (was->last.n == DAY_OPEN && d->last.n >= was->first.n && !is_one(d)) {
		was->last = d->last;
		return;
	}
	*was = *d;
	doubt(was, 50);
}

/* "The 14th or the 15th of April", "Tuesday or Thursday next week": what was
 * said with the one holds for the other. */
void share_date(struct sense *before, struct sense *d)
{
	struct civil a = civil_of_day(before->first), b = civil_of_day(d->first);

	if (has(before) && (before->flags & F_DOM) != 0 && !is_one(d))
		doubt(before, 50); /* "the first or second week of May" */
	if (!has(before) || !is_one(before) || !is_one(d))
		return;
	if ((before->flags & F_DOM) != 0 && (d->flags & (F_DOM | F_WEEKDAY)) == 0 &&
		a.day < b.day) {
		before->first = before->last = day_of(b.year, b.month, a.day);
	} else if ((before->flags & F_IN_WEEK) != 0 && (d->flags & F_WEEKDAY) != 0) {
		d->first.n = before->first.n + day_weekday(d->first) - day_weekday(before->first);
		d->last = d->first;
		d->flags |= F_IN_WEEK;
		d->sure = before->sure;
	} else if ((before->flags & F_WEEKDAY) != 0 && (d->flags & F_IN_WEEK) != 0) {
		int32_t n = d->first.n + day_weekday(before->first) - day_weekday(d->first);

		doubt(before, n == before->first.n ? 100 : 70);
		before->first.n = n;
		before->last = before->first;
	}
}

/* ---- a time after a time ---- */

static void join_part(struct sense *was, const struct sense *w)
{
	const struct sense *part = (was->flags & F_PART) != 0 ? was : w;
	struct sense time = part == was ? *w : *was;
	enum part p = (enum part)part->v;

	if ((time.flags & F_PART) != 0) { /* two parts: the narrower */
		int a = was->t2 == NO_TIME ? 1440 : was->t2, b = w->t2 == NO_TIME ? 1440 : w->t2;

		if (b - w->t1 <= a - was->t1)
			*was = *w;
		return;
	}
	if (time.t1 != NO_TIME)
		clock_within(p, &time);
	else if ((time.flags & F_T12_END) != 0) {
		struct sense end = {.t1 = time.t2, .flags = F_T12};

		clock_within(p, &end);
		time.t2 = end.t1;
		time.flags &= ~(unsigned)F_T12_END;
	}
	if (is_exact(w == part ? was : w))
		time.t2 = time.t1;
	if (time.t1 == NO_TIME && time.t2 > part->t1)
		time.t1 = part->t1;
	else if (time.t2 == NO_TIME && time.t1 <= part->t2 - 60 && p != PART_EVENING)
		time.t2 = part->t2;
	else if (is_exact(&time) &&
		(time.t1 < part->t1 - 60 || (part->t2 != NO_TIME && time.t1 > part->t2 + 60)) &&
		p != PART_NIGHT)
		doubt(&time, 50);
	time.v = 0;
	*was = time;
}

bool is_half_open(const struct sense *w)
{
	return (w->t1 == NO_TIME) != (w->t2 == NO_TIME) && (w->flags & F_PART) == 0;
}

void join_win(struct sense *was, const struct sense *w)
{
	if (((was->flags | w->flags) & F_PART) != 0) {
		join_part(was, w);
	} else if (was->t2 == NO_TIME && w->t1 == NO_TIME) {
		was->t2 = w->t2;
		was->flags |= w->flags;
	} else if (was->t1 == NO_TIME && w->t2 == NO_TIME) {
		was->t1 = w->t1;
		was->flags |= w->flags;
	} else if (is_half_open(was) && is_exact(w)) {
		*was = *w; /* after lunch, around two */
	} else if (was->t1 != w->t1 || was->t2 != w->t2) {
		*was = *w;
		doubt(was, 50);
	}
}
