/* Why a time cannot be had, in sentences that the portal shows and that stand
 * in a call's booking details. */
#include "core/booking/visit.h"

static const char *const WEEKDAY[] = {
	"", "Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays"};

/* ---- rules of the service ---- */

static bool too_soon(const struct ctx *c, const struct visit *v, int64_t minute)
{
	return minute_ts(minute - v->service.notice_minutes).ms < c->now.ms;
}

static bool too_far(const struct ctx *c, const struct visit *v, wall_t local)
{
	return day_of_wall(local).n >
		day_of_wall(tz_wall(v->tz, c->now)).n + v->service.horizon_days;
}

bool visit_in_time(const struct ctx *c, const struct visit *v, const struct start *s)
{
	return !too_soon(c, v, s->minute) && !too_far(c, v, s->local);
}

const char *visit_limit(struct ctx *c, const struct visit *v, int64_t start)
{
	const struct service *s = &v->service;
	wall_t local = minute_wall(v->tz, start);

	if (minute_ts(start).ms < c->now.ms)
		return "That time has passed.";
	if (too_soon(c, v, start))
		return mem_printf(c->mem, "%s must be booked at least %s ahead.", s->name,
			minutes_text(c, s->notice_minutes));
	if (too_far(c, v, local))
		return mem_printf(c->mem, "%s can be booked at most %" PRId64 " days ahead.",
			s->name, s->horizon_days);
	if (wall_minute(local) % s->grid_minutes != 0)
		return mem_printf(c->mem, "%s starts every %" PRId64 " minutes, not at %s.",
			s->name, s->grid_minutes, clock_text(c, local));
	return NULL;
}

/* ---- people ---- */

static struct span hands_on(const struct part *p, int64_t start)
{
	int64_t from = start + p->offset;

	return (struct span){from, from + p->length};
}

static struct span with_buffers(const struct part *p, int64_t start)
{
	struct span s = hands_on(p, start);

	return (struct span){s.from - p->before, s.to + p->after};
}

static bool works_then(const struct team *t, const struct person *who, int64_t start)
{
	for (size_t i = 0; i < t->n_parts; i++) {
		if (!spans_contain(who->hours, hands_on(&t->parts[i], start)))
			return false;
	}
	return true;
}

static const char *not_working(
	struct ctx *c, const struct visit *v, const struct person *who, int64_t start)
{
	struct local_day d = local_day(v->tz, day_of_wall(minute_wall(v->tz, start)));

	if (spans_minutes(who->hours, (struct span){d.begins, d.ends}) == 0)
		return mem_printf(
			c->mem, "%s does not work on %s.", who->name, WEEKDAY[day_weekday(d.day)]);
	return mem_printf(c->mem, "%s does not work at that time.", who->name);
}

static const char *busy(struct ctx *c, const struct visit *v, const struct team *t,
	const struct person *who, int64_t start)
{
	for (size_t i = 0; i < t->n_parts; i++) {
		const struct part *p = &t->parts[i];
		const char *also = "";
		struct span taken;

		if (!spans_meet(who->busy, hands_on(p, start), &taken)) {
			if (!spans_meet(who->busy, with_buffers(p, start), &taken))
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
	return v->n_teams == 1 ? v->service.name : t->segment_name;
}

static bool anybody_works(const struct team *t, int64_t start)
{
	for (size_t i = 0; i < t->n; i++) {
		if (works_then(t, t->members[i].who, start))
			return true;
	}
	return false;
}

static bool anybody_can(const struct team *t, int64_t start)
{
	struct span minute = {start, start + 1};

	for (size_t i = 0; i < t->n; i++) {
		if (spans_contain(t->members[i].starts, minute))
			return true;
	}
	return false;
}

static const char *team_blocked(
	struct ctx *c, const struct visit *v, const struct team *t, int64_t start)
{
	const char *what = task_of(v, t);

	if (t->n == 0)
		return mem_printf(c->mem, "Nobody does %s at the moment.", what);
	if (t->n == 1 && !works_then(t, t->members[0].who, start))
		return not_working(c, v, t->members[0].who, start);
	if (t->n == 1)
		return busy(c, v, t, t->members[0].who, start);
	if (!anybody_works(t, start))
		return mem_printf(c->mem, "Nobody who does %s works at that time.", what);
	return mem_printf(c->mem, "Everybody who does %s is busy at %s.", what,
		clock_text(c, minute_wall(v->tz, start + t->parts[0].offset)));
}

const char *visit_blocked(struct ctx *c, struct visit *v, int64_t start)
{
	if (visit_best(v, v->wished_team, start) != NULL)
		return NULL;
	for (size_t i = 0; i < v->n_teams; i++) {
		if (!anybody_can(&v->teams[i], start))
			return team_blocked(c, v, &v->teams[i], start);
	}
	return mem_printf(
		c->mem, "No branch has everybody whom %s needs at that time.", v->service.name);
}
