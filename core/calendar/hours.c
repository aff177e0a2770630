#include "core/calendar/hours.h"
#include "core/base/text.h"

static bool same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static bool valid_on(const struct hours_rule *r, day_t day)
{
	return r->day.n == 0 && r->weekday == day_weekday(day) &&
		(r->valid_from.n == 0 || r->valid_from.n <= day.n) &&
		(r->valid_to.n == 0 || day.n <= r->valid_to.n);
}

/* Whose hours: a staff member's (anywhere), or a branch's own. */
struct owner {
	const char *staff_id; /* NULL: the branch's */
	const char *branch_id;
};

static bool owns(const struct owner *o, const struct hours_rule *r)
{
	if (r->kind != RULE_HOURS)
		return false;
	if (o->staff_id != NULL)
		return same(r->staff_id, o->staff_id);
	return r->staff_id == NULL && same(r->branch_id, o->branch_id);
}

/* The rules of one owner, n of them. */
static const struct hours_rule **rules_of(
	struct arena *mem, const struct hours *h, const struct owner *o, size_t *n)
{
	const struct hours_rule *all = h->rules.p;
	const struct hours_rule **out = mem_alloc(mem, (h->rules.n + 1) * sizeof(*out));

	*n = 0;
	for (size_t i = 0; i < h->rules.n; i++) {
		if (owns(o, &all[i]))
			out[(*n)++] = &all[i];
	}
	return out;
}

static struct spans hours_by(struct arena *mem, const struct hours *h, const struct owner *o)
{
	size_t n, k = 0;
	const struct hours_rule **rules = rules_of(mem, h, o, &n);
	struct span *p = mem_alloc(mem, (h->n_days * n + 1) * sizeof(*p));

	for (size_t d = 0; d < h->n_days; d++) {
		const struct local_day *day = &h->days[d];
		bool dated = false;

		for (size_t i = 0; i < n; i++)
			dated |= rules[i]->day.n == day->day.n;
		for (size_t i = 0; i < n; i++) {
			const struct hours_rule *r = rules[i];

			if (dated ? r->day.n != day->day.n : !valid_on(r, day->day))
				continue;
			if (same(r->branch_id, o->branch_id))
				p[k++] = local_span(h->tz, day, r->start_minute, r->end_minute);
		}
	}
	return spans_normal(mem, p, k);
}

struct spans hours_worked(
	struct arena *mem, const struct hours *h, const char *staff_id, const char *branch_id)
{
	return hours_by(mem, h, &(struct owner){staff_id, branch_id});
}

struct spans hours_open(struct arena *mem, const struct hours *h, const char *branch_id, bool *any)
{
	const struct hours_rule *all = h->rules.p;
	struct owner o = {NULL, branch_id};

	*any = false;
	for (size_t i = 0; i < h->rules.n; i++)
		*any |= owns(&o, &all[i]);
	return hours_by(mem, h, &o);
}

struct spans hours_closed(struct arena *mem, const struct hours *h, const char *branch_id)
{
	const struct hours_rule *r = h->rules.p;
	struct span *p = mem_alloc(mem, (h->rules.n + 1) * sizeof(*p));
	size_t n = 0;

	for (size_t i = 0; i < h->rules.n; i++) {
		if (r[i].kind != RULE_CLOSED_DAY)
			continue;
		if (r[i].branch_id != NULL && !same(r[i].branch_id, branch_id))
			continue;
		struct local_day d = local_day(h->tz, r[i].day);
		p[n++] = (struct span){d.begins, d.ends};
	}
	return spans_normal(mem, p, n);
}

/* From the first minute that shows its start to the last that shows less than
 * its end. */
static struct span off_span(const struct hours *h, const struct hours_rule *r)
{
	struct tz_instants from = tz_of_wall(h->tz, r->local_start);
	struct tz_instants to = tz_of_wall(h->tz, r->local_end);

	return (struct span){from.first.ms / MS_A_MINUTE, to.second.ms / MS_A_MINUTE};
}

struct spans hours_off(struct arena *mem, const struct hours *h, const char *staff_id)
{
	const struct hours_rule *r = h->rules.p;
	struct span *p = mem_alloc(mem, (h->rules.n + 1) * sizeof(*p));
	size_t n = 0;

	for (size_t i = 0; i < h->rules.n; i++) {
		if (r[i].kind == RULE_TIME_OFF && same(r[i].staff_id, staff_id))
			p[n++] = off_span(h, &r[i]);
	}
	return spans_normal(mem, p, n);
}

struct spans hours_of(
	struct arena *mem, const struct hours *h, const char *staff_id, const char *branch_id)
{
	struct spans s = hours_worked(mem, h, staff_id, branch_id);
	bool limited;
	struct spans open = hours_open(mem, h, branch_id, &limited);

	if (limited)
		s = spans_intersect(mem, s, open);
	s = spans_subtract(mem, s, hours_closed(mem, h, branch_id));
	return spans_subtract(mem, s, hours_off(mem, h, staff_id));
}
