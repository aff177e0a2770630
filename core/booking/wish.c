#include "core/booking/wish.h"
#include "core/base/text.h"
#include "core/booking/occupancy.h"
#include "core/booking/series.h"
#include "core/sys/db.h"

#define USUAL_DAYS 365
#define DAY_MS INT64_C(86400000)

/* How often a customer had somebody. */
struct usual {
	const char *staff_id;
	int64_t visits;
};

static const struct field USUAL_FIELDS[] = {
	ID(usual, staff_id, JOINED),
	INT(usual, visits, JOINED, 0, INT64_MAX),
};
static const struct table USUAL = TABLE(usual, "appointment", USUAL_FIELDS);

/* ---- storage ---- */

static int read_usual(struct ctx *c, const char *customer_id, struct rows *out)
{
	return db_rows(c, &USUAL, out,
		"SELECT g.staff_id, COUNT(DISTINCT a.id) AS visits FROM appointment a "
		"STRAIGHT_JOIN appointment_segment g ON g.appointment_id = a.id "
		"WHERE a.customer_id = ? AND a.starts_at > ? "
		"AND a.status NOT IN ('cancelled', 'no_show') GROUP BY g.staff_id",
		customer_id, (ts_t){c->now.ms - USUAL_DAYS * DAY_MS});
}

/* ---- what a hold adds ---- */

int wish_complete(struct ctx *c, const struct wish *w, struct wish *out, struct hold *h)
{
	*out = *w;
	memset(h, 0, sizeof(*h));
	if (w->hold_id == NULL)
		return 0;
	int rc = hold_find_any(c, w->hold_id, h);

	if (rc < 0)
		return -1;
	if (rc == 0)
		return err_field(c, "hold_id", "is not known");
	if (out->service_id == NULL) {
		out->service_id = h->service_id;
		out->add_on_ids = h->add_on_ids;
	}
	if (out->starts_at.ms == 0 && out->local_start.min == 0)
		out->starts_at = h->starts_at;
	if (out->staff_id == NULL)
		out->staff_id = h->staff_id;
	if (out->branch_id == NULL)
		out->branch_id = h->branch_id;
	if (text_empty(out->customer.id) && text_empty(out->customer.name) &&
		text_empty(out->customer.phone))
		out->customer.id = h->customer_id;
	return 0;
}

/* ---- the visit ---- */

/* The add-ons that an appointment has, whatever has become of them since. */
static void keep_add_ons(struct visit *v, const struct rows *add_ons)
{
	struct piece *last = &v->pieces[v->n_pieces - 1];
	const struct team *t = &v->teams[last->team];
	const struct appointment_add_on *a = add_ons->p;

	for (size_t i = 0; i < add_ons->n; i++) {
		v->added_minutes += a[i].duration_minutes;
		v->added_cents += a[i].price_cents;
	}
	last->minutes += v->added_minutes;
	for (size_t i = 0; i < t->n; i++)
		t->members[i]->minutes[last->of_team] += v->added_minutes;
}

/* Whose rows are not read. Those of who leads a class will not go: others have
 * them then. */
static int find_instead(struct ctx *c, struct visit *v, const struct wish *w)
{
	struct holder h = {OCCUPANCY_HOLD, w->hold_id};
	int leads = 0;

	if (w->moves != NULL)
		h = (struct holder){OCCUPANCY_APPOINTMENT, w->moves->id};
	if (h.id != NULL && v->service.capacity > 1)
		leads = occupancy_leads(c, &h);
	v->instead_of = leads > 0 ? NULL : h.id;
	return leads < 0 ? -1 : 0;
}

static bool of_series(const struct wish *w)
{
	return w->series_id != NULL || (w->moves != NULL && w->moves->series_id != NULL);
}

int wish_load(struct ctx *c, const struct wish *w, struct visit *v)
{
	if (visit_load(c, w->service_id, w->staff_id, w->branch_id, &w->add_on_ids, v) < 0)
		return -1;
	if (w->moves != NULL)
		keep_add_ons(v, &w->moves->add_ons);
	if (of_series(w) && v->service.horizon_days < SERIES_DAYS)
		v->service.horizon_days = SERIES_DAYS;
	return find_instead(c, v, w);
}

/* ---- the customer ---- */

static int set_visits(struct ctx *c, struct visit *v, const char *customer_id)
{
	struct rows rows;

	if (v->service.staff_choice != STAFF_CHOICE_USUAL)
		return 0;
	if (read_usual(c, customer_id, &rows) < 0)
		return -1;
	const struct usual *u = rows.p;

	for (size_t i = 0; i < v->n_people; i++) {
		for (size_t k = 0; k < rows.n; k++) {
			if (strcmp(v->people[i].id, u[k].staff_id) == 0)
				v->people[i].visits = u[k].visits;
		}
	}
	return 0;
}

int wish_customer(struct ctx *c, struct visit *v, const char *customer_id)
{
	if (customer_id == NULL)
		return 0;
	if (visit_read_customer(c, v, customer_id) < 0)
		return -1;
	return set_visits(c, v, customer_id);
}

int wish_customer_known(struct ctx *c, struct visit *v, const struct wish *w)
{
	struct customer known = {0};

	if (w->moves != NULL)
		return wish_customer(c, v, w->moves->customer_id);
	return customer_known(c, &w->customer, &known) < 0 ? -1 : wish_customer(c, v, known.id);
}
