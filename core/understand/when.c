#include "core/understand/when.h"
#include "core/understand/action.h"
#include "core/understand/chart.h"
#include "core/understand/join.h"
#include "core/understand/number.h"
#include "core/understand/settle.h"

#define NEAR 4     /* words between a day and what says that it is not wanted */
#define NOT_NEAR 6 /* between a "not" and a day */

struct option {
	struct sense date; /* sym S_NONE: none was said */
	struct sense win;
	uint16_t from, to; /* words */
	bool or_before;    /* "or" stands between the one before and this one */
};

struct reading {
	const struct scene *scene;
	const struct ready *ready;
	const struct said *said;
	struct when *out;
	struct option o[WHEN_OPTIONS_MAX];
	size_t n;
	struct option was[WHEN_OPTIONS_MAX];
	size_t n_was;
	bool either, fix, unwanted; /* stand before the next sense */
	bool taken_back;            /* "no" stands behind the last one */
	bool last_not;              /* the last day was one that is not wanted */
	bool old;                   /* what follows is an appointment that there is */
	bool old_time;
	bool list;                          /* days stand side by side */
	bool moves;                         /* a move is spoken of */
	bool weekday_not[WHEN_OPTIONS_MAX]; /* of out->nots */
	size_t seen;                        /* of the last sense of any kind */
	size_t refused_to; /* the word behind "I can't", when nothing was before it */
	size_t end;        /* of the last day or time */
};

struct scene scene_at(const struct tz *zone, ts_t at, const char *region)
{
	wall_t now = tz_wall(zone, at);

	return (struct scene){
		.zone = zone,
		.at = at,
		.now = now,
		.today = day_of_wall(now),
		.opens = WHEN_OPENS,
		.closes = WHEN_CLOSES,
		.month_first = region != NULL && strcmp(region, "US") == 0,
	};
}

/* ---- options ---- */

static struct option *last(struct reading *r)
{
	return r->n == 0 ? NULL : &r->o[r->n - 1];
}

static struct option *push(struct reading *r)
{
	if (r->n == WHEN_OPTIONS_MAX) {
		memmove(r->o, r->o + 1, sizeof(r->o[0]) * (WHEN_OPTIONS_MAX - 1));
		r->n--;
	}
	struct option *o = &r->o[r->n++];
	*o = (struct option){.from = UINT16_MAX};
	return o;
}

static void cover(struct option *o, const struct sense *s)
{
	o->from = s->from < o->from ? s->from : o->from;
	o->to = s->from + s->len > o->to ? (uint16_t)(s->from + s->len) : o->to;
}

/* ---- a day, a time ---- */

/* "At ten or eleven on Thursday": both. */
static void share_date_back(struct reading *r)
{
	for (size_t i = r->n; i-- > 1 && r->o[i].or_before && !has(&r->o[i - 1].date);)
		r->o[i - 1].date = r->o[i].date;
}

/* What is told of gives way to what is wished. */
static bool gives_way(struct sense *was, const struct sense *s)
{
	bool told = has(was) && (was->flags & F_TOLD) != 0 && (s->flags & F_TOLD) == 0;

	if (told)
		*was = (struct sense){.sym = S_NONE};
	return told;
}

static void set_date(struct reading *r, const struct sense *d)
{
	struct option *o = last(r);

	if (o != NULL && gives_way(&o->date, d))
		(void)gives_way(&o->win, d);
	if (o != NULL && has(&o->date) && r->fix) {
		struct option kept = *o;

		r->n = 0;
		o = push(r);
		*o = kept;
		o->date = *d;
		r->out->fixes = true;
	} else if (o == NULL || (has(&o->date) && r->either) ||
		(r->either && has(&o->win) && r->n > 1)) {
		struct sense new = *d;

		if (o != NULL && r->either)
			share_date(&o->date, &new);
		o = push(r);
		o->date = new;
		o->or_before = r->either && r->n > 1;
		r->list = false;
		r->out->fixes = r->out->fixes || (r->fix && r->n == 1);
	} else if (!has(&o->date)) {
		o->date = *d;
		share_date_back(r);
	} else if (d->from == r->end && is_one(&o->date) && is_one(d) &&
		(o->date.flags & d->flags & (F_WEEKDAY | F_DOM)) != 0 &&
		d->first.n != o->date.first.n) {
		/* "Monday Wednesday": a list, if "or" comes, else who knows */
		o = push(r);
		o->date = *d;
		o->or_before = true;
		r->list = true;
	} else {
		join_date(&o->date, d);
	}
	cover(last(r), d);
}

/* "Thursday or Friday afternoon": of both. */
static void share_win(struct reading *r)
{
	for (size_t i = r->n; i-- > 1 && r->o[i].or_before && !has(&r->o[i - 1].win);)
		r->o[i - 1].win = r->o[i].win;
}

static void set_win(struct reading *r, const struct sense *w)
{
	struct option *o = last(r);
	bool either = r->either || (w->flags & (F_OR | F_SEVERAL)) != 0,
	     fix = r->fix || (w->flags & F_FIX) != 0;

	if (o != NULL)
		(void)gives_way(&o->win, w);
	if ((w->flags & F_OR) != 0 && (o == NULL || !has(&o->win)))
		return; /* a number after "or", but no time before it */
	if ((w->flags & F_FIX) != 0 && (o == NULL || !has(&o->win)) && w->sure > 60) {
		if (o == NULL)
			r->out->fixes = true;
	}
	if (o == NULL) {
		o = push(r);
		o->win = *w;
		r->out->fixes = r->out->fixes || fix;
	} else if (!has(&o->win)) {
		o->win = *w;
		share_win(r);
	} else if (fix) {
		o->win = *w;
		r->out->fixes = true;
	} else if (either) {
		struct option copy = *o;

		o = push(r);
		*o = copy;
		o->win = *w;
		o->or_before = true;
	} else {
		join_win(&o->win, w);
	}
	cover(o, w);
}

/* ---- from the first sense to the last ---- */

/* A "not" just before, which no rule made anything of. */
static bool negated(const struct reading *r, const struct sense *s)
{
	for (size_t back = 1; back <= NOT_NEAR && back <= s->from && s->from - back >= r->seen;
		back++) {
		size_t at = s->from - back;

		if (ready_cue_at(r->ready, CUE_CLAUSE, r->said, at, NULL) > 0 ||
			r->said->w[at].stop)
			return false;
		if (ready_cue_at(r->ready, CUE_NEGATION, r->said, at, NULL) > 0)
			return true;
	}
	return false;
}

/* What the clause tells of, when it is no wish: "my bus LANDS at three", "I
 * CALLED on Monday"; NULL: nothing. */
static const char *told(const struct reading *r, size_t from, size_t to, int by)
{
	for (size_t at = from; at != to; at += (size_t)by) {
		const char *value = NULL, *who = NULL;
		bool clause = ready_cue_at(r->ready, CUE_CLAUSE, r->said, at, &who) > 0;
		bool stop = r->said->w[at].stop, back = by < 0;

		/* "am Montag habe ICH Prüfung": the clause goes on */
		if (!back && clause && who != NULL && at != from)
			continue;
		if (back ? stop : clause)
			return NULL;
		if (ready_cue_at(r->ready, CUE_TOLD, r->said, at, &value) > 0)
			return value == NULL ? "" : value;
		if (back ? clause : stop)
			return NULL;
	}
	return NULL;
}

static const char *told_about(const struct reading *r, const struct sense *s)
{
	size_t behind = (size_t)s->from + s->len;
	const char *before = s->from == 0 ? NULL : told(r, s->from - 1u, SIZE_MAX, -1);

	if (before != NULL || behind >= r->said->n || r->said->w[behind - 1].stop)
		return before;
	return told(r, behind, r->said->n, 1);
}

static void set_aside(struct reading *r)
{
	for (size_t i = 0; i < r->n && r->n_was < WHEN_OPTIONS_MAX; i++)
		r->was[r->n_was++] = r->o[i];
	r->n = 0;
}

static void add_not(struct reading *r, const struct sense *d)
{
	struct when *w = r->out;

	if (w->n_nots < WHEN_OPTIONS_MAX)
		r->weekday_not[w->n_nots] = (d->flags & F_WEEKDAY) != 0;
	if (w->n_nots < WHEN_OPTIONS_MAX)
		w->nots[w->n_nots++] = (struct when_option){.first = d->first,
			.last = d->last,
			.from = NO_TIME,
			.to = NO_TIME,
			.confidence = d->sure * INT64_C(10000)};
}

/* "At twelve Main Street": a number before a word that is unknown. */
static bool names_something(const struct reading *r, const struct sense *s)
{
	size_t behind = s->from + s->len;
	const struct word *w = &r->said->w[behind];
	int v;

	return (s->flags & (F_DOM | F_BARE)) != 0 && behind < r->said->n && !w[-1].stop &&
		!w->digits && ready_id(r->ready, w->t) == 0 &&
		number_of(ready_language(r->ready), w, &v) < 0;
}

/* "Before ten I can't": from ten on. */
static void turn_round(struct sense *w)
{
	int from = w->t1;

	w->t1 = w->t2;
	w->t2 = from;
	w->flags = (w->flags & ~(unsigned)(F_T12 | F_T12_END)) |
		((w->flags & F_T12_END) != 0 ? F_T12 : 0) |
		((w->flags & F_T12) != 0 ? F_T12_END : 0);
}

static void turn_down(struct reading *r, const struct sense *s)
{
	struct option *o = last(r);

	if (o == NULL || s->from > r->end + NEAR) {
		r->refused_to = s->v == 2 ? s->from + s->len : 0;
		return;
	}
	if (has(&o->win) && is_half_open(&o->win)) {
		turn_round(&o->win);
		return;
	}
	if (!has(&o->date)) {
		r->n--; /* at ten it does not go; what comes next may */
		return;
	}
	for (size_t i = 0; i < r->n; i++) {
		/* at three it does not go, at four it may */
		if (has(&r->o[i].date) && !is_exact(&r->o[i].win))
			add_not(r, &r->o[i].date);
	}
	r->n = 0;
}

static void old_date(struct reading *r, const struct sense *s)
{
	if (r->n_was < WHEN_OPTIONS_MAX) {
		struct option *o = &r->was[r->n_was++];

		*o = (struct option){
			.date = *s, .from = s->from, .to = (uint16_t)(s->from + s->len)};
	}
	r->old = false;
	r->old_time = true;
}

static void take_date(struct reading *r, const struct sense *s)
{
	const char *tells = told_about(r, s);

	if ((s->flags & F_NEVER) != 0 || (tells != NULL && *tells != '\0'))
		return;
	if (r->moves && (s->flags & F_FROM_TO) != 0) {
		struct sense from = *s, to = *s;

		from.last = from.first;
		to.first = to.last;
		to.flags &= ~(unsigned)F_FROM_TO;
		old_date(r, &from);
		r->old_time = false;
		set_date(r, &to);
		return;
	}
	if ((s->flags & F_PAST) != 0 || r->old) {
		old_date(r, s);
		return;
	}
	r->old_time = false;
	/* "not Monday or Tuesday" */
	if (r->unwanted || (r->refused_to == s->from && r->refused_to > 0) ||
		(r->last_not && r->either && !r->fix)) {
		r->last_not = true;
		add_not(r, s);
		return;
	}
	r->last_not = false;
	if ((s->flags & F_OR) != 0 && (r->n == 0 || !has(&last(r)->date)))
		return; /* a month after "or", but none before it */
	r->either = r->either || (s->flags & F_OR) != 0;
	struct sense d = *s;
	d.flags |= tells != NULL ? F_TOLD : 0;
	if (tells != NULL || negated(r, s) || names_something(r, s))
		doubt(&d, 70);
	d.t1 = d.t2 = NO_TIME;
	d.flags &= ~(unsigned)F_OR;
	set_date(r, &d);
	if (s->t1 == NO_TIME && s->t2 == NO_TIME)
		return;
	struct sense w = *s;
	w.sym = S_WIN;
	r->either = r->fix = false;
	set_win(r, &w);
}

static void take_win(struct reading *r, const struct sense *s)
{
	if (r->old_time || r->old) {
		if (r->n_was > 0 && !has(&r->was[r->n_was - 1].win))
			r->was[r->n_was - 1].win = *s;
		return;
	}
	const char *tells = told_about(r, s);
	struct sense w = *s;
	if (tells != NULL && *tells != '\0')
		return;
	if (r->refused_to == s->from && r->refused_to > 0 && is_half_open(s))
		turn_round(&w);
	if (r->moves && (s->flags & F_FROM_TO) != 0) {
		w.t1 = w.t2; /* from three to four */
		w.flags = (s->flags & F_T12_END) != 0 ? F_T12 : 0;
	}
	w.flags |= tells != NULL ? F_TOLD : 0;
	if (tells != NULL || negated(r, s) || names_something(r, s))
		doubt(&w, 70);
	set_win(r, &w);
}

static void forget_marks(struct reading *r, const struct sense *s)
{
	r->either = r->fix = r->unwanted = r->taken_back = false;
	r->end = s->from + s->len;
}

static void take(struct reading *r, const struct sense *s)
{
	switch ((int)s->sym) {
	case S_DATE:
		take_date(r, s);
		forget_marks(r, s);
		break;
	case S_WIN:
		take_win(r, s);
		forget_marks(r, s);
		break;
	case S_NOTDATE:
		if ((s->flags & F_PAST) == 0)
			add_not(r, s);
		r->last_not = true;
		r->either = false;
		break;
	case S_NOTAFTER:
		if (s->v == 1)
			r->unwanted = true;
		else
			turn_down(r, s);
		break;
	case S_OR:
		r->either = true;
		break;
	case S_FIX:
		r->fix = r->fix || s->v != 1;
		r->taken_back = r->taken_back || s->v == 0;
		break;
	case S_OLD:
		if (s->v == 1)
			set_aside(r);
		else
			r->old = r->n == 0;
		break;
	case S_NEW:
		if (s->v == 2 && r->moves)
			set_aside(r);
		if (s->v == 0 || r->n_was > 0 || s->v == 2)
			r->old = r->old_time = false;
		break;
	case S_SOON:
		r->out->soonest = true;
		break;
	default:
		break;
	}
}

/* ---- in the end ---- */

/* "Next week, but not on Monday": that of next week. */
static void place_nots(struct reading *r)
{
	for (size_t i = 0; i < r->out->n_nots; i++) {
		struct when_option *unwanted = &r->out->nots[i];

		for (size_t k = 0; r->weekday_not[i] && k < r->n; k++) {
			const struct sense *d = &r->o[k].date;
			int ahead = (unwanted->first.n - d->first.n) % 7;

			ahead += ahead < 0 ? 7 : 0;
			if (has(d) && !is_one(d) && d->last.n != DAY_OPEN &&
				d->first.n + ahead <= d->last.n)
				unwanted->first.n = unwanted->last.n = d->first.n + ahead;
		}
	}
}

static void conclude(
	struct arena *mem, struct reading *r, const struct said *said, struct when *out)
{
	place_nots(r);
	for (size_t i = 0; i < r->n; i++) {
		struct option *o = &r->o[i];

		doubt(&o->date, r->list ? 50 : r->taken_back ? 70 : 100);
		doubt(&o->win, r->taken_back ? 70 : 100);
		out->options[out->n] = settle(r->scene, &o->date, &o->win);
		out->options[out->n].words = o->from < o->to
			? said_span(mem, said, o->from, (size_t)(o->to - o->from))
			: "";
		if (out->n == 0 || out->options[out->n].confidence < out->confidence)
			out->confidence = out->options[out->n].confidence;
		out->n++;
	}
	for (size_t i = 0; i < r->n_was; i++) {
		out->was[out->n_was] = settle(r->scene, &r->was[i].date, &r->was[i].win);
		out->was[out->n_was++].words = said_span(
			mem, said, r->was[i].from, (size_t)(r->was[i].to - r->was[i].from));
	}
	if (out->n > 0 || (out->n_nots == 0 && !out->soonest))
		return;
	out->confidence = 900000;
	for (size_t i = 0; i < out->n_nots; i++) {
		if (out->nots[i].confidence < out->confidence)
			out->confidence = out->nots[i].confidence;
	}
}

static void take_bare(struct reading *r, const struct sense *bare)
{
	struct sense w = *bare;

	w.sym = S_WIN;
	w.t2 = w.t1;
	r->out->bare = true;
	doubt(&w, 65);
	set_win(r, &w);
}

void when_read(struct arena *mem, const struct language *l, const struct scene *scene,
	const struct said *said, const bool *taken, struct when *out)
{
	struct mem_mark mark = mem_mark(mem);
	struct senses all = chart_read(mem, language_ready(l), scene, said, taken);
	struct reading r = {.scene = scene, .ready = language_ready(l), .said = said, .out = out};

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < all.n; i++)
		r.moves = r.moves || (all.p[i].sym == S_NEW && all.p[i].v != 2);
	for (size_t i = 0; i < all.n; i++) {
		take(&r, &all.p[i]);
		r.seen = all.p[i].from + all.p[i].len;
	}
	if (r.n == 0 && r.n_was == 0 && out->n_nots == 0 && all.n == 0 && all.bare != NULL)
		take_bare(&r, all.bare);
	mem_release(mem, mark); /* the chart is large */
	conclude(mem, &r, said, out);
}
