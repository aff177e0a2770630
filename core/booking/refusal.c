/* Why a time cannot be had, in sentences that the portal shows and that stand
 * in a call's booking details. */
#include "core/booking/load.h"

static const char *const WEEKDAY[] = {
	"", "Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays"};

/* ---- rules of the service ---- */

const char *visit_limit(struct ctx *c, const struct visit *v, int64_t start)
{
	const struct service *s = &v->service;
	wall_t local = minute_wall(v->tz, start);

	if (minute_ts(start).ms < c->now.ms)
		return "That time has passed.";
	if (visit_too_soon(v, c->now, start))
		return mem_printf(c->mem, "%s must be booked at least %s ahead.", s->name,
			minutes_text(c, s->notice_minutes));
	if (visit_too_far(v, c->now, local))
		return mem_printf(c->mem, "%s can be booked at most %" PRId64 " days ahead.",
			s->name, s->horizon_days);
	if (wall_minute(local) % s->grid_minutes != 0)
		return mem_printf(c->mem, "%s starts every %" PRId64 " minutes, not at %s.",
			s->name, s->grid_minutes, clock_text(c, local));
	return NULL;
}

/* ---- people ---- */

/* A member of a team, and when each of its pieces would begin if the others
 * take as long as they usually do. */
struct turn {
	const struct visit *v;
	size_t team;
	struct member *m;
	int64_t start;
};

static int64_t piece_begin(const struct turn *t, size_t piece)
{
	int64_t at = t->start;

	for (size_t i = 0; i < piece; i++) {
		const struct piece *p = &t->v->pieces[i];

		at += p->team == t->team ? t->m->minutes[p->of_team] : p->minutes;
		at += p->processing;
	}
	return at;
}

static struct span hands_on(const struct turn *t, size_t piece)
{
	int64_t at = piece_begin(t, piece);

	return (struct span){at, at + t->m->minutes[t->v->pieces[piece].of_team]};
}

static bool works_then(const struct turn *t)
{
	for (size_t i = 0; i < t->v->n_pieces; i++) {
		if (t->v->pieces[i].team == t->team &&
			!spans_contain(t->m->who->hours, hands_on(t, i)))
			return false;
	}
	return true;
}

static bool could(const struct turn *t)
{
	for (size_t i = 0; i < t->v->n_pieces; i++) {
		struct span begin = {piece_begin(t, i), piece_begin(t, i) + 1};

		if (t->v->pieces[i].team == t->team &&
			!spans_contain(t->m->fits[t->v->pieces[i].of_team], begin))
			return false;
	}
	return true;
}

static const char *not_working(struct ctx *c, const struct turn *t)
{
	const struct visit *v = t->v;
	struct local_day d = local_day(v->tz, day_of_wall(minute_wall(v->tz, t->start)));
	const struct person *who = t->m->who;

	if (spans_minutes(who->hours, (struct span){d.begins, d.ends}) > 0)
		return mem_printf(c->mem, "%s does not work at that time.", who->name);
	/* is it every week so? */
	for (size_t i = 0; i < v->hours.rules.n; i++) {
		const struct hours_rule *r = &((const struct hours_rule *)v->hours.rules.p)[i];
		bool theirs = r->staff_id != NULL && strcmp(r->staff_id, who->id) == 0;

		if (theirs && r->kind == RULE_HOURS && r->weekday == day_weekday(d.day))
			return mem_printf(c->mem, "%s does not work on %s.", who->name,
				day_text(c->mem, d.day));
	}
	return mem_printf(
		c->mem, "%s does not work on %s.", who->name, WEEKDAY[day_weekday(d.day)]);
}

static const char *busy(struct ctx *c, const struct turn *t)
{
	const struct visit *v = t->v;
	const struct person *who = t->m->who;

	for (size_t i = 0; i < v->n_pieces; i++) {
		const struct piece *p = &v->pieces[i];
		struct span s = hands_on(t, i), whole = {s.from - p->before, s.to + p->after};
		const char *also = "";
		struct span taken;

		if (p->team != t->team)
			continue;
		if (!spans_meet(who->busy, s, &taken)) {
			if (!spans_meet(who->busy, whole, &taken))
				continue;
			also = ", too close for what comes before or after";
		}
		return mem_printf(c->mem, "%s is busy from %s to %s%s.", who->name,
			clock_text(c, minute_wall(v->tz, taken.from)),
			clock_text(c, minute_wall(v->tz, taken.to)), also);
	}
	return mem_printf(c->mem, "%s is busy at that time.", who->name);
}

/* ---- teams ---- */

/* What a team does: the service, or the part of it. */
static const char *task_of(const struct visit *v, const struct team *t)
{
	return v->n_teams == 1 ? v->service.name : t->name;
}

static bool anybody(
	const struct visit *v, size_t team, int64_t start, bool (*is)(const struct turn *t))
{
	const struct team *t = &v->teams[team];

	for (size_t i = 0; i < t->n; i++) {
		if (is(&(struct turn){v, team, t->members[i], start}))
			return true;
	}
	return false;
}

/* Whether all of its members are one person, in several branches. */
static bool one_person(const struct team *t)
{
	for (size_t i = 1; i < t->n; i++) {
		if (t->members[i]->who->number != t->members[0]->who->number)
			return false;
	}
	return t->n > 0;
}

static const char *team_blocked(struct ctx *c, const struct visit *v, size_t team, int64_t start)
{
	const struct team *t = &v->teams[team];
	const char *what = task_of(v, t);
	struct turn first = {v, team, t->n > 0 ? t->members[0] : NULL, start};

	if (t->n == 0)
		return mem_printf(c->mem, "Nobody does %s at the moment.", what);
	for (size_t i = 1; i < t->n && one_person(t); i++) {
		if (!works_then(&first))
			first.m = t->members[i];
	}
	if (one_person(t))
		return works_then(&first) ? busy(c, &first) : not_working(c, &first);
	if (!anybody(v, team, start, works_then))
		return mem_printf(c->mem, "Nobody who does %s works at that time.", what);
	return mem_printf(c->mem, "Everybody who does %s is busy at %s.", what,
		clock_text(c, minute_wall(v->tz, piece_begin(&first, t->first_piece))));
}

/* ---- what it needs beside staff, and the customer ---- */

static const char *rooms_blocked(struct ctx *c, const struct visit *v, int64_t start)
{
	int64_t at = start;

	for (size_t i = 0; i < v->n_pieces; i++) {
		const struct piece *p = &v->pieces[i];
		struct span s = {at - p->before, at + p->minutes + p->processing + p->after};

		for (size_t k = 0; k < p->n_needs; k++) {
			const struct need *n = &p->needs[k];
			bool free = false;

			for (size_t r = 0; r < n->n; r++)
				free |= room_lane(n->rooms[r], s) >= 0;
			if (!free)
				return mem_printf(c->mem, "%s is taken at %s.",
					n->n > 0 ? n->rooms[0]->name : "What it needs",
					clock_text(c, minute_wall(v->tz, at)));
		}
		at += p->minutes + p->processing;
	}
	return NULL;
}

static const char *customer_blocked(struct ctx *c, const struct visit *v, int64_t start)
{
	struct span taken;

	if (!spans_meet(v->customer, (struct span){start, start + visit_minutes(v)}, &taken))
		return NULL;
	return mem_printf(c->mem, "The customer has another appointment from %s to %s.",
		clock_text(c, minute_wall(v->tz, taken.from)),
		clock_text(c, minute_wall(v->tz, taken.to)));
}

const char *visit_blocked(struct ctx *c, struct visit *v, int64_t start)
{
	const char *why;
	struct plan plan;

	if (visit_best(v, start, &plan))
		return NULL;
	for (size_t i = 0; i < v->n_teams; i++) {
		if (!anybody(v, i, start, could))
			return team_blocked(c, v, i, start);
	}
	why = rooms_blocked(c, v, start);
	if (why == NULL)
		why = customer_blocked(c, v, start);
	if (why != NULL)
		return why;
	return mem_printf(
		c->mem, "No branch has everybody whom %s needs at that time.", v->service.name);
}
