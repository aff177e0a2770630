#include "core/calendar/visit.h"

#define STAFF_SHOWN 5

/* Slots grow by doubling, like rows that are fetched. */
struct slots {
	struct arena *mem;
	struct slot *p;
	size_t n, cap;
};

static struct slot *next_slot(struct slots *s)
{
	if (s->n == s->cap) {
		struct slot *p;

		s->cap = s->cap > 0 ? s->cap * 2 : 64;
		p = mem_alloc(s->mem, s->cap * sizeof(*p));
		if (s->n > 0)
			memcpy(p, s->p, s->n * sizeof(*p));
		s->p = p;
	}
	return &s->p[s->n];
}

static bool same_texts(const struct texts *a, const char *const *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (a->n != n || a->p[i] != p[i])
			return false;
	}
	return n > 0;
}

/* The ids; those of the slot before where they are the same, as they mostly
 * are. */
static struct texts keep_ids(const struct slots *s, const char *const *ids, size_t n)
{
	struct texts out = {NULL, n};

	if (s->n > 0 && same_texts(&s->p[s->n - 1].staff_ids, ids, n))
		return s->p[s->n - 1].staff_ids;
	out.p = mem_alloc(s->mem, n * sizeof(*out.p));
	memcpy(out.p, ids, n * sizeof(*out.p));
	return out;
}

/* Whether an earlier member is the same person in another branch, and can. */
static bool counted(struct visit *v, const struct team *t, size_t i, int64_t start)
{
	for (size_t k = 0; k < i && v->n_branches > 1; k++) {
		if (t->members[k]->who->number == t->members[i]->who->number &&
			visit_can(v, v->wished_team, t->members[k], start))
			return true;
	}
	return false;
}

/* Adds the slot if somebody of the team can. */
static void try_start(struct visit *v, const struct start *at, struct slots *out)
{
	struct team *t = &v->teams[v->wished_team];
	const char *ids[STAFF_SHOWN];
	int64_t count = 0;
	struct plan plan;

	for (size_t i = 0; i < t->n; i++) {
		if (!visit_can(v, v->wished_team, t->members[i], at->minute) ||
			counted(v, t, i, at->minute))
			continue;
		if (count == 0 && !visit_plan(v, v->wished_team, t->members[i], at->minute, &plan))
			BUG("what can be had cannot be planned");
		if (count < STAFF_SHOWN)
			ids[count] = t->members[i]->who->id;
		count++;
	}
	if (count == 0)
		return;
	struct slot *s = next_slot(out);

	s->starts_at = minute_ts(at->minute);
	s->ends_at = minute_ts(plan.end);
	s->local_start = at->local;
	s->staff_count = count;
	s->staff_ids =
		keep_ids(out, ids, count < STAFF_SHOWN ? (size_t)count : (size_t)STAFF_SHOWN);
	out->n++;
}

static bool rank_moves(const struct visit *v)
{
	return v->service.capacity > 1 || v->service.staff_choice == STAFF_CHOICE_LONGEST_IDLE;
}

void visit_slots(struct arena *mem, struct visit *v, ts_t now, struct rows *out)
{
	struct slots found = {.mem = mem};
	struct start grid[STARTS_MAX];

	for (size_t d = 0; d < v->n_days; d++) {
		const struct local_day *day = &v->hours.days[d];
		size_t n = local_grid(v->tz, day, v->service.grid_minutes, grid);

		visit_rank(v, day, day->begins);
		for (size_t i = 0; i < n; i++) {
			if (!visit_in_time(v, now, &grid[i]))
				continue;
			if (rank_moves(v))
				visit_rank(v, day, grid[i].minute);
			try_start(v, &grid[i], &found);
		}
	}
	*out = (struct rows){found.p, found.n};
}
