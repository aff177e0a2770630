#include "core/calendar/hours.h"

static const char *or_empty(const char *s)
{
	return s != NULL ? s : "";
}

/* By kind, staff member and branch; absent ones first. */
static int by_owner(const void *a, const void *b)
{
	const struct hours_rule *x = a, *y = b;
	int order;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	order = strcmp(or_empty(x->staff_id), or_empty(y->staff_id));
	return order != 0 ? order : strcmp(or_empty(x->branch_id), or_empty(y->branch_id));
}

void hours_sort(struct arena *mem, struct hours *h)
{
	size_t size = h->rules.n * sizeof(struct hours_rule);
	struct hours_rule *copy = mem_alloc(mem, size + 1);

	if (h->rules.n == 0)
		return;
	memcpy(copy, h->rules.p, size);
	qsort(copy, h->rules.n, sizeof(*copy), by_owner);
	h->rules.p = copy;
}

/* The rules of a kind and a staff member, in whatever branch. */
static const struct hours_rule *rules_of(
	const struct hours *h, enum rule_kind kind, const char *staff_id, size_t *n)
{
	const struct hours_rule *all = h->rules.p;
	struct hours_rule key = {.kind = kind, .staff_id = staff_id};
	size_t lo = 0, hi = h->rules.n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (by_owner(&all[mid], &key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (hi = lo; hi < h->rules.n && all[hi].kind == kind; hi++) {
		if (strcmp(or_empty(all[hi].staff_id), or_empty(staff_id)) != 0)
			break;
	}
	*n = hi - lo;
	return all + lo;
}

static bool in_branch(const struct hours_rule *r, const char *branch_id)
{
	return r->branch_id != NULL && strcmp(r->branch_id, branch_id) == 0;
}

static bool valid_on(const struct hours_rule *r, day_t day)
{
	return r->day.n == 0 && r->weekday == day_weekday(day) &&
		(r->valid_from.n == 0 || r->valid_from.n <= day.n) &&
		(r->valid_to.n == 0 || day.n <= r->valid_to.n);
}

/* Of rules with one owner, those that count in a branch. */
static struct spans spans_of_rules(struct arena *mem, const struct hours *h,
	const struct hours_rule *r, size_t n, const char *branch_id)
{
	struct span *p = mem_alloc(mem, (h->n_days * n + 1) * sizeof(*p));
	size_t k = 0;

	for (size_t d = 0; d < h->n_days; d++) {
		const struct local_day *day = &h->days[d];
		bool dated = false;

		for (size_t i = 0; i < n; i++)
			dated |= r[i].day.n == day->day.n;
		for (size_t i = 0; i < n; i++) {
			if (dated ? r[i].day.n != day->day.n : !valid_on(&r[i], day->day))
				continue;
			if (in_branch(&r[i], branch_id))
				p[k++] = local_span(h->tz, day, r[i].start_minute, r[i].end_minute);
		}
	}
	return spans_normal(mem, p, k);
}

static struct spans hours_worked(
	struct arena *mem, const struct hours *h, const char *staff_id, const char *branch_id)
{
	size_t n;
	const struct hours_rule *r = rules_of(h, RULE_HOURS, staff_id, &n);

	return spans_of_rules(mem, h, r, n, branch_id);
}

struct span hours_rule_span(const struct hours *h, const struct hours_rule *r)
{
	if (r->kind == RULE_CLOSED_DAY) {
		struct local_day d = local_day(h->tz, r->day);

		return (struct span){d.begins, d.ends};
	}
	return (struct span){tz_of_wall(h->tz, r->local_start).first.ms / MS_A_MINUTE,
		wall_end(h->tz, r->local_end)};
}

static struct spans hours_off(struct arena *mem, const struct hours *h, const char *staff_id)
{
	size_t n;
	const struct hours_rule *r = rules_of(h, RULE_TIME_OFF, staff_id, &n);
	struct span *p = mem_alloc(mem, (n + 1) * sizeof(*p));

	for (size_t i = 0; i < n; i++)
		p[i] = hours_rule_span(h, &r[i]);
	return spans_normal(mem, p, n);
}

struct opening hours_opening(struct arena *mem, const struct hours *h, const char *branch_id)
{
	struct opening o = {0};
	size_t n, of_branch = 0, closed = 0;
	const struct hours_rule *r = rules_of(h, RULE_HOURS, NULL, &n);
	struct hours_rule *own = mem_alloc(mem, (n + 1) * sizeof(*own));

	for (size_t i = 0; i < n; i++) {
		if (in_branch(&r[i], branch_id))
			own[of_branch++] = r[i];
	}
	o.limited = of_branch > 0;
	o.open = spans_of_rules(mem, h, own, of_branch, branch_id);
	r = rules_of(h, RULE_CLOSED_DAY, NULL, &n);
	struct span *p = mem_alloc(mem, (n + 1) * sizeof(*p));

	for (size_t i = 0; i < n; i++) {
		if (r[i].branch_id == NULL || in_branch(&r[i], branch_id))
			p[closed++] = hours_rule_span(h, &r[i]);
	}
	o.closed = spans_normal(mem, p, closed);
	return o;
}

struct spans hours_of(struct arena *mem, const struct hours *h, const struct opening *o,
	const char *staff_id, const char *branch_id)
{
	struct spans s = hours_worked(mem, h, staff_id, branch_id);

	if (o->limited)
		s = spans_intersect(mem, s, o->open);
	if (o->closed.n > 0)
		s = spans_subtract(mem, s, o->closed);
	return spans_subtract(mem, s, hours_off(mem, h, staff_id));
}
