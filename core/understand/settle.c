/* Which of two times is meant, what is over already, what clocks do not show. */
#include "core/understand/action.h"
#include "core/understand/settle.h"

/* The end of a window, when it may be twelve hours later. */
static void settle_end(const struct scene *s, struct sense *w)
{
	if ((w->flags & F_T12_END) == 0)
		return;
	int a = w->t2 % 720, b = a + 720;
	if (w->t1 != NO_TIME) {
		w->t2 = a > w->t1 ? a : b;
	} else {
		struct sense end = {.t1 = w->t2, .flags = F_T12, .sure = 100};

		clock_settle(s, &end);
		w->t2 = end.t1;
		doubt(w, end.sure);
	}
	if (w->t1 != NO_TIME && w->t2 <= w->t1)
		doubt(w, 40);
}

static void settle_window(const struct scene *s, struct sense *w)
{
	bool exact = is_exact(w);
	bool both = w->t1 != NO_TIME && w->t2 != NO_TIME && !exact;

	/* from seven to nine: in the morning, if the end says so */
	if (both && (w->flags & F_T12) != 0 && (w->flags & F_T12_END) == 0) {
		int a = w->t1 % 720;

		w->t1 = a + 720 < w->t2 ? a + 720 : a;
		w->flags &= ~(unsigned)F_T12;
	}
	if (w->t1 != NO_TIME)
		clock_settle(s, w);
	if (exact)
		w->t2 = w->t1;
	settle_end(s, w);
	if (both && w->t2 <= w->t1)
		doubt(w, 40);
	if (exact && (w->t1 < s->opens - 120 || w->t1 >= s->closes + 180))
		doubt(w, 70); /* that early, or that late? */
}

/* What is over today is not meant, or meant twelve hours later. */
static void settle_today(const struct scene *s, const struct sense *d, struct sense *w, bool t12)
{
	if (!is_one(d) || d->first.n != s->today.n || !has(w))
		return;
	int now = wall_minute(s->now);
	bool over = is_exact(w) ? w->t1 < now : w->t2 != NO_TIME && w->t2 <= now;
	if (!over)
		return;
	doubt(w, 60);
	if (t12 && is_exact(w) && w->t1 < 720 && w->t1 + 720 > now)
		w->t1 = w->t2 = w->t1 + 720;
}

struct when_option settle(const struct scene *s, struct sense *date, struct sense *win)
{
	struct when_option out = {.from = NO_TIME, .to = NO_TIME};
	bool t12 = (win->flags & F_T12) != 0;
	int sure = 100;

	if (has(date)) {
		out.first = date->first;
		out.last = date->last;
		out.weekday = (date->flags & F_WEEKDAY) != 0;
		sure = date->sure;
	}
	if (has(win)) {
		if (has(date) && (date->flags & F_UNTIL) != 0 && is_exact(win))
			doubt(win, 70);
		if ((win->flags & F_PART) == 0)
			settle_window(s, win);
		if (has(date))
			settle_today(s, date, win, t12);
		out.from = win->t1;
		out.to = win->t2;
		out.about = (win->flags & F_ABOUT) != 0;
		sure = win->sure < sure ? win->sure : sure;
	}
	if (out.first.n != 0 && is_one(date) && has(win) && is_exact(win)) {
		out.kind = tz_of_wall(s->zone, wall_of(out.first, out.from)).kind;
		if (out.kind != TZ_UNIQUE)
			sure = sure < 60 ? sure : 60;
	}
	out.confidence = sure > 98 ? 980000 : sure * INT64_C(10000);
	return out;
}
