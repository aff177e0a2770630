#include "core/booking/visit.h"

#define STAFF_SHOWN 5

static const struct field SLOT_FIELDS[] = {
	TIME(slot, starts_at, RO | NOCOL),
	TIME(slot, ends_at, RO | NOCOL),
	WALL(slot, local_start, RO | NOCOL),
	TEXTS(slot, staff_ids, RO, STAFF_SHOWN),
	INT(slot, staff_count, RO | NOCOL, 1, 100000),
};
const struct table SLOT = TABLE(slot, "slot", SLOT_FIELDS);

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

/* Adds the slot if somebody of the team can. */
static void try_start(struct visit *v, const struct start *at, struct slots *out)
{
	struct team *t = &v->teams[v->wished_team];
	const char *ids[STAFF_SHOWN];
	int64_t count = 0;

	for (size_t i = 0; i < t->n; i++) {
		if (!visit_can(v, v->wished_team, &t->members[i], at->minute))
			continue;
		if (count < STAFF_SHOWN)
			ids[count] = t->members[i].who->id;
		count++;
	}
	if (count == 0)
		return;
	struct slot *s = next_slot(out);

	s->starts_at = minute_ts(at->minute);
	s->ends_at = minute_ts(at->minute + v->minutes);
	s->local_start = at->local;
	s->staff_count = count;
	s->staff_ids =
		keep_ids(out, ids, count < STAFF_SHOWN ? (size_t)count : (size_t)STAFF_SHOWN);
	out->n++;
}

static int check_range(struct ctx *c, const struct search *s)
{
	if (s->from.n == 0 || s->to.n == 0)
		return err_field(c, s->from.n == 0 ? "from" : "to", "is required");
	if (s->to.n < s->from.n)
		return err_field(c, "to", "must not be before from");
	if (s->to.n - s->from.n >= SEARCH_DAYS_MAX)
		return err_field(c, "to", "must be less than %d days after from", SEARCH_DAYS_MAX);
	return 0;
}

int availability_search(
	struct ctx *c, const struct search *s, struct rows *slots, const char **time_zone)
{
	struct slots found = {.mem = c->mem};
	struct start grid[STARTS_MAX];
	struct visit v;

	if (check_range(c, s) < 0)
		return -1;
	if (visit_load(c, s->service_id, s->staff_id, s->branch_id, &v) < 0)
		return -1;
	if (visit_insist(c, &v) < 0)
		return -1;
	if (visit_read_hours(c, &v, s->from, s->to) < 0 || visit_read_busy(c, &v) < 0)
		return -1;
	for (size_t d = 0; d < v.n_days; d++) {
		size_t n = local_grid(v.tz, &v.days[d], v.service.grid_minutes, grid);

		visit_rank(&v, &v.days[d]);
		for (size_t i = 0; i < n; i++) {
			if (visit_in_time(c, &v, &grid[i]))
				try_start(&v, &grid[i], &found);
		}
	}
	*slots = (struct rows){found.p, found.n};
	*time_zone = v.time_zone;
	return 0;
}
