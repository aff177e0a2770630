#include "core/audit/audit.h"
#include "core/booking/status.h"
#include "core/booking/taking.h"
#include "core/event/event.h"
#include "core/sys/db.h"

/* What listeners are told: the row as it is now, and where it was. */
struct moved {
	struct appointment now;
	ts_t old_starts_at;
	ts_t old_ends_at;
	wall_t old_local_start;
	const char *old_staff_id;
	const char *old_branch_id;
};

static const struct field OLD_FIELDS[] = {
	TIME(moved, old_starts_at, RO | NOCOL),
	TIME(moved, old_ends_at, RO | NOCOL),
	WALL(moved, old_local_start, RO | NOCOL),
	ID(moved, old_staff_id, RO | NOCOL),
	ID(moved, old_branch_id, RO | NOCOL),
};

/* ---- the wish ---- */

/* Whoever has it keeps it, unless they do it no more. */
static int find_staff(struct ctx *c, struct wish *w)
{
	struct visit v;

	if (w->staff_id != NULL)
		return 0;
	w->staff_id = w->moves->staff_id;
	int rc = wish_load(c, w, &v);

	if (rc < 0 && !err_take(c, E_INVALID))
		return -1;
	if (rc < 0 || v.wished_id == NULL)
		w->staff_id = NULL;
	return 0;
}

static int whole_wish(
	struct ctx *c, const struct appointment *a, const struct wish *w, struct wish *out)
{
	*out = (struct wish){
		.service_id = a->service_id,
		.staff_id = w->staff_id,
		.branch_id = w->branch_id != NULL ? w->branch_id : a->branch_id,
		.starts_at = w->starts_at,
		.local_start = w->local_start,
		.utc_offset_minutes = w->utc_offset_minutes,
		.customer = {.id = a->customer_id},
		.moves = a,
	};
	return find_staff(c, out);
}

int booking_reschedule_wish(struct ctx *c, const char *id, const struct wish *w, struct wish *out)
{
	struct appointment *a = mem_alloc(c->mem, sizeof(*a));

	if (appointment_get(c, id, a) < 0)
		return -1;
	return whole_wish(c, a, w, out);
}

/* ---- what is written ---- */

static int tell(struct ctx *c, const struct appointment *now, const struct appointment *old)
{
	struct moved m = {*now, old->starts_at, old->ends_at, old->local_start, old->staff_id,
		old->branch_id};
	struct field *f = mem_alloc(c->mem, (APPOINTMENT.n + COUNT_OF(OLD_FIELDS)) * sizeof(*f));
	struct table t = APPOINTMENT;

	memcpy(f, APPOINTMENT.fields, APPOINTMENT.n * sizeof(*f));
	memcpy(f + APPOINTMENT.n, OLD_FIELDS, sizeof(OLD_FIELDS));
	t.fields = f;
	t.n += COUNT_OF(OLD_FIELDS);
	t.size = sizeof(m);
	return event_emit(c, EV_APPOINTMENT_RESCHEDULED, now->id, &t, &m);
}

static int write_segments(struct ctx *c, const struct taking *t, struct appointment *a)
{
	if (db_exec(c, "DELETE FROM appointment_segment WHERE appointment_id = ?", a->id) < 0)
		return -1;
	return taking_segments(c, t, a);
}

static int write_all(struct ctx *c, const struct taking *t, struct appointment *a)
{
	const struct person *who = t->plan.who[0]->who;

	if (strcmp(who->id, a->staff_id) != 0)
		a->price_cents = t->plan.price_cents;
	if (a->status == APPOINTMENT_NEEDS_ATTENTION)
		a->status = APPOINTMENT_CONFIRMED;
	a->staff_id = who->id;
	a->staff_name = who->name;
	a->branch_id = who->branch_id;
	a->starts_at = minute_ts(t->at.minute);
	a->ends_at = minute_ts(t->plan.end);
	a->local_start = t->at.local;
	a->time_zone = t->v.time_zone;
	a->tz_version = tz_version();
	if (db_update(c, &APPOINTMENT, a,
		    "status,staff_id,branch_id,starts_at,ends_at,local_start,time_zone,tz_version,"
		    "price_cents",
		    a->id) < 0)
		return -1;
	if (write_segments(c, t, a) < 0)
		return -1;
	return taking_occupy(c, t, &t->old, (ts_t){0});
}

/* ---- rules ---- */

int booking_reschedule(struct ctx *c, const char *id, const struct wish *w, struct appointment *out)
{
	struct taking t = {.old = {OCCUPANCY_APPOINTMENT, id}};
	struct appointment old;

	if (appointment_open(c, id, STATES_OPEN, "be moved", &old) < 0)
		return -1;
	if (customer_booked(c, old.customer_id) < 0)
		return -1;
	t.old.id = old.id;
	if (whole_wish(c, &old, w, &t.wish) < 0)
		return -1;
	if (taking_look(c, &t) < 0 || taking_lock(c, &t, old.customer_id) < 0)
		return -1;
	*out = old;
	if (write_all(c, &t, out) < 0 || tell(c, out, &old) < 0)
		return -1;
	return audit_add(c, "appointment.reschedule", "appointment", id,
		"starts_at,ends_at,local_start,staff_id");
}
