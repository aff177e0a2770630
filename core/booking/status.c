#include "core/booking/status.h"
#include "core/audit/audit.h"
#include "core/base/text.h"
#include "core/booking/occupancy.h"
#include "core/event/event.h"
#include "core/service/service.h"
#include "core/sys/db.h"
#include "core/sys/tz.h"

/* "The appointment is …" */
static const char *const IS[] = {
	[APPOINTMENT_SCHEDULED] = "scheduled",
	[APPOINTMENT_CONFIRMED] = "confirmed",
	[APPOINTMENT_IN_PROGRESS] = "in progress",
	[APPOINTMENT_COMPLETED] = "completed",
	[APPOINTMENT_CANCELLED] = "cancelled",
	[APPOINTMENT_NO_SHOW] = "a no-show",
	[APPOINTMENT_NEEDS_ATTENTION] = "in need of attention",
};

struct step {
	unsigned from;
	const char *verb;
	const char *action; /* for the audit */
};

static const struct step STEPS[] = {
	[APPOINTMENT_CONFIRMED] = {IN_STATE(APPOINTMENT_SCHEDULED) |
			IN_STATE(APPOINTMENT_NEEDS_ATTENTION),
		"be confirmed", "appointment.confirm"},
	[APPOINTMENT_IN_PROGRESS] = {IN_STATE(APPOINTMENT_CONFIRMED), "be checked in",
		"appointment.check_in"},
	[APPOINTMENT_COMPLETED] = {IN_STATE(APPOINTMENT_IN_PROGRESS), "be completed",
		"appointment.complete"},
	[APPOINTMENT_NO_SHOW] = {IN_STATE(APPOINTMENT_SCHEDULED) | IN_STATE(APPOINTMENT_CONFIRMED),
		"become a no-show", "appointment.no_show"},
	[APPOINTMENT_NEEDS_ATTENTION] = {IN_STATE(APPOINTMENT_CONFIRMED), "be set apart",
		"appointment.needs_attention"},
};

int appointment_open(
	struct ctx *c, const char *id, unsigned states, const char *verb, struct appointment *out)
{
	if (appointment_lock(c, id, out) < 0)
		return -1;
	if ((states & IN_STATE(out->status)) != 0)
		return 0;
	return err_set(c, E_STATE, "The appointment is %s: it cannot %s.", IS[out->status], verb);
}

/* ---- conditions ---- */

/* People come early, but not a day. */
static int check_day(struct ctx *c, const struct appointment *a)
{
	const struct tz *z = tz_find(a->time_zone);

	if (z == NULL)
		return err_set(c, E_INTERNAL, NULL);
	if (day_of_wall(tz_wall(z, c->now)).n >= day_of_wall(a->local_start).n)
		return 0;
	return err_set(c, E_STATE, "The appointment is on %s: it can be checked in on that day.",
		day_text(c->mem, day_of_wall(a->local_start)));
}

static int check_begun(struct ctx *c, const struct appointment *a)
{
	if (a->starts_at.ms <= c->now.ms)
		return 0;
	return err_set(c, E_STATE,
		"The appointment has not begun: it can become a no-show from %s on.",
		wall_text(c->mem, a->local_start));
}

/* ---- consequences ---- */

static int give_back(struct ctx *c, const struct appointment *a, ts_t from)
{
	struct holder h = {OCCUPANCY_APPOINTMENT, a->id};

	return occupancy_free(c, &h, from, NULL);
}

static int missed(struct ctx *c, const struct appointment *a)
{
	if (customer_missed(c, a->customer_id) < 0 || give_back(c, a, (ts_t){0}) < 0)
		return -1;
	return event_emit(c, EV_APPOINTMENT_NO_SHOW, a->id, &APPOINTMENT, a);
}

static int completed(struct ctx *c, const struct appointment *a)
{
	if (give_back(c, a, c->now) < 0)
		return -1;
	return event_emit(c, EV_APPOINTMENT_COMPLETED, a->id, &APPOINTMENT, a);
}

/* ---- rules ---- */

int appointment_set_status(
	struct ctx *c, const char *id, enum appointment_status to, struct appointment *out)
{
	if ((size_t)to >= COUNT_OF(STEPS) || STEPS[to].from == 0)
		BUG("no step leads to %s", APPOINTMENT_STATUS[to]);
	if (appointment_open(c, id, STEPS[to].from, STEPS[to].verb, out) < 0)
		return -1;
	if (to == APPOINTMENT_IN_PROGRESS && check_day(c, out) < 0)
		return -1;
	if (to == APPOINTMENT_NO_SHOW && check_begun(c, out) < 0)
		return -1;
	out->status = to;
	if (db_update(c, &APPOINTMENT, out, "status", id) < 0)
		return -1;
	if (to == APPOINTMENT_NO_SHOW && missed(c, out) < 0)
		return -1;
	if (to == APPOINTMENT_COMPLETED && completed(c, out) < 0)
		return -1;
	return audit_add(c, STEPS[to].action, "appointment", id, "status");
}

int appointment_late_fee(struct ctx *c, const struct appointment *a, int64_t *cents)
{
	struct service s;
	int rc = service_find(c, a->service_id, &s);

	*cents = 0;
	/* of a service that is gone no fee is known */
	if (rc > 0 && c->now.ms > a->starts_at.ms - s.cancel_notice_minutes * 60000)
		*cents = s.late_fee_cents;
	return rc < 0 ? -1 : 0;
}

int appointment_cancel(struct ctx *c, const char *id, const char *reason, struct appointment *out)
{
	if (reason != NULL && utf8_length(reason) > CANCEL_REASON_LENGTH)
		return err_field(
			c, "reason", "must have at most %d characters", CANCEL_REASON_LENGTH);
	if (appointment_open(c, id, STATES_OPEN, "be cancelled", out) < 0)
		return -1;
	if (appointment_late_fee(c, out, &out->late_fee_cents) < 0)
		return -1;
	out->status = APPOINTMENT_CANCELLED;
	out->cancel_reason = reason;
	out->cancelled_at = c->now;
	if (db_update(c, &APPOINTMENT, out, "status,cancel_reason,cancelled_at,late_fee_cents",
		    id) < 0)
		return -1;
	if (give_back(c, out, (ts_t){0}) < 0)
		return -1;
	if (event_emit(c, EV_APPOINTMENT_CANCELLED, id, &APPOINTMENT, out) < 0)
		return -1;
	return audit_add(c, "appointment.cancel", "appointment", id, "status,cancel_reason");
}

int appointment_set_notes(struct ctx *c, const char *id, const char *notes, struct appointment *out)
{
	if (notes != NULL && utf8_length(notes) > APPOINTMENT_NOTES_LENGTH)
		return err_field(
			c, "notes", "must have at most %d characters", APPOINTMENT_NOTES_LENGTH);
	if (appointment_lock(c, id, out) < 0)
		return -1;
	out->notes = notes;
	if (db_update(c, &APPOINTMENT, out, "notes", id) < 0)
		return -1;
	return audit_add(c, "appointment.update", "appointment", id, "notes");
}
