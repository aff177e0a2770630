/* Numbers, times of day, and windows of a day. */
#include "core/understand/action.h"

#define HOUR 60
#define HALF_DAY (12 * HOUR)

/* Parts of the day, generously: who books looks at opening hours anyway. */
static const struct {
	int from, to; /* hours; 0: open */
	int like;     /* an hour in it, to tell three from fifteen */
} PARTS[PART_COUNT] = {
	[PART_EARLY] = {6, 10, 8},
	[PART_MORNING] = {6, 12, 8},
	[PART_FORENOON] = {8, 12, 9},
	[PART_LATE_MORNING] = {10, 12, 10},
	[PART_NOON] = {12, 14, 13},
	[PART_EARLY_AFTERNOON] = {12, 15, 14},
	[PART_AFTERNOON] = {12, 18, 15},
	[PART_LATE_AFTERNOON] = {15, 18, 16},
	[PART_EARLY_EVENING] = {17, 19, 18},
	[PART_EVENING] = {17, 21, 19},
	[PART_LATE_EVENING] = {19, 22, 21},
	[PART_NIGHT] = {20, 24, 0},
	[PART_AFTER_WORK] = {17, 0, 18},
};

void part_window(enum part p, int *from, int *to)
{
	*from = PARTS[p].from * HOUR;
	*to = PARTS[p].to == 0 ? NO_TIME : PARTS[p].to * HOUR;
}

ACTION(nothing)
{
	(void)s, (void)parts, (void)n;
	out->v = r->arg;
	return true;
}

ACTION(same)
{
	struct sense was = *out;

	(void)s, (void)n;
	*out = *parts[0];
	out->sym = was.sym;
	out->from = was.from;
	out->len = was.len;
	out->flags |= (unsigned)r->arg;
	return true;
}

/* ---- numbers ---- */

ACTION(add)
{
	(void)s, (void)r;
	out->v = parts[0]->v + parts[n - 1]->v;
	out->flags = parts[0]->flags & F_SPELLED;
	return true;
}

ACTION(add_ord)
{
	(void)s, (void)r, (void)n;
	out->v = parts[0]->v;
	return true;
}

ACTION(thousand)
{
	(void)s, (void)r;
	out->v = parts[0]->v * 1000 + (n > 1 ? parts[1]->v : 0);
	return parts[0]->v < 10 && (n == 1 || parts[1]->v < 1000);
}

ACTION(year)
{
	(void)s, (void)n;
	out->v = r->arg + parts[n - 1]->v;
	return true;
}

/* ---- times of day ---- */

bool clock_time(int hour, int minute, struct sense *out)
{
	if (hour < 0 || hour > 24 || minute < 0 || minute > 59 || (hour == 24 && minute > 0))
		return false;
	out->t1 = hour * HOUR + minute;
	out->flags |= hour >= 1 && hour <= 12 ? F_T12 : 0;
	return true;
}

/* Minutes from midnight that may have gone below 0 or beyond the day. */
static bool clock_minutes(int hour, int minutes, struct sense *out)
{
	const int day = 24 * HOUR;

	if (!clock_time(hour, 0, out))
		return false;
	out->t1 = (hour * HOUR + minutes + day) % day;
	return true;
}

ACTION(clock)
{
	(void)s;
	out->flags = out->sym == S_CLK ? F_BARE : 0;
	int minute = n > 1 ? parts[1]->v : 0;

	return minute < 60 && clock_minutes(parts[0]->v, minute + r->arg, out);
}

ACTION(before)
{
	(void)s, (void)n;
	return clock_minutes(parts[1]->v, r->arg - parts[0]->v, out);
}

ACTION(past)
{
	(void)s, (void)n;
	return clock_minutes(parts[1]->v, r->arg + parts[0]->v, out);
}

ACTION(hhmm)
{
	(void)s, (void)r, (void)n;
	return clock_time(parts[0]->v / 100, parts[0]->v % 100, out);
}

ACTION(hundred)
{
	(void)s, (void)r, (void)n;
	return clock_time(parts[0]->v, 0, out);
}

ACTION(fixed)
{
	(void)s, (void)parts, (void)n;
	out->t1 = r->arg;
	out->sure = r->arg == 0 ? 70 : 100; /* midnight of which day? */
	return true;
}

/* The one of two times twelve hours apart that lies there. */
static void set_half(struct sense *w, bool later)
{
	w->t1 = w->t1 % HALF_DAY + (later ? HALF_DAY : 0);
	w->flags &= ~(unsigned)F_T12;
}

ACTION(meridiem)
{
	(void)s, (void)r;
	const struct sense *t = parts[0];

	if (t->sym == S_NUM && !clock_time(t->v, 0, out))
		return false;
	if (t->sym != S_NUM) {
		out->t1 = t->t1;
		out->flags = t->flags;
	}
	if ((out->flags & F_T12) == 0)
		return parts[n - 1]->v == 1 && out->t1 >= HALF_DAY;
	set_half(out, parts[n - 1]->v == 1);
	return true;
}

ACTION(hhmm_meridiem)
{
	struct sense t = *parts[0];
	const struct sense *again[] = {&t, parts[n - 1]};

	t.sym = S_TIME;
	return act_hhmm(s, r, parts, n, &t) && act_meridiem(s, r, again, 2, out);
}

void clock_within(enum part p, struct sense *w)
{
	int hour = w->t1 % HALF_DAY / HOUR;

	if ((w->flags & F_T12) == 0)
		return;
	if (PARTS[p].like == 0) /* at night: two is early, ten is late */
		set_half(w, hour >= 8);
	else if (p == PART_NOON)
		set_half(w, hour < 10);
	else
		set_half(w, PARTS[p].like >= 12);
}

ACTION(of_part)
{
	(void)s, (void)r, (void)n;
	bool part_first = parts[0]->sym == S_PART;
	const struct sense *t = parts[part_first ? 1 : 0];

	out->t1 = t->t1;
	out->flags = t->flags;
	clock_within((enum part)parts[part_first ? 0 : 1]->v, out);
	return true;
}

/* ---- which of two times ---- */

/* How sure, when nothing was said but the number: an hour at either end of
 * the day may be meant otherwise. */
static int sure_of(const struct scene *s, int t, int other)
{
	bool in = t >= s->opens && t < s->closes;
	bool other_in = other >= s->opens && other < s->closes;

	if (!in || other_in)
		return 60;
	return t - s->opens < HOUR / 2 || s->closes - t <= HOUR ? 70 : 92;
}

void clock_settle(const struct scene *s, struct sense *w)
{
	int a = w->t1 % HALF_DAY, b = a + HALF_DAY;

	if ((w->flags & F_T12) == 0)
		return;
	bool a_in = a >= s->opens && a < s->closes, b_in = b >= s->opens && b < s->closes;
	w->t1 = a_in || (!b_in && a >= s->opens) ? a : b;
	int sure = sure_of(s, w->t1, w->t1 == a ? b : a);
	w->sure = sure < w->sure ? sure : w->sure;
	w->flags &= ~(unsigned)F_T12;
}

/* ---- windows ---- */

static void take_sure(const struct rule *r, struct sense *out)
{
	if (r->arg > 0 && r->arg < out->sure)
		out->sure = r->arg;
}

ACTION(at)
{
	(void)s, (void)n;
	out->t1 = out->t2 = parts[n - 1]->t1;
	out->flags = parts[n - 1]->flags;
	take_sure(r, out);
	return true;
}

ACTION(about)
{
	if (!act_at(s, r, parts, n, out))
		return false;
	out->flags |= F_ABOUT;
	return true;
}

ACTION(fixing)
{
	if (!act_at(s, r, parts, n, out))
		return false;
	out->flags |= F_FIX;
	return true;
}

ACTION(oring)
{
	if (!act_at(s, r, parts, n, out))
		return false;
	out->flags |= F_OR;
	return true;
}

ACTION(from)
{
	(void)s, (void)n;
	out->t1 = parts[0]->t1;
	out->flags = parts[0]->flags;
	take_sure(r, out);
	return true;
}

ACTION(until)
{
	(void)s, (void)n;
	out->t2 = parts[0]->t1;
	out->flags = (parts[0]->flags & F_T12) != 0 ? F_T12_END : 0;
	take_sure(r, out);
	return true;
}

/* 2 to 4 pm: what is known of the second holds for the first. */
ACTION(between)
{
	struct sense first = *parts[0];
	const struct sense *second = parts[n - 1];

	(void)s;
	if ((first.flags & F_T12) != 0 && (second->flags & F_T12) == 0) {
		set_half(&first, second->t1 > HALF_DAY);
		if (first.t1 >= second->t1 && first.t1 >= HALF_DAY)
			first.t1 -= HALF_DAY;
	}
	out->t1 = first.t1;
	out->t2 = second->t1;
	out->flags = (first.flags & F_T12) | ((second->flags & F_T12) != 0 ? F_T12_END : 0);
	take_sure(r, out);
	return true;
}

ACTION(from_to)
{
	bool ok = act_between(s, r, parts, n, out);

	out->flags |= F_FROM_TO;
	return ok;
}

ACTION(fixed_from)
{
	(void)s, (void)parts, (void)n;
	out->t1 = r->arg;
	return true;
}

ACTION(fixed_until)
{
	(void)s, (void)parts, (void)n;
	out->t2 = r->arg;
	return true;
}

ACTION(part)
{
	(void)s;
	part_window((enum part)parts[n - 1]->v, &out->t1, &out->t2);
	out->v = parts[n - 1]->v;
	out->flags = F_PART;
	take_sure(r, out);
	return true;
}

ACTION(from_part)
{
	int unused;

	(void)s;
	part_window((enum part)parts[n - 1]->v, &out->t1, &unused);
	take_sure(r, out);
	return true;
}

ACTION(part_from)
{
	int from, to;

	(void)s;
	part_window((enum part)parts[n - 1]->v, &from, &to);
	out->t1 = to;
	take_sure(r, out);
	return to != NO_TIME;
}

ACTION(part_until)
{
	int from, to;

	(void)s;
	part_window((enum part)parts[n - 1]->v, &from, &to);
	out->t2 = from;
	take_sure(r, out);
	return true;
}

ACTION(two_parts)
{
	int unused;

	(void)s, (void)r;
	part_window((enum part)parts[0]->v, &out->t1, &unused);
	part_window((enum part)parts[n - 1]->v, &unused, &out->t2);
	out->flags = F_PART;
	out->v = parts[0]->v;
	return out->t2 == NO_TIME || out->t1 < out->t2;
}
