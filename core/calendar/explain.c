/* Why a start is no slot: the first rule that killed it, in the order in which
 * a person would look. */
#include "core/calendar/visit.h"

static bool meets(struct span a, struct span b)
{
	return a.from < b.to && b.from < a.to;
}

static bool concerns(const struct hours_rule *r, const struct person *who)
{
	if (r->kind == RULE_CLOSED_DAY)
		return r->branch_id == NULL || strcmp(r->branch_id, who->branch_id) == 0;
	return r->kind == RULE_TIME_OFF && strcmp(r->staff_id, who->id) == 0;
}

/* The closed day or time off that meets it. */
static const struct hours_rule *rule_against(
	const struct visit *v, const struct person *who, enum rule_kind kind, struct span s)
{
	const struct hours_rule *r = v->hours.rules.p;

	for (size_t i = 0; i < v->hours.rules.n; i++) {
		if (r[i].kind == kind && concerns(&r[i], who) &&
			meets(hours_rule_span(&v->hours, &r[i]), s))
			return &r[i];
	}
	return NULL;
}

/* The row of occupancy that meets it. */
static const struct taken *taken_against(
	const struct visit *v, const char *resource_id, struct span s)
{
	const struct taken *t = v->taken.p;

	for (size_t i = 0; i < v->taken.n; i++) {
		struct span row = {t[i].starts_at.ms / MS_A_MINUTE,
			(t[i].ends_at.ms + MS_A_MINUTE - 1) / MS_A_MINUTE};

		if (strcmp(t[i].resource_id, resource_id) == 0 && meets(row, s))
			return &t[i];
	}
	return NULL;
}

static void set(struct rejection *out, enum rejection_rule rule, const char *ref)
{
	out->rule = rule;
	out->ref = ref;
}

static void reject_busy(const struct visit *v, const struct person *who, struct span hands_on,
	struct span whole, struct rejection *out)
{
	const struct taken *t = taken_against(v, who->resource_id, hands_on);

	if (t == NULL) {
		t = taken_against(v, who->resource_id, whole);
		set(out, REJECTED_BUFFER, t != NULL ? t->appointment_id : NULL);
		return;
	}
	if (t->hold_id != NULL)
		set(out, REJECTED_HOLD, t->hold_id);
	else if (v->service.capacity > 1 && t->class_of != NULL &&
		strcmp(t->class_of, v->service.id) == 0 &&
		t->starts_at.ms / MS_A_MINUTE == whole.from)
		set(out, REJECTED_CAPACITY, t->appointment_id);
	else
		set(out, REJECTED_BUSY, t->appointment_id);
}

/* Why this person cannot begin this piece then. */
static void reject_person(const struct visit *v, const struct piece *p, const struct member *m,
	int64_t begin, struct rejection *out)
{
	struct span s = {begin, begin + m->minutes[p->of_team]};
	const struct hours_rule *r;

	if ((r = rule_against(v, m->who, RULE_CLOSED_DAY, s)) != NULL)
		set(out, REJECTED_CLOSED_DAY, r->id);
	else if ((r = rule_against(v, m->who, RULE_TIME_OFF, s)) != NULL)
		set(out, REJECTED_TIME_OFF, r->id);
	else if (!spans_contain(m->who->hours, s))
		set(out, REJECTED_WORKING_HOURS, NULL);
	else
		reject_busy(v, m->who, s, (struct span){s.from - p->before, s.to + p->after}, out);
}

/* Who would do a piece: the one who is asked about, else somebody of the
 * branch who can, else the first of it; NULL: nobody there does it. */
static struct member *doer(
	struct visit *v, size_t i, struct member *asked, struct member **chosen, int64_t begin)
{
	const struct piece *p = &v->pieces[i];
	struct team *t = &v->teams[p->team];
	struct member *first = NULL;

	if (p->team == v->wished_team)
		return asked;
	if (chosen[p->team] != NULL)
		return chosen[p->team];
	for (size_t k = 0; k < t->n; k++) {
		if (t->members[k]->who->branch != asked->who->branch)
			continue;
		if (first == NULL)
			first = t->members[k];
		if (visit_fits(v, i, t->members[k], begin))
			return t->members[k];
	}
	return first;
}

/* The first need that no room of the branch meets; NULL: each has one. */
static const char *missing_room(const struct piece *p, size_t branch, struct span s)
{
	for (size_t i = 0; i < p->n_needs; i++) {
		const char *first = NULL;
		bool met = false;

		for (size_t k = 0; k < p->needs[i].n; k++) {
			const struct room *r = p->needs[i].rooms[k];

			if (r->branch != branch)
				continue;
			if (first == NULL)
				first = r->id;
			met |= room_lane(r, s) >= 0;
		}
		if (!met)
			return first != NULL ? first : "";
	}
	return NULL;
}

static void reject(struct visit *v, struct member *m, int64_t start, struct rejection *out)
{
	struct member *chosen[VISIT_PIECES_MAX] = {0};
	int64_t begin = start;

	out->staff_id = m->who->id;
	/* rooms that exclude each other are left: nothing else is in the way */
	set(out, REJECTED_CAPACITY, NULL);
	for (size_t i = 0; i < v->n_pieces; i++) {
		const struct piece *p = &v->pieces[i];
		struct member *who = doer(v, i, m, chosen, begin);

		if (who == NULL) {
			set(out, REJECTED_NOT_QUALIFIED, NULL);
			return;
		}
		chosen[p->team] = who;
		if (!visit_fits(v, i, who, begin)) {
			reject_person(v, p, who, begin, out);
			return;
		}
		int64_t end = begin + who->minutes[p->of_team];
		const char *room = missing_room(p, m->who->branch,
			(struct span){begin - p->before, end + p->processing + p->after});
		if (room != NULL) {
			set(out, REJECTED_CAPACITY, *room != '\0' ? room : NULL);
			return;
		}
		begin = end + p->processing;
	}
}

struct rejections {
	struct arena *mem;
	struct rejection *p;
	size_t n, cap;
};

static struct rejection *next_rejection(struct rejections *s, const struct start *at)
{
	if (s->n == s->cap) {
		struct rejection *p;

		s->cap = s->cap > 0 ? s->cap * 2 : 256;
		p = mem_alloc(s->mem, s->cap * sizeof(*p));
		if (s->n > 0)
			memcpy(p, s->p, s->n * sizeof(*p));
		s->p = p;
	}
	s->p[s->n] = (struct rejection){.local_start = at->local};
	return &s->p[s->n++];
}

static void reject_start(
	struct visit *v, const struct start *at, ts_t now, struct rejections *found)
{
	struct team *t = &v->teams[v->wished_team];

	if (visit_too_soon(v, now, at->minute)) {
		next_rejection(found, at)->rule = REJECTED_NOTICE;
		return;
	}
	if (visit_too_far(v, now, at->local)) {
		next_rejection(found, at)->rule = REJECTED_HORIZON;
		return;
	}
	if (t->n == 0)
		next_rejection(found, at)->rule = REJECTED_NOT_QUALIFIED;
	for (size_t i = 0; i < t->n; i++) {
		if (!visit_can(v, v->wished_team, t->members[i], at->minute))
			reject(v, t->members[i], at->minute, next_rejection(found, at));
	}
}

void visit_rejections(struct arena *mem, struct visit *v, ts_t now, struct rows *out)
{
	struct rejections found = {.mem = mem};
	struct start grid[STARTS_MAX];

	for (size_t d = 0; d < v->n_days; d++) {
		const struct local_day *day = &v->hours.days[d];
		size_t n = local_grid(v->tz, day, v->service.grid_minutes, grid);

		visit_rank(v, day, day->begins);
		for (size_t i = 0; i < n; i++)
			reject_start(v, &grid[i], now, &found);
	}
	*out = (struct rows){found.p, found.n};
}
