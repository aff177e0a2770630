#include "core/audit/audit.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/booking/taking.h"
#include "core/event/event.h"
#include "core/sys/db.h"
#include "core/tenant/company.h"

/* ---- who wishes ---- */

static int check_facts(struct ctx *c, const struct wish *w)
{
	const struct customer *k = &w->customer;

	if (text_empty(k->id) && text_empty(k->name) && text_empty(k->phone))
		err_field(c, "customer", "needs an id, or a name or a phone number");
	if (w->notes != NULL && utf8_length(w->notes) > APPOINTMENT_NOTES_LENGTH)
		err_field(c, "notes", "must have at most %d characters", APPOINTMENT_NOTES_LENGTH);
	return c->err.code == E_OK ? 0 : -1;
}

/* 1: somebody new, who has no other visits. */
int booking_customer(struct ctx *c, const struct wish *w, struct customer *out)
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
	return customer_booked(c, out->id) < 0 ? -1 : rc;
}

/* As many visits to come as the company lets one customer have. */
static int check_limit(struct ctx *c, const struct company *co, const char *customer_id)
{
	int64_t open;

	if (co->max_open_bookings == 0)
		return 0;
	if (db_int(c, &open,
		    "SELECT COUNT(*) FROM appointment WHERE customer_id = ? AND starts_at > ? "
		    "AND status IN ('scheduled', 'confirmed', 'needs_attention')",
		    customer_id, c->now) < 0)
		return -1;
	if (open < co->max_open_bookings)
		return 0;
	return err_set(c, E_LIMIT_REACHED,
		"The customer has %" PRId64 " open booking%s: no more are allowed at once.", open,
		open == 1 ? "" : "s");
}

/* ---- what is written ---- */

static struct appointment describe(struct ctx *c, const struct taking *t, bool scheduled)
{
	const struct visit *v = &t->v;
	const struct wish *w = &t->wish;
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
		.series_id = w->series_id,
		.notes = w->notes,
		.version = 1,
		.created_at = c->now,
	};

	return a;
}

static int add_add_ons(struct ctx *c, const struct rows *wished, struct appointment *a)
{
	const struct add_on *w = wished->p;
	struct appointment_add_on *d = mem_alloc(c->mem, (wished->n + 1) * sizeof(*d));

	for (size_t i = 0; i < wished->n; i++) {
		d[i].id = id_new(c);
		d[i].appointment_id = a->id;
		d[i].add_on_id = w[i].id;
		d[i].name = w[i].name;
		d[i].duration_minutes = w[i].duration_minutes;
		d[i].price_cents = w[i].price_cents;
		if (db_insert(c, &APPOINTMENT_ADD_ON, &d[i]) < 0)
			return -1;
	}
	a->add_ons = (struct rows){d, wished->n};
	return 0;
}

static int write_all(struct ctx *c, const struct taking *t, struct appointment *a)
{
	struct holder h = {OCCUPANCY_APPOINTMENT, a->id};

	if (db_insert(c, &APPOINTMENT, a) < 0)
		return -1;
	if (taking_segments(c, t, a) < 0 || add_add_ons(c, &t->v.service.add_ons, a) < 0)
		return -1;
	if (taking_occupy(c, t, &h, (ts_t){0}) < 0 || taking_chosen(c, t) < 0)
		return -1;
	if (t->old.id == NULL)
		return 0;
	int rc = hold_drop(c, t->old.id);

	return rc == 0 ? err_set(c, E_SLOT_TAKEN, "The hold has just been used.") : rc;
}

/* ---- rules ---- */

/* A hold that is still there keeps what it was asked for. */
static void use_hold(const struct ctx *c, const struct hold *h, struct taking *t)
{
	const struct wish *w = &t->wish;

	if (h->id == NULL)
		return;
	t->old = (struct holder){OCCUPANCY_HOLD, h->id};
	t->kept = h->expires_at.ms > c->now.ms && strcasecmp(w->service_id, h->service_id) == 0 &&
		(w->starts_at.ms == h->starts_at.ms || w->local_start.min == h->local_start.min);
}

int booking_take(struct ctx *c, const struct wish *w, struct appointment *out)
{
	struct taking t = {0};
	struct company co;
	struct hold h;

	if (wish_complete(c, w, &t.wish, &h) < 0 || check_facts(c, &t.wish) < 0)
		return -1;
	use_hold(c, &h, &t);
	if (taking_look(c, &t) < 0 || visit_company(c, &t.v, &co) < 0)
		return -1;
	int rc = booking_customer(c, &t.wish, &t.customer);

	if (rc < 0 || (rc == 0 && check_limit(c, &co, t.customer.id) < 0))
		return -1;
	if (taking_lock(c, &t, rc == 0 ? t.customer.id : NULL) < 0)
		return -1;
	*out = describe(c, &t, co.requires_confirmation);
	if (write_all(c, &t, out) < 0)
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
	if (wish_load(c, w, &v) < 0)
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
	if (visit_read(c, &v, day, day, DETAIL_SPANS) < 0 || wish_customer_known(c, &v, w) < 0)
		return -1;
	visit_rank(&v, &v.hours.days[0], at.minute);
	*why = visit_blocked(c, &v, at.minute);
	return 0;
}
