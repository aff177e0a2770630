#include "core/calendar/visit.h"

/* ---- days and hours ---- */

int64_t visit_minutes(const struct visit *v)
{
	int64_t sum = 0;

	for (size_t i = 0; i < v->n_pieces; i++) {
		const struct piece *p = &v->pieces[i];
		const struct team *t = &v->teams[p->team];
		int64_t longest = p->minutes;

		for (size_t k = 0; k < t->n; k++) {
			if (t->members[k]->minutes[p->of_team] > longest)
				longest = t->members[k]->minutes[p->of_team];
		}
		sum += longest + p->processing;
	}
	return sum;
}

void visit_days(struct arena *mem, struct visit *v, day_t from, day_t to)
{
	struct hours *h = &v->hours;

	/* a visit may end on a later day than it began, and a calendar may have
	 * left a day out in between */
	v->n_days = (size_t)(to.n - from.n + 1);
	h->tz = v->tz;
	h->n_days = v->n_days + 2 + (size_t)(visit_minutes(v) / MINUTES_A_DAY);
	h->days = mem_alloc(mem, h->n_days * sizeof(*h->days));
	for (size_t i = 0; i < h->n_days; i++)
		h->days[i] = local_day(v->tz, (day_t){from.n + (int32_t)i});
}

void visit_rules(struct arena *mem, struct visit *v, const struct rows *rules)
{
	struct opening *of_branch = mem_alloc(mem, (v->n_branches + 1) * sizeof(*of_branch));
	bool *known = mem_alloc(mem, v->n_branches + 1);

	v->hours.rules = *rules;
	hours_sort(mem, &v->hours);
	for (size_t i = 0; i < v->n_people; i++) {
		struct person *who = &v->people[i];
		struct opening *o = &of_branch[who->branch];

		if (!known[who->branch])
			*o = hours_opening(mem, &v->hours, who->branch_id);
		known[who->branch] = true;
		who->hours = hours_of(mem, &v->hours, o, who->id, who->branch_id);
	}
}

/* ---- what is taken ---- */

static struct span taken_span(const struct taken *t)
{
	return (struct span){
		t->starts_at.ms / MS_A_MINUTE, (t->ends_at.ms + MS_A_MINUTE - 1) / MS_A_MINUTE};
}

static struct spans spans_with(
	struct arena *mem, struct spans old, const struct taken *t, size_t n, int64_t lane)
{
	struct span *p = mem_alloc(mem, (old.n + n + 1) * sizeof(*p));
	size_t k = old.n;

	if (k > 0)
		memcpy(p, old.p, k * sizeof(*p));
	for (size_t i = 0; i < n; i++) {
		if (lane < 0 || t[i].lane == lane)
			p[k++] = taken_span(&t[i]);
	}
	return k > old.n ? spans_normal(mem, p, k) : old;
}

static bool is_seat(const struct visit *v, const struct taken *t)
{
	return v->service.capacity > 1 && t->class_of != NULL &&
		strcmp(t->class_of, v->service.id) == 0;
}

static void add_seat(struct person *who, const struct taken *t)
{
	struct span s = taken_span(t);
	struct seats *k = who->classes;

	while (k < who->classes + who->n_classes && k->span.from != s.from)
		k++;
	if (k == who->classes + who->n_classes) {
		who->n_classes++;
		k->span = s;
	}
	k->sitting++;
	if (t->lane < SEATS_MAX)
		k->lanes[t->lane / 64] |= UINT64_C(1) << (t->lane % 64);
}

static void person_taken(
	struct arena *mem, struct visit *v, struct person *who, const struct taken *t, size_t n)
{
	who->busy = spans_with(mem, who->busy, t, n, -1);
	if (v->service.capacity <= 1)
		return;
	struct seats *p = mem_alloc(mem, (who->n_classes + n) * sizeof(*p));

	if (who->n_classes > 0)
		memcpy(p, who->classes, who->n_classes * sizeof(*p));
	who->classes = p;
	for (size_t i = 0; i < n; i++) {
		if (is_seat(v, &t[i]))
			add_seat(who, &t[i]);
	}
}

/* A class with a seat left and somebody who leads it, whose time is that of
 * the piece. */
static bool may_join(const struct visit *v, const struct member *m, const struct seats *k)
{
	const struct piece *p = &v->pieces[0];
	int64_t begin = k->span.from + p->before, end = begin + m->minutes[0];

	return k->sitting < v->service.capacity && (k->lanes[0] & 1) != 0 &&
		k->span.to == end + p->after &&
		spans_contain(m->who->hours, (struct span){begin, end});
}

static struct spans with_classes(
	struct arena *mem, const struct visit *v, const struct member *m, struct spans free)
{
	const struct person *who = m->who;
	struct span *p = mem_alloc(mem, (free.n + who->n_classes + 1) * sizeof(*p));
	size_t n = free.n;

	if (n > 0)
		memcpy(p, free.p, n * sizeof(*p));
	for (size_t i = 0; i < who->n_classes; i++) {
		int64_t begin = who->classes[i].span.from + v->pieces[0].before;

		if (may_join(v, m, &who->classes[i]))
			p[n++] = (struct span){begin, begin + 1};
	}
	return spans_normal(mem, p, n);
}

static void find_fits(struct arena *mem, struct visit *v)
{
	for (size_t i = 0; i < v->n_pieces; i++) {
		const struct piece *p = &v->pieces[i];
		struct team *t = &v->teams[p->team];

		for (size_t k = 0; k < t->n; k++) {
			struct member *m = t->members[k];
			struct part part = {0, m->minutes[p->of_team], p->before, p->after};
			struct spans *s = &m->fits[p->of_team];

			*s = calendar_starts(mem, m->who->hours, m->who->busy, &part, 1);
			if (m->who->n_classes > 0)
				*s = with_classes(mem, v, m, *s);
			m->at[p->of_team] = 0;
		}
	}
}

static bool is(const char *id, const char *other)
{
	return id != NULL && other != NULL && strcasecmp(id, other) == 0;
}

/* The rows that count. */
static struct rows others(struct arena *mem, const struct rows *taken, const char *instead_of)
{
	const struct taken *t = taken->p;
	struct taken *p;
	size_t n = 0;

	if (instead_of == NULL)
		return *taken;
	p = mem_alloc(mem, (taken->n + 1) * sizeof(*p));
	for (size_t i = 0; i < taken->n; i++) {
		if (!is(t[i].appointment_id, instead_of) && !is(t[i].hold_id, instead_of))
			p[n++] = t[i];
	}
	return (struct rows){p, n};
}

/* Rows of one resource. */
static void resource_taken(struct arena *mem, struct visit *v, const struct taken *t, size_t n)
{
	for (size_t i = 0; i < v->n_people; i++) {
		if (strcmp(v->people[i].resource_id, t->resource_id) == 0)
			person_taken(mem, v, &v->people[i], t, n);
	}
	for (size_t i = 0; i < v->n_rooms; i++) {
		struct room *r = &v->rooms[i];

		if (strcmp(r->id, t->resource_id) != 0)
			continue;
		for (int64_t lane = 0; lane < r->capacity; lane++)
			r->lanes[lane] = spans_with(mem, r->lanes[lane], t, n, lane);
	}
}

void visit_taken(struct arena *mem, struct visit *v, const struct rows *taken)
{
	struct rows rows = others(mem, taken, v->instead_of);
	const struct taken *t = rows.p;

	v->taken = rows;
	for (size_t i = 0, n; i < rows.n; i += n) {
		for (n = 1; i + n < rows.n; n++) {
			if (strcmp(t[i].resource_id, t[i + n].resource_id) != 0)
				break;
		}
		resource_taken(mem, v, &t[i], n);
	}
	find_fits(mem, v);
}

void visit_taken_again(struct arena *mem, struct visit *v, const struct texts *resource_ids,
	const struct rows *taken)
{
	for (size_t i = 0; i < v->n_people; i++) {
		struct person *who = &v->people[i];

		if (!texts_have(resource_ids, who->resource_id))
			continue;
		who->busy = (struct spans){NULL, 0};
		who->n_classes = 0;
	}
	for (size_t i = 0; i < v->n_rooms; i++) {
		struct room *r = &v->rooms[i];

		if (texts_have(resource_ids, r->id))
			memset(r->lanes, 0, (size_t)r->capacity * sizeof(*r->lanes));
	}
	visit_taken(mem, v, taken);
}

/* ---- who is asked first ---- */

static const struct seats *class_at(const struct visit *v, const struct member *m, int64_t start)
{
	for (size_t i = 0; i < m->who->n_classes; i++) {
		const struct seats *k = &m->who->classes[i];

		if (k->span.from + v->pieces[0].before == start && may_join(v, m, k))
			return k;
	}
	return NULL;
}

/* When the last thing before the start ended that day; its beginning, when
 * nothing did. */
static int64_t idle_since(const struct person *who, struct span before)
{
	int64_t since = before.from;

	for (size_t i = 0; i < who->busy.n && who->busy.p[i].to <= before.to; i++) {
		if (who->busy.p[i].to > since)
			since = who->busy.p[i].to;
	}
	return since;
}

static void set_order(struct visit *v, const struct local_day *day, int64_t start)
{
	for (size_t i = 0; i < v->n_people; i++) {
		struct person *who = &v->people[i];

		who->order[0] = 0;
		who->order[1] = 0;
		switch (v->service.staff_choice) {
		case STAFF_CHOICE_USUAL:
			who->order[1] = -who->visits;
			break;
		case STAFF_CHOICE_LONGEST_IDLE:
			who->order[1] = idle_since(who, (struct span){day->begins, start});
			break;
		case STAFF_CHOICE_ROUND_ROBIN:
			who->order[1] = who->chosen_at.ms;
			break;
		case STAFF_CHOICE_LEAST_LOADED:
			break;
		}
		who->order[2] = spans_minutes(who->busy, (struct span){day->begins, day->ends});
	}
	/* a class that has begun is filled before another one is opened */
	for (size_t k = 0; k < v->teams[0].n && v->service.capacity > 1; k++) {
		struct member *m = v->teams[0].members[k];

		m->who->order[0] = class_at(v, m, start) != NULL ? -1 : 0;
	}
}

static int by_order(const void *a, const void *b)
{
	const struct person *x = (*(struct member *const *)a)->who;
	const struct person *y = (*(struct member *const *)b)->who;

	for (size_t i = 0; i < COUNT_OF(x->order); i++) {
		if (x->order[i] != y->order[i])
			return x->order[i] < y->order[i] ? -1 : 1;
	}
	if (x->position != y->position)
		return x->position < y->position ? -1 : 1;
	if (x->number != y->number)
		return strcmp(x->id, y->id);
	return (x->branch > y->branch) - (x->branch < y->branch);
}

void visit_rank(struct visit *v, const struct local_day *day, int64_t start)
{
	set_order(v, day, start);
	for (size_t i = 0; i < v->n_teams; i++)
		qsort(v->teams[i].members, v->teams[i].n, sizeof(struct member *), by_order);
}

/* ---- whether it can be had ---- */

static bool member_fits(struct member *m, size_t k, int64_t begin)
{
	const struct spans *s = &m->fits[k];
	size_t i = m->at[k];

	if (i > 0 && begin < s->p[i - 1].to)
		i = 0;
	while (i < s->n && s->p[i].to <= begin)
		i++;
	m->at[k] = i;
	return i < s->n && s->p[i].from <= begin;
}

bool visit_fits(struct visit *v, size_t piece, struct member *m, int64_t begin)
{
	return member_fits(m, v->pieces[piece].of_team, begin);
}

int64_t room_lane(const struct room *r, struct span s)
{
	struct span in_the_way;

	for (int64_t lane = 0; lane < r->capacity; lane++) {
		if (!spans_meet(r->lanes[lane], s, &in_the_way))
			return lane;
	}
	return -1;
}

/* A try: what has been decided so far stands in the plan. */
struct
try {
	struct visit *v;
	struct member *chosen[VISIT_PIECES_MAX]; /* of each team */
	struct plan *plan;
	size_t branch;
};

static bool plan_has(const struct plan *p, const struct room *r, int64_t lane, size_t since)
{
	for (size_t i = since; i < p->n_claims; i++) {
		if (p->rooms[i] == r && p->claims[i].lane == lane)
			return true;
	}
	return false;
}

/* One lane for each need from this one on; needs of a piece may be met by the
 * same room as long as it has lanes. */
static bool claim_rooms(
	struct try *t, const struct piece *p, size_t need, struct span s, size_t since)
{
	struct plan *plan = t->plan;
	struct span in_the_way;

	if (need == p->n_needs)
		return true;
	for (size_t i = 0; i < p->needs[need].n; i++) {
		struct room *r = p->needs[need].rooms[i];

		for (int64_t lane = 0; lane < r->capacity && r->branch == t->branch; lane++) {
			if (spans_meet(r->lanes[lane], s, &in_the_way) ||
				plan_has(plan, r, lane, since))
				continue;
			plan->rooms[plan->n_claims] = r;
			plan->claims[plan->n_claims++] = (struct claim){r->id, lane, s, false};
			if (claim_rooms(t, p, need + 1, s, since))
				return true;
			plan->n_claims--;
		}
	}
	return false;
}

static int64_t free_seat(const struct seats *k)
{
	int64_t lane = 0;

	while ((k->lanes[lane / 64] >> (lane % 64) & 1) != 0)
		lane++;
	return lane;
}

/* What this member and the rooms give to a piece. */
static bool claim_piece(struct try *t, size_t i, struct member *m, int64_t begin)
{
	const struct piece *p = &t->v->pieces[i];
	int64_t end = begin + m->minutes[p->of_team];
	struct span s = {begin - p->before, end + p->after};
	struct span stay = {begin - p->before, end + p->processing + p->after};
	struct claim own = {m->who->resource_id, 0, s, t->v->service.capacity > 1};
	const struct seats *sitting = own.seat ? class_at(t->v, m, begin) : NULL;
	struct plan *plan = t->plan;

	if (sitting != NULL)
		own.lane = free_seat(sitting);
	plan->who[i] = m;
	plan->hands_on[i] = (struct span){begin, end};
	plan->rooms[plan->n_claims] = NULL;
	plan->claims[plan->n_claims++] = own;
	return sitting != NULL || claim_rooms(t, p, 0, stay, plan->n_claims);
}

static bool try_piece(struct try *t, size_t i, int64_t begin);

static bool try_member(struct try *t, size_t i, struct member *m, int64_t begin)
{
	const struct piece *p = &t->v->pieces[i];
	size_t claims = t->plan->n_claims;

	if (m->who->branch != t->branch || !member_fits(m, p->of_team, begin))
		return false;
	if (claim_piece(t, i, m, begin) &&
		try_piece(t, i + 1, begin + m->minutes[p->of_team] + p->processing))
		return true;
	t->plan->n_claims = claims;
	return false;
}

static bool try_piece(struct try *t, size_t i, int64_t begin)
{
	struct visit *v = t->v;
	struct span met;

	if (i == v->n_pieces) {
		t->plan->end = begin;
		return !spans_meet(v->customer, (struct span){t->plan->start, begin}, &met);
	}
	size_t team = v->pieces[i].team;

	if (t->chosen[team] != NULL)
		return try_member(t, i, t->chosen[team], begin);
	for (size_t k = 0; k < v->teams[team].n; k++) {
		t->chosen[team] = v->teams[team].members[k];
		if (try_member(t, i, t->chosen[team], begin))
			return true;
	}
	t->chosen[team] = NULL;
	return false;
}

bool visit_plan(struct visit *v, size_t team, struct member *m, int64_t start, struct plan *out)
{
	struct try t = {.v = v, .plan = out, .branch = m->who->branch};

	t.chosen[team] = m;
	out->start = start;
	out->n_claims = 0;
	if (!try_piece(&t, 0, start))
		return false;
	out->price_cents = out->who[0]->price_cents + v->added_cents;
	return true;
}

/* Apart, because a plan on the stack is cleared before anything else: most
 * questions end without one. */
__attribute__((noinline)) static bool can_be_planned(
	struct visit *v, size_t team, struct member *m, int64_t start)
{
	struct plan p;

	return visit_plan(v, team, m, start, &p);
}

bool visit_can(struct visit *v, size_t team, struct member *m, int64_t start)
{
	if (v->pieces[0].team == team && !member_fits(m, 0, start))
		return false;
	if (v->n_pieces == 1 && v->pieces[0].n_needs == 0 && v->customer.n == 0)
		return true;
	return can_be_planned(v, team, m, start);
}

bool visit_best(struct visit *v, int64_t start, struct plan *out)
{
	struct team *t = &v->teams[v->wished_team];

	for (size_t i = 0; i < t->n; i++) {
		if (visit_plan(v, v->wished_team, t->members[i], start, out))
			return true;
	}
	return false;
}

/* ---- rules of the service ---- */

bool visit_too_soon(const struct visit *v, ts_t now, int64_t start)
{
	return minute_ts(start - v->service.notice_minutes).ms < now.ms;
}

bool visit_too_far(const struct visit *v, ts_t now, wall_t local)
{
	return day_of_wall(local).n > day_of_wall(tz_wall(v->tz, now)).n + v->service.horizon_days;
}

bool visit_in_time(const struct visit *v, ts_t now, const struct start *s)
{
	return !visit_too_soon(v, now, s->minute) && !visit_too_far(v, now, s->local);
}
