#include "core/booking/taking.h"
#include "core/base/id.h"
#include "core/sys/db.h"

static int refused(struct ctx *c, const char *why)
{
	return why == NULL ? 0 : err_set(c, E_SLOT_TAKEN, "%s", why);
}

/* ---- looking ---- */

int taking_look(struct ctx *c, struct taking *t)
{
	struct visit *v = &t->v;
	day_t day;

	if (wish_load(c, &t->wish, v) < 0 || visit_insist(c, v) < 0)
		return -1;
	if (moment_check(c, wish_moment(&t->wish, v->tz, &t->at), &t->wish, v->time_zone) < 0)
		return -1;
	if (!t->kept && refused(c, visit_limit(c, v, t->at.minute)) < 0)
		return -1;
	/* a class goes on without who leaves it: what remains must be seen */
	if (v->service.capacity > 1 && t->old.id != NULL) {
		if (occupancy_free(c, &t->old, (ts_t){0}, NULL) < 0)
			return -1;
		v->instead_of = t->old.id;
	}
	day = day_of_wall(t->at.local);
	if (visit_read(c, v, day, day, DETAIL_SPANS) < 0)
		return -1;
	visit_rank(v, &v->hours.days[0], t->at.minute);
	return refused(c, visit_blocked(c, v, t->at.minute));
}

/* ---- locking ---- */

static bool is_locked(const struct taking *t, const char *resource_id)
{
	for (size_t i = 0; i < t->locked.n; i++) {
		if (strcmp(t->locked.p[i], resource_id) == 0)
			return true;
	}
	return false;
}

/* The resources of the plan, and of what it replaces, that this transaction
 * has not locked yet. */
static struct texts unlocked(struct ctx *c, struct taking *t, const struct rows *old)
{
	const struct plan *p = &t->plan;
	const struct occupancy *o = old->p;
	size_t max = t->locked.n + p->n_claims + old->n;
	struct texts all = {mem_alloc(c->mem, (max + 1) * sizeof(char *)), t->locked.n};
	struct texts ids;

	if (all.n > 0)
		memcpy(all.p, t->locked.p, all.n * sizeof(char *));
	ids.p = all.p + all.n;
	t->locked = all;
	for (size_t i = 0; i < p->n_claims; i++) {
		if (!is_locked(t, p->claims[i].resource_id))
			all.p[t->locked.n++] = p->claims[i].resource_id;
	}
	for (size_t i = 0; o != NULL && i < old->n; i++) {
		if (!is_locked(t, o[i].resource_id))
			all.p[t->locked.n++] = o[i].resource_id;
	}
	ids.n = t->locked.n - all.n;
	return ids;
}

/* Until what the best plan needs is what is locked. */
static int lock_plan(struct ctx *c, struct taking *t)
{
	struct visit *v = &t->v;
	int64_t start = t->at.minute;
	ts_t from = minute_ts(start - v->service.buffer_before_minutes);
	ts_t to = minute_ts(start + visit_minutes(v) + v->service.buffer_after_minutes);
	struct rows old = {NULL, 0}, taken;

	if (t->old.id != NULL && occupancy_of(c, &t->old, &old) < 0)
		return -1;
	while (visit_best(v, start, &t->plan)) {
		struct texts ids = unlocked(c, t, &old);

		if (ids.n == 0)
			return 0;
		if (occupancy_lock(c, &ids, from, to, &taken) < 0)
			return -1;
		visit_taken_again(c->mem, v, &ids, &taken);
	}
	return refused(c, visit_blocked(c, v, start));
}

int taking_lock(struct ctx *c, struct taking *t, const char *customer_id)
{
	if (wish_customer(c, &t->v, customer_id) < 0)
		return -1;
	visit_rank(&t->v, &t->v.hours.days[0], t->at.minute);
	if (lock_plan(c, t) < 0)
		return -1;
	if (t->old.id == NULL)
		return 0;
	return occupancy_free(c, &t->old, (ts_t){0}, &t->locked) < 0 ? -1 : 0;
}

/* ---- writing ---- */

static int by_resource(const void *a, const void *b)
{
	const struct occupancy *x = a, *y = b;
	int order = strcmp(x->resource_id, y->resource_id);

	return order != 0
		? order
		: (x->starts_at.ms > y->starts_at.ms) - (x->starts_at.ms < y->starts_at.ms);
}

/* Everybody inserts in the same order, so that nobody waits in a circle. */
int taking_occupy(struct ctx *c, const struct taking *t, const struct holder *h, ts_t expires_at)
{
	struct occupancy o[VISIT_CLAIMS_MAX] = {0};
	size_t n = t->plan.n_claims;
	bool joins = false;

	for (size_t i = 0; i < n; i++) {
		const struct claim *k = &t->plan.claims[i];

		o[i].resource_id = k->resource_id;
		o[i].lane = k->lane;
		o[i].starts_at = minute_ts(k->span.from);
		o[i].ends_at = minute_ts(k->span.to);
		o[i].kind = h->kind;
		o[i].appointment_id = h->kind == OCCUPANCY_APPOINTMENT ? h->id : NULL;
		o[i].hold_id = h->kind == OCCUPANCY_HOLD ? h->id : NULL;
		o[i].expires_at = expires_at;
		o[i].class_of = t->v.service.capacity > 1 ? t->v.service.id : NULL;
		joins |= k->seat && k->lane > 0;
	}
	qsort(o, n, sizeof(o[0]), by_resource);
	for (size_t i = 0; i < n; i++) {
		if ((joins ? occupancy_join(c, &o[i]) : occupancy_add(c, &o[i])) < 0)
			return -1;
	}
	return 0;
}

int taking_chosen(struct ctx *c, const struct taking *t)
{
	const struct visit *v = &t->v;

	if (v->service.staff_choice != STAFF_CHOICE_ROUND_ROBIN)
		return 0;
	for (size_t i = 0; i < v->n_teams; i++) {
		size_t piece = v->teams[i].first_piece;

		if (v->wished_id != NULL && v->wished_team == i)
			continue;
		if (service_staff_chosen(
			    c, v->pieces[piece].segment_id, t->plan.who[piece]->who->id) < 0)
			return -1;
	}
	return 0;
}

int taking_segments(struct ctx *c, const struct taking *t, struct appointment *a)
{
	const struct visit *v = &t->v;
	struct appointment_segment *g = mem_alloc(c->mem, v->n_pieces * sizeof(*g));

	for (size_t i = 0; i < v->n_pieces; i++) {
		g[i].id = id_new(c);
		g[i].appointment_id = a->id;
		g[i].service_segment_id = v->pieces[i].segment_id;
		g[i].staff_id = t->plan.who[i]->who->id;
		g[i].starts_at = minute_ts(t->plan.hands_on[i].from);
		g[i].ends_at = minute_ts(t->plan.hands_on[i].to);
		if (db_insert(c, &APPOINTMENT_SEGMENT, &g[i]) < 0)
			return -1;
	}
	a->segments = (struct rows){g, v->n_pieces};
	return 0;
}
