#include "core/notify/clock.h"
#include "core/notify/make.h"
#include "core/queue/queue.h"
#include "core/sys/db.h"

#define HOUR_MS INT64_C(3600000)
#define LATE_MS (HOUR_MS / 2) /* a reminder that comes earlier than this is of another time */

static bool is_open(const struct appointment *a)
{
	return a->status == APPOINTMENT_SCHEDULED || a->status == APPOINTMENT_CONFIRMED;
}

/* ---- putting aside ---- */

/* A visit that is booked within the time is not reminded of at once. */
static int put_aside(struct ctx *c, const struct appointment *a, int64_t hours)
{
	ts_t at = {a->starts_at.ms - hours * HOUR_MS};

	if (hours == 0 || at.ms <= c->now.ms)
		return 0;
	return queue_add(c, JOB_REMINDER, a->id, at,
		mem_printf(c->mem, "%s:%" PRId64 ":%" PRId64, a->id, a->version, hours));
}

int clock_on_event(struct ctx *c, const struct event *e)
{
	struct company_settings s;
	struct appointment a;

	if (appointment_get(c, e->subject_id, &a) < 0)
		return -1;
	if (e->kind != EV_APPOINTMENT_BOOKED && queue_void(c, JOB_REMINDER, a.id) < 0)
		return -1;
	if (!is_open(&a))
		return 0;
	if (settings_look(c, &s) < 0 || put_aside(c, &a, s.reminder_first_hours) < 0 ||
		put_aside(c, &a, s.reminder_second_hours) < 0)
		return -1;
	return day_plan_at(c, a.branch_id, a.time_zone, day_of_wall(a.local_start));
}

/* ---- reminding ---- */

/* Which of the two it is: the last whose time has come; 0: none has. */
static int64_t due(const struct ctx *c, const struct occasion *o)
{
	int64_t first = o->settings.reminder_first_hours,
		second = o->settings.reminder_second_hours;
	int64_t left = o->appointment.starts_at.ms - c->now.ms;
	int64_t last = second != 0 && (first == 0 || second < first) ? second : first;
	int64_t other = last == second ? first : second;

	if (left <= 0)
		return 0;
	if (last != 0 && left <= last * HOUR_MS + LATE_MS)
		return last;
	return other != 0 && left <= other * HOUR_MS + LATE_MS ? other : 0;
}

int reminder_run(struct ctx *c, const char *appointment_id)
{
	struct occasion o;

	if (occasion_load(c, ABOUT_VISIT, appointment_id, &o) < 0)
		return -1;
	o.hours = due(c, &o);
	if (!is_open(&o.appointment) || o.hours == 0)
		return 0;
	return notify_make(c, RULE_REMINDER, &o,
		mem_printf(c->mem, "%s:%s:%" PRId64, appointment_id, wall_text(c->mem, o.start),
			o.hours));
}
