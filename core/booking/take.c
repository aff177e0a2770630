#include "core/audit/audit.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/booking/load.h"
#include "core/booking/occupancy.h"
#include "core/event/event.h"
#include "core/sys/db.h"
#include "core/tenant/company.h"

/* A visit with its time, and how it will be. */
struct taking {
	struct visit v;
	struct start at;
	struct plan plan;
	const char *locked[OCCUPANCY_LOCK_MAX];
	size_t n_locked;
	struct customer customer;
};

/* ---- what is wished ---- */

static int check_facts(struct ctx *c, const struct wish *w)
{
	const struct customer *k = &w->customer;

	if (text_empty(k->id) && text_empty(k->name) && text_empty(k->phone))
		err_field(c, "customer", "needs an id, or a name or a phone number");
	if (w->notes != NULL && utf8_length(w->notes) > APPOINTMENT_NOTES_LENGTH)
		err_field(c, "notes", "must have at most %d characters", APPOINTMENT_NOTES_LENGTH);
	return c->err.code == E_OK ? 0 : -1;
}

static int refused(struct ctx *c, const char *why)
{
	return why == NULL ? 0 : err_set(c, E_SLOT_TAKEN, "%s", why);
}

/* Everything that can be known without a write: most refusals end here. */
static int look(struct ctx *c, const struct wish *w, struct taking *t)
{
	struct visit *v = &t->v;
	day_t day;

	if (visit_load(c, w->service_id, w->staff_id, w->branch_id, &w->add_on_ids, v) < 0)
		return -1;
	if (visit_insist(c, v) < 0)
		return -1;
	if (moment_check(c, wish_moment(w, v->tz, &t->at), w, v->time_zone) < 0)
		return -1;
	if (refused(c, visit_limit(c, v, t->at.minute)) < 0)
		return -1;
	day = day_of_wall(t->at.local);
	if (visit_read(c, v, day, day, DETAIL_SPANS) < 0)
		return -1;
	visit_rank(v, &v->hours.days[0], t->at.minute);
	return refused(c, visit_blocked(c, v, t->at.minute));
}

/* ---- the writes, in the order of the law ---- */

static int take_customer(struct ctx *c, const struct wish *w, struct customer *out)
{
	int before = c->err.n_fields, rc;

	if (w->customer.id != NULL) {
		rc = customer_get(c, w->customer.id, out);
		if (rc < 0 && err_take(c, E_NOT_FOUND))
			return err_field(c, "customer_id", "is not known");
	} else {
		rc = customer_of(c, &w->customer, out);
		for (int i = before; i < c->err.n_fields; i++)
			c->err.fields[i].field =
				mem_printf(c->mem, "customer.%s", c->err.fields[i].field);
	}
	if (rc < 0)
		return -1;
	return customer_booked(c, out->id) < 0 ? -1 : 0;
}

/* The resources of the plan that this transaction has not locked yet. */
static struct texts unlocked(struct ctx *c, struct taking *t)
{
	const struct plan *p = &t->plan;
	struct texts ids = {mem_alloc(c->mem, (p->n_claims + 1) * sizeof(char *)), 0};

	for (size_t i = 0; i < p->n_claims; i++) {
		const char *id = p->claims[i].resource_id;
		bool known = false;

		for (size_t k = 0; k < t->n_locked && !known; k++)
			known = strcmp(t->locked[k], id) == 0;
		if (known || t->n_locked == OCCUPANCY_LOCK_MAX)
			continue;
		t->locked[t->n_locked++] = id;
		ids.p[ids.n++] = id;
	}
	return ids;
}

/* Locks what the best plan needs and looks again at what has been taken of it
 * meanwhile, until what the best plan needs is what is locked. */
static int take_resources(struct ctx *c, struct taking *t)
{
	struct visit *v = &t->v;
	int64_t start = t->at.minute;
	ts_t from = minute_ts(start - v->service.buffer_before_minutes);
	ts_t to = minute_ts(start + visit_minutes(v) + v->service.buffer_after_minutes);
	struct window w = {from, to, v->n_rooms > 0 || v->service.capacity > 1, v->instead_of};
	struct rows taken;

	while (visit_best(v, start, &t->plan)) {
		struct texts ids = unlocked(c, t);

		if (ids.n == 0)
			return 0;
		if (occupancy_lock(c, &ids, from, to) < 0)
			return -1;
		if (occupancy_between(c, &ids, &w, &taken) < 0)
			return -1;
		visit_taken_again(c->mem, v, &ids, &taken);
	}
	return refused(c, visit_blocked(c, v, start));
}

static struct appointment describe(
	struct ctx *c, const struct wish *w, const struct taking *t, bool scheduled)
{
	const struct visit *v = &t->v;
	const struct person *who = t->plan.who[0]->who;
	struct appointment a = {
		.id = id_new(c),
		.status = scheduled ? APPOINTMENT_SCHEDULED : APPOINTMENT_CONFIRMED,
		.service_id = v->service.id,
		.service_name = v->service.name,
		.staff_id = who->id,
		.staff_name = who->name,
		.branch_id = who->branch_id,
		.customer_id = t->customer.id,
		.customer_name = t->customer.name,
		.customer_phone = t->customer.phone,
		.starts_at = minute_ts(t->at.minute),
		.ends_at = minute_ts(t->plan.end),
		.local_start = t->at.local,
		.time_zone = v->time_zone,
		.tz_version = tz_version(),
		.price_cents = t->plan.price_cents,
		.currency = v->service.currency,
		.source = w->source,
		.call_id = w->call_id,
		.notes = w->notes,
		.version = 1,
		.created_at = c->now,
	};

	return a;
}

static int add_segments(struct ctx *c, const struct taking *t, struct appointment *a)
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

static int by_resource(const void *a, const void *b)
{
	const struct occupancy *x = a, *y = b;
	int order = strcmp(x->resource_id, y->resource_id);

	return order != 0
		? order
		: (x->starts_at.ms > y->starts_at.ms) - (x->starts_at.ms < y->starts_at.ms);
}

/* Everybody inserts in the same order, so that nobody waits in a circle. */
static int add_occupancy(struct ctx *c, const struct taking *t, const char *appointment_id)
{
	struct occupancy o[VISIT_CLAIMS_MAX] = {0};
	size_t n = t->plan.n_claims;

	for (size_t i = 0; i < n; i++) {
		const struct claim *k = &t->plan.claims[i];

		o[i].resource_id = k->resource_id;
		o[i].lane = k->lane;
		o[i].starts_at = minute_ts(k->span.from);
		o[i].ends_at = minute_ts(k->span.to);
		o[i].kind = OCCUPANCY_APPOINTMENT;
		o[i].appointment_id = appointment_id;
		o[i].class_of = k->seat ? t->v.service.id : NULL;
	}
	qsort(o, n, sizeof(o[0]), by_resource);
	for (size_t i = 0; i < n; i++) {
		if (occupancy_add(c, &o[i]) < 0)
			return -1;
	}
	return 0;
}

int booking_take(struct ctx *c, const struct wish *w, struct appointment *out)
{
	struct taking t = {0};
	struct company co;

	if (check_facts(c, w) < 0 || look(c, w, &t) < 0)
		return -1;
	if (company_current(c, &co) < 0)
		return -1;
	if (take_customer(c, w, &t.customer) < 0 || take_resources(c, &t) < 0)
		return -1;
	*out = describe(c, w, &t, co.requires_confirmation);
	if (db_insert(c, &APPOINTMENT, out) < 0)
		return -1;
	if (add_segments(c, &t, out) < 0 || add_occupancy(c, &t, out->id) < 0)
		return -1;
	if (event_emit(c, EV_APPOINTMENT_BOOKED, out->id, &APPOINTMENT, out) < 0)
		return -1;
	return audit_add(c, "appointment.book", "appointment", out->id, NULL);
}

int booking_obstacle(struct ctx *c, const struct wish *w, const char **why)
{
	struct visit v;
	struct start at;
	day_t day;

	*why = NULL;
	if (visit_load(c, w->service_id, w->staff_id, w->branch_id, &w->add_on_ids, &v) < 0)
		return -1;
	if (v.wished_name != NULL && v.wished_id == NULL) {
		*why = mem_printf(c->mem, "%s does not do %s.", v.wished_name, v.service.name);
		return 0;
	}
	if (visit_insist(c, &v) < 0)
		return -1;
	*why = moment_sentence(c, wish_moment(w, v.tz, &at), w, v.time_zone);
	if (*why == NULL)
		*why = visit_limit(c, &v, at.minute);
	if (*why != NULL)
		return 0;
	day = day_of_wall(at.local);
	if (visit_read(c, &v, day, day, DETAIL_SPANS) < 0)
		return -1;
	visit_rank(&v, &v.hours.days[0], at.minute);
	*why = visit_blocked(c, &v, at.minute);
	return 0;
}
