#include "core/audit/audit.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/booking/occupancy.h"
#include "core/booking/visit.h"
#include "core/event/event.h"
#include "core/sys/db.h"
#include "core/tenant/company.h"

/* A visit with its time, and who was chosen for every team. */
struct taking {
	struct visit v;
	struct start at;
	struct member *chosen[VISIT_PARTS_MAX];
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

	if (visit_load(c, w->service_id, w->staff_id, w->branch_id, v) < 0)
		return -1;
	if (visit_insist(c, v) < 0)
		return -1;
	if (moment_check(c, wish_moment(w, v->tz, &t->at), w, v->time_zone) < 0)
		return -1;
	if (refused(c, visit_limit(c, v, t->at.minute)) < 0)
		return -1;
	day = day_of_wall(t->at.local);
	if (visit_read_hours(c, v, day, day) < 0 || visit_read_busy(c, v) < 0)
		return -1;
	visit_rank(v, &v->days[0]);
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

/* The chosen people whom this transaction has not locked yet. */
static struct texts unlocked(struct ctx *c, struct taking *t)
{
	struct texts ids = {mem_alloc(c->mem, VISIT_PARTS_MAX * sizeof(char *)), 0};

	for (size_t i = 0; i < t->v.n_teams; i++) {
		struct person *who = t->chosen[i]->who;

		if (who->locked)
			continue;
		who->locked = true;
		ids.p[ids.n++] = who->resource_id;
	}
	return ids;
}

/* Locks the best people and looks again at what they have taken meanwhile,
 * until those who are the best are those who are locked. */
static int take_people(struct ctx *c, struct taking *t)
{
	struct visit *v = &t->v;
	int64_t start = t->at.minute;
	ts_t from = minute_ts(start - v->service.buffer_before_minutes);
	ts_t to = minute_ts(start + v->minutes + v->service.buffer_after_minutes);
	struct member *best;
	struct rows taken;

	while ((best = visit_best(v, v->wished_team, start)) != NULL) {
		visit_choose(v, v->wished_team, best, start, t->chosen);
		struct texts ids = unlocked(c, t);

		if (ids.n == 0)
			return 0;
		if (occupancy_lock(c, &ids, from, to) < 0)
			return -1;
		if (occupancy_between(c, &ids, from, to, &taken) < 0)
			return -1;
		visit_add_busy(c, v, &taken);
	}
	return refused(c, visit_blocked(c, v, start));
}

static struct appointment describe(
	struct ctx *c, const struct wish *w, const struct taking *t, bool scheduled)
{
	const struct visit *v = &t->v;
	const struct person *who = t->chosen[v->pieces[0].team]->who;
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
		.ends_at = minute_ts(t->at.minute + v->minutes),
		.local_start = t->at.local,
		.time_zone = v->time_zone,
		.tz_version = tz_version(),
		.price_cents = v->service.price_cents,
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
		const struct piece *p = &v->pieces[i];
		int64_t from = t->at.minute + p->part.offset;

		g[i].id = id_new(c);
		g[i].appointment_id = a->id;
		g[i].service_segment_id = p->segment_id;
		g[i].staff_id = t->chosen[p->team]->who->id;
		g[i].starts_at = minute_ts(from);
		g[i].ends_at = minute_ts(from + p->part.length);
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
	struct occupancy o[VISIT_PARTS_MAX] = {0};
	size_t n = t->v.n_pieces;

	for (size_t i = 0; i < n; i++) {
		struct span s = piece_span(&t->v, i, t->at.minute);

		o[i].resource_id = t->chosen[t->v.pieces[i].team]->who->resource_id;
		o[i].starts_at = minute_ts(s.from);
		o[i].ends_at = minute_ts(s.to);
		o[i].kind = OCCUPANCY_APPOINTMENT;
		o[i].appointment_id = appointment_id;
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
	if (take_customer(c, w, &t.customer) < 0 || take_people(c, &t) < 0)
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
	if (visit_load(c, w->service_id, w->staff_id, w->branch_id, &v) < 0)
		return -1;
	if (v.wished_name != NULL && v.wished == NULL) {
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
	if (visit_read_hours(c, &v, day, day) < 0 || visit_read_busy(c, &v) < 0)
		return -1;
	visit_rank(&v, &v.days[0]);
	*why = visit_blocked(c, &v, at.minute);
	return 0;
}
